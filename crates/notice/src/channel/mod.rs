//! The ways out: mail, a command, a webhook. Each is told whom to reach, takes a bounded time, and says what came of it.
//!
//! What waits, and when it is tried again, is the spool's business.

pub mod command;
pub mod mail;
mod roots;
pub mod webhook;

use counterpart_model::{Code, Failure};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A way out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelName {
    /// By SMTP.
    Mail,
    /// A program of this host.
    Command,
    /// An HTTP POST.
    Webhook,
}

/// A message went out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delivered {
    /// What the other end answered, in a few words.
    pub answer: String,
}

/// A message did not go out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trouble {
    /// What is to be expected.
    pub outlook: Outlook,
    /// Why.
    pub failure: Failure,
}

/// What is to be expected of another try.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outlook {
    /// Nobody was reached: other messages would not go out now, either.
    Closed,
    /// This message may go out later.
    Later,
    /// It was refused for good: the same message will be refused again.
    Never,
}

impl ChannelName {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Mail, Self::Command, Self::Webhook];

    /// As the configuration calls it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Command => "command",
            Self::Webhook => "webhook",
        }
    }
}

impl fmt::Display for ChannelName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

impl Trouble {
    /// With a failure that is worded here.
    pub fn new(outlook: Outlook, doing: impl Into<String>, why: impl fmt::Display) -> Self {
        let failure = Failure::new(Code::Notice, doing, why);
        Self { outlook, failure }
    }

    /// Something of this host's own is in the way: a secret that cannot be read, an address that is none.
    pub const fn of(failure: Failure) -> Self {
        let outlook = Outlook::Closed;
        Self { outlook, failure }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.failure = self.failure.hint(hint);
        self
    }
}
