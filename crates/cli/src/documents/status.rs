//! The document of `status`.

use super::pause::PausedPair;
use crate::serve::Standing;
use counterpart_engine::RunRecord;
use counterpart_engine::report::ReadinessReport;
use counterpart_evidence::page::{Range, Trends};
use schemars::JsonSchema;
use serde::Serialize;

/// What `status` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StatusDocument {
    /// One a pair.
    pub pairs: Vec<StatusLine>,
    /// The `serve` that runs over this state directory; absent where none does.
    pub serve: Option<Standing>,
}

/// How one pair stands.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StatusLine {
    /// Its name.
    pub pair: String,
    /// Where production is.
    pub production: String,
    /// Where the standby is.
    pub standby: String,
    /// The last pass; absent before the first.
    pub pass: Option<String>,
    /// True when the last pass found both sides equal; absent before the first.
    pub congruent: Option<bool>,
    /// The application's own verdict; absent where no probe is declared.
    pub clean: Option<bool>,
    /// The time for which the verdict holds, RFC 3339 in UTC.
    pub as_of: Option<String>,
    /// The last time at which both sides were equal; absent where they never were, or where only one pass is told of.
    pub last_congruent: Option<String>,
    /// The oldest time at which any file of either copy was read, RFC 3339 in UTC.
    pub oldest_read: Option<String>,
    /// Exceptions in force.
    pub exceptions: u64,
    /// When the first of them ends, RFC 3339 in UTC; absent where there is none.
    pub exceptions_end: Option<String>,
    /// When the oldest of them was accepted, RFC 3339 in UTC; absent where there is none.
    pub exceptions_since: Option<String>,
    /// Entries that they covered in the last pass.
    pub excepted: u64,
    /// Entries known to differ.
    pub different: u64,
    /// Entries that changed while they were observed.
    pub unsettled: u64,
    /// Entries of which nothing is said and that the configuration does not declare.
    pub not_compared: u64,
    /// What the last pass was refused for; empty when it was not.
    pub refused: Vec<String>,
    /// When the next pass is due, RFC 3339 in UTC; absent where no schedule is set.
    pub next_due: Option<String>,
    /// Checks of readiness that failed in the last pass.
    pub not_ready: u64,
    /// What files do not carry, as the last pass found it at the standby.
    pub readiness: Vec<ReadinessReport>,
    /// What a pass held or stopped and could not put back; the next one does, or `release`.
    pub left: Vec<String>,
    /// The schedule in words; absent where none is set.
    pub schedule: Option<String>,
    /// The pause that holds; absent where there is none.
    pub paused: Option<PausedPair>,
    /// What `serve` recorded last of a run of the pair; absent where it never did.
    pub last_run: Option<RunRecord>,
    /// The certificate's file.
    pub certificate: Option<String>,
    /// The numbers that creep, over the last certificates of this host's journal; absent where only one pass is told of.
    pub trends: Option<TrendsDocument>,
    /// Messages about its passes; absent where nobody is told, or where only one pass is told of.
    pub messages: Option<MessagesDocument>,
}

/// What waits to be told of a pair.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MessagesDocument {
    /// Messages that could not be sent yet, and are tried again.
    pub waiting: u64,
    /// Messages that were refused for good, and are kept.
    pub refused: u64,
    /// When the oldest of them was written, RFC 3339 in UTC.
    pub oldest: Option<String>,
    /// Why the last one that was tried did not go.
    pub trouble: Option<String>,
    /// When a message was taken last, RFC 3339 in UTC; absent where none was.
    pub last_delivered: Option<String>,
    /// By when the next message was promised, RFC 3339 in UTC; absent where nothing was promised.
    pub next_promised: Option<String>,
}

/// What the last certificates say of the numbers that creep.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TrendsDocument {
    /// How many certificates were looked at: ten at most.
    pub certificates: u64,
    /// Age in seconds of the oldest read, at the time of each pass; absent where none was read.
    pub oldest_read_seconds: Option<RangeDocument>,
    /// Deletions that were withheld; absent before the first certificate.
    pub withheld_deletes: Option<RangeDocument>,
    /// Exceptions in force; absent before the first certificate.
    pub exceptions: Option<RangeDocument>,
    /// Days since the last rehearsal; absent where there was none.
    pub rehearsal_days: Option<RangeDocument>,
}

/// One number over some passes.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct RangeDocument {
    /// At the first of the passes.
    pub first: u64,
    /// The least.
    pub least: u64,
    /// The most.
    pub most: u64,
    /// At the last of the passes.
    pub now: u64,
}

impl From<&Trends> for TrendsDocument {
    fn from(trends: &Trends) -> Self {
        Self {
            certificates: trends.passes,
            oldest_read_seconds: trends.oldest_read_seconds.map(RangeDocument::from),
            withheld_deletes: trends.withheld_deletes.map(RangeDocument::from),
            exceptions: trends.exceptions.map(RangeDocument::from),
            rehearsal_days: trends.rehearsal_days.map(RangeDocument::from),
        }
    }
}

impl From<Range> for RangeDocument {
    fn from(range: Range) -> Self {
        Self {
            first: range.first,
            least: range.least,
            most: range.most,
            now: range.now,
        }
    }
}
