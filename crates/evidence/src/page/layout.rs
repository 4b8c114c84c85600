//! Lines, headings and labelled values within 80 columns. Knows nothing of certificates.

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

    /// Text from margin to margin.
    pub(super) fn paragraph(&mut self, text: &str) {
        self.wrapped("", 0, text);
    }

    /// Indented text.
    pub(super) fn note(&mut self, text: &str) {
        self.wrapped(&" ".repeat(INDENT), INDENT, text);
    }

    /// A label and its value; an empty label goes on with the value above.
    pub(super) fn field(&mut self, label: &str, value: &str) {
        let label = printable(label);
        let room = VALUE_COLUMN - INDENT;
        self.wrapped(&format!("{:INDENT$}{label:<room$}", ""), VALUE_COLUMN, value);
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

/// The words of a text; one longer than `room` is cut, and digits that form one number with a space stay together.
fn pieces(text: &str, room: usize) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match words.last_mut() {
            Some(last) if is_group(word) && ends_in_digit(last) && last.len() + word.len() < room => {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.extend(cut(word, room)),
        }
    }
    words
}

fn cut(word: &str, room: usize) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    letters.chunks(room).map(|chunk| chunk.iter().collect()).collect()
}

/// True for a group of three digits, with punctuation after it or not.
fn is_group(word: &str) -> bool {
    let digits = word.trim_end_matches([',', '.', ';']);
    digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn ends_in_digit(word: &str) -> bool {
    word.ends_with(|letter: char| letter.is_ascii_digit()) && word.len() <= 31
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
