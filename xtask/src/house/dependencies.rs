//! Every direct dependency has a line with its reason in docs/DEPENDENCIES.md, and every line its dependency.
//! Whether the reason is a good one is for the reviewer.

use std::collections::BTreeSet;

use anyhow::{Context, Result};

use super::Complaint;
use super::manifest::Metadata;
use crate::workspace::Workspace;

/// The document with the reasons.
const REASONS: &str = "docs/DEPENDENCIES.md";

/// Compares Cargo.toml, the members and the document.
pub fn check(workspace: &Workspace) -> Result<Vec<Complaint>> {
    let declared = declared_in(&workspace.read("Cargo.toml")?)?;
    let mut complaints = judge(&declared, &explained_in(&workspace.read(REASONS)?));
    complaints.extend(unused(&declared, &Metadata::of(workspace)?));
    Ok(complaints)
}

/// What the workspace depends on, apart from its own crates.
pub fn declared_in(manifest: &str) -> Result<BTreeSet<String>> {
    let table: toml::Table = manifest.parse().context("reading Cargo.toml")?;
    let dependencies = table
        .get("workspace")
        .and_then(|section| section.get("dependencies"));
    let dependencies = dependencies
        .and_then(toml::Value::as_table)
        .context("finding workspace.dependencies")?;
    let foreign = dependencies
        .iter()
        .filter(|(_, value)| value.get("path").is_none());
    Ok(foreign.map(|(name, _)| name.clone()).collect())
}

/// The names in the first column of the document's tables, with their reasons not empty.
pub fn explained_in(document: &str) -> BTreeSet<String> {
    document.lines().filter_map(explained_on).collect()
}

fn explained_on(line: &str) -> Option<String> {
    let (name, rest) = line.strip_prefix("| `")?.split_once("` |")?;
    let reason = rest.trim().trim_end_matches('|').trim();
    (!reason.is_empty()).then(|| name.to_owned())
}

/// What lacks a reason, and which reasons lack their thing.
pub fn judge(declared: &BTreeSet<String>, explained: &BTreeSet<String>) -> Vec<Complaint> {
    let silent = declared.difference(explained).map(|name| {
        let what = format!("gives no reason for `{name}`");
        Complaint::new(
            REASONS,
            what,
            "add a line that says why it, and not another or none",
        )
    });
    let stale = explained.difference(declared).map(|name| {
        Complaint::new(
            REASONS,
            format!("gives a reason for `{name}`"),
            "Cargo.toml has it no more: take the line out",
        )
    });
    silent.chain(stale).collect()
}

/// What is declared and used by no member, and what a member brings in on its own.
fn unused(declared: &BTreeSet<String>, metadata: &Metadata) -> Vec<Complaint> {
    let arrows = metadata.packages.iter().flat_map(|package| &package.dependencies);
    let used: BTreeSet<String> = arrows.map(|arrow| arrow.name.clone()).collect();
    let idle = declared.difference(&used).map(|name| {
        Complaint::new(
            "Cargo.toml",
            format!("declares `{name}`, which no crate uses"),
            "take it out until one does",
        )
    });
    let own = used
        .difference(declared)
        .filter(|name| !name.starts_with("counterpart"))
        .map(|name| {
            let what = format!("a crate uses `{name}`, which workspace.dependencies does not have");
            Complaint::new(
                "Cargo.toml",
                what,
                "declare it there, so that one version holds everywhere",
            )
        });
    idle.chain(own).collect()
}
