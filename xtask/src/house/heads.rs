//! Every Rust file opens with `//!` and at least one sentence: what it is for, and what it is not.
//! Whether the sentence is true is for the reviewer.

use anyhow::Result;

use super::Complaint;
use crate::workspace::{SourceFile, Workspace};

/// Checks every Rust file.
pub fn check(workspace: &Workspace) -> Result<Vec<Complaint>> {
    Ok(workspace.rust_files()?.iter().filter_map(judge).collect())
}

/// What is wrong with one file's head.
pub fn judge(file: &SourceFile) -> Option<Complaint> {
    let hint = "open with //! and a sentence on what this module is for and what it is not";
    match head_of(&file.text) {
        None => Some(Complaint::new(format!("{}:1", file.name), "has no head", hint)),
        Some(head) if !is_sentence(&head) => Some(Complaint::new(
            format!("{}:1", file.name),
            format!("has no sentence in its head: {head:?}"),
            hint,
        )),
        Some(_) => None,
    }
}

/// The text of the comment that the file begins with.
fn head_of(text: &str) -> Option<String> {
    let lines: Vec<&str> = text
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(str::trim)
        .collect();
    (!lines.is_empty()).then(|| lines.join(" "))
}

/// A few words with a stop after them.
fn is_sentence(head: &str) -> bool {
    head.split_inclusive(['.', '?', ':'])
        .any(|part| part.ends_with(['.', '?', ':']) && part.split_whitespace().count() >= 3)
}
