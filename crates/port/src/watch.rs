//! How long work tells how far it is, and learns that it should stop.

use serde::{Deserialize, Serialize};

/// Told of progress; asked whether to stop.
pub trait Watch: Sync {
    /// Something was done. Called often; must be cheap.
    fn progress(&self, progress: Progress);

    /// True when the work should end as soon as it can without loss.
    fn interrupted(&self) -> bool;
}

/// How far some work is. Numbers are what was done since the last call, never sums.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Entries done.
    pub entries: u64,
    /// Bytes done.
    pub bytes: u64,
}

/// The visible stages of work.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Stage {
    /// Observing production.
    ScanProduction,
    /// Observing the standby.
    ScanStandby,
    /// Comparing and planning.
    Plan,
    /// Applying the plan.
    Apply,
    /// Reading content again.
    Reread,
    /// Making durable.
    Sync,
    /// Folding manifests and signing.
    Certify,
}
