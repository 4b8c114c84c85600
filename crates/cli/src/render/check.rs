//! `check`: each mistake with its line, then one line for each thing that was looked at.

use super::table::{Align, columns};
use crate::clean::clean;
use crate::documents::{CheckDocument, CheckLine, MistakeDocument, PairCheck};
use crate::terminal::Paint;
use std::fmt::Write as _;

/// The check as it is shown.
pub(crate) fn check(document: &CheckDocument, paint: Paint) -> String {
    let mut out = String::new();
    for mistake in &document.mistakes {
        out += &one_mistake(mistake, paint);
    }
    if let (Some(file), true) = (&document.configuration, document.mistakes.is_empty()) {
        let _ = writeln!(out, "{} {}", paint.good("ok"), clean(file));
    }
    for pair in &document.pairs {
        out += &one_pair(pair, paint);
    }
    out
}

fn one_mistake(mistake: &MistakeDocument, paint: Paint) -> String {
    let place = match (mistake.line, mistake.column) {
        (Some(line), Some(column)) => format!("{}:{line}:{column}", clean(&mistake.file)),
        _ => clean(&mistake.file),
    };
    let (why, hint) = (clean(&mistake.why), clean(&mistake.hint));
    format!(
        "{}: {} {why}\n  {} {hint}\n",
        paint.bold(&place),
        paint.bad("error:"),
        paint.bold("hint:")
    )
}

fn one_pair(pair: &PairCheck, paint: Paint) -> String {
    let rows: Vec<Vec<String>> = pair.lines.iter().map(|line| row(line, paint)).collect();
    let lines = columns(&rows, &[Align::Left; 4]);
    let ready = if pair.ready {
        paint.good("ready")
    } else {
        paint.bad("NOT READY")
    };
    format!("\n{lines}{}  {ready}\n", paint.bold(&clean(&pair.pair)))
}

fn row(line: &CheckLine, paint: Paint) -> Vec<String> {
    let mark = if line.ok {
        paint.good("ok")
    } else {
        paint.bad("no")
    };
    let remedy = if line.remedy.is_empty() {
        String::new()
    } else {
        format!(" → {}", clean(&line.remedy))
    };
    vec![
        mark,
        line.site.clone(),
        line.about.clone(),
        format!("{}{remedy}", clean(&line.message)),
    ]
}
