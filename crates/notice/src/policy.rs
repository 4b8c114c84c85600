//! When something is said, and by when the next message is due. Pure: times are given.

use crate::notice::{Notice, Promise};
use serde::{Deserialize, Serialize};

/// When a channel says something.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// After every pass.
    #[default]
    Always,
    /// When something is wrong, and when it is right again.
    Failure,
    /// When the verdict or the set of causes changed.
    Change,
}

/// When a channel says something, and how long it may be silent at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Rhythm {
    /// When.
    pub when: When,
    /// The longest silence; with `None` there is no such promise beyond what `when` gives.
    pub at_least_seconds: Option<u64>,
}

/// What a channel said last.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Said {
    /// Whether all was well.
    pub good: bool,
    /// The causes.
    pub causes: Vec<String>,
    /// When, in seconds since 1970.
    pub at_seconds: i64,
}

/// What is known of the next pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Expected {
    /// When it is due, in seconds since 1970; `None` where the pair has no schedule.
    pub next_pass_seconds: Option<i64>,
    /// How long after that the one after it is due.
    pub period_seconds: u64,
    /// How long a pass may take.
    pub deadline_seconds: Option<u64>,
}

/// What a message says of the next one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Due {
    /// The time, in seconds since 1970.
    pub at_seconds: Option<i64>,
    /// What silence then means.
    pub promise: Promise,
}

impl Expected {
    /// When the next pass has ended at the latest: within its deadline, or before the one after it begins.
    pub fn next_end(&self) -> Option<i64> {
        let length = self.deadline_seconds.unwrap_or(self.period_seconds);
        Some(self.next_pass_seconds?.saturating_add(whole(length)))
    }
}

impl Rhythm {
    /// The longest silence, in seconds: of [`When::Change`] a week unless it is said.
    pub fn longest_silence(&self) -> Option<u64> {
        const WEEK_SECONDS: u64 = 7 * 86_400;
        match (self.when, self.at_least_seconds) {
            (When::Always, _) => None,
            (When::Change, None) => Some(WEEK_SECONDS),
            (_, at_least) => at_least,
        }
    }
}

/// Whether the message is sent, and what it then says of the next one.
pub fn judge(
    rhythm: Rhythm,
    last: Option<&Said>,
    notice: &Notice,
    expected: Expected,
    now_seconds: i64,
) -> Option<Due> {
    let said = says(rhythm, last, notice, expected, now_seconds);
    said.then(|| due(rhythm, expected, now_seconds))
}

fn says(rhythm: Rhythm, last: Option<&Said>, notice: &Notice, expected: Expected, now_seconds: i64) -> bool {
    let Some(last) = last else {
        // The first message of a channel that is silent else shows that the way is open.
        return rhythm.when != When::Failure || !notice.is_good() || rhythm.at_least_seconds.is_some();
    };
    let told = match rhythm.when {
        When::Always => true,
        When::Failure => !notice.is_good() || !last.good,
        When::Change => notice.is_good() != last.good || notice.cause_words() != last.causes,
    };
    told || would_be_late(rhythm, last, expected, now_seconds)
}

/// True when the silence may have been too long once the next pass has ended.
fn would_be_late(rhythm: Rhythm, last: &Said, expected: Expected, now_seconds: i64) -> bool {
    let Some(silence) = rhythm.longest_silence() else {
        return false;
    };
    let promised = last.at_seconds.saturating_add(whole(silence));
    expected.next_end().unwrap_or(now_seconds) >= promised
}

fn due(rhythm: Rhythm, expected: Expected, now_seconds: i64) -> Due {
    let silence = match (rhythm.when, rhythm.longest_silence()) {
        (When::Always, _) => Some(0),
        (_, Some(silence)) => Some(silence),
        (_, None) => None,
    };
    let at_seconds = silence.and_then(|silence| {
        let end = expected.next_end()?;
        Some(now_seconds.saturating_add(whole(silence)).max(end))
    });
    let promise = match (silence, at_seconds) {
        (None, _) => Promise::OnFailure,
        (Some(_), None) => Promise::NoSchedule,
        (Some(_), Some(_)) => Promise::Dated,
    };
    Due { at_seconds, promise }
}

impl Said {
    /// What is remembered of a message.
    pub fn of(notice: &Notice, at_seconds: i64) -> Self {
        Self {
            good: notice.is_good(),
            causes: notice.cause_words(),
            at_seconds,
        }
    }
}

fn whole(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
