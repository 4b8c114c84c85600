//! The page before it has a form: sections of labelled values, notes, tables and commands. Knows nothing of certificates,
//! of columns or of tags.

use counterpart_model::escape;

/// The whole page.
pub(super) struct Page {
    pub(super) title: Title,
    pub(super) sections: Vec<Section>,
}

/// What stands above all sections.
pub(super) struct Title {
    /// The certificate's number.
    pub(super) number: u64,
    /// The pair.
    pub(super) pair: String,
    /// Whether the verdict is the good one.
    pub(super) good: bool,
    /// The verdict in a word or two.
    pub(super) verdict: &'static str,
    /// The time that it is of.
    pub(super) as_of: String,
    /// How old the oldest read is.
    pub(super) oldest: String,
    /// What the application's own checks said.
    pub(super) clean: &'static str,
    /// SHA-256 of the certificate.
    pub(super) sha256: String,
}

/// A heading and what belongs to it.
pub(super) struct Section {
    pub(super) heading: &'static str,
    pub(super) items: Vec<Item>,
}

/// One thing in a section.
pub(super) enum Item {
    /// A paragraph.
    Note(String),
    /// A label and its values.
    Field { label: String, lines: Vec<Line> },
    /// Rows of cells under headers; the first cell of a row names it.
    Table(Table),
    /// Lines to be typed as they are.
    Typed(Vec<String>),
}

/// One value of a field.
pub(super) enum Line {
    /// In words.
    Text(String),
    /// To be compared letter by letter.
    Exact(String),
    /// One of several examples.
    Example(String),
}

/// See [`Item::Table`].
pub(super) struct Table {
    pub(super) caption: &'static str,
    pub(super) headers: Vec<&'static str>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Page {
    /// A page without a section.
    pub(super) const fn new(title: Title) -> Self {
        Self {
            title,
            sections: Vec::new(),
        }
    }

    /// Begins a section.
    pub(super) fn heading(&mut self, heading: &'static str) {
        let items = Vec::new();
        self.sections.push(Section { heading, items });
    }

    /// A paragraph.
    pub(super) fn note(&mut self, text: &str) {
        self.item(Item::Note(shown(text)));
    }

    /// A label and its first value.
    pub(super) fn field(&mut self, label: &str, value: &str) {
        let lines = vec![Line::Text(shown(value))];
        let label = shown(label);
        self.item(Item::Field { label, lines });
    }

    /// A label and a first value that is to be compared letter by letter.
    pub(super) fn exact_field(&mut self, label: &str, value: &str) {
        let lines = vec![Line::Exact(shown(value))];
        let label = shown(label);
        self.item(Item::Field { label, lines });
    }

    /// A further value of the last field.
    pub(super) fn line(&mut self, value: &str) {
        self.push(Line::Text(shown(value)));
    }

    /// The same, to be compared letter by letter.
    pub(super) fn exact(&mut self, value: &str) {
        self.push(Line::Exact(shown(value)));
    }

    /// The same, one of several examples.
    pub(super) fn example(&mut self, value: &str) {
        self.push(Line::Example(shown(value)));
    }

    /// A table.
    pub(super) fn table(&mut self, caption: &'static str, headers: &[&'static str], rows: &[Vec<String>]) {
        let rows = rows
            .iter()
            .map(|row| row.iter().map(|cell| shown(cell)).collect());
        self.item(Item::Table(Table {
            caption,
            headers: headers.to_vec(),
            rows: rows.collect(),
        }));
    }

    /// Lines to be typed as they are.
    pub(super) fn typed(&mut self, lines: &[String]) {
        self.item(Item::Typed(lines.iter().map(|line| shown(line)).collect()));
    }

    fn item(&mut self, item: Item) {
        if let Some(section) = self.sections.last_mut() {
            section.items.push(item);
        }
    }

    fn push(&mut self, line: Line) {
        let last = self
            .sections
            .last_mut()
            .and_then(|section| section.items.last_mut());
        if let Some(Item::Field { lines, .. }) = last {
            lines.push(line);
        }
    }
}

/// The text with control and direction characters escaped; all else, backslashes included, stays.
pub(super) fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' => out.push('\\'),
            other => out.push_str(&escape::shown(other.encode_utf8(&mut [0; 4]).as_bytes())),
        }
    }
    out
}
