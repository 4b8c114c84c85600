//! Numbers for people: exact counts in groups of three, bytes with their decimal unit beside, durations.

/// `1 234 567`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

/// `1 234 567 bytes (1.2 MB)`; below a thousand only `512 bytes`.
pub fn bytes(number: u64) -> String {
    match number {
        1 => "1 byte".to_owned(),
        0..1_000 => format!("{number} bytes"),
        _ => format!("{} bytes ({})", count(number), short_bytes(number)),
    }
}

/// `1.2 MB`.
pub fn short_bytes(number: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if number < 1_000 {
        return format!("{number} B");
    }
    // In tenths of the unit, rounded to the nearest, so that 999 950 bytes are 1.0 MB and not 1000.0 kB.
    let mut scale = 1_000_u128;
    let mut unit = 0;
    let tenths = |scale: u128| (u128::from(number) * 10 + scale / 2) / scale;
    while tenths(scale) >= 10_000 {
        scale *= 1_000;
        unit += 1;
    }
    let tenths = tenths(scale);
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
}

/// Seconds as a person says them: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `41 d`.
pub fn seconds(seconds: f64) -> String {
    if seconds < 9.95 {
        return format!("{:.1} s", seconds.max(0.0));
    }
    duration(whole(seconds))
}

/// Whole seconds as a person says them.
pub fn duration(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => two(minutes, "min", seconds % 60, "s"),
        3_600..86_400 => two(hours, "h", minutes % 60, "min"),
        86_400..864_000 => two(days, "d", hours % 24, "h"),
        _ => format!("{} d", count(days)),
    }
}

/// How long ago something was, in the largest unit: `41 d`, `3 h`, `12 min`, `now`.
pub fn age(seconds: i64) -> String {
    match u64::try_from(seconds).unwrap_or(0) {
        0..60 => "now".to_owned(),
        seconds @ 60..3_600 => format!("{} min", seconds / 60),
        seconds @ 3_600..86_400 => format!("{} h", seconds / 3_600),
        seconds => format!("{} d", count(seconds / 86_400)),
    }
}

/// The nearest whole number that is not negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates at both ends, and no number is nothing"
)]
pub fn whole(number: f64) -> u64 {
    number.round() as u64
}

fn two(large: u64, large_unit: &str, small: u64, small_unit: &str) -> String {
    if small == 0 {
        format!("{large} {large_unit}")
    } else {
        format!("{large} {large_unit} {small} {small_unit}")
    }
}
