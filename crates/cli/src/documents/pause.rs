//! The document of `pause` and `resume`, and how a pause is shown elsewhere.

use counterpart_engine::ledger::Pause;
use counterpart_model::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// What `pause` and `resume` print.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PauseDocument {
    /// The pairs that are paused now, or whose pause ended.
    pub pairs: Vec<PausedPair>,
}

/// The pause of one pair.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PausedPair {
    /// The pair.
    pub pair: String,
    /// Since when, RFC 3339 in UTC.
    pub since: String,
    /// Until when, RFC 3339 in UTC; absent where somebody will end it.
    pub until: Option<String>,
    /// Why.
    pub reason: String,
    /// Who, as `account on host`.
    pub by: String,
}

impl PausedPair {
    /// The pause of a pair.
    pub fn of(pair: &str, pause: &Pause) -> Self {
        let shown = |seconds: i64| Timestamp::new(seconds, 0).rfc3339();
        Self {
            pair: pair.to_owned(),
            since: shown(pause.since_seconds),
            until: pause.until_seconds.map(shown),
            reason: pause.reason.clone(),
            by: pause.by.clone(),
        }
    }
}
