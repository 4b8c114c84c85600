//! The document of `notify test`, `send` and `drop`.

use counterpart_model::Failure;
use schemars::JsonSchema;
use serde::Serialize;

/// What `notify test`, `send` and `drop` print.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NotifyDocument {
    /// One a pair.
    pub pairs: Vec<NotifyLine>,
}

/// The messages of one pair.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NotifyLine {
    /// Its name.
    pub pair: String,
    /// What was tried.
    pub tried: Vec<TriedDocument>,
    /// Messages that were let go.
    pub dropped: u64,
    /// Messages that wait now.
    pub waiting: u64,
    /// Messages that were refused for good, and are kept.
    pub refused: u64,
}

/// One message that was tried.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TriedDocument {
    /// `mail`, `command` or `webhook`.
    pub way: String,
    /// The address, of a mail.
    pub recipient: Option<String>,
    /// The pass that it is about; absent of a test.
    pub pass: Option<String>,
    /// True when it was taken.
    pub sent: bool,
    /// What the other end answered; empty where it was not taken.
    pub answer: String,
    /// Why it was not taken.
    pub why: Option<String>,
    /// What to do about that.
    pub hint: Option<String>,
}

impl TriedDocument {
    /// One that was taken, or why it was not.
    pub(crate) fn new(
        way: &str,
        recipient: Option<&str>,
        pass: Option<&str>,
        result: Result<&str, &Failure>,
    ) -> Self {
        let failure = result.err();
        Self {
            way: way.to_owned(),
            recipient: recipient.map(str::to_owned),
            pass: pass.map(str::to_owned),
            sent: failure.is_none(),
            answer: result.unwrap_or_default().to_owned(),
            why: failure.map(ToString::to_string),
            hint: failure.map(|failure| failure.hint.clone()),
        }
    }
}
