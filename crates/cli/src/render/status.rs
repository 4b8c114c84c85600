//! `status`: one line a pair, with when its next pass is due; beneath it the trends, where one pair is asked for.

use super::verdict::verdict_line;
use crate::clean::clean;
use crate::documents::{MessagesDocument, RangeDocument, StatusDocument, StatusLine, TrendsDocument};
use crate::terminal::Paint;
use crate::{clock, serve, units, words};
use counterpart_engine::report::ReadinessReport;
use counterpart_evidence::quantity;

/// One line a pair, and its trends where they are `wanted`.
pub(crate) fn status(document: &StatusDocument, wanted: bool, paint: Paint, now_seconds: i64) -> String {
    let lines = document.pairs.iter().map(|pair| {
        let due = pair
            .next_due
            .as_deref()
            .and_then(clock::parse)
            .map(|due| due_text(due, now_seconds, paint));
        let trends = pair.trends.as_ref().filter(|_| wanted).map(trends);
        let unsent = pair
            .messages
            .as_ref()
            .map(|messages| unsent(messages, paint, now_seconds));
        format!(
            "{}{}\n{}{}{}{}{}",
            verdict_line(pair, paint, now_seconds),
            due.unwrap_or_default(),
            schedule(pair, paint),
            left(pair, paint),
            readiness(pair, wanted, paint),
            unsent.unwrap_or_default(),
            trends.unwrap_or_default()
        )
    });
    lines.chain(serving(document, paint)).collect()
}

/// What keeps the pair from running, and what became of its last run where that is more than its pass says.
fn schedule(pair: &StatusLine, paint: Paint) -> String {
    let paused = pair.paused.as_ref().map(|pause| {
        let until = match &pause.until {
            Some(until) => format!(" until {}", clock::shown(until)),
            None => String::new(),
        };
        let text = format!("paused{until} by {}: {}", pause.by, pause.reason);
        format!("  {}\n", paint.notice(&clean(&text)))
    });
    let last = pair.last_run.as_ref().filter(|last| last.event != "ended");
    let last = last.map(|last| {
        let text = format!("last run {} {}", clock::shown(&last.at), serve::record_text(last));
        format!("  {}\n", paint.notice(&clean(&text)))
    });
    [paused, last].into_iter().flatten().collect()
}

/// What must be known of the `serve` that runs: that it goes by an older configuration than the file has.
fn serving(document: &StatusDocument, paint: Paint) -> Option<String> {
    let serve = document.serve.as_ref()?;
    let broken = serve.broken.as_ref()?;
    let text = format!("serve goes by the configuration that it had before, since {broken}");
    Some(format!("{}\n", paint.bad(&clean(&text))))
}

/// What a pass could not put back.
fn left(pair: &StatusLine, paint: Paint) -> String {
    let one = |left: &String| {
        format!(
            "  {}; `counterpart release` puts it back\n",
            paint.notice(&clean(left))
        )
    };
    pair.left.iter().map(one).collect()
}

/// Checks that fail; where one pair is asked for, all of them.
fn readiness(pair: &StatusLine, wanted: bool, paint: Paint) -> String {
    let shown = pair.readiness.iter().filter(|check| wanted || !check.ready);
    let one = |check: &ReadinessReport| {
        let since = clock::shown(&check.since);
        let why = check
            .message
            .as_deref()
            .map(|why| format!(": {}", clean(why)))
            .unwrap_or_default();
        let name = clean(&check.name);
        if check.ready {
            format!("  ready: {name} since {since}\n")
        } else {
            format!(
                "  {}{why}\n",
                paint.notice(&format!("not ready: {name} since {since}"))
            )
        }
    };
    shown.map(one).collect()
}

/// What could not be told, and since when.
fn unsent(messages: &MessagesDocument, paint: Paint, now_seconds: i64) -> String {
    let wait = messages.waiting + messages.refused;
    if wait == 0 {
        return String::new();
    }
    let oldest = messages.oldest.as_deref().and_then(clock::parse);
    let age = oldest.map_or_else(String::new, |oldest| {
        format!(", the oldest since {}", clock::with_offset(oldest))
    });
    let old = oldest.map_or_else(String::new, |oldest| {
        format!(" ({})", quantity::age(now_seconds.saturating_sub(oldest)))
    });
    let refused = match messages.refused {
        0 => String::new(),
        refused => format!(", {} refused for good", units::count(refused)),
    };
    let head = words::counted(wait, "message was not sent", "messages were not sent");
    let trouble = messages.trouble.as_deref().map(clean).unwrap_or_default();
    format!(
        "  {}\n    {trouble}\n",
        paint.notice(&format!("{head}{age}{old}{refused}"))
    )
}

fn trends(trends: &TrendsDocument) -> String {
    if trends.certificates == 0 {
        return String::new();
    }
    let over = words::counted(trends.certificates, "certificate", "certificates");
    let age = |seconds: u64| quantity::age(i64::try_from(seconds).unwrap_or(i64::MAX));
    let days = |days: u64| format!("{days} d ago");
    let rows = [
        (
            "oldest read",
            trends.oldest_read_seconds.map(|range| numbers(range, age)),
        ),
        (
            "withheld deletes",
            trends
                .withheld_deletes
                .map(|range| numbers(range, quantity::count)),
        ),
        (
            "exceptions",
            trends.exceptions.map(|range| numbers(range, quantity::count)),
        ),
        (
            "last rehearsal",
            trends.rehearsal_days.map(|range| numbers(range, days)),
        ),
    ];
    let lines = rows.into_iter().map(|(what, numbers)| {
        let numbers = numbers.unwrap_or_else(|| "none yet".to_owned());
        format!("  {what:<18}{numbers}\n")
    });
    std::iter::once(format!("Over the last {over}:\n"))
        .chain(lines)
        .collect()
}

fn numbers(range: RangeDocument, shown: impl Fn(u64) -> String) -> String {
    let [first, least, most, now] = [range.first, range.least, range.most, range.now].map(shown);
    format!("first {first}, least {least}, most {most}, now {now}")
}

fn due_text(due: i64, now_seconds: i64, paint: Paint) -> String {
    if due > now_seconds {
        return format!("  next pass due {}", clock::with_offset(due));
    }
    let late = units::age(now_seconds - due);
    let text = if late == "now" {
        "next pass due now".to_owned()
    } else {
        format!("next pass overdue by {late}")
    };
    format!("  {}", paint.notice(&text))
}
