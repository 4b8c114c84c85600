//! How single values are written: durations, limits, sizes, times of day, classes of metadata.
//!
//! Each parser says, when it does not understand, what it would understand.

use counterpart_engine::Limit;
use counterpart_model::{Code, MetadataClass};

const UNITS: [(&str, u64); 6] = [
    ("s", 1),
    ("m", 60),
    ("h", 3_600),
    ("d", 86_400),
    ("w", 604_800),
    ("y", 31_536_000),
];

/// Longest duration: a thousand years.
const MAX_SECONDS: u64 = 1_000 * 366 * 86_400;

/// `10m`, `4h`, `400d`, `1h 30m`: seconds.
///
/// # Errors
/// What a duration looks like.
pub fn duration(text: &str) -> Result<u64, String> {
    let expected = || "write a duration such as \"90s\", \"10m\", \"4h\", \"400d\" or \"2y\"".to_owned();
    let compact: String = text.chars().filter(|letter| *letter != ' ').collect();
    if compact == "0" {
        return Ok(0);
    }
    let mut rest = compact.as_str();
    let mut seconds = 0_u64;
    while !rest.is_empty() {
        let (part, tail) = one_part(rest).ok_or_else(expected)?;
        seconds = seconds
            .checked_add(part)
            .filter(|sum| *sum <= MAX_SECONDS)
            .ok_or_else(expected)?;
        rest = tail;
    }
    if compact.is_empty() {
        Err(expected())
    } else {
        Ok(seconds)
    }
}

fn one_part(text: &str) -> Option<(u64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number: u64 = text[..digits].parse().ok()?;
    let rest = &text[digits..];
    let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (_, factor) = UNITS.iter().find(|(unit, _)| *unit == &rest[..letters])?;
    Some((number.checked_mul(*factor)?, &rest[letters..]))
}

/// A duration as [`duration`] reads it, in the largest unit that fits.
pub fn duration_text(seconds: u64) -> String {
    let fits = |(_, factor): &&(&str, u64)| seconds >= *factor && seconds.is_multiple_of(*factor);
    // Weeks and years are read but not written: retention is thought of in days.
    let unit = UNITS[..4].iter().rev().find(fits);
    unit.map_or_else(
        || format!("{seconds}s"),
        |(unit, factor)| format!("{}{unit}", seconds / factor),
    )
}

/// `1%`, `0.5%` or `200`.
///
/// # Errors
/// What a limit looks like.
pub fn limit(text: &str) -> Result<Limit, String> {
    let expected = || "write a percentage such as \"1%\", or a number of entries".to_owned();
    let Some(percent) = text.strip_suffix('%') else {
        return text.trim().parse().map(Limit::Entries).map_err(|_| expected());
    };
    let share: f64 = percent.trim().parse().map_err(|_| expected())?;
    if (0.0..=100.0).contains(&share) {
        Ok(Limit::Share(share / 100.0))
    } else {
        Err(expected())
    }
}

/// A limit as [`limit`] reads it.
pub fn limit_text(limit: Limit) -> String {
    match limit {
        Limit::Entries(number) => number.to_string(),
        // Rounded, since 0.07 times 100 is not quite 7.
        Limit::Share(share) => format!("{}%", (share * 1e8).round() / 1e6),
    }
}

/// `256 MiB`, `1GB`, `4096`: bytes.
///
/// # Errors
/// What a size looks like.
pub fn size(text: &str) -> Result<u64, String> {
    let expected = || "write a size such as \"256 MiB\", \"1 GB\" or a number of bytes".to_owned();
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number: u64 = text[..digits].parse().map_err(|_| expected())?;
    let factor: u64 = match text[digits..].trim() {
        "" | "B" | "bytes" => 1,
        "kB" | "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "TiB" => 1 << 40,
        _ => return Err(expected()),
    };
    number.checked_mul(factor).ok_or_else(expected)
}

/// `00:08`: minutes after midnight.
///
/// # Errors
/// What a time of day looks like.
pub fn time_of_day(text: &str) -> Result<u16, String> {
    let parts = text
        .split_once(':')
        .filter(|(hour, minute)| hour.len() == 2 && minute.len() == 2);
    let number = |text: &str, below: u16| text.parse::<u16>().ok().filter(|number| *number < below);
    parts
        .and_then(|(hour, minute)| Some(number(hour, 24)? * 60 + number(minute, 60)?))
        .ok_or_else(|| {
            if text.split_whitespace().count() == 5 {
                format!("write a cron line as cron = \"{text}\"")
            } else {
                "write a time of day such as \"00:08\"".to_owned()
            }
        })
}

/// The fingerprint of a key, as `ssh-keygen -l` and `ssh-add -l` print it.
///
/// # Errors
/// What a fingerprint looks like.
pub fn fingerprint(text: &str) -> Result<String, String> {
    const DIGEST_LETTERS: usize = 43;
    let digest = text.strip_prefix("SHA256:").unwrap_or_default();
    let plain = |letter: u8| letter.is_ascii_alphanumeric() || b"+/".contains(&letter);
    if digest.len() == DIGEST_LETTERS && digest.bytes().all(plain) {
        return Ok(text.to_owned());
    }
    Err("write a fingerprint as `ssh-add -l` prints it: SHA256: and 43 letters and digits".to_owned())
}

/// `2026-11-20` or `2026-11-20T02:14:07Z`: seconds since 1970.
///
/// # Errors
/// What a time looks like.
pub fn utc_time(text: &str) -> Result<i64, String> {
    let whole = if text.len() == "2026-11-20".len() {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    };
    let parsed = whole.parse::<jiff::Timestamp>().map(jiff::Timestamp::as_second);
    parsed.map_err(|_| "write a day or a time in UTC, such as 2026-11-20 or 2026-11-20T02:14:07Z".to_owned())
}

/// As [`utc_time`], where a day means its end: seconds since 1970 of its last second.
///
/// # Errors
/// What a time looks like.
pub fn utc_end(text: &str) -> Result<i64, String> {
    const DAY_SECONDS: i64 = 86_400;
    let day = text.len() == "2026-11-20".len();
    utc_time(text).map(|seconds| if day { seconds + DAY_SECONDS - 1 } else { seconds })
}

/// A code of a finding.
///
/// # Errors
/// The nearest one.
pub fn code(text: &str) -> Result<Code, String> {
    let all: Vec<&str> = Code::ALL.iter().map(|code| code.word()).collect();
    let found = Code::ALL.iter().copied().find(|code| code.word() == text);
    found.ok_or_else(|| match crate::words::nearest(text, &all) {
        Some(word) => format!("did you mean `{word}`?"),
        None => "`counterpart explain` lists every code".to_owned(),
    })
}

/// One class of metadata.
///
/// # Errors
/// The classes that there are.
pub fn metadata_class(text: &str) -> Result<MetadataClass, String> {
    one_of(text, &MetadataClass::ALL.map(MetadataClass::word)).and_then(|word| {
        MetadataClass::from_word(word).ok_or_else(|| format!("{word} is no class of metadata"))
    })
}

/// One of some words.
///
/// # Errors
/// The nearest of them, or all.
pub fn one_of<'a>(text: &str, words: &[&'a str]) -> Result<&'a str, String> {
    let found = words.iter().find(|word| **word == text);
    found
        .copied()
        .ok_or_else(|| match crate::words::nearest(text, words) {
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("it is one of {}", crate::words::list(words)),
        })
}
