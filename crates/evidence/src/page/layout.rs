//! Lines, headings and labelled values within 80 columns. Knows nothing of certificates.

use super::words::pieces;
use counterpart_model::escape;

const WIDTH: usize = 80;
const INDENT: usize = 2;
/// Column at which values begin; a digest of 64 digits then ends at the margin.
const VALUE_COLUMN: usize = 16;

/// A page that grows downwards.
pub(super) struct Page(String);

impl Page {
    pub(super) const fn new() -> Self {
        Self(String::new())
    }

    /// One line with something at each margin.
    pub(super) fn both_margins(&mut self, left: &str, right: &str) {
        let (left, right) = (printable(left), printable(right));
        let used = left.chars().count() + right.chars().count();
        let gap = if used < WIDTH {
            " ".repeat(WIDTH - used)
        } else {
            "\n".to_owned()
        };
        self.line(&format!("{left}{gap}{right}"));
    }

    /// A rule across the page.
    pub(super) fn rule(&mut self) {
        self.line(&"=".repeat(WIDTH));
    }

    /// An empty line and a heading.
    pub(super) fn heading(&mut self, text: &str) {
        self.line("");
        self.line(text);
    }

    /// An empty line.
    pub(super) fn blank(&mut self) {
        self.line("");
    }

    /// A line from the left margin, as it stands.
    pub(super) fn plain(&mut self, text: &str) {
        self.line(&printable(text));
    }

    /// Indented text.
    pub(super) fn note(&mut self, text: &str) {
        self.wrapped(&" ".repeat(INDENT), INDENT, text);
    }

    /// A label and its value; an empty label goes on with the value above, a long one has a line of its own.
    pub(super) fn field(&mut self, label: &str, value: &str) {
        let label = printable(label);
        let room = VALUE_COLUMN - INDENT;
        if label.chars().count() < room {
            return self.wrapped(&format!("{:INDENT$}{label:<room$}", ""), VALUE_COLUMN, value);
        }
        self.note(&label);
        self.field("", value);
    }

    /// A line that must not be wrapped, since it is to be typed.
    pub(super) fn verbatim(&mut self, text: &str) {
        self.line(&format!("{:INDENT$}{}", "", printable(text)));
    }

    pub(super) fn finish(self) -> String {
        self.0
    }

    /// Words after `start`, further lines indented by `indent` columns.
    fn wrapped(&mut self, start: &str, indent: usize, text: &str) {
        let mut line = start.to_owned();
        let mut column = line.chars().count();
        let mut fresh = true;
        for word in pieces(&printable(text), WIDTH - indent) {
            let length = word.chars().count();
            if !fresh && column + 1 + length > WIDTH || fresh && column + length > WIDTH {
                self.line(&line);
                line = " ".repeat(indent);
                (column, fresh) = (indent, true);
            }
            if !fresh {
                line.push(' ');
            }
            line.push_str(&word);
            column += length + usize::from(!fresh);
            fresh = false;
        }
        self.line(&line);
    }

    fn line(&mut self, text: &str) {
        self.0.push_str(text.trim_end());
        self.0.push('\n');
    }
}

/// The text with control and direction characters escaped; all else, backslashes included, stays.
fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' => out.push('\\'),
            other => out.push_str(&escape::shown(other.encode_utf8(&mut [0; 4]).as_bytes())),
        }
    }
    out
}
