//! Programs that a site starts for others: each is run to its end within its time, its output is bounded, and what it
//! started ends with it.
//!
//! Which programs there are, and what their exits mean, is not known here. No shell is started and no environment is read:
//! whoever makes a [`Program`] says all of it.

mod keeper;
mod pipes;
mod run;
mod table;
#[cfg(test)]
mod tests;

pub use run::{Program, run};
pub use table::Table;
