//! Findings: what a pass tells and does not mirror, or puts right.

mod accepted;
mod append_only;
mod drift;
mod rot;
mod unreadable;
mod unsettled;
