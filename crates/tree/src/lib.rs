//! One file tree: walk, read, write and history. The only crate that touches archive files.
//!
//! The observing half (walk, stat, read, attributes, filesystems, stubs) changes nothing. The changing half (apply,
//! history, identity, probe) writes only from held directories, one component at a time. Nothing here remembers an
//! earlier pass, decides what should change, or prints.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this crate touches archive files"
)]

pub mod apply;
pub(crate) mod at;
pub mod attributes;
pub mod exclude;
pub(crate) mod fault;
pub mod filesystem;
pub mod history;
pub mod identity;
pub(crate) mod incoming;
pub mod keeper;
pub mod lock_file;
pub(crate) mod ours;
pub mod overlap;
pub mod owners;
pub mod probe;
pub(crate) mod put;
pub mod read;
pub mod root;
pub mod stat;
pub mod stub;
pub mod walk;

pub use apply::{Applier, ApplyOptions, GroupLimits};
pub use keeper::{Keeper, Leftover, Touched, Why};
pub use owners::OwnerNames;
pub use read::FileReader;
pub use root::Root;
pub use stat::Stat;
pub use walk::{WalkLimits, WalkOptions, Walked, Walker, What};
