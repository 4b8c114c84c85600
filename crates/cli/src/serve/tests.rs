//! What of `serve` can be seen without running it: how a panic ends, what answers mean, how events read.

use super::asking::{Answer, Answers};
use super::worker::guarded;
use super::{events, log};
use counterpart_engine::RunRecord;
use counterpart_model::{Code, Failure};
use std::time::Duration;

#[test]
fn a_panic_becomes_a_failure_of_its_pass() {
    let failure = guarded::<()>(|| panic!("index {} is out of bounds", 7)).unwrap_err();
    assert_eq!(failure.code, Code::Io);
    assert!(failure.why.contains("index 7 is out of bounds"), "{failure}");
    let failure = guarded::<()>(|| Err(Failure::new(Code::Locked, "a", "b"))).unwrap_err();
    assert_eq!(failure.code, Code::Locked);
}

#[test]
fn an_answer_is_asked_for_once_and_holds_for_its_time() {
    let mut answers = Answers::default();
    let mut asked = 0;
    for _ in 0..3 {
        assert_eq!(
            answers.fresh(&None, Duration::from_secs(600), || asked += 1),
            None
        );
    }
    assert_eq!(asked, 1);
    answers.take(None, Answer::Go);
    assert_eq!(
        answers.fresh(&None, Duration::from_secs(600), || asked += 1),
        Some(Answer::Go)
    );
    assert_eq!(answers.fresh(&None, Duration::ZERO, || asked += 1), None);
    assert_eq!((asked, answers.last(&None)), (2, Some(&Answer::Go)));
}

#[test]
fn an_event_reads_as_a_line() {
    let record = RunRecord {
        runs: Some(4),
        until: Some("2026-11-23T22:00:00Z".to_owned()),
        due: Some("2026-11-23T00:08:00Z".to_owned()),
        reason: Some(events::OUTSIDE_WINDOW.to_owned()),
        ..events::of_pair("archive", "waits")
    };
    let text = log::text(&record);
    assert!(
        text.starts_with("waits: outside-window, due 2026-11-23 00:08:00Z ("),
        "{text}"
    );
    assert!(text.contains("4 runs, until 2026-11-23 22:00:00Z"), "{text}");
}
