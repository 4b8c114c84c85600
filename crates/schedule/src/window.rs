//! Windows in which a pass may begin: hours, days of the week, or both, by the local clock as it shows them.

use jiff::civil::{DateTime, Time, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// Any of some windows; always open where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Windows(Vec<Window>);

/// One window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    text: String,
    /// The days on which it opens, Monday first.
    days: [bool; 7],
    /// Minutes after midnight; where `until` is not later than `from`, it is of the next day.
    from: u16,
    until: u16,
}

impl Windows {
    /// Of windows that were read.
    pub const fn new(windows: Vec<Window>) -> Self {
        Self(windows)
    }

    /// True where there is none, and a pass may begin at any time.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As they were written.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|window| window.text.as_str())
    }

    /// True when a pass may begin now.
    pub fn is_open(&self, now: &Zoned) -> bool {
        self.0.is_empty() || self.0.iter().any(|window| window.is_open(now.datetime()))
    }

    /// The first time from `from` on at which a pass may begin.
    pub fn open_from(&self, from: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let start = from.to_zoned(zone.clone());
        if self.is_open(&start) {
            return Some(from);
        }
        // Each window opens once a week at least.
        let mut day = start.date();
        let mut first: Option<Timestamp> = None;
        for _ in 0..9 {
            let openings = self.0.iter().filter(|window| window.opens_on(day.weekday()));
            let times = openings.filter_map(|window| shown_from(day.to_datetime(time(window.from)), zone));
            first = times.chain(first).filter(|time| *time >= from).min();
            if first.is_some() {
                return first;
            }
            day = day.tomorrow().ok()?;
        }
        None
    }
}

/// The first moment at which the local clock shows this time or, where it leaves that out, a later one.
fn shown_from(time: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(time);
    let is_left_out = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
    let shown = ambiguous.compatible().ok()?;
    if is_left_out {
        return Some(zone.preceding(shown).next()?.timestamp());
    }
    Some(shown)
}

fn time(minutes: u16) -> Time {
    let part = |number: u16| i8::try_from(number).unwrap_or_default();
    Time::new(part(minutes / 60), part(minutes % 60), 0, 0).unwrap_or(Time::midnight())
}

impl Window {
    /// Reads `22:00-06:00`, `sat-sun`, or `mon-fri 20:00-24:00`.
    ///
    /// # Errors
    /// What a window looks like.
    pub fn parse(text: &str) -> Result<Self, String> {
        let expected = || {
            "write hours such as \"22:00-06:00\", days such as \"sat-sun\", or both as \"mon-fri 20:00-24:00\"".to_owned()
        };
        let words: Vec<&str> = text.split_whitespace().collect();
        let (days, hours) = match words.as_slice() {
            [hours] if hours.contains(':') => (None, Some(*hours)),
            [days] => (Some(*days), None),
            [days, hours] => (Some(*days), Some(*hours)),
            _ => return Err(expected()),
        };
        let days = days.map_or(Some([true; 7]), read_days).ok_or_else(expected)?;
        let (from, until) = hours.map_or(Some((0, 0)), read_hours).ok_or_else(expected)?;
        Ok(Self {
            text: words.join(" "),
            days,
            from,
            until,
        })
    }

    fn opens_on(&self, day: Weekday) -> bool {
        self.days[usize::from(day.to_monday_zero_offset().unsigned_abs())]
    }

    fn is_open(&self, now: DateTime) -> bool {
        let minute = u16::from(now.hour().unsigned_abs()) * 60 + u16::from(now.minute().unsigned_abs());
        let (today, yesterday) = (now.weekday(), now.weekday().previous());
        if self.from < self.until {
            return self.opens_on(today) && (self.from..self.until).contains(&minute);
        }
        (self.opens_on(today) && minute >= self.from) || (self.opens_on(yesterday) && minute < self.until)
    }
}

fn read_days(text: &str) -> Option<[bool; 7]> {
    let place = |word: &str| {
        let word = word.to_ascii_lowercase();
        DAYS.iter().position(|(name, _)| *name == word)
    };
    let (first, last) = match text.split_once('-') {
        Some((first, last)) => (place(first)?, place(last)?),
        None => (place(text)?, place(text)?),
    };
    let mut days = [false; 7];
    let length = (last + 7 - first) % 7;
    for ahead in 0..=length {
        days[(first + ahead) % 7] = true;
    }
    Some(days)
}

fn read_hours(text: &str) -> Option<(u16, u16)> {
    let (from, until) = text.split_once('-')?;
    let until = if until == "24:00" { 0 } else { minutes(until)? };
    Some((minutes(from)?, until))
}

fn minutes(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str, below: u16| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.then(|| text.parse::<u16>().ok())?;
        number.filter(|number| *number < below)
    };
    Some(number(hour, 24)? * 60 + number(minute, 60)?)
}

impl TryFrom<Vec<String>> for Windows {
    type Error = String;

    fn try_from(texts: Vec<String>) -> Result<Self, String> {
        texts
            .iter()
            .map(|text| Window::parse(text))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl From<Windows> for Vec<String> {
    fn from(windows: Windows) -> Self {
        windows.0.into_iter().map(|window| window.text).collect()
    }
}
