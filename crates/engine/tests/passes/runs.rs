//! Plan, run, verify: the way of an ordinary day.

use crate::support::pair::request;
use crate::support::{Pair, Recorder, dir, file, link, path};
use counterpart_engine::PassKind;
use counterpart_model::Kind;

fn archive() -> Pair {
    Pair::with(&[
        ("a", dir()),
        ("a/1", file("one", 1)),
        ("a/2", file("two", 2)),
        ("a/b", dir()),
        ("a/b/3", file("three is longer than a piece", 3)),
        ("link", link("a/1")),
        ("empty", file("", 4)),
    ])
}

#[test]
fn the_first_run_brings_everything_and_the_second_does_nothing() {
    let pair = archive();
    let report = pair.run();
    assert!(report.congruent, "{report:?}");
    assert_eq!((report.changes.created, report.bytes_sent), (7, 34));
    assert_eq!(report.production.root, report.standby.root);
    assert_eq!((report.production.files, report.standby.files), (4, 4));
    assert!(report.certificate.is_some());
    pair.assert_equal();
    let read = pair.production.state().bytes_read;
    pair.standby.state().touched.clear();
    let again = pair.run();
    assert!(again.congruent);
    assert_eq!(again.changes, counterpart_engine::report::ChangeCounts::default());
    assert_eq!(again.production.root, report.production.root);
    assert_eq!((again.bytes_read, again.bytes_sent), (0, 0));
    assert!(pair.standby.state().touched.is_empty());
    assert_eq!(pair.production.state().bytes_read, read);
    assert_eq!(pair.ledger.verify_evidence(&[]).unwrap().certificates, 2);
}

#[test]
fn a_day_of_work_is_carried_over() {
    let pair = archive();
    pair.run();
    let production = &pair.production;
    production.put(&path("a/1"), file("ONE and more", 9));
    production.put(
        &path("a/2"),
        crate::support::Node {
            mode: 0o600,
            ..file("two", 2)
        },
    );
    production.put(&path("a/9"), file("nine", 9));
    production.rename(&path("a/b/3"), &path("a/b/4"));
    production.put(&path("link"), link("a/2"));
    production.take(&path("empty"));
    let report = pair.run();
    assert!(report.congruent, "{report:?}");
    let changes = report.changes;
    assert_eq!((changes.created, changes.modified, changes.metadata), (1, 2, 1));
    assert_eq!((changes.renamed, changes.deleted), (1, 1));
    assert_eq!(report.bytes_sent, 16);
    pair.assert_equal();
    let mut history: Vec<String> = pair
        .standby
        .state()
        .history
        .iter()
        .map(|(path, _)| path.to_string())
        .collect();
    history.sort();
    assert_eq!(history, ["a/1", "empty", "link"]);
}

#[test]
fn a_plan_reads_nothing_and_changes_nothing() {
    let pair = archive();
    let plan = pair.plan();
    assert_eq!((plan.changes.created, plan.bytes, plan.steps.len()), (7, 34, 7));
    assert_eq!(plan.steps[0].letters, "cd+++++++++");
    assert_eq!(pair.production.state().bytes_read, 0);
    assert!(pair.standby.state().tree.is_empty());
    assert!(pair.standby.state().rows.is_none());
    assert!(pair.ledger.passes().unwrap().is_empty());
}

#[test]
fn a_verification_tells_differences_and_changes_nothing() {
    let pair = archive();
    pair.run();
    assert!(pair.verify(false).congruent);
    assert!(pair.verify(true).congruent);
    pair.production.put(&path("a/9"), file("nine", 9));
    pair.production.take(&path("empty"));
    pair.production.put(&path("a/1"), file("uno", 7));
    let before = pair.trees();
    let report = pair.verify(false);
    assert!(!report.congruent);
    assert_eq!(report.different, 3);
    let mut codes: Vec<&str> = report
        .failures
        .iter()
        .map(|failure| failure.code.as_str())
        .collect();
    codes.sort_unstable();
    assert_eq!(codes, ["differs", "only-production", "only-standby"]);
    assert_eq!(pair.trees(), before);
    assert!(pair.run().congruent);
    pair.assert_equal();
}

#[test]
fn kinds_change_both_ways() {
    let pair = archive();
    pair.run();
    let production = &pair.production;
    production.take(&path("a/b"));
    production.put(&path("a/b"), file("a file now", 5));
    production.put(&path("a/1"), dir());
    production.put(&path("a/1/x"), file("inside", 5));
    production.put(&path("link"), file("no link", 5));
    let report = pair.run();
    assert!(report.congruent, "{report:?}");
    pair.assert_equal();
    assert_eq!(pair.standby.state().tree[&path("a/1")].kind, Kind::Directory);
}

#[test]
fn a_directory_that_is_renamed_brings_no_byte() {
    let pair = archive();
    pair.run();
    let production = &pair.production;
    production.put(&path("z"), dir());
    production.rename(&path("a/1"), &path("z/1"));
    production.rename(&path("a/2"), &path("z/2"));
    production.put(&path("z/b"), dir());
    production.rename(&path("a/b/3"), &path("z/b/3"));
    production.take(&path("a"));
    let report = pair.run();
    assert!(report.congruent, "{report:?}");
    assert_eq!((report.changes.renamed, report.bytes_sent), (3, 0));
    pair.assert_equal();
}

#[test]
fn touched_files_are_read_and_not_sent() {
    let pair = archive();
    pair.run();
    pair.production.put(&path("a/1"), file("one", 77));
    let report = pair.run();
    assert!(report.congruent);
    assert_eq!((report.changes.metadata, report.changes.modified), (1, 0));
    assert_eq!((report.bytes_read, report.bytes_sent), (3, 0));
    pair.assert_equal();
}

#[test]
fn two_empty_trees_prove_nothing() {
    let pair = Pair::new();
    let report = pair.run();
    assert!(!report.congruent);
    assert_eq!(report.failures[0].code, "nothing-compared");
}

#[test]
fn the_log_has_every_change_and_finding() {
    let pair = archive();
    let listener = Recorder::default();
    pair.pass(&request(PassKind::Run), &listener).unwrap();
    let pass = pair.ledger.last().unwrap().unwrap().pass;
    let mut log = pair.ledger.log(&pass).unwrap();
    let mut logged = Vec::new();
    while let Some(item) = log.next().unwrap() {
        logged.push(item.path);
    }
    logged.sort();
    let mut changed = listener.changed.lock().unwrap().clone();
    changed.sort();
    assert_eq!(logged, changed);
    assert_eq!(logged.len(), 7);
}

#[test]
fn copies_that_were_there_are_taken_over_and_read_when_asked() {
    let pair = archive();
    let tree = pair.production.state().tree.clone();
    for (path, node) in &tree {
        pair.standby.put(path, node.clone());
    }
    let report = pair.run();
    assert_eq!((report.changes.created, report.bytes_sent), (0, 0));
    assert!(!report.congruent, "nothing was read yet");
    assert!(report.failures.iter().all(|failure| failure.code == "not-read"));
    let report = pair.verify(false);
    assert!(report.congruent, "{report:?}");
    assert!(pair.run().congruent);
}
