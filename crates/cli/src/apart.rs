//! Roots and state must not lie in each other; they are compared by what they are, so links and mounts are seen
//! through. What is not there yet is judged by the directory that it will be made in.

use crate::config::Pair;
use counterpart_model::{Code, Failure};
use counterpart_tree::{Root, overlap};
use std::path::Path;

/// Checks that neither root lies in the other, and that the state lies in neither.
///
/// # Errors
/// `roots-overlap`, with what lies where.
pub(crate) fn check(pair: &Pair, state: &Path) -> Result<(), Failure> {
    let (production, standby) = (&pair.production.0, &pair.standby.0);
    apart("the standby", standby, "production", production)?;
    apart("production", production, "the standby", standby)?;
    let hint = "Give another --state DIR.";
    apart("the state directory", state, "production", production).map_err(|failure| failure.hint(hint))?;
    apart("the state directory", state, "the standby", standby).map_err(|failure| failure.hint(hint))
}

fn apart(what: &str, inner: &Path, of: &str, outer: &Path) -> Result<(), Failure> {
    let lies_in = match (nearest(inner), Root::open(outer)) {
        (Some(inner_root), Ok(outer_root)) => overlap::lies_in(&inner_root, &outer_root)?,
        // An outer root that is not there holds nothing yet; once it is made, the names decide.
        _ => inner.starts_with(outer),
    };
    if !lies_in {
        return Ok(());
    }
    let doing = format!("comparing {} with {}", inner.display(), outer.display());
    let why = format!("{what} is, or lies in, {of}; nothing was changed");
    Err(Failure::new(Code::RootsOverlap, doing, why))
}

/// The directory itself, or the nearest above it that is there.
fn nearest(path: &Path) -> Option<Root> {
    path.ancestors().find_map(|above| Root::open(above).ok())
}
