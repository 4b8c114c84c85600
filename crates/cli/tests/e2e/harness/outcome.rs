//! What the program answered: its exit, its document and its messages.

use serde_json::Value;
use std::ffi::OsString;
use std::fmt;
use std::process::Output;

/// One answer.
pub struct Outcome {
    pub code: i32,
    pub document: Value,
    pub messages: String,
    arguments: Vec<OsString>,
}

impl Outcome {
    pub fn of(arguments: &[OsString], output: &Output) -> Self {
        let printed = String::from_utf8_lossy(&output.stdout);
        let messages = String::from_utf8_lossy(&output.stderr).into_owned();
        let document = serde_json::from_str(&printed)
            .unwrap_or_else(|error| panic!("{arguments:?}: {error}\n{printed}\n{messages}"));
        let code = output.status.code().unwrap_or(-1);
        Self {
            code,
            document,
            messages,
            arguments: arguments.to_vec(),
        }
    }

    /// It must be congruent.
    pub fn congruent(self) -> Self {
        assert_eq!(self.code, 0, "{self}");
        assert_eq!(self.document["congruent"], true, "{self}");
        self
    }

    /// It must be done, and not congruent.
    pub fn not_congruent(self) -> Self {
        assert_eq!(self.code, 1, "{self}");
        assert_eq!(self.document["congruent"], false, "{self}");
        self
    }

    /// It must have changed so many: created, modified, deleted, renamed, metadata.
    pub fn changed(self, expected: [u64; 5]) -> Self {
        let words = ["created", "modified", "deleted", "renamed", "metadata"];
        let counts = words.map(|word| self.document["changes"][word].as_u64().unwrap_or(u64::MAX));
        assert_eq!(
            counts, expected,
            "created, modified, deleted, renamed, metadata: {self}"
        );
        self
    }

    /// It must have changed nothing.
    pub fn changed_nothing(self) -> Self {
        self.changed([0; 5])
    }

    /// It must have sent so many bytes.
    pub fn sent(self, bytes: u64) -> Self {
        assert_eq!(self.number("bytes_sent"), bytes, "{self}");
        self
    }

    /// It must have failed with this exit and this code.
    pub fn failed(&self, exit: i32, code: &str) {
        assert_eq!(self.code, exit, "{self}");
        assert_eq!(self.document["error"]["code"], code, "{self}");
    }

    pub fn number(&self, member: &str) -> u64 {
        self.document[member]
            .as_u64()
            .unwrap_or_else(|| panic!("no number {member}: {self}"))
    }

    pub fn pair(&self) -> String {
        self.document["pair"]
            .as_str()
            .unwrap_or_else(|| panic!("no pair: {self}"))
            .to_owned()
    }

    /// The guards that refused; the code of the error where there is one.
    pub fn refused(&self) -> Vec<&str> {
        if let Some(code) = self.document["error"]["code"].as_str() {
            return vec![code];
        }
        let guards = self.document["refusal"]["guards"].as_array();
        guards.map_or_else(Vec::new, |guards| {
            guards.iter().map(|guard| text(&guard["code"])).collect()
        })
    }

    /// The hash that approves what was refused.
    pub fn approve(&self) -> &str {
        self.document["refusal"]["approve"]
            .as_str()
            .unwrap_or_else(|| panic!("no refusal: {self}"))
    }

    /// What was found, as `code path`, in order.
    pub fn findings(&self) -> Vec<String> {
        let listed = self.document["failures"]
            .as_array()
            .unwrap_or_else(|| panic!("no failures: {self}"));
        let mut found: Vec<String> = listed
            .iter()
            .map(|one| format!("{} {}", text(&one["code"]), text(&one["path"])))
            .collect();
        found.sort();
        found
    }

    /// It must have found exactly this.
    pub fn found(self, expected: &[&str]) -> Self {
        assert_eq!(self.findings(), expected, "{self}");
        self
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            code,
            document,
            messages,
            arguments,
        } = self;
        write!(out, "{arguments:?}\nexit {code}\n{document:#}\n{messages}")
    }
}
