//! What `explain` says: one code at length, or all in a line each.

use super::table::{Align, columns, wrapped};
use crate::documents::{ExplainDocument, Explained};
use crate::terminal::Paint;

/// Text is broken at so many columns, with its indent.
const WIDTH: usize = 78;

/// The codes that were asked for.
pub(crate) fn explain(document: &ExplainDocument, paint: Paint) -> String {
    let ExplainDocument { exits, codes } = document;
    if exits.len() + codes.len() == 1 {
        return exits
            .iter()
            .chain(codes)
            .map(|one| at_length(one, paint))
            .collect();
    }
    format!(
        "{}\n{}\n{}\n{}",
        paint.bold("Exit codes"),
        listed(exits),
        paint.bold("Codes of failures and findings"),
        listed(codes)
    )
}

fn at_length(one: &Explained, paint: Paint) -> String {
    let name = match one.effect {
        Some(_) => one.code.clone(),
        None => format!("exit {}", one.code),
    };
    let part =
        |head: &str, text: &str| format!("\n  {}\n{}", paint.bold(head), wrapped(text, WIDTH - 4, "    "));
    let mut out = format!(
        "{}\n{}",
        paint.bold(&name),
        wrapped(&one.meaning, WIDTH - 2, "  ")
    );
    out += &part("What to do", &one.remedy);
    if let Some(effect) = &one.effect {
        out += &part("What it leads to", effect);
    }
    if let Some(exception) = &one.exception {
        out += &part("As an exception", exception);
    }
    out
}

fn listed(list: &[Explained]) -> String {
    let rows: Vec<Vec<String>> = list
        .iter()
        .map(|one| vec![format!("  {}", one.code), one.meaning.clone()])
        .collect();
    columns(&rows, &[Align::Left, Align::Left])
}
