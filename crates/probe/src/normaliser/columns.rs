//! Leaving out columns of a table, by their numbers or by what the first line calls them.
//!
//! Quotes mean nothing here: a separator within them separates. Between blanks, what is left is joined by one blank, since
//! the width of what went must not show.

use super::{lines, push};
use crate::rule::{Column, Drop};

#[derive(Clone, Debug)]
pub(super) struct Columns {
    numbers: Vec<usize>,
    names: Vec<String>,
    separator: Option<Vec<u8>>,
}

impl Columns {
    pub(super) fn new(drop: &Drop) -> Result<Self, String> {
        let mut columns = Self {
            numbers: Vec::new(),
            names: Vec::new(),
            separator: drop.separator.as_ref().map(|text| text.clone().into_bytes()),
        };
        for column in &drop.columns {
            match column {
                Column::Number(0) => return Err("columns are numbered from 1".to_owned()),
                Column::Number(number) => columns
                    .numbers
                    .push(usize::try_from(*number).unwrap_or(usize::MAX)),
                Column::Name(name) => columns.names.push(name.clone()),
            }
        }
        if drop.columns.is_empty() {
            return Err("it names no column".to_owned());
        }
        let unfit = |separator: &Vec<u8>| separator.is_empty() || separator.contains(&b'\n');
        if columns.separator.as_ref().is_some_and(unfit) {
            return Err("a separator is at least one letter, and no line feed".to_owned());
        }
        Ok(columns)
    }

    pub(super) fn drop_from(&self, bytes: &[u8]) -> Result<Vec<u8>, String> {
        let mut out = Vec::with_capacity(bytes.len());
        let mut going = None;
        for (line, end) in lines(bytes) {
            let cells = self.cells(line);
            if going.is_none() {
                going = Some(self.going(&cells)?);
            }
            let goes = |at: usize| going.as_ref().is_some_and(|going| going.contains(&(at + 1)));
            let mut first = true;
            for (_, cell) in cells.iter().enumerate().filter(|(at, _)| !goes(*at)) {
                if !first {
                    push(&mut out, self.separator.as_deref().unwrap_or(b" "))?;
                }
                push(&mut out, cell)?;
                first = false;
            }
            push(&mut out, end)?;
        }
        Ok(out)
    }

    /// The numbers of all columns that go; the first line has the names.
    fn going(&self, header: &[&[u8]]) -> Result<Vec<usize>, String> {
        let mut going = self.numbers.clone();
        for name in &self.names {
            let at = header
                .iter()
                .position(|cell| cell.trim_ascii() == name.as_bytes());
            let at = at.ok_or_else(|| format!("its first line has no column that is called {name:?}"))?;
            going.push(at + 1);
        }
        Ok(going)
    }

    fn cells<'a>(&self, line: &'a [u8]) -> Vec<&'a [u8]> {
        match &self.separator {
            Some(separator) => split(line, separator),
            None => line
                .split(|byte| matches!(byte, b' ' | b'\t'))
                .filter(|word| !word.is_empty())
                .collect(),
        }
    }
}

/// What stands between separators; an empty line is one empty cell.
fn split<'a>(line: &'a [u8], separator: &[u8]) -> Vec<&'a [u8]> {
    let mut cells = Vec::new();
    let (mut from, mut at) = (0, 0);
    while at < line.len() {
        if line[at..].starts_with(separator) {
            cells.push(&line[from..at]);
            at += separator.len();
            from = at;
        } else {
            at += 1;
        }
    }
    cells.push(&line[from..]);
    cells
}
