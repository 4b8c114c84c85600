//! When a pair runs, as the configuration says it: `every`, `at` or `cron`, and `window` and `catch_up` beside.

use super::section::Section;
use super::value;
use counterpart_schedule::{CronLine, Schedule, When, Window, Windows};

/// Reads the schedule of a pair; `None` where it has none.
pub(super) fn read(section: &mut Section<'_>) -> Option<Schedule> {
    let when = [
        section.parsed("every", every).map(When::EverySeconds),
        section.parsed("at", value::time_of_day).map(When::AtMinutes),
        section.parsed("cron", CronLine::parse).map(When::Cron),
    ];
    let windows = windows(section);
    let catch_up = section.flag("catch_up").unwrap_or(true);
    let is_said = ["every", "at", "cron"].map(|key| section.has(key));
    match is_said.iter().filter(|said| **said).count() {
        0 if windows.is_empty() => None,
        0 => {
            let hint = "add `every`, `at` or `cron`; a window alone begins no pass";
            section.wrong(section.span(), "`window` stands without a schedule", hint);
            None
        }
        1 => when.into_iter().flatten().next().map(|when| Schedule {
            when,
            windows,
            catch_up,
        }),
        _ => {
            let why = "`every`, `at` and `cron` exclude each other";
            section.wrong(section.span(), why, "keep one of them");
            None
        }
    }
}

fn every(text: &str) -> Result<u64, String> {
    match value::duration(text)? {
        0 => Err("write at least 1s; `every` counts from the beginning of the last pass".to_owned()),
        seconds => Ok(seconds),
    }
}

fn windows(section: &mut Section<'_>) -> Windows {
    let lines = section.texts("window").unwrap_or_default();
    let mut windows = Vec::with_capacity(lines.len());
    for line in lines {
        match Window::parse(&line.value) {
            Ok(window) => windows.push(window),
            Err(hint) => section.wrong(line.span, format!("`window` cannot have {:?}", line.value), hint),
        }
    }
    Windows::new(windows)
}

/// A schedule in words: `every 4h, in 22:00-06:00 or sat-sun`.
pub fn text(schedule: &Schedule) -> String {
    let when = match &schedule.when {
        When::EverySeconds(seconds) => format!("every {}", value::duration_text(*seconds)),
        When::AtMinutes(minutes) => format!("at {:02}:{:02}", minutes / 60, minutes % 60),
        When::Cron(line) => format!("cron {}", line.text()),
    };
    let windows: Vec<&str> = schedule.windows.texts().collect();
    let windows = match windows.as_slice() {
        [] => String::new(),
        windows => format!(", in {}", windows.join(" or ")),
    };
    let caught_up = if schedule.catch_up {
        ""
    } else {
        ", missed runs are left out"
    };
    format!("{when}{windows}{caught_up}")
}
