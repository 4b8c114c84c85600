//! The documents of `exception add`, `list` and `end`.

use counterpart_engine::exceptions::{Ended, Exception, SOON_SECONDS};
use counterpart_model::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

const DAY_SECONDS: i64 = 86_400;

/// What `exception list` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ExceptionListDocument {
    /// Name of the pair.
    pub pair: String,
    /// Its exceptions, oldest first: those in force, or all of them with --all.
    pub exceptions: Vec<ExceptionLine>,
    /// How many others there are, which have expired or were ended.
    pub omitted: u64,
}

/// What `exception add` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ExceptionAddDocument {
    /// Name of the pair.
    pub pair: String,
    /// The new exception.
    pub exception: ExceptionLine,
    /// How many of the findings that the last pass lists it would have covered; absent before the first pass.
    pub covered_last: Option<u64>,
    /// The head of the journal now: the number of its last record, a colon, the record's hash.
    pub head: String,
}

/// What `exception end` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ExceptionEndDocument {
    /// Name of the pair.
    pub pair: String,
    /// The exception that was ended.
    pub exception: ExceptionLine,
    /// The head of the journal now: the number of its last record, a colon, the record's hash.
    pub head: String,
}

/// One exception.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ExceptionLine {
    /// Its name: `x-1`.
    pub id: String,
    /// What it covers: a glob, a path as shown, or `probe:NAME:REGEX`.
    pub pattern: String,
    /// The codes that it covers; empty for every code that can be accepted.
    pub codes: Vec<String>,
    /// Why it was accepted.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// When it was accepted, RFC 3339 in UTC.
    pub accepted: String,
    /// Until when it holds, RFC 3339 in UTC.
    pub expires: String,
    /// The account that accepted it.
    pub account: String,
    /// The host at which.
    pub host: String,
    /// The record of the journal that says so.
    pub record: u64,
    /// `in-force`, `expired` or `ended`.
    pub standing: String,
    /// Whole days since it was accepted.
    pub age_days: u64,
    /// Whole days until it ends; 0 where it is not in force.
    pub days_left: u64,
    /// True where it is in force and ends within two weeks.
    pub ends_soon: bool,
    /// Certified passes in which it was in force.
    pub passes: u64,
    /// Entries that it covered in all of them.
    pub matched: u64,
    /// Entries that it covered in the last of them; absent before the first.
    pub matched_last: Option<u64>,
    /// True where it covered nothing in any of them, and there was one at least.
    pub unused: bool,
    /// How it was ended; absent where it was not.
    pub ended: Option<ExceptionEnded>,
}

/// How an exception was ended by hand.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ExceptionEnded {
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// Why.
    pub reason: String,
    /// The account that ended it.
    pub account: String,
    /// The host at which.
    pub host: String,
}

impl ExceptionLine {
    /// An exception as it stands at a time.
    pub fn of(known: &Exception, now_seconds: i64) -> Self {
        let (said, uses) = (known.said.clone(), known.uses);
        let left = said.expires.seconds().saturating_sub(now_seconds);
        let in_force = known.is_in_force(now_seconds);
        Self {
            codes: said.codes.iter().map(|code| code.word().to_owned()).collect(),
            accepted: said.accepted.utc(),
            expires: said.expires.utc(),
            id: said.id,
            pattern: said.pattern,
            reason: said.reason,
            owner: said.owner,
            account: said.account,
            host: said.host,
            record: known.record,
            standing: known.standing(now_seconds).to_owned(),
            age_days: days(known.age_seconds(now_seconds)),
            days_left: if in_force { days(left) } else { 0 },
            ends_soon: in_force && left <= SOON_SECONDS,
            passes: uses.passes,
            matched: uses.matched,
            matched_last: (uses.passes > 0).then_some(uses.matched_last),
            unused: known.is_unused(),
            ended: known.ended.as_ref().map(ExceptionEnded::from),
        }
    }
}

impl From<&Ended> for ExceptionEnded {
    fn from(ended: &Ended) -> Self {
        let said = ended.said.clone();
        Self {
            at: Timestamp::new(ended.at_seconds, 0).rfc3339(),
            reason: said.reason,
            account: said.account,
            host: said.host,
        }
    }
}

fn days(seconds: i64) -> u64 {
    u64::try_from(seconds / DAY_SECONDS).unwrap_or(0)
}
