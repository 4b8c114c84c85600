//! The document of `probe`: what each probe of a pass gave at both sites.

use counterpart_engine::report::DifferenceLine;
use schemars::JsonSchema;
use serde::Serialize;

/// What `probe` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProbesDocument {
    /// Name of the pair.
    pub pair: String,
    /// Name of the pass.
    pub pass: String,
    /// The probes, as they are configured one after the other.
    pub probes: Vec<ProbeShown>,
}

/// One probe.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProbeShown {
    /// Its name.
    pub name: String,
    /// Whether both sites gave the same.
    pub verdict: String,
    /// Whether both said that the application is content; absent where that was not asked.
    pub clean: Option<bool>,
    /// The lines that differ, with those around them; none where the outputs are not kept any more.
    pub difference: Vec<DifferenceLine>,
    /// How many more lines differ.
    pub difference_omitted: u64,
    /// Lines after those, too many to be compared one by one.
    pub difference_not_compared: u64,
    /// At production; absent where only the standby was asked for.
    pub production: Option<ProbeSiteDocument>,
    /// At the standby; absent where only production was asked for.
    pub standby: Option<ProbeSiteDocument>,
}

/// A probe at one site.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProbeSiteDocument {
    /// What was done: `run`, `get`, `connect` or `command`.
    pub act: String,
    /// The program and its arguments, the address without its secret, or the name.
    pub words: Vec<String>,
    /// Why nothing was compared, in one word.
    pub obstacle: Option<String>,
    /// When it began, RFC 3339 in UTC; absent, as all that follows, where it did not run.
    pub began: Option<String>,
    /// When it ended.
    pub ended: Option<String>,
    /// `status`, `signal` or `timeout`.
    pub ended_by: Option<String>,
    /// Its exit, its status of HTTP, or the number of the signal.
    pub status: Option<i64>,
    /// Bytes after those that are kept.
    pub omitted_bytes: u64,
    /// Whether it was clean here; absent where that was not asked.
    pub clean: Option<bool>,
    /// The output as it came.
    pub raw: Option<ProbeOutputDocument>,
    /// What it wrote to its standard error.
    pub errors: Option<ProbeOutputDocument>,
    /// The output after the rules.
    pub normalised: Option<ProbeOutputDocument>,
}

/// An output.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProbeOutputDocument {
    /// Its name in the certificate.
    pub name: String,
    /// The file, compressed with zstd.
    pub file: String,
    /// Length of its content.
    pub bytes: u64,
    /// SHA-256 of its content, in hexadecimal.
    pub sha256: String,
    /// True where it is still kept, and is what the certificate names.
    pub kept: bool,
    /// The content, escaped for reading; only where it was asked for.
    pub text: Option<String>,
}
