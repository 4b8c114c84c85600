//! `watchdog`: one line a pair.

use crate::clean::clean;
use crate::documents::{WatchdogDocument, WatchdogLine};
use crate::terminal::Paint;
use crate::{clock, units};

/// One line a pair, and what to do beneath each that is not as it should be.
pub(crate) fn watchdog(document: &WatchdogDocument, paint: Paint) -> String {
    document.pairs.iter().map(|line| one(line, paint)).collect()
}

fn one(line: &WatchdogLine, paint: Paint) -> String {
    let pair = paint.bold(&clean(&line.pair));
    let stands = line
        .as_of
        .as_deref()
        .map(|as_of| stands(line, as_of))
        .unwrap_or_default();
    match (&line.why, &line.hint) {
        (Some(why), hint) => format!(
            "{pair}  {} {}{stands}\n    → {}\n",
            paint.bad("WATCHDOG:"),
            clean(why),
            clean(hint.as_deref().unwrap_or_default())
        ),
        (None, _) => format!("{pair}  {}{stands}\n", paint.good("ok")),
    }
}

fn stands(line: &WatchdogLine, as_of: &str) -> String {
    let verdict = if line.congruent == Some(true) {
        "CONGRUENT"
    } else {
        "NOT CONGRUENT"
    };
    let age = line.age_seconds.unwrap_or_default();
    let limit = line
        .limit_seconds
        .map(|limit| format!(", limit {}", units::duration(limit)))
        .unwrap_or_default();
    let age = units::duration(u64::try_from(age).unwrap_or(0));
    format!("  {verdict} as of {}, {age} ago{limit}", clock::shown(as_of))
}
