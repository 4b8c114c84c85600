//! The page as one file of HTML: its style within, no script, nothing fetched. Every text goes in escaped.

use super::model::{Item, Line, Page, Section, Table, Title};
use super::words::pieces;
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("page.css");
/// Nothing is fetched and nothing runs, whatever the text holds.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Longest piece, in letters, that is not parted: the width of a small phone.
const MAX_WHOLE: usize = 34;

/// The page as HTML.
pub(super) fn render(page: &Page) -> String {
    let title = &page.title;
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { "Certificate " (title.number) " of " (title.pair) ": " (title.verdict) }
                style { (PreEscaped(STYLE)) (PreEscaped(margins(title))) }
            }
            body {
                main {
                    (head(title))
                    @for (number, section) in page.sections.iter().enumerate() { (part(number, section)) }
                }
            }
        }
    };
    markup.into_string()
}

/// What stands at the foot of each printed sheet: digits and hexadecimal digits alone, since a style is not escaped.
fn margins(title: &Title) -> String {
    let digest: String = title.sha256.chars().filter(char::is_ascii_hexdigit).collect();
    let number = title.number;
    format!(
        "@page{{@bottom-left{{content:\"Certificate {number}, SHA-256 {digest}\"}}\
         @bottom-right{{content:counter(page) \" of \" counter(pages)}}}}\n"
    )
}

fn head(title: &Title) -> Markup {
    let tone = if title.good { "verdict good" } else { "verdict bad" };
    html! {
        header {
            p.eyebrow { "Counterpart certificate " (title.number) }
            h1 { (title.pair) }
            p class=(tone) { strong { (title.verdict) } " as of " (kept(&title.as_of)) }
            ul.facts {
                li { (kept(&title.oldest)) }
                li { (title.clean) }
                li { "SHA-256 of the certificate: " code { (title.sha256) } }
            }
        }
    }
}

fn part(number: usize, section: &Section) -> Markup {
    let id = format!("part-{}", number + 1);
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) { (section.heading) }
            @for items in section.items.chunk_by(both_fields) { (group(items)) }
        }
    }
}

/// Fields that follow each other are one list.
const fn both_fields(one: &Item, next: &Item) -> bool {
    matches!((one, next), (Item::Field { .. }, Item::Field { .. }))
}

fn group(items: &[Item]) -> Markup {
    match items {
        [Item::Note(text)] => html! { p { (kept(text)) } },
        [Item::Table(rows)] => table(rows),
        [Item::Typed(lines)] => html! { pre { code { (lines.join("\n")) } } },
        fields => html! { dl { @for field in fields { (one_field(field)) } } },
    }
}

fn one_field(item: &Item) -> Markup {
    let Item::Field { label, lines } = item else {
        return html! {};
    };
    html! {
        div {
            dt { (label) }
            @for lines in lines.chunk_by(both_examples) { dd { (values(lines)) } }
        }
    }
}

/// Examples that follow each other are one list.
const fn both_examples(one: &Line, next: &Line) -> bool {
    matches!((one, next), (Line::Example(_), Line::Example(_)))
}

fn values(lines: &[Line]) -> Markup {
    match lines {
        [Line::Text(text)] => kept(text),
        [Line::Exact(text)] => html! { code { (text) } },
        examples => html! { ul { @for line in examples { li { (example(line)) } } } },
    }
}

fn example(line: &Line) -> &str {
    match line {
        Line::Text(text) | Line::Exact(text) | Line::Example(text) => text,
    }
}

/// The roles are said again, since a narrow page shows rows and cells as blocks, which takes them away.
fn table(table: &Table) -> Markup {
    if table.rows.is_empty() {
        return html! {};
    }
    html! {
        table role="table" {
            caption { (table.caption) }
            thead role="rowgroup" {
                tr role="row" { @for header in &table.headers { th scope="col" role="columnheader" { (header) } } }
            }
            tbody role="rowgroup" { @for cells in &table.rows { (row(&table.headers, cells)) } }
        }
    }
}

fn row(headers: &[&'static str], cells: &[String]) -> Markup {
    html! {
        tr role="row" {
            @for (position, (header, cell)) in headers.iter().zip(cells).enumerate() {
                @if position == 0 {
                    th scope="row" role="rowheader" { (kept(cell)) }
                } @else {
                    td role="cell" data-label=(header) { (kept(cell)) }
                }
            }
        }
    }
}

/// Text in which a number, a time, a rounded size and a word with a hyphen are not parted at the end of a line.
fn kept(text: &str) -> Markup {
    html! {
        @for (position, piece) in pieces(text, usize::MAX).iter().enumerate() {
            @if position > 0 { " " }
            @if is_whole(piece) { span.whole { (piece) } } @else { (piece) }
        }
    }
}

/// True for a piece that a narrow page would part, and that is short enough for the narrowest.
fn is_whole(piece: &str) -> bool {
    piece.contains([' ', '-']) && piece.chars().count() <= MAX_WHOLE
}
