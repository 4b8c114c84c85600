//! How this crate's failures are worded: one place for "could not" and "is damaged".

use counterpart_model::{Code, Failure};
use std::io;
use std::path::Path;

/// A failure of the system, with the code that fits.
pub(crate) fn io(doing: impl Into<String>, error: &io::Error) -> Failure {
    let code = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Code::NoSpace,
        io::ErrorKind::NotFound => Code::NotFound,
        _ => Code::Io,
    };
    Failure::new(code, doing, error)
}

/// A failure of the system on one file: `reading /state/x`.
pub(crate) fn io_at(verb: &str, path: &Path, error: &io::Error) -> Failure {
    io(format!("{verb} {}", path.display()), error)
}

/// A file of the state is not what this crate wrote.
pub(crate) fn damaged(path: &Path, why: impl std::fmt::Display) -> Failure {
    Failure::new(Code::StateDamaged, format!("reading {}", path.display()), why)
}

/// A caller broke a rule of this crate, such as the order of rows.
pub(crate) fn misuse(doing: impl Into<String>, why: impl std::fmt::Display) -> Failure {
    Failure::new(Code::StateDamaged, doing, why).hint("This is a fault of Counterpart: please report it.")
}
