//! The pass and its steps: scan, compare, plan, judge, apply, read again, certify.
//!
//! The engine knows sites only through `counterpart-port`, keeps what belongs to a pair as a whole in a
//! [`Ledger`], tells what happens through a [`Listener`], and prints nothing.

pub mod event;
pub mod ledger;
pub mod pass;
pub mod report;
pub mod request;
pub mod settings;

pub use event::{Event, Listener, StepName};
pub use ledger::Ledger;
pub use pass::{Sites, run};
pub use report::{PassReport, PlanReport};
pub use request::{Actor, PassKind, PassRequest, Tool};
pub use settings::{Guards, Limit, PairSettings};
