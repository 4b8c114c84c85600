//! Offsets of clocks.

use super::{measure, now, offset};
use counterpart_model::Timestamp;
use std::time::Duration;

#[test]
fn the_middle_of_the_round_trip_is_taken() {
    let before = Timestamp::new(100, 0);
    let found = offset(before, Timestamp::new(103, 500_000_000), Duration::from_secs(1));
    assert_eq!((found.ahead_ms, found.uncertainty_ms), (3000, 501));
    let found = offset(before, Timestamp::new(90, 0), Duration::ZERO);
    assert_eq!((found.ahead_ms, found.uncertainty_ms), (-10_000, 1));
    let found = offset(before, Timestamp::new(i64::MAX, 0), Duration::ZERO);
    assert_eq!(found.ahead_ms, i64::MAX);
}

#[test]
fn the_fastest_answer_is_believed() {
    let mut asked = 0;
    let found = measure(|| {
        asked += 1;
        if asked != 3 {
            std::thread::sleep(Duration::from_millis(60));
        }
        Ok(now())
    });
    assert!(found.unwrap().uncertainty_ms < 30);
}
