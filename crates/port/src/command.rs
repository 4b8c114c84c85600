//! What a site is asked to do beside its tree: a program, a page, a port.
//!
//! A confined far end does only what its administrator's own file names, and no argument reaches it. Others do what the
//! configuration says: whoever reaches them by ssh could start it there anyway.

use crate::Watch;
use counterpart_model::Failure;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Most bytes that are brought of each of the two outputs of a command. What comes after is let go, and counted.
pub const MAX_OUTPUT_BYTES: u64 = 1 << 20;

/// Longest name of a command, in bytes.
const MAX_NAME_BYTES: usize = 64;

/// What a site can be asked to do.
pub trait Commands: Send + Sync {
    /// What is offered by name, in the order of the names.
    ///
    /// # Errors
    /// The site cannot be reached.
    fn offered(&self) -> Result<Vec<Offered>, Failure>;

    /// Does it to its end, and gives what it writes as it comes: no more than [`MAX_OUTPUT_BYTES`] of each output. When
    /// `watch` is interrupted, its time is over, or its caller is gone, it is ended with all that it started and that did
    /// not leave its process group. How it ended is no failure: what that means is for who asks.
    ///
    /// # Errors
    /// `not-found` where there is no such command; `not-permitted` where only named ones are run; it cannot be started; it
    /// was interrupted; the site is lost.
    fn act(
        &self,
        task: &Task,
        output: &mut (dyn FnMut(Output<'_>) + Send),
        watch: &dyn Watch,
    ) -> Result<Ended, Failure>;

    /// Whether the site would do all of these; nothing is done.
    ///
    /// # Errors
    /// `not-found` and `not-permitted` as of [`Commands::act`]; the site is lost.
    fn permits(&self, tasks: &[Task]) -> Result<(), Failure>;

    /// What the site does by itself, in this order, when its caller is gone without having taken it back; replaces what was
    /// said before. Where caller and site are one program there is nothing to do.
    ///
    /// # Errors
    /// As of [`Commands::act`], before anything is done; the site is lost.
    fn when_gone(&self, _tasks: &[Task]) -> Result<(), Failure> {
        Ok(())
    }
}

/// Something to be done within a time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Task {
    /// What.
    pub act: Act,
    /// How long it may take. A named command has its own time, and the shorter of the two counts.
    pub timeout_seconds: u64,
}

/// What is done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// A command of the site's own file.
    Command(CommandName),
    /// A program and its arguments; no shell reads them.
    Run(Vec<String>),
    /// A page is asked for; its body is the output.
    Get(Address),
    /// Somebody accepts a connection at this host and port.
    Connect(String),
}

/// The address of a page. What stands before its host, a name and a password, is never shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(String);

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
    /// A page was answered with this status of HTTP.
    Answered(u16),
}

impl Ended {
    /// True where a program left with 0, a page was given, or a connection was accepted.
    pub const fn is_good(&self) -> bool {
        matches!(self.how, HowEnded::Exited(0) | HowEnded::Answered(200..=299))
    }
}

impl fmt::Display for HowEnded {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(code) => write!(out, "it left with {code}"),
            Self::Signalled(signal) => write!(out, "signal {signal} ended it"),
            Self::TimedOut => out.write_str("its time was over, and it was ended"),
            Self::Answered(status) => write!(out, "it was answered with {status}"),
        }
    }
}

impl Address {
    /// Checks an address.
    ///
    /// # Errors
    /// What one looks like.
    pub fn checked(address: impl Into<String>) -> Result<Self, String> {
        let address = address.into();
        let known = ["http://", "https://"].iter().any(|scheme| {
            address
                .strip_prefix(scheme)
                .is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        });
        let plain = !address
            .chars()
            .any(|letter| letter.is_whitespace() || letter.is_control());
        if known && plain {
            Ok(Self(address))
        } else {
            Err("write http://host:port/path or https://host/path".to_owned())
        }
    }

    /// Whole, with its secret.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.0.split_once("://").unwrap_or(("", &self.0));
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
        write!(out, "{scheme}://{host}{path}")
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl fmt::Display for Act {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command(name) => write!(out, "the command `{name}`"),
            Self::Run(words) => write!(out, "`{}`", words.join(" ")),
            Self::Get(address) => write!(out, "GET {address}"),
            Self::Connect(place) => write!(out, "a connection to {place}"),
        }
    }
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
