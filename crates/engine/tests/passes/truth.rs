//! Three-way truth over several passes: drift, rot, append-only names.

use crate::support::pair::request;
use crate::support::{Node, Pair, dir, file, path};
use counterpart_engine::{PassKind, PassReport, PassRequest};

fn archive() -> Pair {
    let pair = Pair::with(&[("d", dir()), ("d/1", file("one", 1)), ("d/2", file("two", 2))]);
    pair.run();
    pair
}

fn codes(report: &PassReport) -> Vec<&str> {
    report
        .failures
        .iter()
        .map(|failure| failure.code.as_str())
        .collect()
}

/// Other bytes behind the same size and time.
fn rot(site: &crate::support::FakeSite, at: &str) {
    let node = site.state().tree[&path(at)].clone();
    let bytes = node.bytes.iter().map(|byte| byte ^ 1).collect();
    site.put(&path(at), Node { bytes, ..node });
}

/// Other bytes, and not even the stamp tells.
fn rot_unseen(site: &crate::support::FakeSite, at: &str) {
    if let Some(node) = site.state().tree.get_mut(&path(at)) {
        node.bytes.iter_mut().for_each(|byte| *byte ^= 1);
    }
}

#[test]
fn a_standby_that_drifted_is_put_back_and_the_drift_is_kept() {
    let pair = archive();
    pair.standby.put(&path("d/1"), file("uno", 9));
    pair.standby.put(&path("d/theirs"), file("x", 9));
    pair.standby.take(&path("d/2"));
    let report = pair.run();
    assert_eq!(codes(&report), ["drift", "drift", "drift"]);
    assert!(report.congruent, "what was put back is equal again: {report:?}");
    pair.assert_equal();
    let history: Vec<String> = pair
        .standby
        .state()
        .history
        .iter()
        .map(|(path, _)| path.to_string())
        .collect();
    assert_eq!(history, ["d/1", "d/theirs"]);
}

#[test]
fn rot_at_production_is_told_in_every_pass_and_never_mirrored() {
    let pair = archive();
    rot(&pair.production, "d/1");
    for _ in 0..3 {
        let report = pair.run();
        assert_eq!(codes(&report), ["rot-production"]);
        assert!(!report.congruent);
        assert_eq!(pair.standby.state().tree[&path("d/1")].bytes, b"one");
    }
    assert_eq!(codes(&pair.verify(true)), ["rot-production"]);
    pair.production.put(&path("d/1"), file("one", 1));
    assert!(pair.run().congruent, "brought back by hand");
    pair.assert_equal();
}

/// Once the manifests took in what is there now, they say no more which side differs.
#[test]
fn rot_is_not_forgotten_when_the_pass_ends_between_manifest_and_certificate() {
    for standby in [false, true] {
        let pair = archive();
        let site = if standby { &pair.standby } else { &pair.production };
        rot(site, "d/1");
        site.state().faults.close_is_cut = true;
        let ended = pair.pass(&request(PassKind::Run), &crate::support::Recorder::default());
        assert!(ended.is_err());
        site.state().faults.close_is_cut = false;
        let code = if standby { "rot-standby" } else { "rot-production" };
        assert_eq!(codes(&pair.run()), [code]);
    }
}

#[test]
fn rot_at_the_standby_waits_for_a_repair() {
    let pair = archive();
    rot(&pair.standby, "d/1");
    for _ in 0..3 {
        assert_eq!(codes(&pair.run()), ["rot-standby"]);
    }
    let repair = PassRequest {
        repair: Some(path("d/1")),
        ..request(PassKind::Run)
    };
    let refusal = pair
        .report(&repair)
        .refusal
        .expect("a repair is approved before it is made");
    assert_eq!(pair.standby.state().tree[&path("d/1")].bytes, b"nod");
    let report = pair.report(&PassRequest {
        approve: Some(refusal.approve),
        ..repair
    });
    assert!(report.congruent, "{report:?}");
    pair.assert_equal();
    assert!(pair.run().congruent);
}

#[test]
fn rot_that_no_stamp_tells_is_found_by_reading_again() {
    let pair = archive();
    rot_unseen(&pair.production, "d/1");
    rot_unseen(&pair.standby, "d/2");
    assert!(pair.run().congruent, "nothing was read, and nothing tells");
    let report = pair.report(&PassRequest {
        reread: true,
        ..request(PassKind::Run)
    });
    let mut found = codes(&report);
    found.sort_unstable();
    assert_eq!(found, ["rot-production", "rot-standby"]);
    let mut found = codes(&pair.run())
        .iter()
        .map(|code| (*code).to_owned())
        .collect::<Vec<_>>();
    found.sort_unstable();
    assert_eq!(
        found,
        ["rot-production", "rot-standby"],
        "and it is not forgotten"
    );
}

#[test]
fn a_change_for_good_ends_the_suspicion() {
    let pair = archive();
    rot(&pair.production, "d/1");
    pair.run();
    pair.production.put(&path("d/1"), file("new", 50));
    let report = pair.run();
    assert!(report.congruent, "{report:?}");
    pair.assert_equal();
}

#[test]
fn append_only_names_stay_over_passes() {
    let mut pair = Pair::with(&[
        ("d", dir()),
        ("d/1", file("one", 1)),
        ("d/2", file("two", 2)),
        ("d/3", file("three", 3)),
    ]);
    pair.settings.append_only = vec!["d/**".to_owned()];
    assert!(pair.run().congruent);
    pair.production.take(&path("d/1"));
    pair.production.put(&path("d/2"), file("TWO", 9));
    pair.production.put(&path("d/3"), file("three and more", 9));
    for _ in 0..3 {
        let report = pair.run();
        let mut found = codes(&report);
        found.sort_unstable();
        assert_eq!(
            found,
            ["append-only-change", "append-only-change", "append-only-delete"]
        );
        assert!(!report.congruent);
        let state = pair.standby.state();
        assert_eq!(state.tree[&path("d/1")].bytes, b"one");
        assert_eq!(state.tree[&path("d/2")].bytes, b"two");
        assert_eq!(state.tree[&path("d/3")].bytes, b"three");
    }
    pair.production.put(&path("d/1"), file("one", 1));
    pair.production.put(&path("d/2"), file("two", 2));
    pair.production.put(&path("d/3"), file("three", 3));
    assert!(pair.run().congruent, "brought back");
    pair.production.put(&path("d/4"), file("four", 4));
    pair.production.put(&path("d/1"), file("one", 99));
    let report = pair.run();
    assert!(
        report.congruent,
        "a new name and a touch are no rewrite: {report:?}"
    );
    pair.assert_equal();
}

#[test]
fn a_directory_that_holds_append_only_names_is_left() {
    let mut pair = Pair::with(&[("d", dir()), ("d/1", file("one", 1)), ("x", file("x", 1))]);
    pair.settings.append_only = vec!["d/**".to_owned()];
    pair.run();
    pair.production.take(&path("d"));
    let report = pair.run();
    assert!(!report.congruent);
    assert!(pair.standby.state().tree.contains_key(&path("d/1")));
}
