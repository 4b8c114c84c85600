//! The rules alone and in a row, on good and on hostile outputs.

mod comparing;
mod differing;
mod normalising;

use crate::{Column, Drop, Normalised, Normaliser, Rule};

/// A rule that masks.
fn mask(pattern: &str) -> Rule {
    Rule::Mask(pattern.to_owned())
}

/// A rule that leaves out columns between blanks.
fn columns(numbers: &[u32]) -> Rule {
    Rule::Drop(Drop {
        columns: numbers.iter().copied().map(Column::Number).collect(),
        separator: None,
    })
}

/// A rule that leaves out columns of a table with one separator.
fn cells(columns: &[Column], separator: &str) -> Rule {
    Rule::Drop(Drop {
        columns: columns.to_vec(),
        separator: Some(separator.to_owned()),
    })
}

fn keep(paths: &[&str]) -> Rule {
    Rule::JsonKeep(paths.iter().map(|&path| path.to_owned()).collect())
}

fn leave(paths: &[&str]) -> Rule {
    Rule::JsonLeave(paths.iter().map(|&path| path.to_owned()).collect())
}

fn normalised(rules: &[Rule], text: impl AsRef<[u8]>) -> Normalised {
    Normaliser::new(rules).unwrap().normalise(text.as_ref()).unwrap()
}

fn text(rules: &[Rule], text: impl AsRef<[u8]>) -> String {
    String::from_utf8(normalised(rules, text).bytes).unwrap()
}

fn refused(rules: &[Rule]) -> (usize, String) {
    Normaliser::new(rules).unwrap_err()
}
