//! Times for people: always UTC, with the local offset beside, for a green word without a time says nothing.

use counterpart_model::Timestamp;
use jiff::tz::TimeZone;

/// The clock of this host.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_nanos(jiff::Timestamp::now().as_nanosecond())
}

/// `2026-11-22 02:14:07Z (+01:00)`.
pub(crate) fn with_offset(seconds: i64) -> String {
    format!("{} ({})", utc(seconds), offset_text(offset_at(seconds)))
}

/// `2026-11-22 02:14:07Z`.
pub(crate) fn utc(seconds: i64) -> String {
    parts(seconds).map_or_else(
        || format!("{seconds} s"),
        |time| time.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
    )
}

/// `2026/11/22 02:14:07`, in UTC: the time of a log line.
pub(crate) fn log_time(seconds: i64) -> String {
    parts(seconds).map_or_else(
        || format!("{seconds} s"),
        |time| time.strftime("%Y/%m/%d %H:%M:%S").to_string(),
    )
}

/// Seconds since 1970 of a time that a document holds.
pub(crate) fn parse(text: &str) -> Option<i64> {
    text.parse::<jiff::Timestamp>()
        .ok()
        .map(jiff::Timestamp::as_second)
}

/// A time of a document as [`with_offset`] shows it; as it stands where it cannot be read.
pub(crate) fn shown(text: &str) -> String {
    parse(text).map_or_else(|| text.to_owned(), with_offset)
}

/// Seconds that the local clock is east of UTC at a time.
pub(crate) fn offset_at(seconds: i64) -> i32 {
    jiff::Timestamp::from_second(seconds).map_or(0, |time| TimeZone::system().to_offset(time).seconds())
}

/// Minutes after midnight that the local clock shows now.
pub(crate) fn minute_of_day() -> u16 {
    u16::try_from(second_of_day() / 60).unwrap_or_default()
}

/// Seconds after midnight that the local clock shows now.
pub(crate) fn second_of_day() -> u32 {
    let time = jiff::Timestamp::now().to_zoned(TimeZone::system()).time();
    let part = |number: i8| u32::from(number.unsigned_abs());
    part(time.hour()) * 3_600 + part(time.minute()) * 60 + part(time.second())
}

fn offset_text(seconds: i32) -> String {
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

fn parts(seconds: i64) -> Option<jiff::Zoned> {
    jiff::Timestamp::from_second(seconds)
        .ok()
        .map(|time| time.to_zoned(TimeZone::UTC))
}
