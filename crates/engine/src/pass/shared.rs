//! What both sites' last manifests say: segments of one root, of which a full exchange over a link needs only the changes.

use counterpart_model::{Digest, Failure};
use counterpart_port::{SegmentRoot, Site, Stream};
use std::collections::HashSet;

/// More are not told, so that they fit one message: at ten thousand rows and more each, that is enough for most archives.
const MOST: usize = 7_000;

/// The roots of the segments that both manifests have.
pub(super) fn roots(production: &dyn Site, standby: &dyn Site) -> Result<Vec<Digest>, Failure> {
    let mut of_production = HashSet::new();
    each(production.segments()?, |root| {
        of_production.insert(root);
    })?;
    let mut both = Vec::new();
    each(standby.segments()?, |root| {
        if both.len() < MOST && of_production.contains(&root) {
            both.push(root);
        }
    })?;
    Ok(both)
}

fn each(mut roots: Box<dyn Stream<SegmentRoot> + '_>, mut take: impl FnMut(Digest)) -> Result<(), Failure> {
    let mut root = SegmentRoot::default();
    while roots.next_into(&mut root)? {
        take(root.0);
    }
    Ok(())
}
