//! Which key is in force when: signed statements in the journal, and what follows from them.
//!
//! A statement is a document of its own; the register reads them in the journal's order. Who holds a private key is not
//! known here.

mod register;
mod statement;

pub use register::{Ended, Known, Register, Revocation};
pub use statement::{After, Event, KeyRecord, Statement, StatementActor};
