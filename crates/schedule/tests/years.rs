//! Years of simulated time: whatever schedule, whatever nights the host was down and however clocks change, each run comes
//! once and none is forgotten.
#![allow(clippy::unwrap_used, reason = "a test fails where it finds no value")]

use counterpart_schedule::{CronLine, Past, Schedule, When, Window, Windows};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Zones with hours that change, at different times of day, by an hour or by half of one; and one without.
const ZONES: [&str; 5] = [
    "Europe/Amsterdam",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Tokyo",
];

fn start(zone: &TimeZone) -> Timestamp {
    let day: Date = "2024-01-01".parse().unwrap();
    day.to_zoned(zone.clone()).unwrap().timestamp()
}

/// Runs a schedule until a time, with a host that is down at some times; when each pass began.
fn run(
    schedule: &Schedule,
    zone: &TimeZone,
    until: Timestamp,
    down: &[(Timestamp, Timestamp)],
) -> Vec<Timestamp> {
    let mut now = start(zone);
    let mut past = Past {
        began: None,
        settled: now,
    };
    let mut began = Vec::new();
    while let Some(due) = schedule.next(&past, now, zone) {
        assert!(
            due.begins >= now && due.begins >= due.at,
            "{schedule:?}: {due:?} at {now}"
        );
        if due.begins > until {
            break;
        }
        if let Some((_, up)) = down.iter().find(|(from, up)| (*from..*up).contains(&due.begins)) {
            now = *up;
            continue;
        }
        if due.left_out.is_some() {
            past.settled = now;
            continue;
        }
        now = due.begins;
        past = Past {
            began: Some(now),
            settled: now,
        };
        began.push(now);
    }
    began
}

fn hours(number: i64) -> SignedDuration {
    SignedDuration::from_hours(number)
}

fn any_zone() -> impl Strategy<Value = TimeZone> {
    prop::sample::select(ZONES.to_vec()).prop_map(|name| TimeZone::get(name).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 8, ..ProptestConfig::default() })]

    #[test]
    fn a_time_of_day_comes_once_on_every_day_of_five_years(zone in any_zone(), minutes in 0..1_440_u16, by_cron: bool) {
        let schedule = Schedule::of(if by_cron {
            When::Cron(CronLine::parse(&format!("{} {} * * *", minutes % 60, minutes / 60)).unwrap())
        } else {
            When::AtMinutes(minutes)
        });
        let until = start(&zone).to_zoned(zone.clone()).checked_add(5.years()).unwrap();
        let mut days: BTreeMap<Date, u32> = BTreeMap::new();
        for time in run(&schedule, &zone, until.timestamp(), &[]) {
            *days.entry(time.to_zoned(zone.clone()).date()).or_default() += 1;
        }
        // The first one may be the moment at which it all began.
        prop_assert!((1_826..=1_827).contains(&days.len()), "{} days", days.len());
        prop_assert!(days.values().all(|runs| *runs == 1), "{days:?}");
    }

    #[test]
    fn an_interval_keeps_its_length_whatever_the_clocks_show(zone in any_zone(), every in 600..200_000_u64) {
        let schedule = Schedule::of(When::EverySeconds(every));
        let until = start(&zone) + hours(24 * 400);
        let began = run(&schedule, &zone, until, &[]);
        let apart = |pair: &[Timestamp]| pair[1].duration_since(pair[0]).as_secs();
        prop_assert!(began.windows(2).all(|pair| apart(pair) == i64::try_from(every).unwrap()));
    }

    #[test]
    fn a_host_that_was_down_makes_up_once(
        zone in any_zone(),
        minutes in 0..1_440_u16,
        downs in prop::collection::vec((0..1_400_i64, 1..200_i64), 0..8),
    ) {
        let schedule = Schedule::of(When::AtMinutes(minutes));
        let until = start(&zone) + hours(24 * 400);
        let down: Vec<_> = downs
            .iter()
            .map(|(from, length)| (start(&zone) + hours(from * 6), start(&zone) + hours(from * 6 + length)))
            .collect();
        let began = run(&schedule, &zone, until, &down);
        let all = run(&schedule, &zone, until, &[]);
        for time in &began {
            prop_assert!(!down.iter().any(|(from, up)| (*from..*up).contains(time)), "it ran while it was down");
            prop_assert!(all.contains(time) || down.iter().any(|(_, up)| up == time), "nothing was due at {time}");
        }
        // Each due time is followed by a pass that began before the next one that was not missed either.
        for pair in all.windows(2) {
            let mut up = pair[0];
            while let Some((_, end)) = down.iter().find(|(from, end)| (*from..*end).contains(&up)) {
                up = *end;
            }
            prop_assert!(began.iter().any(|time| (pair[0]..=up).contains(time)), "{} was forgotten", pair[0]);
        }
        prop_assert!(began.len() <= all.len());
    }

    #[test]
    fn every_pass_begins_in_a_window_and_every_window_that_is_due_has_one(
        zone in any_zone(),
        every in 1..40_i64,
        from in 0..24_u8,
        length in 1..24_u8,
    ) {
        let text = format!("{from:02}:30-{:02}:30", (from + length) % 24);
        let windows = Windows::new(vec![Window::parse(&text).unwrap()]);
        let schedule = Schedule { windows: windows.clone(), ..Schedule::of(When::EverySeconds(every.unsigned_abs() * 3_600)) };
        let until = start(&zone) + hours(24 * 400);
        let began = run(&schedule, &zone, until, &[]);
        for time in &began {
            prop_assert!(windows.is_open(&time.to_zoned(zone.clone())), "{time} is outside {text}");
        }
        // A window opens every day: nobody waits longer than its interval and the longest day.
        let longest = hours(every + 25);
        prop_assert!(began.windows(2).all(|pair| pair[1].duration_since(pair[0]) <= longest));
    }

    #[test]
    fn a_clock_that_jumps_never_stops_a_schedule(
        zone in any_zone(),
        line in prop::sample::select(vec!["*/7 * * * *", "30 2 * * *", "0 */6 * * *", "15 3 * * 1"]),
        jump_hours in -30_000..30_000_i64,
    ) {
        let schedule = Schedule::of(When::Cron(CronLine::parse(line).unwrap()));
        let before = start(&zone) + hours(24 * 365 * 6);
        let due = schedule.next(&Past { began: None, settled: before }, before, &zone).unwrap();
        let past = Past { began: Some(due.begins), settled: due.begins };
        let period = schedule.next(&past, due.begins, &zone).unwrap().at.duration_since(due.begins);
        let now = due.begins + hours(jump_hours);
        let next = schedule.next(&past, now, &zone).unwrap();
        // Once round for what was to come anyway, and once for how far the clock went back at most.
        prop_assert!(next.begins.duration_since(now) <= period * 2, "{next:?} at {now}, period {period}");
    }
}
