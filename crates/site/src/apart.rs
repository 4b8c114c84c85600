//! Two roots must not overlap, however they are named: they are compared by what they are, not by their paths.

use crate::LocalSite;
use counterpart_model::{Code, Failure};
use counterpart_tree::{Root, overlap};
use std::path::Path;

/// Checks that neither root is, or lies in, the other, also through links and mounts of one directory at two places.
///
/// # Errors
/// `roots-overlap`; `source-missing` when a root is not there.
pub fn check_apart(production: &LocalSite, standby: &LocalSite) -> Result<(), Failure> {
    let (first, second) = (&production.options.root, &standby.options.root);
    if lies_in(first, second)? || lies_in(second, first)? {
        let doing = format!("comparing {} with {}", first.display(), second.display());
        return Err(Failure::new(
            Code::RootsOverlap,
            doing,
            "one of them is, or lies in, the other",
        ));
    }
    Ok(())
}

/// True when `inner` or any directory above it is `outer`.
fn lies_in(inner: &Path, outer: &Path) -> Result<bool, Failure> {
    overlap::lies_in(&Root::open(inner)?, &Root::open(outer)?)
}
