//! docs/BENCHMARKS.md: each case's last result stands between two markers, and only that is replaced.
//! What people wrote around the markers is left alone.

use anyhow::{Context, Result};

/// The document.
pub(super) const PLACE: &str = "docs/BENCHMARKS.md";

/// The document with the result of case `name` replaced.
pub fn updated(document: &str, name: &str, result: &str) -> Result<String> {
    let (start, end) = (format!("<!-- bench:{name} -->\n"), format!("<!-- end:{name} -->"));
    let missing = || {
        format!(
            "{PLACE} lacks the marker for {name}; put `{}` there",
            start.trim()
        )
    };
    let (before, rest) = document.split_once(&start).with_context(missing)?;
    let (_, after) = rest.split_once(&end).with_context(missing)?;
    Ok(format!("{before}{start}{}\n{end}{after}", result.trim_end()))
}
