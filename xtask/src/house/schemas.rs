//! The documented schemas of what `--json` prints: each one parses, and names itself.
//! That the program's documents obey them is for the tests of the command line.

use anyhow::Result;
use serde_json::Value;

use super::Complaint;
use crate::workspace::{SourceFile, Workspace};

/// Where the schemas are.
const FOLDER: &str = "docs/schema/";

/// Checks every schema.
pub fn check(workspace: &Workspace) -> Result<Vec<Complaint>> {
    let files = workspace.text_files()?;
    let schemas = files
        .iter()
        .filter(|file| file.name.starts_with(FOLDER) && file.has_extension("json"));
    Ok(schemas.filter_map(judge).collect())
}

/// What is wrong with one schema.
pub fn judge(file: &SourceFile) -> Option<Complaint> {
    match serde_json::from_str::<Value>(&file.text) {
        Err(error) => Some(Complaint::new(
            &file.name,
            error.to_string(),
            "a schema is one JSON document",
        )),
        Ok(schema) if schema.get("$schema").is_none() || schema.get("title").is_none() => {
            Some(Complaint::new(
                &file.name,
                "has no $schema or no title",
                "say which draft it is and what it describes",
            ))
        }
        Ok(_) => None,
    }
}
