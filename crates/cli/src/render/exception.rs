//! `exception …` as text: a few lines each, never without who answers for it and until when.

use super::table::wrapped;
use crate::clean::clean;
use crate::documents::{ExceptionAddDocument, ExceptionEndDocument, ExceptionLine, ExceptionListDocument};
use crate::terminal::Paint;
use crate::{clock, words};

/// Text is broken at so many columns, with its indent.
const WIDTH: usize = 100;
const INDENT: &str = "     ";

/// The exceptions of a pair.
pub(crate) fn exceptions(document: &ExceptionListDocument, paint: Paint) -> String {
    let pair = clean(&document.pair);
    let lines: Vec<String> = document
        .exceptions
        .iter()
        .map(|exception| one(exception, paint))
        .collect();
    let mut out = if lines.is_empty() {
        format!("{pair} has no exception in force.\n")
    } else {
        lines.join("\n")
    };
    if document.omitted > 0 {
        let (number, is) = if document.omitted == 1 {
            ("1 other".to_owned(), "is")
        } else {
            (format!("{} others", document.omitted), "are")
        };
        out += &format!("\n{number} {is} over: counterpart exception list --all {pair}\n");
    }
    out
}

fn one(exception: &ExceptionLine, paint: Paint) -> String {
    let codes = if exception.codes.is_empty() {
        "every code".to_owned()
    } else {
        exception.codes.join(", ")
    };
    let mut out = format!(
        "{}  {}  {codes}\n",
        paint.bold(&clean(&exception.id)),
        clean(&exception.pattern)
    );
    out += &text(&exception.reason);
    let since = clock::shown(&exception.accepted);
    out += &text(&format!(
        "{} answers for it; accepted {since} ({} d ago) by {} at {}",
        exception.owner, exception.age_days, exception.account, exception.host
    ));
    out += &format!("{INDENT}{}\n", standing(exception, paint));
    out += &format!("{INDENT}{}\n", uses(exception, paint));
    out
}

fn standing(exception: &ExceptionLine, paint: Paint) -> String {
    let until = clock::shown(&exception.expires);
    match (&exception.ended, exception.standing.as_str()) {
        (Some(ended), _) => clean(&format!(
            "ended {} by {} at {}: {}",
            clock::shown(&ended.at),
            ended.account,
            ended.host,
            ended.reason
        )),
        (None, "in-force") => {
            let ends = format!("ends {until} (in {} d)", exception.days_left);
            if exception.ends_soon {
                paint.notice(&ends)
            } else {
                ends
            }
        }
        _ => paint.notice(&format!("expired {until}: what it covered is a finding again")),
    }
}

fn uses(exception: &ExceptionLine, paint: Paint) -> String {
    let Some(last) = exception.matched_last else {
        return "no pass since".to_owned();
    };
    let passes = words::counted(exception.passes, "pass", "passes");
    if exception.unused {
        return paint.notice(&format!("unused: it covered nothing in {passes}"));
    }
    let entries = words::counted(last, "entry", "entries");
    format!(
        "covered {entries} in the last pass, {} in {passes}",
        exception.matched
    )
}

/// What was accepted.
pub(crate) fn exception_added(document: &ExceptionAddDocument, paint: Paint) -> String {
    let pair = paint.bold(&clean(&document.pair));
    let covered = match document.covered_last {
        None => "No pass has found anything yet.".to_owned(),
        Some(0) => paint.notice("It covers nothing of what the last pass found: look at the pattern again."),
        Some(number) => {
            let findings = words::counted(number, "finding", "findings");
            format!("It would have covered {findings} of the last pass, and counts from the next one on.")
        }
    };
    format!(
        "{pair}: accepted with record {}\n{}{covered}\nhead {}\n",
        document.exception.record,
        one(&document.exception, paint),
        document.head
    )
}

/// What was ended.
pub(crate) fn exception_ended(document: &ExceptionEndDocument, paint: Paint) -> String {
    let pair = paint.bold(&clean(&document.pair));
    format!(
        "{pair}: what it covered is a finding again from the next pass on\n{}head {}\n",
        one(&document.exception, paint),
        document.head
    )
}

fn text(text: &str) -> String {
    wrapped(&clean(text), WIDTH, INDENT)
}
