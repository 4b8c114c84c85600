//! The message as lines within 80 columns.

use crate::letter::{CauseLines, Letter};
use counterpart_evidence::page::pieces;

const WIDTH: usize = 80;
const INDENT: usize = 2;
/// Column at which values begin.
const VALUE_COLUMN: usize = 16;

/// The message as text.
pub(super) fn render(letter: &Letter) -> String {
    let mut text = Text(String::new());
    text.head(letter);
    for (label, value) in &letter.rows {
        text.field(label, value);
    }
    if !letter.causes.is_empty() {
        text.heading("Findings");
        letter.causes.iter().for_each(|cause| text.cause(cause));
        letter
            .more
            .iter()
            .for_each(|more| text.wrapped("  ", INDENT, more));
    }
    if !letter.evidence.is_empty() {
        text.heading("Evidence");
        for (label, value) in &letter.evidence {
            text.exact(label, value);
        }
    }
    text.heading("Next message");
    text.wrapped("  ", INDENT, &letter.next);
    text.line("");
    // What stands under this line is a signature to mail programs.
    text.0.push_str("-- \n");
    text.wrapped("", INDENT, &letter.foot);
    text.0
}

struct Text(String);

impl Text {
    fn head(&mut self, letter: &Letter) {
        if letter.test {
            self.wrapped(
                "",
                0,
                "THIS IS A TEST: it only tries the way that messages go, and reports no pass.",
            );
            self.line("");
        }
        let verdict = &letter.verdict;
        let words = if letter.test { "TEST" } else { &verdict.words };
        let when = if letter.test { "" } else { &verdict.when };
        // No line but the first begins at the margin: what a long name goes on with must not look like one of ours.
        self.wrapped("", INDENT, &format!("{}  {words} {when}", letter.pair));
        self.line(&"=".repeat(WIDTH));
    }

    fn heading(&mut self, heading: &str) {
        self.line("");
        self.line(&heading.to_uppercase());
    }

    fn field(&mut self, label: &str, value: &str) {
        self.wrapped(&format!("{label:<VALUE_COLUMN$}"), VALUE_COLUMN, value);
    }

    /// A value that is not parted, where a line has room for it.
    fn exact(&mut self, label: &str, value: &str) {
        self.wrapped("  ", INDENT, &format!("{label}:"));
        self.wrapped("  ", INDENT, value);
    }

    fn cause(&mut self, cause: &CauseLines) {
        self.wrapped("  ", INDENT, &cause.head);
        self.wrapped("    ", 4, &cause.reason);
        for example in &cause.examples {
            self.wrapped("    - ", 6, example);
        }
        self.wrapped("    -> ", 7, &cause.remedy);
    }

    /// Words after `start`, further lines indented by `indent` columns. A word longer than a line is cut.
    fn wrapped(&mut self, start: &str, indent: usize, text: &str) {
        let room = WIDTH - indent.max(start.chars().count());
        let mut line = start.to_owned();
        let mut used = 0;
        for word in pieces(text, room) {
            let length = word.chars().count();
            if used > 0 && used + 1 + length > room {
                self.line(&line);
                line = " ".repeat(indent);
                used = 0;
            }
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line += &word;
            used += length;
        }
        self.line(&line);
    }

    fn line(&mut self, text: &str) {
        self.0.push_str(text.trim_end());
        self.0.push('\n');
    }
}
