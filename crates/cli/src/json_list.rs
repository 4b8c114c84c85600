//! A JSON document with a list at its end that is written entry by entry, so that it is never held whole.

use crate::terminal::unprintable;
use counterpart_model::Failure;
use serde::Serialize;
use serde_json::Value;
use std::io::Write;

/// A document whose list is being written.
pub(crate) struct JsonList<'a, W: Write> {
    out: &'a mut W,
    any: bool,
}

impl<'a, W: Write> JsonList<'a, W> {
    /// Writes the members of `head`, and begins the list under `name`.
    ///
    /// # Errors
    /// The output cannot be written.
    pub(crate) fn begin(out: &'a mut W, head: &Value, name: &str) -> Result<Self, Failure> {
        writeln!(out, "{{").map_err(unprintable)?;
        for (key, value) in head.as_object().into_iter().flatten() {
            writeln!(out, "  {}: {value},", Value::from(key.as_str())).map_err(unprintable)?;
        }
        write!(out, "  {}: [", Value::from(name)).map_err(unprintable)?;
        Ok(Self { out, any: false })
    }

    /// Writes one entry on a line of its own.
    ///
    /// # Errors
    /// The output cannot be written.
    pub(crate) fn push(&mut self, entry: &impl Serialize) -> Result<(), Failure> {
        let before = if self.any { ",\n    " } else { "\n    " };
        self.any = true;
        let text = serde_json::to_string(entry).map_err(unprintable)?;
        write!(self.out, "{before}{text}").map_err(unprintable)
    }

    /// Ends the list and the document.
    ///
    /// # Errors
    /// The output cannot be written.
    pub(crate) fn end(self) -> Result<(), Failure> {
        let close = if self.any { "\n  ]\n}" } else { "]\n}" };
        writeln!(self.out, "{close}")
            .and_then(|()| self.out.flush())
            .map_err(unprintable)
    }
}
