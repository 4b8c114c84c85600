//! What the checks need of cargo's own description of the workspace.
//! It reads; the rules are in `arrows` and `dependencies`.

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::process;
use crate::workspace::Workspace;

/// The workspace as cargo describes it.
#[derive(Deserialize)]
pub struct Metadata {
    /// Its members.
    pub packages: Vec<Package>,
}

/// One member.
#[derive(Deserialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// What it depends on directly.
    pub dependencies: Vec<Dependency>,
}

/// One arrow.
#[derive(Deserialize)]
pub struct Dependency {
    /// The name of what is depended on.
    pub name: String,
    /// Nothing for a normal dependency, else `dev` or `build`.
    pub kind: Option<String>,
}

impl Metadata {
    /// Asks cargo.
    pub fn of(workspace: &Workspace) -> Result<Self> {
        let arguments = ["metadata", "--no-deps", "--format-version", "1"];
        Self::parse(&process::output_of(workspace.cargo().args(arguments))?)
    }

    /// Reads cargo's answer.
    pub fn parse(json: &str) -> Result<Self> {
        serde_json::from_str(json).context("reading what cargo metadata printed")
    }
}
