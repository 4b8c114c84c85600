//! `status`: one line a pair, with when its next pass is due.

use super::verdict::verdict_line;
use crate::documents::StatusDocument;
use crate::terminal::Paint;
use crate::{clock, units};

/// One line a pair.
pub(crate) fn status(document: &StatusDocument, paint: Paint, now_seconds: i64) -> String {
    let lines = document.pairs.iter().map(|pair| {
        let due = pair
            .next_due
            .as_deref()
            .and_then(clock::parse)
            .map(|due| due_text(due, now_seconds, paint));
        format!(
            "{}{}\n",
            verdict_line(pair, paint, now_seconds),
            due.unwrap_or_default()
        )
    });
    lines.collect()
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
