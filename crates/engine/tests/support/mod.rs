//! A pair in memory: trees that are maps, and sites over them that keep the contracts of `counterpart-port`.
//!
//! What the real site does with inodes and times is here one counter, the stamp: an entry is unchanged when it is.

pub(crate) mod apply;
pub(crate) mod commands;
pub(crate) mod listener;
pub(crate) mod pair;
pub(crate) mod reader;
pub(crate) mod site;
pub(crate) mod tree;

pub(crate) use listener::Recorder;
pub(crate) use pair::Pair;
pub(crate) use site::FakeSite;
pub(crate) use tree::{Node, Tree, dir, file, link, path};
