//! What a site does for others beside its tree: programs that are run, pages that are asked for, ports that are tried. Each
//! has its time, its output is bounded, and what a program started ends with it.
//!
//! What there is to do, and what an exit means, is not known here. No shell is started and no environment is read: whoever
//! makes a [`Job`] says all of it.

mod anything;
mod at_once;
mod connect;
mod get;
mod job;
mod keeper;
mod patient;
mod pipes;
mod run;
mod table;
#[cfg(test)]
mod tests;

pub use anything::Anything;
pub use job::Job;
pub use run::{Program, run, run_with_input};
pub use table::Table;
