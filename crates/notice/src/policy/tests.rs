//! When something is said, and that the promise of the next message is kept.

use super::{Due, Expected, Rhythm, Said, When, judge};
use crate::notice::{Cause, Notice, Outcome, Promise};
use counterpart_evidence::certificate::Moment;
use proptest::prelude::*;

const NOW: i64 = 1_795_000_000;
const DAY: u64 = 86_400;

fn notice(outcome: Outcome) -> Notice {
    let mut notice = Notice::new("p", outcome, Moment::from_seconds(NOW, 0));
    notice.as_of = Some(Moment::from_seconds(NOW - 60, 0));
    notice
}

fn caused(code: &str) -> Notice {
    let mut notice = notice(Outcome::NotCongruent);
    notice.causes.push(Cause {
        code: code.to_owned(),
        site: "production".to_owned(),
        verdict: "DIFFERENT".to_owned(),
        entries: 1,
        meaning: String::new(),
        remedy: String::new(),
        reason: None,
        examples: Vec::new(),
    });
    notice
}

fn rhythm(when: When, at_least_seconds: Option<u64>) -> Rhythm {
    Rhythm {
        when,
        at_least_seconds,
    }
}

const DAILY: Expected = Expected {
    next_pass_seconds: Some(NOW + DAY.cast_signed()),
    period_seconds: DAY,
    deadline_seconds: Some(3 * 3_600),
};

fn judged(when: When, last: Option<&Notice>, now: &Notice) -> bool {
    let last = last.map(|last| Said::of(last, NOW - DAY.cast_signed()));
    judge(rhythm(when, None), last.as_ref(), now, DAILY, NOW).is_some()
}

#[test]
fn each_rhythm_says_what_it_should() {
    let (good, bad, worse) = (notice(Outcome::Congruent), caused("unreadable"), caused("drift"));
    let rows = [
        // When, what was said last, now; whether it is said.
        (When::Always, Some(&good), &good, true),
        (When::Failure, None, &good, false),
        (When::Failure, None, &bad, true),
        (When::Failure, Some(&good), &good, false),
        (When::Failure, Some(&bad), &bad, true),
        (When::Failure, Some(&bad), &good, true),
        (When::Change, None, &good, true),
        (When::Change, Some(&good), &good, false),
        (When::Change, Some(&good), &bad, true),
        (When::Change, Some(&bad), &bad, false),
        (When::Change, Some(&bad), &worse, true),
        (When::Change, Some(&bad), &good, true),
    ];
    for (when, last, now, said) in rows {
        assert_eq!(
            judged(when, last, now),
            said,
            "{when:?} {:?} {:?}",
            last.map(|last| last.outcome),
            now.outcome
        );
    }
}

#[test]
fn an_application_that_is_sick_is_a_change() {
    let good = notice(Outcome::Congruent);
    let mut sick = notice(Outcome::Congruent);
    sick.clean = Some(false);
    assert!(!sick.is_good());
    assert!(judged(When::Change, Some(&good), &sick) && judged(When::Failure, Some(&good), &sick));
}

#[test]
fn congruent_without_a_time_is_not_good() {
    let mut notice = notice(Outcome::Congruent);
    notice.as_of = None;
    assert!(!notice.is_good());
}

#[test]
fn what_is_promised_is_as_the_rhythm_says() {
    let good = notice(Outcome::Congruent);
    let due = |when, at_least, expected| judge(rhythm(when, at_least), None, &good, expected, NOW).unwrap();
    let end = NOW + DAY.cast_signed() + 3 * 3_600;
    let dated = |at| Due {
        at_seconds: Some(at),
        promise: Promise::Dated,
    };
    assert_eq!(due(When::Always, None, DAILY), dated(end));
    assert_eq!(due(When::Change, None, DAILY), dated(NOW + 7 * DAY.cast_signed()));
    assert_eq!(due(When::Change, Some(3_600), DAILY), dated(end));
    let nothing = Expected::default();
    assert_eq!(due(When::Always, None, nothing).promise, Promise::NoSchedule);
    let bad = caused("drift");
    let failure = judge(rhythm(When::Failure, None), None, &bad, DAILY, NOW).unwrap();
    assert_eq!(
        failure,
        Due {
            at_seconds: None,
            promise: Promise::OnFailure
        }
    );
}

proptest! {
    /// Passes come when they are due and end within their deadline: then each message comes by the time that the one
    /// before it promised.
    #[test]
    fn no_promise_is_broken(
        when in prop_oneof![Just(When::Always), Just(When::Change), Just(When::Failure)],
        at_least in 1_u64..30 * DAY,
        period in 60_u64..3 * DAY,
        lengths in prop::collection::vec((any::<u8>(), any::<bool>()), 1..60),
        deadline in prop::option::of(30_u64..DAY),
    ) {
        let longest = deadline.unwrap_or(period).min(period);
        let (mut began, mut last, mut promised): (i64, Option<Said>, Option<i64>) = (NOW, None, None);
        for (share, good) in lengths {
            let ended = began + (longest * u64::from(share) / 255).cast_signed();
            let due = judge_at(when, at_least, last.as_ref(), began, period, deadline, ended, good);
            if let Some(due) = due {
                let late = promised.is_some_and(|promised| ended > promised);
                prop_assert!(!late, "{ended} is after {promised:?}");
                let notice = notice(if good { Outcome::Congruent } else { Outcome::NotCongruent });
                last = Some(Said::of(&notice, ended));
                promised = due.at_seconds;
            } else if let Some(promised) = promised {
                // Silent now: so the next pass, however long it takes, is in time still.
                let latest = began + period.cast_signed() + deadline.unwrap_or(period).cast_signed();
                prop_assert!(latest <= promised, "the next may end at {latest}, and {promised} was promised");
            }
            began += period.cast_signed();
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "one pass")]
fn judge_at(
    when: When,
    at_least: u64,
    last: Option<&Said>,
    began: i64,
    period: u64,
    deadline: Option<u64>,
    ended: i64,
    good: bool,
) -> Option<Due> {
    let expected = Expected {
        next_pass_seconds: Some(began + period.cast_signed()),
        period_seconds: period,
        deadline_seconds: deadline,
    };
    let notice = notice(if good {
        Outcome::Congruent
    } else {
        Outcome::NotCongruent
    });
    judge(rhythm(when, Some(at_least)), last, &notice, expected, ended)
}
