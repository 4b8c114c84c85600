//! Regular expressions over bytes: how they are built, and what is said of one that cannot be.
//!
//! They see bytes, not letters: `.` is any byte but a line's end, so that a line in an old encoding is matched whole;
//! `\d` and `\w` are ASCII. `(?u)` in a pattern turns to letters of all scripts.

use regex::bytes::{Regex, RegexBuilder};

/// Longest pattern, in bytes.
pub const MAX_PATTERN_BYTES: usize = 4_096;

/// A pattern; `^` and `$` are the ends of a line, with or without a carriage return.
///
/// # Errors
/// What is wrong with it, in one line.
pub fn pattern(text: &str) -> Result<Regex, String> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    if text.len() > MAX_PATTERN_BYTES {
        return Err(format!("it is longer than {MAX_PATTERN_BYTES} bytes"));
    }
    RegexBuilder::new(text)
        .unicode(false)
        .multi_line(true)
        .crlf(true)
        .build()
        .map_err(|error| in_one_line(&error))
}

/// The last line of the parser's drawing is what it says.
fn in_one_line(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "it is too large once it is compiled".to_owned(),
        other => {
            let text = other.to_string();
            let last = text.lines().last().unwrap_or_default();
            last.trim_start_matches("error: ").to_owned()
        }
    }
}
