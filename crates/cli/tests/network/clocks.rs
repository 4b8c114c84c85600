//! A far host whose clock is off: told where it is off by more than two seconds, and nothing is decided by it.

use crate::scene::{BOTH, Scene, Way};
use serde_json::Value;

/// Begins a command with the clock moved; what stamps files and what measures waiting stay as they are.
pub(crate) fn moved(by: &str) -> String {
    format!(
        "env NO_FAKE_STAT=1 DONT_FAKE_MONOTONIC=1 'LD_PRELOAD=/usr/$LIB/faketime/libfaketime.so.1' 'FAKETIME={by}' "
    )
}

fn told(report: &Value) -> bool {
    let failures = report["failures"].as_array().unwrap();
    failures.iter().any(|one| one["code"] == "clock-skew")
}

fn ahead_ms(report: &Value) -> i64 {
    let text = std::fs::read_to_string(report["certificate"].as_str().unwrap()).unwrap();
    let certificate: Value = serde_json::from_str(&text).unwrap();
    let offset = &certificate["times"]["clock_offset"]["standby_ahead_ms"];
    offset
        .as_i64()
        .unwrap_or_else(|| panic!("no offset: {certificate:#}"))
}

/// A pass over an agent whose clock is moved by so much, and how far the standby's is ahead by the certificate.
fn pass(way: Way, by: &str) -> (Value, i64) {
    let mut scene = Scene::here(way);
    std::fs::write(scene.production.join("file"), b"content").unwrap();
    scene.remote.0 = moved(by);
    let report = scene.run_congruent(&format!("{way:?} {by}"));
    let ahead_ms = ahead_ms(&report);
    (report, ahead_ms)
}

#[test]
fn a_clock_that_is_off_is_told_and_its_offset_is_recorded() {
    for way in BOTH {
        for (by, seconds) in [("+600s", 600), ("-600s", -600)] {
            let (report, ahead_ms) = pass(way, by);
            assert!(told(&report), "{way:?} {by}: {report:#}");
            let expected = 1_000 * if way == Way::Push { seconds } else { -seconds };
            let apart = (ahead_ms - expected).unsigned_abs();
            assert!(apart < 300_000, "{way:?} {by}: {report:#}");
        }
    }
}

#[test]
fn a_clock_that_is_off_by_little_is_not_told() {
    for way in BOTH {
        for by in ["+1s", "-1s"] {
            let (report, _) = pass(way, by);
            assert!(!told(&report), "{way:?} {by}: {report:#}");
        }
    }
}
