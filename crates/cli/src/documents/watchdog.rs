//! The document of `watchdog`.

use schemars::JsonSchema;
use serde::Serialize;

/// What `watchdog` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WatchdogDocument {
    /// True when nothing is to be complained of.
    pub ok: bool,
    /// One a pair.
    pub pairs: Vec<WatchdogLine>,
}

/// The youngest certificate of one pair.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WatchdogLine {
    /// Name of the pair.
    pub pair: String,
    /// True when nothing is to be complained of.
    pub ok: bool,
    /// What is to be complained of; absent where nothing is.
    pub why: Option<String>,
    /// What to do about it; absent where nothing is to be complained of.
    pub hint: Option<String>,
    /// The time that the youngest certificate is of, RFC 3339 in UTC; absent where there is none, or it does not hold.
    pub as_of: Option<String>,
    /// How long ago that was, by this host's clock.
    pub age_seconds: Option<i64>,
    /// How old it may be; absent where nothing says so.
    pub limit_seconds: Option<u64>,
    /// Whether it calls both sides equal.
    pub congruent: Option<bool>,
    /// Its number in the pair's chain.
    pub sequence: Option<u64>,
    /// Its file.
    pub certificate: Option<String>,
}
