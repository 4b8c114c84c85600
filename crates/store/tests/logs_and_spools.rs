//! Spools and apply logs: what was written is read, and a crash costs no more than it must.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests make and damage files, and stop at the first surprise"
)]

use counterpart_model::Code;
use counterpart_store::{ApplyLog, LogEnd, Spool, SpoolWriter, apply_log};
use std::path::{Path, PathBuf};

fn spool_all(spool: &Spool<(u32, String)>) -> Vec<(u32, String)> {
    let mut reader = spool.reader().unwrap();
    std::iter::from_fn(|| reader.next().unwrap()).collect()
}

fn records(count: u32) -> Vec<(u32, String)> {
    (0..count)
        .map(|number| (number, "x".repeat(number as usize % 90)))
        .collect()
}

#[test]
fn a_spool_is_read_twice_and_by_name() {
    let dir = tempfile::tempdir().unwrap();
    for count in [0, 1, 9000] {
        let path = dir.path().join("spool");
        let mut temporary = SpoolWriter::temporary(dir.path()).unwrap();
        let mut named = SpoolWriter::named(&path).unwrap();
        for record in records(count) {
            temporary.push(&record).unwrap();
            named.push(&record).unwrap();
        }
        let spool = temporary.finish().unwrap();
        named.finish().unwrap();
        assert_eq!(spool.len(), u64::from(count));
        assert_eq!(spool_all(&spool), records(count));
        assert_eq!(spool_all(&spool.clone()), records(count));
        assert_eq!(spool_all(&Spool::open(&path).unwrap()), records(count));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}

fn log_all(path: &Path) -> (LogEnd, Vec<(u64, bool)>) {
    let contents = apply_log::read::<u64>(path).unwrap().unwrap();
    let mut reader = contents.records().unwrap();
    let all = std::iter::from_fn(|| reader.next().unwrap());
    let all: Vec<_> = all
        .map(|logged| (logged.record, logged.after_last_sync))
        .collect();
    assert_eq!(contents.len, all.len() as u64);
    (contents.end, all)
}

fn logged(dir: &Path) -> PathBuf {
    let path = dir.join("log");
    let log = ApplyLog::create(&path, "pass-1", "boot-1").unwrap();
    log.append(&1_u64).unwrap();
    log.mark_synced().unwrap();
    log.append(&2).unwrap();
    log.mark_synced().unwrap();
    log.append(&3).unwrap();
    log.append(&4).unwrap();
    path
}

#[test]
fn a_log_tells_what_came_after_the_last_sync() {
    let dir = tempfile::tempdir().unwrap();
    let path = logged(dir.path());
    let contents = apply_log::read::<u64>(&path).unwrap().unwrap();
    assert_eq!(
        (contents.pass.as_str(), contents.boot_id.as_str()),
        ("pass-1", "boot-1")
    );
    assert_eq!(
        log_all(&path),
        (LogEnd::Whole, vec![(1, false), (2, false), (3, true), (4, true)])
    );
}

#[test]
fn a_log_that_is_there_is_not_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let path = logged(dir.path());
    let refused = ApplyLog::<u64>::create(&path, "pass-2", "boot-1").err().unwrap();
    assert_eq!(refused.code, Code::StateDamaged);
    assert_eq!(log_all(&path).1.len(), 4);
    assert!(
        apply_log::read::<u64>(&dir.path().join("none"))
            .unwrap()
            .is_none()
    );
}

#[test]
fn a_torn_tail_ends_a_log() {
    let dir = tempfile::tempdir().unwrap();
    let path = logged(dir.path());
    let whole = std::fs::read(&path).unwrap();
    for cut in 1..=30 {
        std::fs::write(&path, &whole[..whole.len() - cut]).unwrap();
        let (end, all) = log_all(&path);
        let expected = if cut == 26 { LogEnd::Whole } else { LogEnd::Torn };
        assert_eq!(
            (end, all.len()),
            (expected, if cut <= 26 { 3 } else { 2 }),
            "cut {cut}"
        );
    }
    let zeros = [&whole[..], &[0; 5000]].concat();
    std::fs::write(&path, zeros).unwrap();
    assert_eq!((log_all(&path).0, log_all(&path).1.len()), (LogEnd::Torn, 4));
}

#[test]
fn damage_in_the_middle_ends_a_log_and_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let path = logged(dir.path());
    let whole = std::fs::read(&path).unwrap();
    let record_1 = whole.len() - 4 * 26 - 2 * 25;
    let mut damaged = whole.clone();
    damaged[record_1 + 25] ^= 1;
    std::fs::write(&path, &damaged).unwrap();
    assert_eq!(
        log_all(&path),
        (
            LogEnd::Damaged {
                at_bytes: record_1 as u64
            },
            vec![]
        )
    );
}

#[test]
fn many_threads_append_whole_records() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log");
    let log = ApplyLog::create(&path, "pass", "boot").unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4_u64 {
            let log = &log;
            scope.spawn(move || (0..500).for_each(|number| log.append(&(thread * 1000 + number)).unwrap()));
        }
    });
    let (end, all) = log_all(&path);
    assert_eq!((end, all.len()), (LogEnd::Whole, 2000));
    for thread in 0..4 {
        let own: Vec<u64> = all
            .iter()
            .map(|(record, _)| *record)
            .filter(|record| record / 1000 == thread)
            .collect();
        assert!(own.is_sorted());
    }
}
