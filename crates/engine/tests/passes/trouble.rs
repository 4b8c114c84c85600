//! What goes wrong in the middle, and that the next pass puts it right.

use crate::support::pair::request;
use crate::support::{Pair, Recorder, dir, file, link, path};
use counterpart_engine::{PassKind, PassReport};
use counterpart_model::{Code, Failure};

fn archive() -> Pair {
    let pair = Pair::with(&[("d", dir())]);
    for number in 0..10 {
        let name = format!("d/{number}");
        pair.production
            .put(&path(&name), file(&format!("content {number}"), 1));
    }
    pair
}

fn failure(pair: &Pair) -> Failure {
    pair.pass(&request(PassKind::Run), &Recorder::default())
        .expect_err("the pass ends")
}

fn codes(report: &PassReport) -> Vec<&str> {
    report
        .failures
        .iter()
        .map(|failure| failure.code.as_str())
        .collect()
}

#[test]
fn an_interrupted_pass_is_resumed() {
    let pair = archive();
    // More than are handed over at once.
    for number in 0..100 {
        let name = format!("d/more-{number}");
        pair.production.put(&path(&name), file("more", 5));
    }
    let listener = Recorder::stopping_after(4);
    let failure = pair
        .pass(&request(PassKind::Run), &listener)
        .expect_err("it was interrupted");
    assert_eq!(failure.code, Code::Interrupted);
    let held = pair.standby.state().tree.len();
    assert!((4..111).contains(&held), "{held}");
    assert!(pair.ledger.certificates().unwrap().is_empty());
    assert!(!pair.run().congruent || held > 0);
    pair.assert_equal();
}

#[test]
fn a_file_that_changes_once_while_it_is_read_is_copied_and_told_once() {
    let pair = archive();
    pair.production.state().faults.tears.insert(path("d/3"), 1);
    let report = pair.run();
    assert_eq!(codes(&report), ["torn"]);
    assert_eq!((report.unsettled, report.congruent), (1, false));
    pair.assert_equal();
    assert!(pair.run().congruent);
}

#[test]
fn a_file_that_never_settles_is_unsettled_and_everything_else_is_there() {
    let pair = archive();
    pair.production.state().faults.tears.insert(path("d/3"), u32::MAX);
    let report = pair.run();
    assert_eq!(codes(&report), ["torn"]);
    assert_eq!((report.unsettled, report.congruent), (1, false));
    assert_eq!(pair.standby.state().tree.len(), 10);
    pair.production.state().faults.tears.clear();
    let report = pair.run();
    assert!(report.congruent, "{report:?}");
    pair.assert_equal();
}

#[test]
fn production_that_is_lost_before_the_deletions_deletes_nothing() {
    let pair = archive();
    pair.run();
    pair.production.take(&path("d/1"));
    pair.production.put(&path("d/2"), file("changed", 5));
    pair.production.state().faults.lost = true;
    let failure = failure(&pair);
    assert_eq!(failure.code, Code::SiteLost);
    assert!(failure.hint.contains("Nothing was removed"));
    assert!(pair.standby.state().tree.contains_key(&path("d/1")));
    pair.production.state().faults.lost = false;
    assert!(pair.run().congruent);
    pair.assert_equal();
}

#[test]
fn a_file_that_cannot_be_read_is_told_and_copied_once_it_can() {
    let pair = archive();
    pair.run();
    pair.production.put(&path("d/3"), file("CONTENT 3", 5));
    pair.production.put(&path("d/new"), file("new", 5));
    for at in ["d/3", "d/new"] {
        pair.production.state().faults.unreadable.insert(path(at));
    }
    let report = pair.run();
    assert!(!report.congruent);
    assert_eq!(codes(&report), ["unreadable", "unreadable"]);
    assert_eq!(pair.standby.state().tree[&path("d/3")].bytes, b"content 3");
    pair.production.state().faults.unreadable.clear();
    let report = pair.run();
    assert!(report.congruent, "{report:?}");
    pair.assert_equal();
}

#[test]
fn a_step_that_fails_is_told_and_made_in_the_next_pass() {
    let pair = archive();
    pair.run();
    pair.production.put(&path("d/3"), file("CONTENT 3", 5));
    pair.production.put(&path("d/new"), file("new", 5));
    pair.production.take(&path("d/4"));
    for at in ["d/3", "d/new", "d/4"] {
        pair.standby
            .state()
            .faults
            .refused
            .insert(path(at), Code::NameNotHeld);
    }
    let report = pair.run();
    assert!(!report.congruent);
    assert_eq!(report.different, 3, "{report:?}");
    pair.standby.state().faults.refused.clear();
    let report = pair.run();
    assert!(report.congruent, "{report:?}");
    pair.assert_equal();
}

#[test]
fn what_could_not_be_published_is_not_counted_as_changed() {
    let pair = archive();
    pair.production.put(&path("gone"), dir());
    for name in ["gone/1", "gone/2", "replaced"] {
        pair.production.put(&path(name), file(name, 5));
    }
    pair.run();
    pair.production.take(&path("gone"));
    pair.production.take(&path("replaced"));
    pair.production.put(&path("replaced"), link("elsewhere"));
    pair.production.put(&path("d/3"), file("CONTENT 3", 5));
    pair.production.put(&path("d/4"), file("CONTENT 4", 5));
    pair.production.put(&path("d/new"), file("new", 5));
    let refused = ["gone", "replaced", "d/3", "d/new"];
    pair.standby.state().faults.unpublished = refused.iter().map(|at| path(at)).collect();
    let report = pair.run();
    let changes = report.changes;
    assert_eq!(
        (changes.created, changes.modified, changes.deleted),
        (0, 1, 0),
        "{report:?}"
    );
    assert_eq!(report.different, 4, "{report:?}");
    pair.standby.state().faults.unpublished.clear();
    let changes = pair.run().changes;
    assert_eq!((changes.created, changes.modified, changes.deleted), (1, 2, 3));
    pair.assert_equal();
}

#[test]
fn what_lies_in_a_directory_that_could_not_go_is_not_counted_as_removed() {
    let pair = archive();
    pair.run();
    pair.production.take(&path("d"));
    pair.production.put(&path("e"), file("something", 5));
    pair.production.put(&path("d"), file("no directory", 5));
    pair.standby
        .state()
        .faults
        .refused
        .insert(path("d"), Code::NameNotHeld);
    let report = pair.run();
    let changes = report.changes;
    assert_eq!(
        (changes.created, changes.modified, changes.deleted),
        (1, 0, 0),
        "{report:?}"
    );
}

#[test]
fn a_standby_that_has_no_room_ends_the_pass() {
    let pair = archive();
    pair.standby
        .state()
        .faults
        .refused
        .insert(path("d/3"), Code::NoSpace);
    assert_eq!(failure(&pair).code, Code::NoSpace);
    assert!(pair.ledger.certificates().unwrap().is_empty());
    pair.standby.state().faults.refused.clear();
    pair.run();
    pair.assert_equal();
}

#[test]
fn what_was_not_synced_is_not_certified() {
    let pair = archive();
    pair.standby.state().faults.sync_fails = true;
    assert_eq!(failure(&pair).code, Code::Io);
    assert!(pair.ledger.certificates().unwrap().is_empty());
    assert!(pair.standby.state().rows.is_none());
}

#[test]
fn a_rename_whose_source_went_with_a_replaced_directory_is_copied() {
    let pair = archive();
    pair.run();
    pair.production.rename(&path("d/1"), &path("e"));
    pair.production.take(&path("d"));
    pair.production.put(&path("d"), file("no directory", 5));
    let report = pair.run();
    assert!(report.congruent, "{report:?}");
    pair.assert_equal();
}

#[test]
fn beneath_a_closed_directory_nothing_is_removed() {
    let pair = archive();
    pair.run();
    pair.production.state().faults.unlisted.insert(path("d"));
    let report = pair.run();
    assert!(!report.congruent);
    assert_eq!(report.not_compared, 11);
    assert_eq!(pair.standby.state().tree.len(), 11);
    pair.production.state().faults.unlisted.clear();
    assert!(pair.run().congruent);
}

/// As long as production's manifest does not know what was copied, the standby's apply log must.
#[test]
fn the_standby_is_closed_after_production() {
    let pair = archive();
    pair.production.state().faults.close_is_cut = true;
    assert_eq!(failure(&pair).code, Code::Io);
    assert!(pair.production.state().rows.is_some());
    assert!(pair.standby.state().rows.is_none());
    pair.production.state().faults.close_is_cut = false;
    pair.run();
    pair.assert_equal();
}

/// Those that were placed before it and that no mover has yet are let go.
#[test]
fn a_disk_that_fails_between_two_places_ends_the_pass() {
    let pair = archive();
    pair.standby.state().faults.unplaceable = Some(path("d/3"));
    assert_eq!(failure(&pair).code, Code::Io);
    pair.standby.state().faults.unplaceable = None;
    pair.run();
    pair.assert_equal();
}
