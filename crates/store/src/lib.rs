//! A site's state directory: manifest files, sorter, spools, apply log, locks and the journal's file.
//!
//! What is kept means nothing here: this room knows rows and records, not passes, and never touches an archive.
//! Every file is opened without following a link, is private to its owner, and is believed only as far as its
//! checksums go: a damaged one is a [`Failure`] with the code `state-damaged`.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this crate keeps the state directory"
)]

pub mod apply_log;
mod blocks;
mod checksum;
mod failing;
pub mod files;
pub mod journal;
pub mod line_log;
pub mod lock;
pub mod manifest;
pub mod sort;
pub mod spool;
mod varint;

pub use apply_log::{ApplyLog, LogContents, LogEnd, LogRecords, Logged};
pub use files::{PairDir, StateDir};
pub use journal::{Journal, Record, Walk};
pub use line_log::{FinishedLog, LineLog, LineReader};
pub use lock::{Holder, Lock, Waiting};
pub use manifest::{
    Header, Manifest, ManifestWriter, RowChange, RowChanges, RowCursor, Rows, Segment, Summary, fold,
};
pub use sort::{PathSorter, Sorted, SortedPaths, Sorter};
pub use spool::{Spool, SpoolReader, SpoolWriter};

use counterpart_model::Failure;

/// The kernel's name for this boot: after a reboot, what was not synced may not have reached the disk.
///
/// # Errors
/// The kernel does not tell.
pub fn boot_id() -> Result<String, Failure> {
    let path = "/proc/sys/kernel/random/boot_id";
    std::fs::read_to_string(path)
        .map(|text| text.trim().to_owned())
        .map_err(|error| failing::io("reading the boot id", &error))
}
