//! Guards in whole passes: a refusal leaves the standby untouched, and an approval lets exactly it through.

use crate::support::pair::request;
use crate::support::{Pair, dir, file, path};
use counterpart_engine::{PassKind, PassRequest};
use counterpart_model::Code;

fn archive(files: u32) -> Pair {
    let pair = Pair::with(&[("d", dir())]);
    for number in 0..files {
        let name = format!("d/{number:04}.dcm");
        pair.production
            .put(&path(&name), file(&format!("content {number}"), 1));
    }
    pair
}

/// Runs, expects a refusal by `code`, checks that nothing was changed, and gives the hash that approves it.
fn refused(pair: &Pair, code: Code) -> String {
    let before = pair.standby.state().tree.clone();
    let rows = pair.standby.state().rows.clone();
    let certificates = pair.ledger.certificates().unwrap().len();
    pair.standby.state().touched.clear();
    let report = pair.run();
    let refusal = report.refusal.expect("a refusal");
    let codes: Vec<&str> = refusal.guards.iter().map(|guard| guard.code.as_str()).collect();
    assert!(codes.contains(&code.word()), "{codes:?}");
    assert!(!report.congruent && report.certificate.is_none());
    let state = pair.standby.state();
    assert_eq!(state.tree, before);
    assert!(state.touched.is_empty() && state.history.is_empty());
    assert_eq!(state.rows, rows);
    assert_eq!(pair.ledger.certificates().unwrap().len(), certificates);
    refusal.approve
}

fn approved(pair: &Pair, hash: &str) -> counterpart_engine::PassReport {
    pair.report(&PassRequest {
        approve: Some(hash.to_owned()),
        ..request(PassKind::Run)
    })
}

#[test]
fn too_many_deletions_wait_for_an_approval_of_just_them() {
    let pair = archive(100);
    pair.run();
    for number in 0..51 {
        pair.production.take(&path(&format!("d/{number:04}.dcm")));
    }
    let hash = refused(&pair, Code::MaxDelete);
    pair.production.take(&path("d/0060.dcm"));
    let more = approved(&pair, &hash).refusal.expect("one more is not covered");
    assert_ne!(more.approve, hash);
    assert!(approved(&pair, &more.approve).congruent);
    pair.assert_equal();
    assert_eq!(pair.standby.state().history.len(), 52);
}

#[test]
fn fifty_deletions_are_let_through() {
    let pair = archive(100);
    pair.run();
    for number in 0..50 {
        pair.production.take(&path(&format!("d/{number:04}.dcm")));
    }
    assert!(pair.run().congruent);
    pair.assert_equal();
}

#[test]
fn an_emptied_production_is_refused_whatever_the_limits() {
    let pair = archive(3);
    pair.run();
    pair.production.take(&path("d"));
    let hash = refused(&pair, Code::SourceEmpty);
    approved(&pair, &hash);
    assert!(pair.standby.state().tree.is_empty());
}

#[test]
fn everything_replaced_by_something_else_is_refused() {
    let pair = archive(3);
    pair.run();
    pair.production.take(&path("d"));
    pair.production.put(&path("other"), file("x", 1));
    refused(&pair, Code::DeleteEverything);
    refused(&pair, Code::SourceIdentity);
}

/// An archive whose only directory was renamed; of its files so many are others now.
fn renamed(files: u32, others: u32) -> Pair {
    let pair = archive(files);
    pair.run();
    pair.production.rename(&path("d"), &path("e"));
    for number in 0..files {
        let (from, to) = (format!("d/{number:04}.dcm"), format!("e/{number:04}.dcm"));
        pair.production.rename(&path(&from), &path(&to));
        if number < others {
            pair.production
                .put(&path(&to), file(&format!("another {number}"), 1));
        }
    }
    pair
}

#[test]
fn an_archive_whose_directory_was_renamed_is_the_same_tree() {
    let pair = renamed(20, 0);
    let report = pair.run();
    assert!(report.congruent, "{report:?}");
    assert_eq!((report.changes.renamed, report.bytes_sent), (20, 0));
    pair.assert_equal();
    assert!(renamed(20, 10).run().refusal.is_none());
}

#[test]
fn a_renamed_archive_of_which_most_is_new_is_another_tree() {
    refused(&renamed(20, 11), Code::SourceIdentity);
    refused(&renamed(20, 20), Code::SourceIdentity);
}

#[test]
fn inodes_of_another_filesystem_prove_no_rename() {
    let pair = renamed(20, 0);
    pair.production.state().identity = "uuid:other".to_owned();
    let guards = pair.run().refusal.expect("a refusal").guards;
    let reasons: Vec<&str> = guards.iter().map(|guard| guard.message.as_str()).collect();
    assert!(
        reasons.iter().any(|why| why.contains("it is another tree")),
        "{reasons:?}"
    );
}

#[test]
fn another_filesystem_at_production_is_refused() {
    let pair = archive(3);
    pair.run();
    pair.production.state().identity = "uuid:other".to_owned();
    let hash = refused(&pair, Code::SourceIdentity);
    assert!(approved(&pair, &hash).congruent);
    assert!(pair.run().congruent);
}

#[test]
fn a_rewrite_of_most_files_is_refused() {
    let pair = archive(100);
    pair.run();
    for number in 0..51 {
        pair.production
            .put(&path(&format!("d/{number:04}.dcm")), file("encrypted!", 9));
    }
    let hash = refused(&pair, Code::MaxChange);
    assert!(approved(&pair, &hash).congruent);
    pair.assert_equal();
}

#[test]
fn extensions_that_change_in_bulk_are_refused() {
    let pair = archive(30);
    pair.run();
    for number in 0..30 {
        let from = path(&format!("d/{number:04}.dcm"));
        pair.production
            .rename(&from, &path(&format!("d/{number:04}.dcm.locked")));
    }
    refused(&pair, Code::ExtensionChanged);
}

#[test]
fn a_foreign_standby_is_refused_until_it_is_adopted() {
    let pair = archive(3);
    pair.standby.put(&path("theirs"), file("x", 1));
    pair.standby.state().adopted = false;
    let hash = refused(&pair, Code::TargetNotAdopted);
    assert!(approved(&pair, &hash).refusal.is_some(), "no approval lifts it");
    let report = pair.report(&PassRequest {
        adopt: true,
        ..request(PassKind::Run)
    });
    // The only entry that it held would go: that is a deletion of everything, adopted or not.
    let refusal = report.refusal.expect("a refusal");
    assert_eq!(refusal.guards[0].code, "delete-everything");
}

#[test]
fn no_room_is_refused_and_no_approval_makes_any() {
    let pair = archive(3);
    pair.standby.state().free_bytes = 10;
    let hash = refused(&pair, Code::NoSpace);
    assert!(approved(&pair, &hash).refusal.is_some());
}

#[test]
fn a_plan_says_what_a_run_would_be_refused_for() {
    let pair = archive(100);
    pair.run();
    for number in 0..60 {
        pair.production.take(&path(&format!("d/{number:04}.dcm")));
    }
    let refusal = pair.plan().refusal.expect("a refusal");
    assert_eq!(refusal.guards[0].code, "max-delete");
    assert!(
        approved(&pair, &refusal.approve).congruent,
        "the hash of a plan approves a run"
    );
}
