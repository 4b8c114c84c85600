//! The documents of `demo` and `init`.

use counterpart_engine::PassReport;
use schemars::JsonSchema;
use serde::Serialize;

/// What `demo` prints at its end.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DemoDocument {
    /// Where it was built.
    pub directory: String,
    /// The configuration that it wrote, for looking further.
    pub configuration: String,
    /// The passes that were made.
    pub passes: Vec<PassReport>,
    /// True when the instance that was brought back has the digest that it had.
    pub brought_back_equal: bool,
    /// What happened when production was emptied.
    pub emptied: DemoRefusal,
    /// The last certificate.
    pub certificate: String,
    /// The command that checks it without Counterpart.
    pub check: String,
    /// Whether that command accepted it; absent where ssh-keygen is not installed.
    pub accepted: Option<bool>,
}

/// A refusal that the demo provoked.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DemoRefusal {
    /// What the program would leave with: 3.
    pub exit: u8,
    /// The guards that refused.
    pub codes: Vec<String>,
    /// True when the standby was left as it was.
    pub standby_unchanged: bool,
}

/// What `init` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct InitDocument {
    /// The file that was written.
    pub file: String,
    /// The pair in it.
    pub pair: String,
}
