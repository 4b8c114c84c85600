//! One file tree: walk, read, write and history. The only crate that touches archive files.
//!
//! The observing half (walk, stat, read, attributes, filesystems, stubs) changes nothing. Nothing here remembers an
//! earlier pass, decides what should change, or prints.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this crate touches archive files"
)]

pub(crate) mod fault;
pub mod root;
pub mod stat;

pub use root::Root;
pub use stat::Stat;
