//! One line of a log: its stamp, and what it says.

use crate::change::Change;
use crate::message::{Message, Note, Trouble};
use crate::stamp::Stamp;

/// One line of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line<'a> {
    /// When, and by which process; where the line says so.
    pub stamp: Option<Stamp>,
    /// The line without its stamp and without a carriage return at its end.
    pub text: &'a [u8],
    /// What it says.
    pub said: Said,
}

/// What a line says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Said {
    /// Something was done to an entry.
    Change(Change),
    /// Something went wrong.
    Trouble(Trouble),
    /// Something about the run.
    Note(Note),
    /// Nothing that is understood.
    NotUnderstood,
}

impl<'a> Line<'a> {
    /// Reads a line, given without its line feed.
    pub fn of(line: &'a [u8]) -> Self {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let (stamp, text) = match Stamp::of(line) {
            Some((stamp, text)) => (Some(stamp), text),
            None => (None, line),
        };
        let said = said(text, stamp.is_some());
        Self { stamp, text, said }
    }
}

fn said(text: &[u8], stamped: bool) -> Said {
    if let Some(change) = Change::of(text, stamped) {
        return Said::Change(change);
    }
    match Message::of(text) {
        Some(Message::Trouble(trouble)) => Said::Trouble(trouble),
        Some(Message::Note(note)) => Said::Note(note),
        None => Said::NotUnderstood,
    }
}
