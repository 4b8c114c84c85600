//! A cron line of five fields, as crontab(5) has them; what it means is croner's to say.

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Serialize, Serializer};

/// See the module.
#[derive(Clone, Debug)]
pub struct CronLine {
    text: String,
    cron: Box<Cron>,
}

impl CronLine {
    /// Reads `8 0 * * 1-5`.
    ///
    /// # Errors
    /// What is wrong with it, or that it never comes.
    pub fn parse(text: &str) -> Result<Self, String> {
        const EXPECTED: &str = "write five fields (minute, hour, day of the month, month, day of the week), such as \"8 0 * * 1-5\"";
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let parser = CronParser::builder()
            .seconds(Seconds::Disallowed)
            .year(Year::Disallowed)
            .build();
        let cron = parser
            .parse(&text)
            .map_err(|error| format!("{EXPECTED}; {error}"))?;
        let line = Self {
            text,
            cron: Box::new(cron),
        };
        match line.first_after(Timestamp::UNIX_EPOCH, &TimeZone::UTC) {
            Some(_) => Ok(line),
            None => Err("it never comes: no month has such a day".to_owned()),
        }
    }

    /// The line of a time of day.
    pub(crate) fn at(minutes: u16) -> Option<Self> {
        Self::parse(&format!("{} {} * * *", minutes % 60, minutes / 60)).ok()
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The first time after `after` that the line names. A time of day that clocks leave out comes when they go on; one that
    /// they show twice comes once. What comes every few minutes or hours comes by the time that passes.
    pub fn first_after(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let found = self
            .cron
            .find_next_occurrence(&after.to_zoned(zone.clone()), false);
        found.ok().map(|time| time.timestamp())
    }
}

impl PartialEq for CronLine {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for CronLine {}

impl Serialize for CronLine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}
