//! How much of a link a pair may use at which hours: pure, over minutes of a day that are given.
//!
//! A line is a limit that always holds (`20 MiB`), or hours and the limit in them (`08:00-18:00 20 MiB`). Where hours
//! overlap, the lowest limit holds; at hours that no line names there is none. Hours are of the local clock as it shows them:
//! when it is set forward or back, so are they.

use super::value::{size, time_of_day};
use serde::{Deserialize, Serialize};

const DAY_MINUTES: u16 = 24 * 60;
/// Slower than this, no pass would ever end.
const LEAST_BYTES_PER_SECOND: u64 = 1 << 10;

/// Limits by hour; none where there are no lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Bandwidth {
    spans: Vec<Span>,
}

/// One line: from a minute of the day on, until before another, which may be of the next day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    text: String,
    from: u16,
    until: u16,
    bytes_per_second: Option<u64>,
}

impl Bandwidth {
    /// Of lines that were read.
    pub const fn new(spans: Vec<Span>) -> Self {
        Self { spans }
    }

    /// True where there is no line.
    pub const fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The lines as they were written.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.spans.iter().map(|span| span.text.as_str())
    }

    /// Bytes a second at a minute of the day; `None` for no limit.
    pub fn at(&self, minute: u16) -> Option<u64> {
        let holding = self.spans.iter().filter(|span| span.holds_at(minute));
        holding.filter_map(|span| span.bytes_per_second).min()
    }

    /// How many seconds so many bytes take from a second of the day on, where without a limit they would go at
    /// `usual_per_second`, or at once.
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    pub fn seconds_for(&self, bytes: u64, from_second: u32, usual_per_second: Option<f64>) -> f64 {
        let rate = |minute: u16| {
            let limit = self.at(minute).map_or(f64::INFINITY, |limit| limit as f64);
            limit.min(usual_per_second.unwrap_or(f64::INFINITY)).max(1.0)
        };
        let day_bytes: f64 = (0..DAY_MINUTES).map(|minute| rate(minute) * 60.0).sum();
        let days = (bytes as f64 / day_bytes).floor();
        let mut left = if days > 0.0 {
            bytes as f64 - days * day_bytes
        } else {
            bytes as f64
        };
        let mut at = f64::from(from_second);
        for minute in (0..=DAY_MINUTES).map(|ahead| from_second / 60 + u32::from(ahead)) {
            let rate = rate(u16::try_from(minute % u32::from(DAY_MINUTES)).unwrap_or_default());
            let seconds = (f64::from(minute + 1) * 60.0 - at).min(left / rate);
            left -= if rate.is_finite() { seconds * rate } else { left };
            at += seconds;
            if left <= 0.5 {
                break;
            }
        }
        days * 86_400.0 + at - f64::from(from_second)
    }
}

impl Span {
    fn holds_at(&self, minute: u16) -> bool {
        let (from, until) = (self.from, self.until);
        match from.cmp(&until) {
            std::cmp::Ordering::Less => (from..until).contains(&minute),
            std::cmp::Ordering::Equal => true,
            std::cmp::Ordering::Greater => minute >= from || minute < until,
        }
    }
}

/// `08:00-18:00 20 MiB`, `22:00-06:00 unlimited` or `20 MiB`.
///
/// # Errors
/// What such a line looks like.
pub fn span(text: &str) -> Result<Span, String> {
    let trimmed = text.trim();
    let (hours, limit) = match trimmed.split_once(char::is_whitespace) {
        Some((hours, limit)) if hours.contains(':') => (Some(hours), limit),
        _ => (None, trimmed),
    };
    let (from, until) = hours.map_or(Ok((0, 0)), between)?;
    Ok(Span {
        text: trimmed.to_owned(),
        from,
        until,
        bytes_per_second: rate(limit.trim())?,
    })
}

fn between(hours: &str) -> Result<(u16, u16), String> {
    let minute = |text: &str| match text {
        "24:00" => Ok(0),
        text => time_of_day(text),
    };
    let both = hours.split_once('-');
    both.and_then(|(from, until)| Some((minute(from).ok()?, minute(until).ok()?)))
        .ok_or_else(expected)
}

fn rate(text: &str) -> Result<Option<u64>, String> {
    if text == "unlimited" {
        return Ok(None);
    }
    let bytes = size(text.strip_suffix("/s").unwrap_or(text)).map_err(|_| expected())?;
    if bytes < LEAST_BYTES_PER_SECOND {
        return Err(
            "write at least 1 KiB a second, or `unlimited`; `deadline` and `every` say when a pass runs"
                .to_owned(),
        );
    }
    Ok(Some(bytes))
}

fn expected() -> String {
    "write hours and bytes a second such as \"08:00-18:00 20 MiB\", \"18:00-08:00 unlimited\", or \"20 MiB\" for all hours"
        .to_owned()
}

impl TryFrom<Vec<String>> for Bandwidth {
    type Error = String;

    fn try_from(lines: Vec<String>) -> Result<Self, String> {
        lines
            .iter()
            .map(|line| span(line))
            .collect::<Result<_, _>>()
            .map(Self::new)
    }
}

impl From<Bandwidth> for Vec<String> {
    fn from(bandwidth: Bandwidth) -> Self {
        bandwidth.spans.into_iter().map(|span| span.text).collect()
    }
}
