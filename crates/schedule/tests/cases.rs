//! When single schedules are due: what each way to say it means, windows, missed runs, and clocks that change.
#![allow(clippy::unwrap_used, reason = "a test fails where it finds no value")]

use counterpart_schedule::{CronLine, Due, Past, Schedule, When, Window, Windows};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

fn amsterdam() -> TimeZone {
    TimeZone::get("Europe/Amsterdam").unwrap()
}

/// A time as Amsterdam's clock shows it, with its offset where it shows it twice.
fn at(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|_| {
        let local: jiff::civil::DateTime = text.parse().unwrap();
        local.to_zoned(amsterdam()).unwrap().timestamp()
    })
}

fn shown(time: Timestamp) -> String {
    time.to_zoned(amsterdam()).strftime("%a %F %R %:z").to_string()
}

fn ran(began: &str) -> Past {
    Past {
        began: Some(at(began)),
        settled: at(began),
    }
}

fn cron(text: &str) -> Schedule {
    Schedule::of(When::Cron(CronLine::parse(text).unwrap()))
}

fn daily(minutes: u16) -> Schedule {
    Schedule::of(When::AtMinutes(minutes))
}

fn windows(texts: &[&str]) -> Windows {
    Windows::new(texts.iter().map(|text| Window::parse(text).unwrap()).collect())
}

fn next(schedule: &Schedule, past: &Past, now: &str) -> Due {
    schedule.next(past, at(now), &amsterdam()).unwrap()
}

fn begins(schedule: &Schedule, past: &Past, now: &str) -> String {
    shown(next(schedule, past, now).begins)
}

#[test]
fn every_counts_from_the_beginning_of_the_last_one() {
    let schedule = Schedule::of(When::EverySeconds(4 * 3_600));
    let past = ran("2026-11-22T01:00");
    assert_eq!(
        begins(&schedule, &past, "2026-11-22T02:00"),
        "Sun 2026-11-22 05:00 +01:00"
    );
    // The one that was dealt with while a long pass ran is passed over, and the rhythm stays.
    let past = Past {
        settled: at("2026-11-22T05:30"),
        ..past
    };
    assert_eq!(
        begins(&schedule, &past, "2026-11-22T05:30"),
        "Sun 2026-11-22 09:00 +01:00"
    );
}

#[test]
fn the_first_one_of_an_interval_waits_for_nothing_and_that_of_a_time_for_its_time() {
    let never = Past {
        began: None,
        settled: at("2026-11-22T15:00"),
    };
    let interval = Schedule::of(When::EverySeconds(3_600));
    assert_eq!(
        begins(&interval, &never, "2026-11-22T15:00"),
        "Sun 2026-11-22 15:00 +01:00"
    );
    assert_eq!(
        begins(&daily(8), &never, "2026-11-22T15:00"),
        "Mon 2026-11-23 00:08 +01:00"
    );
}

#[test]
fn a_cron_line_names_its_times() {
    let past = ran("2026-11-20T12:00");
    assert_eq!(
        begins(&cron("8 0 * * 1-5"), &past, "2026-11-20T12:00"),
        "Mon 2026-11-23 00:08 +01:00"
    );
    assert_eq!(
        begins(&cron("0 6 1 * *"), &past, "2026-11-20T12:00"),
        "Tue 2026-12-01 06:00 +01:00"
    );
    assert_eq!(
        begins(&cron("*/20 * * * *"), &past, "2026-11-20T12:00"),
        "Fri 2026-11-20 12:20 +01:00"
    );
}

#[test]
fn a_line_that_never_comes_or_is_none_is_refused_with_what_to_write() {
    for text in ["0 0 30 2 *", "0 0 * *", "* * * * * *", "61 0 * * *", "yearly", ""] {
        let told = CronLine::parse(text).unwrap_err();
        assert!(
            told.contains("write five fields") || told.contains("never comes"),
            "{text:?}: {told}"
        );
    }
}

#[test]
fn an_hour_that_clocks_leave_out_or_show_twice_has_one_run() {
    for schedule in [daily(150), cron("30 2 * * *")] {
        let before = ran("2026-03-28T02:30");
        assert_eq!(
            begins(&schedule, &before, "2026-03-28T12:00"),
            "Sun 2026-03-29 03:00 +02:00"
        );
        let in_gap = ran("2026-03-29T01:00:00Z");
        assert_eq!(
            begins(&schedule, &in_gap, "2026-03-29T12:00"),
            "Mon 2026-03-30 02:30 +02:00"
        );
        let before = ran("2026-10-24T02:30");
        assert_eq!(
            begins(&schedule, &before, "2026-10-24T12:00"),
            "Sun 2026-10-25 02:30 +02:00"
        );
        let first = ran("2026-10-25T00:30:00Z");
        assert_eq!(
            begins(&schedule, &first, "2026-10-25T01:00:00Z"),
            "Mon 2026-10-26 02:30 +01:00"
        );
    }
}

#[test]
fn what_was_missed_is_made_up_for_once() {
    let past = ran("2026-11-01T00:08");
    let due = next(&daily(8), &past, "2026-11-05T09:00");
    assert_eq!(shown(due.at), "Mon 2026-11-02 00:08 +01:00");
    assert_eq!(shown(due.begins), "Thu 2026-11-05 09:00 +01:00");
    assert_eq!(daily(8).come(due.at, at("2026-11-05T09:00"), &amsterdam()), 4);
    assert_eq!(
        begins(&daily(8), &ran("2026-11-05T09:00"), "2026-11-05T09:30"),
        "Fri 2026-11-06 00:08 +01:00"
    );
}

#[test]
fn what_was_missed_is_left_out_where_that_is_wanted() {
    let schedule = Schedule {
        catch_up: false,
        ..daily(8)
    };
    let past = ran("2026-11-01T00:08");
    let due = next(&schedule, &past, "2026-11-05T09:00");
    assert_eq!(due.left_out, Some(at("2026-11-02T00:08")));
    assert_eq!(shown(due.begins), "Fri 2026-11-06 00:08 +01:00");
    // A moment late is not missed.
    let due = next(&schedule, &past, "2026-11-02T00:09");
    assert_eq!(
        (shown(due.begins).as_str(), due.left_out),
        ("Mon 2026-11-02 00:09 +01:00", None)
    );
}

#[test]
fn a_window_holds_a_pass_back_until_it_opens() {
    let schedule = Schedule {
        windows: windows(&["22:00-06:00", "sat-sun"]),
        ..Schedule::of(When::EverySeconds(4 * 3_600))
    };
    // A Friday.
    let past = ran("2026-11-20T04:00");
    let due = next(&schedule, &past, "2026-11-20T09:00");
    assert_eq!(
        (shown(due.at).as_str(), shown(due.begins).as_str()),
        ("Fri 2026-11-20 08:00 +01:00", "Fri 2026-11-20 22:00 +01:00")
    );
    assert_eq!(
        begins(&schedule, &ran("2026-11-21T05:00"), "2026-11-21T06:00"),
        "Sat 2026-11-21 09:00 +01:00"
    );
    assert_eq!(
        begins(&schedule, &ran("2026-11-23T05:00"), "2026-11-23T06:00"),
        "Mon 2026-11-23 22:00 +01:00"
    );
}

#[test]
fn a_window_that_closed_again_before_the_host_was_up_is_waited_for() {
    let schedule = Schedule {
        windows: windows(&["22:00-06:00"]),
        ..daily(8)
    };
    assert_eq!(
        begins(&schedule, &ran("2026-11-19T00:08"), "2026-11-20T08:00"),
        "Fri 2026-11-20 22:00 +01:00"
    );
}

#[test]
fn a_window_that_opens_in_an_hour_that_is_left_out_opens_when_clocks_go_on() {
    let schedule = Schedule {
        windows: windows(&["02:30-05:00"]),
        ..Schedule::of(When::EverySeconds(3_600))
    };
    assert_eq!(
        begins(&schedule, &ran("2026-03-28T23:00"), "2026-03-29T00:30"),
        "Sun 2026-03-29 03:00 +02:00"
    );
}

#[test]
fn windows_are_read_as_they_are_written() {
    let open = |text: &str, now: &str| windows(&[text]).is_open(&Zoned::new(at(now), amsterdam()));
    // 20 November 2026 is a Friday.
    for (text, now, expected) in [
        ("22:00-06:00", "2026-11-20T22:00", true),
        ("22:00-06:00", "2026-11-20T05:59", true),
        ("22:00-06:00", "2026-11-20T06:00", false),
        ("sat-sun", "2026-11-20T23:59", false),
        ("sat-sun", "2026-11-21T00:00", true),
        ("sat-sun", "2026-11-23T00:00", false),
        ("fri 22:00-06:00", "2026-11-21T05:00", true),
        ("fri 22:00-06:00", "2026-11-20T05:00", false),
        ("SUN-MON 10:00-24:00", "2026-11-22T23:59", true),
        ("sun-mon 10:00-24:00", "2026-11-24T00:00", false),
        ("00:00-24:00", "2026-11-24T00:00", true),
    ] {
        assert_eq!(open(text, now), expected, "{text} at {now}");
    }
    for text in [
        "",
        "22-6",
        "22:00",
        "22:00-25:00",
        "someday",
        "mon tue",
        "mon-xyz",
        "+1:00-02:00",
        "mon 1:00-02:00",
    ] {
        let told = Window::parse(text).unwrap_err();
        assert!(told.starts_with("write hours such as"), "{text:?}: {told}");
    }
    assert_eq!(
        windows(&["mon-fri  20:00-24:00"]).texts().next(),
        Some("mon-fri 20:00-24:00")
    );
}

#[test]
fn a_clock_that_was_set_back_neither_repeats_a_day_nor_waits_for_years() {
    // An hour back, after the day's run.
    assert_eq!(
        begins(&daily(150), &ran("2026-11-20T02:30"), "2026-11-20T01:31"),
        "Sat 2026-11-21 02:30 +01:00"
    );
    // The last run was by a clock that was three years ahead.
    for schedule in [
        daily(150),
        cron("*/5 * * * *"),
        Schedule::of(When::EverySeconds(14_400)),
    ] {
        let due = next(&schedule, &ran("2029-11-20T02:30"), "2026-11-20T12:00");
        assert_eq!(shown(due.begins), "Fri 2026-11-20 12:00 +01:00");
    }
}
