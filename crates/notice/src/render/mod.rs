//! A message as its subject, as text of 80 columns, and as HTML that needs nothing else.

mod html;
mod text;

use crate::letter::{Letter, Sending, plain, short_reason, verdict};
use crate::notice::{Notice, Outcome};

/// Longest subject, in characters: what mail programs show, and more.
const MAX_SUBJECT: usize = 180;

/// The subject of a mail: prefix, pair, verdict and time, on one line whatever the parts hold.
pub fn subject(prefix: &str, notice: &Notice) -> String {
    let test = if notice.test { "TEST of" } else { "" };
    let verdict = verdict(notice);
    let words = if notice.test { String::new() } else { verdict.words };
    let as_of = notice.as_of.filter(|_| !notice.test);
    let as_of = as_of.map_or_else(String::new, |time| {
        format!("as of {}", time.utc().replacen('T', " ", 1))
    });
    let mut parts = vec![plain(prefix), test.to_owned(), plain(&notice.pair), words, as_of];
    if !notice.test {
        parts.push(reason(notice));
    }
    parts.retain(|part| !part.is_empty());
    cut(&parts.join(" "))
}

/// The message as text, no line wider than 80 columns.
pub fn text(notice: &Notice, sending: &Sending) -> String {
    text::render(&Letter::of(notice, sending))
}

/// The message as HTML.
pub fn html(notice: &Notice, sending: &Sending) -> String {
    html::render(&Letter::of(notice, sending))
}

fn reason(notice: &Notice) -> String {
    let reason = short_reason(notice);
    match notice.outcome {
        _ if reason.is_empty() => reason,
        Outcome::Refused => format!("({reason}), nothing was changed"),
        _ => format!("({reason})"),
    }
}

fn cut(subject: &str) -> String {
    if subject.chars().count() <= MAX_SUBJECT {
        return subject.to_owned();
    }
    let kept: String = subject.chars().take(MAX_SUBJECT - 1).collect();
    kept + "…"
}

#[cfg(test)]
mod tests;
