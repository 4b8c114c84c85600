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
    let roots = [("production", &pair.production), ("the standby", &pair.standby)];
    if let (Some(production), Some(standby)) = (pair.production.here(), pair.standby.here()) {
        apart("the standby", standby, "production", production)?;
        apart("production", production, "the standby", standby)?;
    }
    // A far site's own state is checked by its agent.
    for (what, root) in roots {
        if let Some(root) = root.here() {
            apart("the state directory", state, what, root)
                .map_err(|failure| failure.hint("Give another --state DIR."))?;
        }
    }
    Ok(())
}

/// Checks that the state does not lie in one root.
///
/// # Errors
/// `roots-overlap`.
pub(crate) fn check_state(state: &Path, root: &Path) -> Result<(), Failure> {
    apart("the state directory", state, "the root", root)
        .map_err(|failure| failure.hint("Give another --state DIR."))
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
