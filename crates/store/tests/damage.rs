//! Any flipped byte and any lost end of a file is noticed, and none makes this crate panic.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests make and damage files, and stop at the first surprise"
)]

mod common;

use common::{Listed, Random, header, read_all, rounds, write};
use counterpart_model::{Failure, Row, Timestamp};
use counterpart_store::{
    ApplyLog, Journal, LogEnd, Manifest, RowChange, Spool, SpoolWriter, apply_log, fold,
};
use std::path::Path;

/// Damages the file in many ways; after each, `check` must say that it noticed.
fn damage(path: &Path, seed: u64, mut check: impl FnMut(&str)) {
    let whole = std::fs::read(path).unwrap();
    let mut random = Random::new(seed);
    for _ in 0..rounds(1500) {
        let mut bytes = whole.clone();
        let at = random.index(bytes.len());
        let what = match random.below(4) {
            0 => {
                bytes.truncate(at);
                format!("cut at {at}")
            }
            1 => {
                bytes[at] = bytes[at].wrapping_add(1 + u8::try_from(random.below(255)).unwrap());
                format!("byte {at} changed")
            }
            2 => {
                bytes.insert(at, u8::try_from(random.below(256)).unwrap());
                format!("byte put in at {at}")
            }
            _ => {
                bytes[at] ^= 1 << random.below(8);
                format!("bit of byte {at} flipped")
            }
        };
        if bytes != whole {
            std::fs::write(path, bytes).unwrap();
            check(&what);
        }
    }
    std::fs::write(path, whole).unwrap();
}

#[test]
fn a_damaged_manifest_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("manifest");
    let rows: Vec<Row> = Random::new(1).rows(400).into_values().collect();
    write(&path, &rows, 0);
    let mut tries = 0;
    damage(&path, 1, |what| {
        let read = Manifest::open(&path).and_then(|manifest| read_all(&manifest));
        assert!(read.is_err(), "{what}");
        tries += 1;
        if tries % 8 != 0 {
            return;
        }
        let folded = Manifest::open(&path).and_then(|manifest| {
            let changes: Vec<RowChange> = Vec::new();
            fold(
                Some(&manifest),
                &mut Listed(changes.into_iter()),
                &dir.path().join("next"),
                &header(),
                1000,
            )
        });
        assert!(folded.is_err(), "{what}");
    });
    assert_eq!(read_all(&Manifest::open(&path).unwrap()).unwrap(), rows);
}

fn spool_all(path: &Path) -> Result<Vec<String>, Failure> {
    let mut reader = Spool::<String>::open(path)?.reader()?;
    let mut all = Vec::new();
    while let Some(record) = reader.next()? {
        all.push(record);
    }
    Ok(all)
}

#[test]
fn a_damaged_spool_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("spool");
    let mut writer = SpoolWriter::named(&path).unwrap();
    let mut random = Random::new(2);
    for _ in 0..9000 {
        writer.push(&format!("record {}", random.next())).unwrap();
    }
    writer.finish().unwrap();
    damage(&path, 2, |what| assert!(spool_all(&path).is_err(), "{what}"));
    assert_eq!(spool_all(&path).unwrap().len(), 9000);
}

fn log_all(path: &Path) -> Result<(LogEnd, Vec<u64>), Failure> {
    let Some(contents) = apply_log::read::<u64>(path)? else {
        return Ok((LogEnd::Torn, Vec::new()));
    };
    let mut reader = contents.records()?;
    let mut all = Vec::new();
    while let Some(logged) = reader.next()? {
        all.push(logged.record);
    }
    Ok((contents.end, all))
}

#[test]
fn a_damaged_apply_log_gives_only_its_true_beginning() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log");
    let log = ApplyLog::create(&path, "pass", "boot").unwrap();
    for number in 0..100_u64 {
        log.append(&(number << 20)).unwrap();
        if number % 30 == 0 {
            log.mark_synced().unwrap();
        }
    }
    let (_, truth) = log_all(&path).unwrap();
    damage(&path, 3, |what| {
        if let Ok((end, all)) = log_all(&path) {
            assert!(truth.starts_with(&all), "{what}");
            assert!(end != LogEnd::Whole || all.len() < truth.len(), "{what}");
        }
    });
    assert_eq!(truth.len(), 100);
}

#[test]
fn a_damaged_journal_is_noticed_and_keeps_its_records() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.ndjson");
    let mut journal = Journal::open(dir.path()).unwrap();
    for number in 0..20 {
        journal
            .append(
                "certificate",
                Timestamp::new(number, 0),
                serde_json::json!({"number": number}),
            )
            .unwrap();
    }
    let whole = std::fs::read(&path).unwrap();
    damage(&path, 4, |what| {
        let Ok(journal) = Journal::open(dir.path()) else {
            return;
        };
        // A lost end is the one thing that a chain alone cannot show; what is left must be a true beginning.
        let left = std::fs::read(&path).unwrap();
        assert!(journal.check().is_err() || whole.starts_with(&left), "{what}");
        let _ = std::fs::remove_file(dir.path().join("journal.torn-1"));
    });
}
