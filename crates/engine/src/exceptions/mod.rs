//! Accepted findings: what an exception is, what it covers, and which are in force in a pass.
//!
//! An exception changes nothing but the weight of a finding: the entry is observed, compared and copied all the same. The
//! register is the journal, which `ledger::exceptions` reads and writes.

mod covers;
mod force;

pub use covers::Covers;
pub(crate) use force::{InForce, Match};

use crate::report::{FailureReport, PassReport};
use counterpart_evidence::certificate::{ExceptionInForce, Moment};
use counterpart_model::{Code, Failure};
use serde::{Deserialize, Serialize};

/// Most exceptions of a pair that are in force at once: whoever needs more needs a pattern.
pub const MAX_IN_FORCE: usize = 1_000;
/// Longest pattern, reason and name of an owner, in bytes.
pub const MAX_TEXT_BYTES: usize = 4_096;
/// How far ahead an exception may end at most: two years.
pub const MAX_AHEAD_SECONDS: i64 = 731 * 86_400;
/// One that ends within so long is told of.
pub const SOON_SECONDS: i64 = 14 * 86_400;

/// What somebody wants accepted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// What it is to cover: a glob, a path as shown, or `probe:NAME:REGEX`.
    pub pattern: String,
    /// The codes that it is to cover; every code where there is none.
    pub codes: Vec<Code>,
    /// Who answers for it.
    pub owner: String,
    /// Until when, in seconds since 1970.
    pub until_seconds: i64,
}

/// One exception of a pair, as the journal has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exception {
    /// What was accepted, when and by whom.
    pub said: Accepted,
    /// How it was ended by hand; nothing where it was not.
    pub ended: Option<Ended>,
    /// What the certificates since tell of it.
    pub uses: Uses,
    /// The record of the journal that brought it.
    pub record: u64,
}

/// The body of a journal record of the kind `exception-added`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// Its name: `x-1`.
    pub id: String,
    /// What it covers.
    pub pattern: String,
    /// The codes that it covers; empty for every code.
    pub codes: Vec<Code>,
    /// Why it was accepted.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// When it was accepted.
    pub accepted: Moment,
    /// Until when it holds.
    pub expires: Moment,
    /// The account that accepted it.
    pub account: String,
    /// The host at which.
    pub host: String,
}

/// How an exception was ended by hand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ended {
    /// What was said.
    pub said: EndedBody,
    /// When, in seconds since 1970.
    pub at_seconds: i64,
}

/// The body of a journal record of the kind `exception-ended`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndedBody {
    /// The exception.
    pub id: String,
    /// Why it was ended.
    pub reason: String,
    /// The account that ended it.
    pub account: String,
    /// The host at which.
    pub host: String,
}

/// What certificates tell of an exception.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Uses {
    /// Certified passes in which it was in force.
    pub passes: u64,
    /// Entries that it covered in all of them.
    pub matched: u64,
    /// Entries that it covered in the last of them.
    pub matched_last: u64,
}

impl Exception {
    /// True where it covers findings of a pass that begins then.
    pub fn is_in_force(&self, at_seconds: i64) -> bool {
        self.ended.is_none() && at_seconds < self.said.expires.seconds()
    }

    /// Since when it is so, in seconds.
    pub fn age_seconds(&self, at_seconds: i64) -> i64 {
        at_seconds.saturating_sub(self.said.accepted.seconds()).max(0)
    }

    /// True where it was in force in at least one certified pass, and covered nothing in any.
    pub const fn is_unused(&self) -> bool {
        self.uses.passes > 0 && self.uses.matched == 0
    }

    /// How many of a pass's listed findings it would have covered: a pattern that is mistaken covers none.
    ///
    /// # Errors
    /// Its pattern cannot be understood.
    pub fn would_have_covered(&self, pass: &PassReport) -> Result<u64, Failure> {
        let covers = Covers::new(&self.said.pattern, &self.said.codes)?;
        let found = pass.failures.iter().filter_map(FailureReport::finding);
        Ok(found.filter(|finding| covers.finding(finding)).count() as u64)
    }

    /// `in-force`, `expired` or `ended`.
    pub fn standing(&self, at_seconds: i64) -> &'static str {
        match &self.ended {
            Some(_) => "ended",
            None if self.is_in_force(at_seconds) => "in-force",
            None => "expired",
        }
    }
}

impl Accepted {
    /// The same as a certificate has it.
    pub(crate) fn certified(&self, matched: u64) -> ExceptionInForce {
        let Self {
            id,
            pattern,
            codes,
            reason,
            owner,
            accepted,
            expires,
            ..
        } = self.clone();
        ExceptionInForce {
            id,
            pattern,
            codes,
            reason,
            owner,
            accepted,
            expires,
            matched,
        }
    }
}

#[cfg(test)]
mod tests;
