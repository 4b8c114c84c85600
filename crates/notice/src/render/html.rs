//! The message as HTML: nothing is fetched and nothing runs. Styles stand at each element, since mail programs take others
//! away.

use crate::letter::{CauseLines, Letter};
use maud::{DOCTYPE, Markup, html};

const BODY: &str = "margin:0;padding:16px;background:#ffffff;color:#1f2328;\
    font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:15px;line-height:1.45";
const SHEET: &str = "max-width:640px;margin:0 auto";
const PAIR: &str = "margin:0 0 2px 0;font-size:20px;font-weight:600;overflow-wrap:anywhere";
const GOOD: &str = "margin:0 0 16px 0;padding:8px 12px;border-left:5px solid #1a7f37;background:#eaf5ec";
const BAD: &str = "margin:0 0 16px 0;padding:8px 12px;border-left:5px solid #b42318;background:#fdecea";
const PLAIN: &str = "margin:0 0 16px 0;padding:8px 12px;border-left:5px solid #57606a;background:#f2f4f6";
const TABLE: &str = "border-collapse:collapse;width:100%";
const LABEL: &str =
    "text-align:left;vertical-align:top;padding:3px 14px 3px 0;font-weight:600;width:112px;color:#424a53";
const VALUE: &str = "text-align:left;vertical-align:top;padding:3px 0;overflow-wrap:anywhere";
const HEADING: &str =
    "margin:20px 0 6px 0;font-size:15px;font-weight:600;border-bottom:1px solid #d0d7de;padding-bottom:3px";
const CAUSE: &str = "margin:0 0 12px 0;overflow-wrap:anywhere";
const LIST: &str = "margin:2px 0;padding-left:20px";
const CODE: &str =
    "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:13px;overflow-wrap:anywhere";
const NEXT: &str = "margin:0;padding:8px 12px;background:#f2f4f6";
const FOOT: &str = "margin:20px 0 0 0;color:#57606a;font-size:13px";

/// The message as HTML.
pub(super) fn render(letter: &Letter) -> String {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (letter.pair) ": " (words(letter)) }
            }
            body style=(BODY) {
                div style=(SHEET) {
                    (head(letter))
                    (table(&letter.rows))
                    (causes(letter))
                    (evidence(letter))
                    h2 style=(HEADING) { "Next message" }
                    p style=(NEXT) { (letter.next) }
                    p style=(FOOT) { (letter.foot) }
                }
            }
        }
    };
    markup.into_string()
}

fn words(letter: &Letter) -> &str {
    if letter.test {
        "TEST"
    } else {
        &letter.verdict.words
    }
}

fn head(letter: &Letter) -> Markup {
    let tone = match (letter.test, letter.verdict.good) {
        (true, _) => PLAIN,
        (false, true) => GOOD,
        (false, false) => BAD,
    };
    html! {
        h1 style=(PAIR) { (letter.pair) }
        p style=(tone) {
            @if letter.test {
                strong { "TEST" } ": it only tries the way that messages go, and reports no pass."
            } @else {
                strong { (letter.verdict.words) } " " (letter.verdict.when)
            }
        }
    }
}

fn table(rows: &[(&'static str, String)]) -> Markup {
    html! {
        @if !rows.is_empty() {
            table style=(TABLE) {
                tbody {
                    @for (label, value) in rows {
                        tr { th scope="row" style=(LABEL) { (label) } td style=(VALUE) { (value) } }
                    }
                }
            }
        }
    }
}

fn causes(letter: &Letter) -> Markup {
    html! {
        @if !letter.causes.is_empty() {
            h2 style=(HEADING) { "Findings" }
            @for one in &letter.causes { (cause(one)) }
            @if let Some(more) = &letter.more { p style=(CAUSE) { (more) } }
        }
    }
}

fn cause(cause: &CauseLines) -> Markup {
    html! {
        div style=(CAUSE) {
            strong { (cause.head) } br;
            (cause.reason)
            @if !cause.examples.is_empty() {
                ul style=(LIST) { @for example in &cause.examples { li { code style=(CODE) { (example) } } } }
            } @else { br; }
            "→ " (cause.remedy)
        }
    }
}

fn evidence(letter: &Letter) -> Markup {
    html! {
        @if !letter.evidence.is_empty() {
            h2 style=(HEADING) { "Evidence" }
            table style=(TABLE) {
                tbody {
                    @for (label, value) in &letter.evidence {
                        tr { th scope="row" style=(LABEL) { (label) } td style=(VALUE) { code style=(CODE) { (value) } } }
                    }
                }
            }
        }
    }
}
