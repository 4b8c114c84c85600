//! Turns the system's error numbers into failures with words and a stable code.
//!
//! It does not decide what follows from a failure; it only names it.

use counterpart_model::{Code, Failure};
use rustix::io::Errno;
use std::fmt;

/// What the system says of an error number: `permission denied`, `no space left on device`.
pub(crate) fn words(errno: Errno) -> String {
    if errno == Errno::LOOP {
        return "a symbolic link stands in the way, and none is followed".to_owned();
    }
    let text = std::io::Error::from(errno).to_string();
    let plain = text.split(" (os error").next().unwrap_or_default();
    let mut letters = plain.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => format!("error {}", errno.raw_os_error()),
    }
}

/// True where the entry, or a directory above it, is no longer what it was: it went away while it was observed.
pub(crate) fn is_gone(errno: Errno) -> bool {
    matches!(errno, Errno::NOENT | Errno::STALE | Errno::NOTDIR | Errno::LOOP)
}

/// A failure of `doing`; `code` says what it is unless the error number says something more exact.
pub(crate) fn failure(code: Code, doing: impl fmt::Display, errno: Errno) -> Failure {
    let code = match errno {
        errno if is_gone(errno) => Code::Vanished,
        Errno::NOSPC | Errno::DQUOT => Code::NoSpace,
        // A disk that fails says nothing of what is there.
        Errno::IO if matches!(code, Code::SourceMissing | Code::TargetMissing) => Code::Io,
        _ => code,
    };
    Failure::new(code, doing.to_string(), words(errno))
}

/// Repeats a call for as long as a signal interrupts it.
pub(crate) fn retry<T>(mut call: impl FnMut() -> Result<T, Errno>) -> Result<T, Errno> {
    loop {
        match call() {
            Err(Errno::INTR) => {}
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests;
