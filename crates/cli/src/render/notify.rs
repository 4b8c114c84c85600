//! `notify test`, `send` and `drop` as text: one line a message, and what to do about those that did not go.

use crate::clean::clean;
use crate::documents::{NotifyDocument, NotifyLine, TriedDocument};
use crate::terminal::Paint;
use crate::words;

/// What was tried, and what waits.
pub(crate) fn notify(document: &NotifyDocument, paint: Paint) -> String {
    document.pairs.iter().map(|pair| one(pair, paint)).collect()
}

fn one(pair: &NotifyLine, paint: Paint) -> String {
    let mut out = paint.bold(&clean(&pair.pair));
    let wait = pair.waiting + pair.refused;
    out += &match (pair.dropped, wait) {
        (0, 0) if pair.tried.is_empty() => "  no message waits\n".to_owned(),
        (0, 0) => "\n".to_owned(),
        (0, wait) => format!("  {}\n", words::counted(wait, "message waits", "messages wait")),
        (dropped, _) => format!(
            "  {} let go\n",
            words::counted(dropped, "message was", "messages were")
        ),
    };
    for tried in &pair.tried {
        out += &line(tried, paint);
    }
    out
}

fn line(tried: &TriedDocument, paint: Paint) -> String {
    let whom = tried
        .recipient
        .as_deref()
        .map(|recipient| format!(" to {}", clean(recipient)))
        .unwrap_or_default();
    let about = tried
        .pass
        .as_deref()
        .map(|pass| format!(" about pass {}", clean(pass)))
        .unwrap_or_default();
    let head = format!("{}{whom}{about}", tried.way);
    match &tried.why {
        None => format!("  {} {head}: {}\n", paint.good("sent"), clean(&tried.answer)),
        Some(why) => {
            let hint = tried.hint.as_deref().map(clean).unwrap_or_default();
            format!(
                "  {} {head}: {}\n    → {hint}\n",
                paint.bad("not sent"),
                clean(why)
            )
        }
    }
}
