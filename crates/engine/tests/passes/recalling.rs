//! What an interrupted pass brought is recalled at production, and nothing else is said of production by that.

use crate::support::tree::hard_link;
use crate::support::{Pair, dir, file, path};
use counterpart_model::{Algorithm, Content, Kind};

/// The name was a file when the interrupted pass brought it; by now it is a further name of another one.
#[test]
fn a_file_that_became_a_further_name_of_another_stays_one() {
    let pair = Pair::with(&[("d", dir()), ("d/2", file("content", 1))]);
    pair.run();
    pair.production.put(&path("d/1"), file("content", 1));
    pair.production.put(&path("d/2"), hard_link("d/1", "content", 1));
    pair.standby.state().recovered_since = Some(0);
    let report = pair.run();
    assert!(report.congruent, "{report:?}");
    let kind = |site: &crate::support::FakeSite| site.state().rows.as_ref().unwrap()[&path("d/2")].fact.kind;
    assert_eq!(kind(&pair.production), Kind::HardLink);
    assert_eq!(kind(&pair.standby), Kind::HardLink);
}

/// When the interrupted pass began: after all that the pair did before.
const SINCE: i64 = 1 << 40;

/// An archive of which an interrupted pass brought a new version of one file, and of another one not.
fn interrupted() -> Pair {
    let pair = Pair::with(&[("d", dir()), ("d/1", file("one", 1)), ("d/2", file("two", 1))]);
    pair.run();
    for name in ["d/1", "d/2"] {
        pair.production.put(&path(name), file("NEW", 5));
    }
    pair.standby.put(&path("d/1"), file("NEW", 5));
    let mut state = pair.standby.state();
    let node = state.tree[&path("d/1")].clone();
    let known = state.rows.as_mut().unwrap().get_mut(&path("d/1")).unwrap();
    known.fact = counterpart_model::Fact {
        content: Content::Digest(Algorithm::Blake3.of(b"NEW")),
        ..node.fact()
    };
    (known.stamp, known.mtime, known.read_seconds) = (node.stamp, node.mtime, SINCE);
    state.recovered_since = Some(SINCE);
    drop(state);
    pair
}

#[test]
fn a_plan_says_what_remains_and_reads_nothing() {
    let pair = interrupted();
    pair.production.state().bytes_read = 0;
    let plan = pair.plan();
    assert_eq!((plan.changes.modified, plan.steps.len()), (1, 1), "{plan:?}");
    assert_eq!(plan.steps[0].path, "d/2");
    assert_eq!(pair.production.state().bytes_read, 0);
    let report = pair.run();
    assert_eq!(
        (report.changes.modified, report.congruent),
        (1, true),
        "{report:?}"
    );
    pair.assert_equal();
}

/// After a loss of power, what was not synced is known by its name alone.
#[test]
fn content_that_may_not_have_reached_the_disk_is_read() {
    let pair = Pair::with(&[
        ("d", dir()),
        ("d/1", file("content", 1)),
        ("d/2", file("second", 1)),
    ]);
    pair.run();
    pair.production.state().rows = None;
    {
        let mut standby = pair.standby.state();
        standby.recovered_since = Some(i64::MAX);
        let lost = standby.tree.get_mut(&path("d/2")).unwrap();
        lost.bytes = vec![0; 6];
        for known in standby.rows.as_mut().unwrap().values_mut() {
            if known.fact.kind == Kind::File {
                known.fact.content = Content::Unread;
            }
        }
    }
    let report = pair.run();
    assert!(report.congruent, "{report:?}");
    assert_eq!(report.not_compared, 0);
    pair.assert_equal();
}
