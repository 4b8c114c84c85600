//! What the benchmark makes and prints: its data, its order, its table, its place in the document.
//! Nothing here looks at a clock; the figures themselves are for `cargo xtask bench`.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test's helpers may fail as loudly as the test"
)]

use std::fs;

use xtask::bench::{Bar, CaseReport, Heat, Row, Series, Shape, grow, race, rewrite, updated};

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
    assert!((measured.median() - 3.0).abs() < f64::EPSILON);
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
            rows: vec![row]
        }
        .kept()
    );
}

#[test]
fn a_result_replaces_only_what_stands_between_its_markers() {
    let document = "a\n<!-- bench:first -->\nold\n<!-- end:first -->\nb\n";
    let expected = "a\n<!-- bench:first -->\nnew\n<!-- end:first -->\nb\n";
    assert_eq!(updated(document, "first", "new\n").unwrap(), expected);
    assert!(updated(document, "second", "new").is_err());
}
