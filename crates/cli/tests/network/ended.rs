//! How a program ended, and what it said.

use serde_json::Value;
use std::process::{Command, Output};

/// How a run of the program ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Ended {
    /// The document of a run that ended with this code.
    pub(crate) fn report(&self, what: &str, code: i32) -> Value {
        assert_eq!(self.code, Some(code), "{what}: {self}");
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{what}: {error}: {self}"))
    }

    /// It lost its far end, says so, and what to do; it may be begun again.
    pub(crate) fn assert_lost(&self, what: &str) {
        let error = &self.report(what, 4)["error"];
        assert_eq!(error["code"], "site-lost", "{what}: {self}");
        assert!(!error["why"].as_str().unwrap().is_empty(), "{what}: {self}");
        assert!(!error["hint"].as_str().unwrap().is_empty(), "{what}: {self}");
        assert!(!self.stderr.contains("panicked"), "{what}: {self}");
    }

    /// True where it came to its end before anything could be done to it.
    pub(crate) fn was_congruent(&self) -> bool {
        self.code == Some(0)
    }
}

impl std::fmt::Display for Ended {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { code, stdout, stderr } = self;
        write!(out, "code {code:?}\n{stdout}{stderr}")
    }
}

/// Runs another program, which must be there and must succeed.
pub(crate) fn done(command: &mut Command) -> Output {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    if output.status.success() {
        return output;
    }
    panic!("{command:?}: {}", Ended::from(output));
}
