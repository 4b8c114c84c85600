//! Commands that a site runs for the other end, by name.
//!
//! What a name stands for is known at its own site alone: no argument crosses a link. At this host the names are the
//! configuration's, at a confined far end those of a file of its administrator; who asks sees no difference.

use crate::Watch;
use counterpart_model::Failure;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Most bytes that are brought of each of the two outputs of a command. What comes after is let go, and counted.
pub const MAX_OUTPUT_BYTES: u64 = 1 << 20;

/// Longest name of a command, in bytes.
const MAX_NAME_BYTES: usize = 64;

/// A site's commands.
pub trait Commands: Send + Sync {
    /// What is offered, in the order of its names.
    ///
    /// # Errors
    /// The site cannot be reached.
    fn offered(&self) -> Result<Vec<Offered>, Failure>;

    /// Runs one to its end, and gives what it writes as it comes: no more than [`MAX_OUTPUT_BYTES`] of each output. When
    /// `watch` is interrupted, its time is over, or its caller is gone, it is ended with all that it started and that did
    /// not leave its process group. Its exit is no failure: what one means is for who asks.
    ///
    /// # Errors
    /// `not-found` where there is no such command; it cannot be started; it was interrupted; the site is lost.
    fn run(
        &self,
        name: &CommandName,
        output: &mut (dyn FnMut(Output<'_>) + Send),
        watch: &dyn Watch,
    ) -> Result<Ended, Failure>;
}

/// The name of a command: letters, digits, `-`, `_` and `.`, of which the first is a letter or a digit. It is never a path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CommandName(String);

/// A command that may be asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Offered {
    /// Its name.
    pub name: CommandName,
    /// The program that it starts, without the folders above it: more is nobody's business.
    pub program: String,
    /// How long it may take.
    pub timeout_seconds: u64,
}

/// What a command wrote.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Output<'a> {
    /// To its standard output.
    Standard(&'a [u8]),
    /// To its standard error.
    Errors(&'a [u8]),
}

/// How a command ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ended {
    /// By itself, or not.
    pub how: HowEnded,
    /// Bytes of its standard output that were let go.
    pub omitted_bytes: u64,
    /// Bytes of its standard error that were let go.
    pub omitted_error_bytes: u64,
}

/// By itself, or not.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum HowEnded {
    /// With this exit.
    Exited(i32),
    /// By a signal that somebody else sent.
    Signalled(i32),
    /// Its time was over, and it was ended.
    TimedOut,
}

impl CommandName {
    /// Checks a name.
    ///
    /// # Errors
    /// What a name looks like.
    pub fn checked(name: impl Into<String>) -> Result<Self, String> {
        let name = name.into();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let begins = name
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_alphanumeric());
        if begins && name.len() <= MAX_NAME_BYTES && name.bytes().all(plain) {
            Ok(Self(name))
        } else {
            Err(format!(
                "use letters, digits, `-`, `_` and `.`, a letter or digit first, at most {MAX_NAME_BYTES} of them"
            ))
        }
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CommandName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::checked(name)
    }
}

impl From<CommandName> for String {
    fn from(name: CommandName) -> Self {
        name.0
    }
}

impl fmt::Display for CommandName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}
