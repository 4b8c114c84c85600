//! Numbers as people read them: exact, in groups of three, with a decimal unit beside.
//!
//! Nothing is parsed here, and no number is ever shown by its rounded form alone.

const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
const SECONDS_PER_DAY: i64 = 86_400;

/// Digits in groups of three: `1 234 567`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

/// A count with its noun: `1 file`, `1 234 files`.
pub fn of(number: u64, singular: &str, plural: &str) -> String {
    let noun = if number == 1 { singular } else { plural };
    format!("{} {noun}", count(number))
}

/// Exact bytes beside decimal units: `1 234 567 bytes (1.2 MB)`; below a thousand the exact number says all.
pub fn bytes(number: u64) -> String {
    let exact = of(number, "byte", "bytes");
    rounded(number).map_or(exact.clone(), |short| format!("{exact} ({short})"))
}

/// An age: `41 d`, `5 h`, `12 min`, `3 s`; the largest unit that fits, rounded down. A negative age is `0 s`.
pub fn age(seconds: i64) -> String {
    match seconds.max(0) {
        young @ 0..60 => format!("{young} s"),
        young @ 60..3600 => format!("{} min", young / 60),
        young @ 3600..SECONDS_PER_DAY => format!("{} h", young / 3600),
        old => format!("{} d", old / SECONDS_PER_DAY),
    }
}

/// One decimal in the largest unit that keeps the number at one or more; `None` below one kilobyte.
fn rounded(number: u64) -> Option<String> {
    if number < 1000 {
        return None;
    }
    let mut unit = 1000_u128;
    for (position, name) in UNITS.iter().enumerate() {
        let tenths = (u128::from(number) * 10 + unit / 2) / unit;
        if tenths < 10_000 || position + 1 == UNITS.len() {
            return Some(format!("{}.{} {name}", tenths / 10, tenths % 10));
        }
        unit *= 1000;
    }
    None
}
