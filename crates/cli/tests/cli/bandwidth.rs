//! Limits by hour: which one holds at a minute of the day, and how long so many bytes then take. No clock is asked.

use counterpart_cli::config::{Bandwidth, Config, span};
use proptest::prelude::*;
use std::path::Path;

const MIB: u64 = 1 << 20;

fn limits(lines: &[&str]) -> Bandwidth {
    Bandwidth::new(lines.iter().map(|line| span(line).unwrap()).collect())
}

fn at(limits: &Bandwidth, hour: u16, minute: u16) -> Option<u64> {
    limits.at(hour * 60 + minute)
}

#[test]
fn a_line_holds_from_its_first_minute_until_before_its_last() {
    let limits = limits(&["08:00-18:00 20MiB", "18:00-08:00 unlimited"]);
    assert_eq!(at(&limits, 7, 59), None);
    assert_eq!(at(&limits, 8, 0), Some(20 * MIB));
    assert_eq!(at(&limits, 17, 59), Some(20 * MIB));
    assert_eq!(at(&limits, 18, 0), None);
}

#[test]
fn hours_may_go_over_midnight() {
    let limits = limits(&["22:00-06:30 1 MiB/s"]);
    for (hour, minute, holds) in [
        (21, 59, false),
        (22, 0, true),
        (0, 0, true),
        (6, 29, true),
        (6, 30, false),
    ] {
        assert_eq!(at(&limits, hour, minute).is_some(), holds, "{hour}:{minute}");
    }
    assert_eq!(at(&self::limits(&["18:00-24:00 1 MiB"]), 23, 59), Some(MIB));
    assert_eq!(at(&self::limits(&["18:00-24:00 1 MiB"]), 0, 0), None);
    assert_eq!(
        at(&self::limits(&["07:00-07:00 1 MiB"]), 3, 0),
        Some(MIB),
        "the whole day"
    );
}

#[test]
fn where_hours_overlap_the_lowest_holds_and_a_gap_has_no_limit() {
    let limits = limits(&[
        "50 MiB",
        "08:00-18:00 20 MiB",
        "12:00-13:00 unlimited",
        "17:00-19:00 5 MiB",
    ]);
    assert_eq!(at(&limits, 3, 0), Some(50 * MIB));
    assert_eq!(at(&limits, 12, 30), Some(20 * MIB));
    assert_eq!(at(&limits, 17, 30), Some(5 * MIB));
    assert_eq!(at(&limits, 18, 30), Some(5 * MIB));
    assert_eq!(at(&self::limits(&["08:00-09:00 1 MiB"]), 9, 0), None);
    assert_eq!(Bandwidth::default().at(0), None);
}

#[test]
fn what_is_no_limit_is_explained() {
    for wrong in [
        "",
        "fast",
        "08:00-18:00",
        "8:00-18:00 1 MiB",
        "08:00-25:00 1 MiB",
        "08:00 1 MiB",
        "20 Mbit",
        "-1",
    ] {
        assert!(
            span(wrong).unwrap_err().contains("08:00-18:00 20 MiB"),
            "{wrong:?}"
        );
    }
    for slow in ["0", "08:00-18:00 100 B"] {
        assert!(span(slow).unwrap_err().contains("at least 1 KiB"), "{slow:?}");
    }
}

#[test]
fn a_wrong_line_of_the_configuration_is_named_with_its_place() {
    let mistake = |line: &str, standby: &str| {
        let text = format!("[pair.a]\nproduction = \"/p\"\nstandby = \"{standby}\"\n{line}\n");
        let found = Config::parse(Path::new("c.toml"), &text).unwrap_err();
        let found = found.0.first().unwrap().clone();
        format!("{}: {} ({})", found.at(), found.why, found.hint)
    };
    assert_eq!(
        mistake("bandwidth = [\"20 MiB\", \"8-18 1 MiB\"]", "host:/s"),
        "c.toml:4:24: `bandwidth` cannot have \"8-18 1 MiB\" (write hours and bytes a second such as \"08:00-18:00 20 MiB\", \
         \"18:00-08:00 unlimited\", or \"20 MiB\" for all hours)"
    );
    assert!(mistake("bandwidth = [\"20 MiB\"]", "/s").contains("both sites are on this host"));
    assert!(mistake("bandwidth = 20", "host:/s").contains("a list of strings"));
}

#[test]
fn a_pair_keeps_its_limits_in_the_words_that_were_written() {
    let text = "[pair.a]\nproduction = \"/p\"\nstandby = \"host:/s\"\nbandwidth = [\"08:00-18:00 20MiB\", \"1 GB\"]\n";
    let pair = Config::parse(Path::new("c.toml"), text).unwrap();
    let link = pair.pair(None).unwrap().link.clone();
    assert_eq!(
        link.bandwidth.lines().collect::<Vec<_>>(),
        ["08:00-18:00 20MiB", "1 GB"]
    );
    let json = serde_json::to_string(&link).unwrap();
    let back: counterpart_cli::config::Link = serde_json::from_str(&json).unwrap();
    assert_eq!(back, link);
    assert!(serde_json::from_str::<Bandwidth>("[\"fast\"]").is_err());
}

fn near(seconds: f64, expected: f64) {
    assert!(
        (seconds - expected).abs() < 0.001 * expected + 0.01,
        "{seconds} and not {expected}"
    );
}

#[test]
fn an_estimate_goes_through_the_hours() {
    let limits = limits(&["08:00-18:00 1 MiB"]);
    let hour = |hour: u32| hour * 3_600;
    near(limits.seconds_for(60 * MIB, hour(9), None), 60.0);
    near(limits.seconds_for(60 * MIB, hour(20), None), 0.0);
    // Half an hour is left of the slow hours; what is left then goes at the usual rate.
    let bytes = 1_800 * MIB + 1_000 * 2 * MIB;
    let usual = Some(2.0 * f64::from(1 << 20));
    near(limits.seconds_for(bytes, hour(17) + 1_800, usual), 2_800.0);
    near(limits.seconds_for(bytes, hour(17) + 1_800, None), 1_800.0);
    near(
        self::limits(&["1 MiB"]).seconds_for(1 << 40, hour(5) + 17, None),
        1_048_576.0,
    );
    near(limits.seconds_for(0, hour(9), None), 0.0);
}

proptest! {
    /// However the hours lie: more bytes take longer, and never shorter than at the highest rate.
    #[test]
    fn an_estimate_grows_with_the_bytes(
        lines in proptest::collection::vec((0_u16..24, 0_u16..24, 1_u64..100), 0..5),
        bytes in 0_u64..1 << 42,
        more in 0_u64..1 << 42,
        from in 0_u32..86_400,
    ) {
        let lines: Vec<String> = lines
            .iter()
            .map(|(from, until, mib)| format!("{from:02}:00-{until:02}:00 {mib} MiB"))
            .collect();
        let limits = limits(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        let usual = 200.0 * f64::from(1 << 20);
        let seconds = limits.seconds_for(bytes, from, Some(usual));
        prop_assert!(limits.seconds_for(bytes + more, from, Some(usual)) >= seconds - 0.01);
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let least = bytes as f64 / usual;
        prop_assert!(seconds >= least * 0.999 - 0.01, "{} and not {}", seconds, least);
    }
}
