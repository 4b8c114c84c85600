//! What an interrupted pass brought is recalled at production, and nothing else is said of production by that.

use crate::support::tree::hard_link;
use crate::support::{Pair, dir, file, path};
use counterpart_model::Kind;

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
