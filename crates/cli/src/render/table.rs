//! Aligned columns and labelled lines.

use std::fmt::Write as _;

/// How a column is aligned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Align {
    /// At its left.
    Left,
    /// At its right: numbers.
    Right,
}

/// Rows as lines with aligned columns; nothing is put behind the last column.
pub(crate) fn columns(rows: &[Vec<String>], align: &[Align]) -> String {
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| wide(cell))
            .max()
    };
    let widths: Vec<usize> = (0..align.len())
        .map(|column| width(column).unwrap_or(0))
        .collect();
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let padding = " ".repeat(widths[column].saturating_sub(wide(cell)));
            let gap = if column == 0 { "" } else { "  " };
            match align[column] {
                Align::Left => drop(write!(line, "{gap}{cell}{padding}")),
                Align::Right => drop(write!(line, "{gap}{padding}{cell}")),
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// `label       text`, as the lines beneath a heading are.
pub(crate) fn labelled(label: &str, text: &str) -> String {
    format!("{label:<13} {text}\n")
}

/// Text broken into lines of at most `width` characters, each behind `indent`.
pub(crate) fn wrapped(text: &str, width: usize, indent: &str) -> String {
    let mut out = String::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && wide(&line) + 1 + wide(word) > width {
            let _ = writeln!(out, "{indent}{line}");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        let _ = writeln!(out, "{indent}{line}");
    }
    out
}

/// How many columns a text takes on a terminal; colours take none.
fn wide(text: &str) -> usize {
    let mut count = 0;
    let mut in_colour = false;
    for letter in text.chars() {
        match letter {
            '\x1b' => in_colour = true,
            'm' if in_colour => in_colour = false,
            _ if in_colour => {}
            _ => count += 1,
        }
    }
    count
}
