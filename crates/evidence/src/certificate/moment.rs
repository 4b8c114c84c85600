//! A time in a certificate: UTC to the second, with the local offset beside it.
//!
//! Fractions are cut off, so a time never claims more than was seen. No clock and no time zone is read here.

use counterpart_model::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

const MAX_OFFSET_SECONDS: i32 = 24 * 3600;

/// A point in UTC and the offset of the local clock that a person there would read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment {
    seconds: i64,
    offset_minutes: i32,
}

/// How a moment is written: `{"offset":"+01:00","utc":"2026-11-22T02:14:07Z"}`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Moment")]
struct Written {
    utc: String,
    offset: String,
}

impl Moment {
    /// A moment from a time and the local offset then, in seconds east of UTC.
    pub fn new(time: Timestamp, offset_seconds: i32) -> Self {
        Self::from_seconds(time.seconds, offset_seconds)
    }

    /// As [`Moment::new`], from whole seconds since 1970.
    pub fn from_seconds(seconds: i64, offset_seconds: i32) -> Self {
        let within = offset_seconds.clamp(1 - MAX_OFFSET_SECONDS, MAX_OFFSET_SECONDS - 1);
        Self {
            seconds,
            offset_minutes: within / 60,
        }
    }

    /// Seconds since 1970.
    pub const fn seconds(self) -> i64 {
        self.seconds
    }

    /// Seconds from an earlier moment to this one.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        self.seconds.saturating_sub(earlier.seconds)
    }

    /// RFC 3339 in UTC: `2026-11-22T02:14:07Z`.
    pub fn utc(self) -> String {
        Timestamp::new(self.seconds, 0).rfc3339()
    }

    /// The offset: `+01:00`.
    pub fn offset(self) -> String {
        let sign = if self.offset_minutes < 0 { '-' } else { '+' };
        let minutes = self.offset_minutes.unsigned_abs();
        format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

impl fmt::Display for Moment {
    /// `2026-11-22 02:14:07Z (+01:00)`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({})", self.utc().replacen('T', " ", 1), self.offset())
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written {
            utc: self.utc(),
            offset: self.offset(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Written::deserialize(deserializer)?;
        let wrong = || serde::de::Error::custom("not a UTC time to the second with an offset");
        let utc: jiff::Timestamp = written.utc.parse().map_err(|_| wrong())?;
        let offset = parse_offset(&written.offset).ok_or_else(wrong)?;
        let moment = Self::from_seconds(utc.as_second(), offset * 60);
        let exact = moment.utc() == written.utc && moment.offset() == written.offset;
        if exact { Ok(moment) } else { Err(wrong()) }
    }
}

/// Minutes east of UTC, of `+01:00`.
fn parse_offset(text: &str) -> Option<i32> {
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let sum = u16::from(hours.parse::<u8>().ok()?) * 60 + u16::from(minutes.parse::<u8>().ok()?);
    match text.as_bytes().first()? {
        b'+' => Some(i32::from(sum)),
        b'-' => Some(-i32::from(sum)),
        _ => None,
    }
}
