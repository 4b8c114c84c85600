//! The table `[serve]`: how many passes run at once, what production may say against one, how long an end may take.

use super::section::Section;
use super::value;
use counterpart_schedule::{CronLine, Schedule, When};

/// How `serve` runs its pairs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serve {
    /// Passes that run at the same time, of different pairs.
    pub at_once: usize,
    /// A program that leaves with 0 as long as no pass may run; none where it is empty.
    pub pause: Vec<String>,
    /// How often it is asked while a pass runs or is due.
    pub pause_every_seconds: u64,
    /// When what has had its time is removed; by nobody where it is not said.
    pub prune: Option<Schedule>,
    /// How long passes may take to end when `serve` is to end.
    pub grace_seconds: u64,
}

impl Default for Serve {
    fn default() -> Self {
        Self {
            at_once: 2,
            pause: Vec::new(),
            pause_every_seconds: 60,
            grace_seconds: 60,
            prune: None,
        }
    }
}

impl Serve {
    /// Reads the table.
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let usual = Self::default();
        let pause = section.texts("pause").unwrap_or_default();
        let serve = Self {
            at_once: section
                .number_or_text("at_once", at_once)
                .unwrap_or(usual.at_once),
            pause: pause.into_iter().map(|word| word.value).collect(),
            pause_every_seconds: section
                .parsed("pause_every", pause_every)
                .unwrap_or(usual.pause_every_seconds),
            grace_seconds: section
                .parsed("grace", value::duration)
                .unwrap_or(usual.grace_seconds),
            prune: section.parsed("prune", prune).map(Schedule::of),
        };
        section.end();
        serve
    }
}

fn at_once(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (1..=64).contains(number));
    number.ok_or_else(|| "write a number of passes from 1 to 64".to_owned())
}

/// `05:00` or `0 5 * * 7`.
fn prune(text: &str) -> Result<When, String> {
    let at = value::time_of_day(text).map(When::AtMinutes);
    at.or_else(|_| CronLine::parse(text).map(When::Cron))
        .map_err(|_| "write a time of day such as \"05:00\", or a cron line such as \"0 5 * * 7\"".to_owned())
}

fn pause_every(text: &str) -> Result<u64, String> {
    match value::duration(text)? {
        0 => Err("write at least 1s".to_owned()),
        seconds => Ok(seconds),
    }
}
