//! Documents as text for people. Nothing is printed here: each function gives the text.

mod check;
mod copies;
mod explain;
mod findings;
mod hold;
mod imported;
mod key;
mod listing;
mod notify;
mod pass;
mod pause;
mod plan;
mod probes;
mod refusal;
mod status;
mod table;
mod timestamp;
mod verdict;
mod watchdog;

pub(crate) use check::check;
pub(crate) use copies::{exported, history, prune, undelete, where_is};
pub(crate) use explain::explain;
pub(crate) use hold::{held, released};
pub(crate) use imported::{claims, import, imported_line, imported_runs};
pub(crate) use key::{keys, revoked, rotated};
pub(crate) use listing::{certificates, log_line, manifest_head, manifest_line, packed, verified};
pub(crate) use notify::notify;
pub(crate) use pass::pass;
pub(crate) use pause::{paused, resumed};
pub(crate) use plan::plan;
pub(crate) use probes::probes;
pub(crate) use refusal::Allowing;
pub(crate) use status::status;
pub(crate) use table::wrapped;
pub(crate) use timestamp::{timestamp_requested, timestamp_taken};
pub(crate) use watchdog::watchdog;
