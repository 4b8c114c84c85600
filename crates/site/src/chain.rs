//! The head of the pair's journal, kept for a caller of another host: `chain-head.json` in the site's own state.
//!
//! What it says is not understood here. That its number only grows is: a caller whose journal was put back cannot have
//! the head put back with it.

use counterpart_model::{Code, Failure};
use counterpart_port::{ChainHead, is_pass_name};
use counterpart_store::files;
use std::path::{Path, PathBuf};

/// The largest number that certificates can write.
const MAX_SEQUENCE: u64 = (1 << 53) - 1;

fn file(state: &Path) -> PathBuf {
    state.join("chain-head.json")
}

/// The head that is kept.
pub(crate) fn head(state: &Path) -> Result<Option<ChainHead>, Failure> {
    files::read_json(&file(state))
}

/// Keeps a head durably.
pub(crate) fn keep(state: &Path, head: &ChainHead) -> Result<(), Failure> {
    let refused = |why: String| {
        Err(Failure::new(
            Code::EvidenceBroken,
            "keeping the head of the chain",
            why,
        ))
    };
    if !is_pass_name(&head.pass) || head.sequence == 0 || head.sequence > MAX_SEQUENCE {
        return refused("it is the head of no chain".to_owned());
    }
    files::make_dir(state)?;
    match self::head(state)? {
        Some(kept) if kept == *head => Ok(()),
        Some(kept) if kept.sequence >= head.sequence => refused(format!(
            "record {} of pass {} is kept already, and this is record {}",
            kept.sequence, kept.pass, head.sequence
        )),
        _ => files::write_json_atomic(&file(state), head),
    }
}
