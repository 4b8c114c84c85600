//! Probes: a line each, and what differs as a coloured unified diff of 80 columns.

use super::table::wrapped;
use crate::clean::clean;
use crate::documents::{ProbeOutputDocument, ProbeShown, ProbeSiteDocument, ProbesDocument};
use crate::terminal::Paint;
use crate::{clock, units, words};
use counterpart_engine::report::{DifferenceLine, ProbeReport};

const WIDTH: usize = 80;
const INDENT: &str = "    ";
/// Most lines of all differences of a pass; the others are counted.
const MAX_LINES: usize = 40;
/// Columns from one tabulator to the next.
const TAB: usize = 8;

/// The probes of a pass.
pub(crate) fn of_pass(probes: &[ProbeReport], paint: Paint) -> String {
    if probes.is_empty() {
        return String::new();
    }
    let mut out = format!("\n{}\n", paint.bold("Probes"));
    let mut room = MAX_LINES;
    for probe in probes {
        out += &head(&probe.name, &probe.verdict, probe.clean, paint);
        out += &probe.why.as_deref().map_or(String::new(), why);
        out += &difference(&probe.difference, &mut room, omitted(probe), paint);
    }
    out
}

/// Lines that the document of a pass does not have.
const fn omitted(probe: &ProbeReport) -> u64 {
    probe.difference_omitted + probe.difference_not_compared
}

/// What `probe` shows.
pub(crate) fn probes(document: &ProbesDocument, paint: Paint) -> String {
    let mut out = format!("{}  {}\n", paint.bold(&clean(&document.pair)), document.pass);
    for probe in &document.probes {
        out += &one(probe, paint);
    }
    out
}

fn one(probe: &ProbeShown, paint: Paint) -> String {
    let mut out = format!("\n{}", head(&probe.name, &probe.verdict, probe.clean, paint));
    let mut room = usize::MAX;
    let omitted = probe.difference_omitted + probe.difference_not_compared;
    out += &difference(&probe.difference, &mut room, omitted, paint);
    for (name, site) in [("production", &probe.production), ("standby", &probe.standby)] {
        out += &site
            .as_ref()
            .map_or(String::new(), |site| at_site(name, site, paint));
    }
    out
}

fn at_site(name: &str, site: &ProbeSiteDocument, paint: Paint) -> String {
    let what = format!("at {name}: {} {}", site.act, site.words.join(" "));
    let mut out = wrapped(&clean(&what), WIDTH - INDENT.len(), INDENT);
    if let (Some(began), Some(ended)) = (&site.began, &site.ended_by) {
        let status = site.status.map_or(String::new(), |status| format!(" {status}"));
        out += &format!(
            "{INDENT}began {}, ended by {ended}{status}\n",
            clock::shown(began)
        );
    }
    if let Some(obstacle) = &site.obstacle {
        out += &format!("{INDENT}not compared: {}\n", paint.notice(obstacle));
    }
    out + &[&site.raw, &site.errors, &site.normalised]
        .into_iter()
        .flatten()
        .map(|output| file(output, paint))
        .collect::<String>()
}

fn file(output: &ProbeOutputDocument, paint: Paint) -> String {
    let gone = if output.kept { "" } else { ", not kept any more" };
    let mut out = format!(
        "{INDENT}{}, {}{gone}\n",
        clean(&output.name),
        units::bytes(output.bytes)
    );
    for line in output.text.iter().flat_map(|text| text.lines()) {
        out += &format!("{INDENT}{} {}\n", paint.dim("|"), expanded(line));
    }
    out
}

fn head(name: &str, verdict: &str, clean_said: Option<bool>, paint: Paint) -> String {
    let painted = match verdict {
        "EQUAL" => paint.good(verdict),
        "DIFFERENT" => paint.bad(verdict),
        other => paint.notice(other),
    };
    let said = match clean_said {
        Some(true) => "  clean".to_owned(),
        Some(false) => format!("  {}", paint.bad("NOT CLEAN")),
        None => String::new(),
    };
    format!("  {:<24} {painted}{said}\n", clean(name))
}

fn why(text: &str) -> String {
    wrapped(&clean(text), WIDTH - INDENT.len(), INDENT)
}

/// A difference within what room there is left.
fn difference(lines: &[DifferenceLine], room: &mut usize, omitted: u64, paint: Paint) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let mut out = format!(
        "{INDENT}{}\n{INDENT}{}\n",
        paint.removed("--- production"),
        paint.added("+++ standby")
    );
    let shown = lines.len().min(*room);
    *room -= shown;
    for line in &lines[..shown] {
        let text = expanded(&line.text);
        let text = match line.line.as_str() {
            "production" => paint.removed(&cut(&format!("-{text}"))),
            "standby" => paint.added(&cut(&format!("+{text}"))),
            "same" => cut(&format!(" {text}")),
            _ => paint.dim(&cut(&text)),
        };
        out += &format!("{INDENT}{text}\n");
    }
    let more = (lines.len() - shown) as u64 + omitted;
    if more > 0 {
        let more = words::counted(more, "line", "lines");
        out += &format!(
            "{INDENT}{}\n",
            paint.dim(&format!("… {more} more: `counterpart probe` shows the outputs"))
        );
    }
    out
}

/// Tabulators as blanks, and nothing that a terminal would obey.
fn expanded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut column = 0;
    for letter in text.chars() {
        if letter == '\t' {
            let blanks = TAB - column % TAB;
            out.extend(std::iter::repeat_n(' ', blanks));
            column += blanks;
        } else {
            out.push(letter);
            column += 1;
        }
    }
    clean(&out)
}

/// At most what the page is wide.
fn cut(text: &str) -> String {
    let width = WIDTH - INDENT.len();
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width - 1).chain(['…']).collect()
}
