//! What the benchmark makes and prints: its data, its order, its table, its place in the document.
//! Nothing here looks at a clock; the figures themselves are for `cargo xtask bench`.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test's helpers may fail as loudly as the test"
)]

use std::fs;

use xtask::bench::{
    Bar, CaseReport, Heat, Row, Series, Shape, Unit, carried, grow, grow_slices, names, race, rewrite,
    updated,
};

const SHAPE: Shape = Shape {
    directories: 3,
    per_directory: 4,
    low: 10,
    high: 50,
};

fn series(seconds: &[f64], peak_kib: u64) -> Series {
    Series {
        heats: seconds
            .iter()
            .map(|seconds| Heat {
                seconds: *seconds,
                peak_kib,
                ..Heat::default()
            })
            .collect(),
    }
}

fn contents(root: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for directory in fs::read_dir(root).unwrap() {
        for file in fs::read_dir(directory.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            found.push((
                path.strip_prefix(root).unwrap().display().to_string(),
                fs::read(&path).unwrap(),
            ));
        }
    }
    found.sort();
    found
}

#[test]
fn a_tree_has_its_shape_and_is_the_same_each_time() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    grow(one.path(), SHAPE).unwrap();
    grow(two.path(), SHAPE).unwrap();
    let files = contents(one.path());
    assert_eq!(files.len(), 12);
    assert!(files.iter().all(|(_, bytes)| (10..=50).contains(&bytes.len())));
    assert_eq!(files, contents(two.path()));
}

#[test]
fn a_rewrite_changes_as_many_files_as_it_says_and_no_size() {
    let folder = tempfile::tempdir().unwrap();
    grow(folder.path(), SHAPE).unwrap();
    let before = contents(folder.path());
    rewrite(folder.path(), SHAPE, 4, 1).unwrap();
    let after = contents(folder.path());
    assert_eq!(
        before.iter().zip(&after).filter(|(old, new)| old != new).count(),
        4
    );
    assert!(
        before
            .iter()
            .zip(&after)
            .all(|(old, new)| old.1.len() == new.1.len())
    );
}

#[test]
fn a_fast_compressor_takes_off_about_half_of_a_slice() {
    let folder = tempfile::tempdir().unwrap();
    grow_slices(folder.path(), 1, 3).unwrap();
    for (path, bytes) in contents(folder.path()) {
        assert_eq!(bytes.len(), 512 << 10, "{path}");
        let percent = zstd::bulk::compress(&bytes, 1).unwrap().len() * 100 / bytes.len();
        assert!((45..=60).contains(&percent), "{path}: {percent} %");
    }
}

#[test]
fn the_order_alternates() {
    let mut order = Vec::new();
    let found = race(2, 3, |round, contender| {
        order.push((round, contender));
        Ok(Heat::default())
    });
    assert_eq!(order, [(0, 0), (0, 1), (1, 1), (1, 0), (2, 0), (2, 1)]);
    assert!(found.unwrap().iter().all(|series| series.heats.len() == 3));
}

#[test]
fn the_median_counts_and_the_largest_memory() {
    let measured = series(&[5.0, 1.0, 3.0], 2049);
    assert!((measured.median(Unit::Seconds) - 3.0).abs() < f64::EPSILON);
    assert_eq!(measured.peak_mib(), 3);
}

fn report(peer: f64) -> CaseReport {
    let row = |name: &str, seconds, ours, bar| Row {
        name: name.to_owned(),
        series: series(&[seconds], 1024),
        ours,
        bar,
    };
    CaseReport {
        setting: "A setting.".to_owned(),
        unit: Unit::Seconds,
        rows: vec![
            row("counterpart", 3.0, true, Bar::None),
            row("rsync -a", peer, false, Bar::Ratio(0.6)),
        ],
    }
}

#[test]
fn a_bar_is_kept_or_missed_and_the_table_says_so() {
    assert!(report(5.0).kept());
    assert!(!report(4.0).kept());
    let text = report(5.0).render("a machine");
    assert!(
        text.contains("| rsync -a | 5.00 | 5.00 - 5.00 |  | 0.60 | 0.6 | kept |"),
        "{text}"
    );
    assert!(text.contains("Runs: 1. a machine."), "{text}");
    assert!(report(4.0).render("a machine").contains("MISSED"));
}

#[test]
fn a_memory_bar_is_held_against_the_peak() {
    let row = Row {
        name: "many".to_owned(),
        series: series(&[1.0], 97 * 1024),
        ours: true,
        bar: Bar::Memory(96),
    };
    assert!(
        !CaseReport {
            setting: String::new(),
            unit: Unit::Seconds,
            rows: vec![row]
        }
        .kept()
    );
}

fn counted(name: &str, ours: bool, wire_bytes: u64, bar: Bar) -> Row {
    let heat = Heat {
        wire_bytes,
        ..Heat::default()
    };
    Row {
        name: name.to_owned(),
        series: Series { heats: vec![heat] },
        ours,
        bar,
    }
}

#[test]
fn each_scene_is_compared_with_ours_of_that_scene() {
    let report = CaseReport {
        setting: String::new(),
        unit: Unit::WireBytes,
        rows: vec![
            counted("one: ours", true, 400, Bar::None),
            counted("one: theirs", false, 1000, Bar::Ratio(1.0)),
            counted("two: ours", true, 60, Bar::None),
            counted("two: theirs", false, 1000, Bar::Ratio(0.05)),
        ],
    };
    let text = report.render("a machine");
    let line = |name: &str| text.lines().find(|line| line.contains(name)).unwrap();
    assert_eq!(
        line("one: theirs"),
        "| one: theirs | 1000 | 1000 - 1000 |  | 0.4000 | 1 | kept |"
    );
    assert_eq!(
        line("two: theirs"),
        "| two: theirs | 1000 | 1000 - 1000 |  | 0.0600 | 0.05 | MISSED |"
    );
    assert!(!report.kept());
}

#[test]
fn what_ssh_carried_is_summed_over_directions_and_connections() {
    let log = "debug1: Exit status 0\r\nTransferred: sent 1000, received 20 bytes, in 0.1 seconds\r\n\
               Bytes per second: sent 1.0, received 2.0\r\nTransferred: sent 300, received 4 bytes, in 1.0 seconds\r\n";
    assert_eq!(carried(log).unwrap(), 1324);
}

#[test]
fn a_log_that_does_not_say_what_was_carried_is_an_error() {
    let killed = carried("debug1: Authentication succeeded\n").unwrap_err();
    assert!(killed.to_string().contains("Transferred: sent"), "{killed}");
    assert!(carried("Transferred: sent much, received 20 bytes, in 0.1 seconds").is_err());
}

#[test]
fn every_case_has_its_place_in_the_document() {
    let document = include_str!("../../docs/BENCHMARKS.md");
    for name in names() {
        updated(document, name, "new").unwrap();
    }
    let markers = document.matches("<!-- bench:").count();
    assert_eq!(markers, names().count(), "a marker of no case");
}

#[test]
fn a_result_replaces_only_what_stands_between_its_markers() {
    let document = "a\n<!-- bench:first -->\nold\n<!-- end:first -->\nb\n";
    let expected = "a\n<!-- bench:first -->\nnew\n<!-- end:first -->\nb\n";
    assert_eq!(updated(document, "first", "new\n").unwrap(), expected);
    assert!(updated(document, "second", "new").is_err());
}
