//! The one line that says how a pair stands. It has no green word without a time.

use crate::documents::StatusLine;
use crate::terminal::Paint;
use crate::{clock, units, words};
use counterpart_engine::exceptions::SOON_SECONDS;
use counterpart_evidence::quantity;

/// `pacs-archive  CONGRUENT as of 2026-11-22 02:14:07Z (+01:00)  oldest read 41 d  0 exceptions`.
pub(crate) fn verdict_line(line: &StatusLine, paint: Paint, now_seconds: i64) -> String {
    let mut parts = vec![paint.bold(&line.pair), verdict(line, paint)];
    parts.extend(before(line));
    parts.extend(line.oldest_read.as_deref().and_then(clock::parse).map(|read| {
        let age = units::age(now_seconds.saturating_sub(read));
        format!("oldest read {age}")
    }));
    if line.congruent.is_some() && line.refused.is_empty() {
        parts.push(exceptions(line, paint, now_seconds));
    }
    parts.extend(line.clean.map(|clean| {
        if clean {
            "clean".to_owned()
        } else {
            paint.bad("NOT CLEAN")
        }
    }));
    parts.join("  ")
}

/// `2 exceptions (oldest 41 d, the first ends in 9 d)`.
fn exceptions(line: &StatusLine, paint: Paint, now_seconds: i64) -> String {
    let number = words::counted(line.exceptions, "exception", "exceptions");
    let time = |time: &Option<String>| time.as_deref().and_then(clock::parse);
    let (Some(since), Some(end)) = (time(&line.exceptions_since), time(&line.exceptions_end)) else {
        return number;
    };
    let left = end.saturating_sub(now_seconds);
    let ends = if left <= 0 {
        "the first has ended".to_owned()
    } else {
        format!("the first ends in {}", quantity::age(left))
    };
    let ends = if left <= SOON_SECONDS {
        paint.notice(&ends)
    } else {
        ends
    };
    let oldest = quantity::age(now_seconds.saturating_sub(since));
    format!("{number} (oldest {oldest}, {ends})")
}

fn verdict(line: &StatusLine, paint: Paint) -> String {
    let as_of = line
        .as_of
        .as_deref()
        .map(|time| format!(" as of {}", clock::shown(time)))
        .unwrap_or_default();
    match line.congruent {
        _ if !line.refused.is_empty() => {
            format!(
                "{}{as_of}: {}; nothing was changed",
                paint.bad("REFUSED"),
                line.refused.join(", ")
            )
        }
        None => paint.notice("no pass yet"),
        Some(true) if as_of.is_empty() => paint.notice("no time is known"),
        Some(true) => format!("{}{as_of}", paint.good("CONGRUENT")),
        Some(false) => format!("{}{as_of}{}", paint.bad("NOT CONGRUENT"), why_not(line)),
    }
}

/// What held before a pass that was refused, or found something: the last time at which both sides were equal.
fn before(line: &StatusLine) -> Option<String> {
    let last = line.last_congruent.as_deref()?;
    Some(format!("last CONGRUENT as of {}", clock::shown(last)))
}

fn why_not(line: &StatusLine) -> String {
    let counts = [
        (line.different, "DIFFERENT"),
        (line.unsettled, "UNSETTLED"),
        (line.not_compared, "NOT-COMPARED"),
    ];
    let some = counts.iter().filter(|(count, _)| *count > 0);
    let some: Vec<String> = some
        .map(|(count, word)| format!("{} {word}", units::count(*count)))
        .collect();
    if some.is_empty() {
        String::new()
    } else {
        format!("  {}", some.join(", "))
    }
}
