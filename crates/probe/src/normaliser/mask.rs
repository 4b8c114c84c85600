//! Masking: what a pattern matches within a line becomes a mark. A line that is matched whole is a mark, and still a line.

use super::{MARK, lines, push};
use regex::bytes::Regex;

/// Refuses a pattern that finds something in an empty line: it would put marks where nothing is.
pub(super) fn checked(pattern: Regex) -> Result<Regex, String> {
    if pattern.is_match(b"") {
        return Err(
            "it matches where nothing stands; write `+` for `*`, or more of what is to be masked".to_owned(),
        );
    }
    Ok(pattern)
}

pub(super) fn mask(pattern: &Regex, bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(bytes.len());
    for (line, end) in lines(bytes) {
        let mut from = 0;
        for found in pattern.find_iter(line).filter(|found| !found.is_empty()) {
            push(&mut out, &line[from..found.start()])?;
            push(&mut out, MARK.as_bytes())?;
            from = found.end();
        }
        push(&mut out, &line[from..])?;
        push(&mut out, end)?;
    }
    Ok(out)
}
