//! Words that do not belong in the project: promises to do it later, and places that exist on one machine only.
//! It is no spell-checker; the vocabulary of the messages is checked by the tests that render them.

use anyhow::Result;

use super::Complaint;
use crate::workspace::{SourceFile, Workspace};

/// Promises. Written in pieces, so that this file does not complain of itself.
const LATER: [&str; 5] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("X", "XX"),
    concat!("HA", "CK:"),
    concat!("todo", "!("),
];

/// Names of top folders that no installed system has, but workplaces do.
const WORKPLACES: [&str; 5] = ["work", "farm", "workspace", "builds", "Users"];

/// Top folders that every system has, so that naming them tells nothing of the place where a line was written.
const STANDARD: [&str; 16] = [
    "bin", "boot", "dev", "etc", "home", "lib", "media", "mnt", "opt", "proc", "root", "run", "srv", "sys",
    "tmp", "usr",
];

/// Checks every text file.
pub fn check(workspace: &Workspace) -> Result<Vec<Complaint>> {
    let places = places(&workspace.path(""));
    let files = workspace.text_files()?;
    Ok(files.iter().flat_map(|file| judge(file, &places)).collect())
}

/// Folders that must not be named: those of workplaces, and the one that this checkout is in.
pub fn places(checkout: &std::path::Path) -> Vec<String> {
    let top = checkout
        .components()
        .nth(1)
        .map(|name| name.as_os_str().to_string_lossy().into_owned());
    let own = top.filter(|name| !STANDARD.contains(&name.as_str()) && !WORKPLACES.contains(&name.as_str()));
    WORKPLACES
        .iter()
        .map(|name| (*name).to_owned())
        .chain(own)
        .map(|name| format!("/{name}/"))
        .collect()
}

/// What is wrong in one file.
pub fn judge(file: &SourceFile, places: &[String]) -> Vec<Complaint> {
    let lines = file.text.lines().enumerate();
    lines
        .flat_map(|(number, line)| judge_line(&format!("{}:{}", file.name, number + 1), line, places))
        .collect()
}

fn judge_line(place: &str, line: &str, places: &[String]) -> Vec<Complaint> {
    let later = LATER
        .iter()
        .filter(|word| stands_alone(line, word))
        .map(|word| Complaint::new(place, format!("says {word}"), "do it, or open an issue for it"));
    let elsewhere = places
        .iter()
        .filter(|folder| starts_a_path(line, folder))
        .map(|folder| {
            Complaint::new(
                place,
                format!("names {folder}"),
                "this exists on one machine only: take it out",
            )
        });
    later.chain(elsewhere).collect()
}

/// Whether a word is in the line with no letter or digit at either side.
fn stands_alone(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric)
            && (word.ends_with('(') || !after.is_some_and(char::is_alphanumeric))
    })
}

/// Whether an absolute path in the line begins with the folder.
fn starts_a_path(line: &str, folder: &str) -> bool {
    let within = |before: char| before.is_alphanumeric() || "._-}>*/~".contains(before);
    line.match_indices(folder)
        .any(|(at, _)| !line[..at].chars().next_back().is_some_and(within))
}
