//! What the certificates before say of the numbers that creep: read off them, never written into one.

use super::model::Page;
use crate::certificate::Certificate;
use crate::quantity;
use counterpart_model::Code;

const HEADERS: [&str; 5] = ["What", "First", "Least", "Most", "Now"];

/// Passes that a trend looks back over.
pub const TREND_PASSES: usize = 10;

/// The numbers over some passes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Trends {
    /// How many passes there are.
    pub passes: u64,
    /// Age in seconds of the oldest read, at the time of each pass; `None` where a pass knows of none.
    pub oldest_read_seconds: Option<Range>,
    /// Deletions that were withheld.
    pub withheld_deletes: Option<Range>,
    /// Exceptions in force.
    pub exceptions: Option<Range>,
    /// Days since the last rehearsal, at the time of each pass; `None` where there was none.
    pub rehearsal_days: Option<Range>,
}

/// One number over some passes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Range {
    /// At the first of the passes.
    pub first: u64,
    /// The least.
    pub least: u64,
    /// The most.
    pub most: u64,
    /// At the last of the passes.
    pub now: u64,
}

impl Trends {
    /// The numbers of these certificates, oldest first.
    pub fn of(certificates: &[Certificate]) -> Self {
        let seconds = |certificate: &Certificate| u64::try_from(certificate.oldest_read_age()?.max(0)).ok();
        Self {
            passes: certificates.len() as u64,
            oldest_read_seconds: range(certificates.iter().filter_map(seconds)),
            withheld_deletes: range(certificates.iter().map(withheld)),
            exceptions: range(
                certificates
                    .iter()
                    .map(|certificate| certificate.exceptions.len() as u64),
            ),
            // No certificate tells of a rehearsal yet.
            rehearsal_days: None,
        }
    }
}

fn range(mut numbers: impl Iterator<Item = u64>) -> Option<Range> {
    let first = numbers.next()?;
    let start = Range {
        first,
        least: first,
        most: first,
        now: first,
    };
    Some(numbers.fold(start, |range, now| Range {
        first,
        least: range.least.min(now),
        most: range.most.max(now),
        now,
    }))
}

/// Entries that production does not show any more and that the standby keeps: what lies beneath a directory that could
/// not be listed, and what is append-only.
fn withheld(certificate: &Certificate) -> u64 {
    let groups = certificate.not_compared.iter().chain(&certificate.findings);
    let withheld = groups.filter(|group| matches!(group.code, Code::UnreadBeneath | Code::AppendOnlyDelete));
    withheld.fold(0, |sum, group| sum.saturating_add(group.count))
}

/// The section of the page.
pub(super) fn show(trends: &Trends, page: &mut Page) {
    page.heading("Trends");
    let passes = quantity::of(trends.passes, "certificate", "certificates");
    page.note(&format!(
        "From the journal of this host, not from this certificate: the last {passes} of the pair, up to this one."
    ));
    let age = |seconds: u64| quantity::age(i64::try_from(seconds).unwrap_or(i64::MAX));
    let rows = [
        row("Oldest read", trends.oldest_read_seconds, age),
        row("Withheld deletes", trends.withheld_deletes, quantity::count),
        row("Exceptions in force", trends.exceptions, quantity::count),
        row("Last rehearsal", trends.rehearsal_days, |days| {
            format!("{} d ago", quantity::count(days))
        }),
    ];
    let known: Vec<_> = rows.iter().filter(|row| row.len() > 1).cloned().collect();
    page.table("What creeps from pass to pass", &HEADERS, &known);
    for row in rows.iter().filter(|row| row.len() == 1) {
        page.field(&row[0], "none yet");
    }
}

/// The name and the numbers; the name alone where there are none.
fn row(what: &str, range: Option<Range>, shown: impl Fn(u64) -> String) -> Vec<String> {
    let numbers = range.map(|range| [range.first, range.least, range.most, range.now]);
    let cells = numbers.into_iter().flatten().map(shown);
    std::iter::once(what.to_owned()).chain(cells).collect()
}
