//! Guards: limits, extensions, and that an approval covers what was refused and nothing more.

use super::ransom::other_extension;
use super::refusal::About;
use super::{Judged, Refusal, judge_approval};
use crate::ledger::Ledger;
use crate::plan::Plan;
use crate::plan::finish::Totals;
use crate::report::RefusalReport;
use crate::settings::{Guards, Limit};
use crate::testing::path;
use counterpart_model::{Action, Code, Step};
use counterpart_store::{SpoolWriter, StateDir};

#[test]
fn a_share_has_a_floor_and_a_number_has_none() {
    let of = |limit: Limit, entries| limit.of(entries);
    assert_eq!(of(Limit::Share(0.01), 0), 50);
    assert_eq!(of(Limit::Share(0.01), 5_000), 50);
    assert_eq!(of(Limit::Share(0.01), 5_100), 51);
    assert_eq!(of(Limit::Share(0.01), 100_000_000), 1_000_000);
    assert_eq!(of(Limit::Share(0.0), 100_000_000), 50);
    assert_eq!(of(Limit::Share(-1.0), 100_000_000), 50);
    assert_eq!(of(Limit::Share(f64::NAN), 100_000_000), 50);
    assert_eq!(of(Limit::Share(1.0), 70), 70);
    assert_eq!(of(Limit::Entries(0), 100), 0);
    assert_eq!(of(Limit::Entries(7), 100), 7);
    assert_eq!(
        (Guards::default().max_delete, Guards::default().max_change),
        (Limit::Share(0.01), Limit::Share(0.1))
    );
}

#[test]
fn extensions_are_told_from_uids() {
    let cases = [
        ("a/1.dcm", "a/1.dcm.locked", true),
        ("a/1.dcm", "a/1.locked", true),
        ("a/1", "a/1.locked", true),
        ("a/1.2.840.10008.1", "a/1.2.840.10008.1.wncry", true),
        ("a/1.2.840.1", "a/1.2.840.2", false),
        ("a/1.2.840.1", "a/1.2.840.1.5", false),
        ("a/1.2.840.1", "a/1.2.840.1.5.7", false),
        ("a/1.2.840.1.5", "a/1.2.840.1", false),
        ("a/1.dcm", "b/1.locked", false),
        ("a/1.dcm", "a/2.locked", false),
        ("a/1.dcm", "a/1.dcm", false),
        ("a/.profile", "a/.bashrc", false),
        ("a/report.final-version-two", "a/report.final-version-six", false),
        ("a/1.", "a/1.x", false),
        ("a/1", "a/1.", false),
    ];
    for (old, new, changed) in cases {
        assert_eq!(other_extension(&path(old), &path(new)), changed, "{old} -> {new}");
    }
}

struct Desk {
    ledger: Ledger,
    dir: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let state = StateDir::open(dir.path()).unwrap();
        let ledger = Ledger::open(state.pair("p").unwrap()).unwrap();
        Self { ledger, dir }
    }

    fn plan(&self, deleted: &[&str]) -> Plan {
        let mut writer = SpoolWriter::temporary(self.dir.path()).unwrap();
        for at in deleted {
            writer.push(&Step::of(path(at), Action::Remove)).unwrap();
        }
        Plan {
            steps: writer.finish().unwrap(),
            totals: Totals::default(),
        }
    }

    fn judge(&self, refusals: &[Refusal], plan: &Plan, approve: Option<&str>) -> Option<RefusalReport> {
        match judge_approval(refusals, plan, &self.ledger, approve).unwrap() {
            Judged::Allowed => None,
            Judged::Refused(refusal) => Some(refusal),
        }
    }
}

fn too_many() -> Refusal {
    Refusal::new(Code::MaxDelete, "too many".to_owned(), About::Deletions)
}

fn of_site(text: &str) -> Refusal {
    Refusal::new(
        Code::SourceIdentity,
        text.to_owned(),
        About::Site(text.to_owned()),
    )
}

#[test]
fn an_approval_covers_the_same_entries_or_fewer() {
    let desk = Desk::new();
    let refused = desk
        .judge(&[too_many()], &desk.plan(&["a", "b", "c"]), None)
        .unwrap();
    assert_eq!(refused.guards[0].entries, 3);
    assert_eq!(refused.guards[0].examples, ["a", "b", "c"]);
    let hash = Some(refused.approve.as_str());
    let allows = |deleted: &[&str]| desk.judge(&[too_many()], &desk.plan(deleted), hash).is_none();
    assert!(allows(&["a", "b", "c"]));
    assert!(allows(&["a", "c"]));
    assert!(allows(&["b"]));
    assert!(!allows(&["a", "b", "c", "d"]));
    assert!(!allows(&["a", "bb"]));
    assert!(!allows(&["0"]));
}

#[test]
fn an_approval_of_one_guard_is_none_of_another() {
    let desk = Desk::new();
    let plan = desk.plan(&["a"]);
    let refused = desk.judge(&[too_many()], &plan, None).unwrap();
    let hash = Some(refused.approve.as_str());
    assert!(desk.judge(&[too_many(), of_site("x")], &plan, hash).is_some());
    let both = desk.judge(&[too_many(), of_site("x")], &plan, None).unwrap();
    assert_ne!(both.approve, refused.approve);
    let hash = Some(both.approve.as_str());
    assert!(desk.judge(&[too_many(), of_site("x")], &plan, hash).is_none());
    assert!(desk.judge(&[of_site("x")], &plan, hash).is_none());
    assert!(desk.judge(&[of_site("y")], &plan, hash).is_some());
}

#[test]
fn two_refusals_of_one_guard_are_covered_in_any_order() {
    let desk = Desk::new();
    let plan = desk.plan(&[]);
    let refused = desk.judge(&[of_site("x"), of_site("y")], &plan, None).unwrap();
    let hash = Some(refused.approve.as_str());
    assert!(desk.judge(&[of_site("y"), of_site("x")], &plan, hash).is_none());
    assert!(desk.judge(&[of_site("z")], &plan, hash).is_some());
}

#[test]
fn what_no_approval_lifts_stays_refused() {
    let desk = Desk::new();
    let plan = desk.plan(&[]);
    let refused = desk.judge(&[of_site("x").final_()], &plan, None).unwrap();
    assert!(!refused.guards[0].approvable);
    assert!(
        desk.judge(&[of_site("x").final_()], &plan, Some(&refused.approve))
            .is_some()
    );
}

#[test]
fn a_hash_that_refused_nothing_is_an_error_and_no_file_name() {
    let desk = Desk::new();
    let plan = desk.plan(&["a"]);
    let ask = |hash| {
        judge_approval(&[too_many()], &plan, &desk.ledger, Some(hash))
            .err()
            .unwrap()
            .code
    };
    assert_eq!(ask("0123456789abcdef"), Code::Approval);
    assert_eq!(ask("../../etc/passwd"), Code::Usage);
    // Nothing is refused, so there is nothing to approve.
    assert!(desk.judge(&[], &plan, Some("0123456789abcdef")).is_none());
}

#[test]
fn the_same_refusal_has_the_same_name() {
    let desk = Desk::new();
    let of = |deleted: &[&str]| {
        desk.judge(&[too_many()], &desk.plan(deleted), None)
            .unwrap()
            .approve
    };
    assert_eq!(of(&["a", "b"]), of(&["a", "b"]));
    assert_ne!(of(&["a", "b"]), of(&["a"]));
}
