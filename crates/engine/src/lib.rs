//! The pass and its steps: scan, compare, plan, judge, apply, read again, certify.
//!
//! The engine knows sites only through `counterpart-port`, keeps what belongs to a pair as a whole in a
//! [`Ledger`], tells what happens through a [`Listener`], and prints nothing.

mod apply;
mod compare;
pub mod event;
pub mod exceptions;
mod findings;
mod guard;
pub mod hooks;
pub mod import;
pub mod ledger;
pub mod pass;
mod plan;
mod probes;
pub mod report;
pub mod request;
mod reread;
pub mod settings;
#[cfg(test)]
mod testing;

pub use event::{Event, Listener, StepName};
pub use hooks::{Hooks, What};
pub use ledger::{
    Acting, CertificateEntry, Claim, Claims, ImportedLine, ImportedRun, KeyPlace, Ledger, LogItem, LogReader,
    Pause, Requested, Revoked, Rotated, RunMemory, RunRecord, SeenStamp, StampRecord, Taken, Verified,
    Youngest, youngest,
};
pub use pass::{Outcome, Sites, run};
pub use probes::ProbeSettings;
pub use report::{PassReport, PlanReport};
pub use request::{Actor, PassKind, PassRequest, Tool};
pub use settings::{Guards, Limit, PairSettings};
