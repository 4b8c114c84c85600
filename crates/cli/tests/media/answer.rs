//! What the program answered: its exit, its document and its messages.

use serde_json::Value;
use std::fmt;
use std::process::Output;

/// One answer.
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) document: Value,
    messages: String,
}

impl Answer {
    pub(crate) fn of(output: &Output) -> Self {
        let printed = String::from_utf8_lossy(&output.stdout);
        let messages = String::from_utf8_lossy(&output.stderr).into_owned();
        let document = serde_json::from_str(&printed)
            .unwrap_or_else(|error| panic!("{error}: {:?}\n{printed}\n{messages}", output.status));
        Self {
            code: output.status.code().unwrap_or(-1),
            document,
            messages,
        }
    }

    /// It must have ended with this exit.
    #[track_caller]
    pub(crate) fn with_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self}");
        self
    }

    /// What was found, as `code path`, in order.
    pub(crate) fn findings(&self) -> Vec<String> {
        let failures = self.document["failures"].as_array();
        let listed = failures.unwrap_or_else(|| panic!("no failures: {self}"));
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut found: Vec<String> = listed
            .iter()
            .map(|one| format!("{} {}", text(&one["code"]), text(&one["path"])))
            .collect();
        found.sort();
        found
    }

    /// It must have refused, with this guard alone.
    #[track_caller]
    pub(crate) fn refused(self, guard: &str) -> Self {
        assert_eq!(self.code, 3, "{self}");
        let guards = &self.document["refusal"]["guards"];
        assert_eq!(guards.as_array().map(Vec::len), Some(1), "{self}");
        assert_eq!(guards[0]["code"], guard, "{self}");
        self
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit {}: {:#}\n{}", self.code, self.document, self.messages)
    }
}
