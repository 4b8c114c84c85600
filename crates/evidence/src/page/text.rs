//! The page as lines within 80 columns.

use super::model::{Item, Line, Page, Table, Title};
use super::words::pieces;

const WIDTH: usize = 80;
const INDENT: usize = 2;
/// Column at which values begin; a digest of 64 digits then ends at the margin.
const VALUE_COLUMN: usize = 16;

/// The page as text.
pub(super) fn render(page: &Page) -> String {
    let mut text = Text(String::new());
    text.title(&page.title);
    for section in &page.sections {
        text.line("");
        text.line(&section.heading.to_uppercase());
        section.items.iter().for_each(|item| text.item(item));
    }
    text.0
}

struct Text(String);

impl Text {
    fn title(&mut self, title: &Title) {
        self.both_margins(&format!("COUNTERPART CERTIFICATE {}", title.number), &title.pair);
        self.line(&"=".repeat(WIDTH));
        self.line(&format!(
            "{} as of {}  {}",
            title.verdict, title.as_of, title.oldest
        ));
        self.line(title.clean);
        self.line(&format!("SHA-256 {}", title.sha256));
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Note(text) => self.note(text),
            Item::Field { label, lines } => self.field(label, lines),
            Item::Table(table) => self.table(table),
            Item::Typed(lines) => self.typed(lines),
        }
    }

    /// One line with something at each margin, or two.
    fn both_margins(&mut self, left: &str, right: &str) {
        let used = left.chars().count() + right.chars().count();
        if used < WIDTH {
            return self.line(&format!("{left}{}{right}", " ".repeat(WIDTH - used)));
        }
        self.line(left);
        self.wrapped("", 0, right);
    }

    fn note(&mut self, text: &str) {
        self.wrapped(&" ".repeat(INDENT), INDENT, text);
    }

    fn field(&mut self, label: &str, lines: &[Line]) {
        let mut label = label;
        for line in lines {
            match line {
                Line::Text(text) | Line::Exact(text) => self.value(label, text),
                Line::Example(text) => self.value(label, &format!("- {text}")),
            }
            label = "";
        }
    }

    /// A label and a value; a long label has a line of its own.
    fn value(&mut self, label: &str, value: &str) {
        let room = VALUE_COLUMN - INDENT;
        if label.chars().count() < room {
            return self.wrapped(&format!("{:INDENT$}{label:<room$}", ""), VALUE_COLUMN, value);
        }
        self.note(label);
        self.value("", value);
    }

    /// A table has no room for its columns here: each row is a value, which names them.
    fn table(&mut self, table: &Table) {
        for row in &table.rows {
            let Some((name, cells)) = row.split_first() else {
                continue;
            };
            let named: Vec<_> = table.headers.iter().skip(1).zip(cells).map(named).collect();
            self.value(name, &named.join(", "));
        }
    }

    fn typed(&mut self, lines: &[String]) {
        self.line("");
        for line in lines {
            self.line(&format!("{:INDENT$}{line}", ""));
        }
        self.line("");
    }

    /// Words after `start`, further lines indented by `indent` columns.
    fn wrapped(&mut self, start: &str, indent: usize, text: &str) {
        let mut line = start.to_owned();
        let mut column = line.chars().count();
        let mut fresh = true;
        for word in pieces(text, WIDTH - indent) {
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

/// A cell with the name of its column; an empty cell is the name alone.
fn named((header, cell): (&&'static str, &String)) -> String {
    format!("{} {cell}", header.to_lowercase()).trim_end().to_owned()
}
