//! The zone in which a log's own times are read, for a log does not say it.

use counterpart_model::{Code, Failure};
use counterpart_oldlog::Civil;
use jiff::civil::DateTime;
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::TimeZone;

/// A zone.
#[derive(Clone, Debug)]
pub struct Zone {
    zone: TimeZone,
    name: String,
}

impl Zone {
    /// The zone of this host.
    pub fn system() -> Self {
        let zone = TimeZone::system();
        let name = zone.iana_name().unwrap_or("local").to_owned();
        Self { zone, name }
    }

    /// A zone by its name, `Europe/Amsterdam` or `UTC`, or by its offset, `+01:00`.
    ///
    /// # Errors
    /// `usage` where there is none of that name.
    pub fn named(name: &str) -> Result<Self, Failure> {
        let zone = DateTimeParser::new().parse_time_zone(name).map_err(|error| {
            Failure::new(Code::Usage, format!("looking for the time zone {name}"), error)
                .hint("Write a name such as Europe/Amsterdam, or an offset such as +01:00.")
        })?;
        Ok(Self {
            zone,
            name: name.to_owned(),
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Seconds since 1970 of a time in this zone. Of an hour that clocks showed twice the first is meant; in one that they
    /// left out, what they would have shown.
    pub fn seconds(&self, civil: Civil) -> Option<i64> {
        let small = |number: u8| i8::try_from(number).ok();
        let year = i16::try_from(civil.year).ok()?;
        let date = jiff::civil::Date::new(year, small(civil.month)?, small(civil.day)?).ok()?;
        let time =
            jiff::civil::Time::new(small(civil.hour)?, small(civil.minute)?, small(civil.second)?, 0).ok()?;
        self.of(date.to_datetime(time))
    }

    /// Seconds since 1970 of what an operator writes: `2012-05-01`, or `2012-05-01T02:00:00`.
    ///
    /// # Errors
    /// `usage` where it is no such time.
    pub fn given(&self, text: &str) -> Result<i64, Failure> {
        let refused = |why: String| {
            Failure::new(Code::Usage, format!("reading the date {text}"), why)
                .hint("Write it as 2012-05-01, or as 2012-05-01T02:00:00.")
        };
        let time = text
            .parse::<DateTime>()
            .map_err(|error| refused(error.to_string()))?;
        self.of(time)
            .ok_or_else(|| refused("there is no such time".to_owned()))
    }

    fn of(&self, time: DateTime) -> Option<i64> {
        let zoned = self.zone.to_ambiguous_zoned(time).compatible().ok()?;
        Some(zoned.timestamp().as_second())
    }
}
