//! The documents of `explain` and `completions`: what the program says of itself.

use crate::exit::{Effect, Exit, excepting};
use counterpart_model::Code;
use schemars::JsonSchema;
use serde::Serialize;

/// What `explain` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ExplainDocument {
    /// The exit codes that were asked for.
    pub exits: Vec<Explained>,
    /// The codes of failures and findings that were asked for.
    pub codes: Vec<Explained>,
}

/// One code.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Explained {
    /// The code.
    pub code: String,
    /// What it means.
    pub meaning: String,
    /// What to do about it.
    pub remedy: String,
    /// What it leads to; absent for an exit code.
    pub effect: Option<String>,
    /// Whether it can be accepted as an exception; absent for an exit code.
    pub exception: Option<String>,
}

/// What `completions` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CompletionsDocument {
    /// The shell.
    pub shell: String,
    /// The script that it loads.
    pub script: String,
}

impl From<Exit> for Explained {
    fn from(exit: Exit) -> Self {
        Self {
            code: exit.code().to_string(),
            meaning: exit.meaning().to_owned(),
            remedy: exit.remedy().to_owned(),
            effect: None,
            exception: None,
        }
    }
}

impl From<Code> for Explained {
    fn from(code: Code) -> Self {
        Self {
            code: code.word().to_owned(),
            meaning: code.meaning().to_owned(),
            remedy: code.remedy().to_owned(),
            effect: Some(Effect::of(code).words()),
            exception: Some(excepting(code)),
        }
    }
}
