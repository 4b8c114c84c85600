//! `import`, and what `log` and `where` say of imported logs: always with the mark that it is a log's claim.

use super::table::{Align, columns, labelled};
use crate::clean::clean;
use crate::documents::{
    ClaimDocument, ImportDocument, ImportLogDocument, ImportedEntry, ImportedRunDocument,
    ImportedRunsDocument, PathClaims,
};
use crate::terminal::Paint;
use crate::{clock, units, words};
use counterpart_engine::ledger::imported::DoneCounts;
use std::fmt::Write as _;

/// How many lines that were not understood are shown; `--json` has more.
const SHOWN: usize = 3;

/// What became of each log but those of which an error told already.
pub(crate) fn import(document: &ImportDocument, paint: Paint) -> String {
    let pair = clean(&document.pair);
    let told = document.logs.iter().filter(|log| log.failure.is_none());
    told.map(|log| one_log(log, &pair, paint)).collect()
}

fn one_log(log: &ImportLogDocument, pair: &str, paint: Paint) -> String {
    let name = paint.bold(&clean(&log.log));
    let known = words::counted(log.runs_known, "run", "runs");
    if log.state == "known" {
        let why = format!("it was imported before, with {known}; --again imports it anew");
        return format!("{name}\n  {} {why}\n", paint.notice("known:"));
    }
    let runs = words::counted(log.runs, "run", "runs");
    let mut out = format!("{name}\n  {} {runs} into {pair}", paint.good("imported"));
    if log.runs_known > 0 {
        let _ = write!(out, "; {known} of it known before");
    }
    if log.runs_replaced > 0 {
        let replaced = words::counted(log.runs_replaced, "run", "runs");
        let _ = write!(out, "; {replaced} in the place of what was imported before");
    }
    out += "\n";
    out += &span(log);
    out += &figures(log);
    out + &unread(log, paint)
}

fn span(log: &ImportLogDocument) -> String {
    let time = |text: &Option<String>| text.as_deref().map(clock::shown).unwrap_or_default();
    let (began, ended) = (time(&log.began), time(&log.ended));
    let from = match log.times.as_deref() {
        Some("log") => format!("by the log's own times, read as {}", clean(&log.zone)),
        Some("given") => "as given, since the log has no times".to_owned(),
        _ => "when the file was changed last, since the log has no times; --date gives another".to_owned(),
    };
    if began == ended {
        format!("  {began}, {from}\n")
    } else {
        format!("  {began} to {ended}, {from}\n")
    }
}

fn figures(log: &ImportLogDocument) -> String {
    let mut out = format!(
        "  {}: {}, {}, {}, {} empty, {} not understood\n",
        words::counted(log.lines, "line", "lines"),
        words::counted(log.changes, "change", "changes"),
        words::counted(log.troubles, "trouble", "troubles"),
        words::counted(log.notes, "note", "notes"),
        units::count(log.blank),
        units::count(log.not_understood)
    );
    let done = done(&log.done);
    if !done.is_empty() {
        let _ = writeln!(out, "  {}", done.join(", "));
    }
    out
}

/// What was done, of which there was any.
fn done(counts: &DoneCounts) -> Vec<String> {
    let all = [
        (counts.sent, "sent"),
        (counts.received, "received"),
        (counts.created, "created"),
        (counts.linked, "linked"),
        (counts.changed, "changed"),
        (counts.attributes, "with changed attributes"),
        (counts.unchanged, "unchanged"),
        (counts.deleted, "deleted"),
        (counts.unknown, "not said"),
    ];
    let some = all.into_iter().filter(|(count, _)| *count > 0);
    some.map(|(count, word)| format!("{} {word}", units::count(count)))
        .collect()
}

fn unread(log: &ImportLogDocument, paint: Paint) -> String {
    let mut out = String::new();
    for line in log.first_not_understood.iter().take(SHOWN) {
        let head = paint.notice(&format!("not understood, line {}:", line.line));
        let _ = writeln!(out, "  {head} {}", clean(&line.text));
    }
    out
}

/// The imported runs by time.
pub(crate) fn imported_runs(document: &ImportedRunsDocument, paint: Paint) -> String {
    if document.runs.is_empty() {
        return format!("Nothing was imported into {} yet.\n", clean(&document.pair));
    }
    let head = [
        "RUN",
        "BEGAN",
        "CHANGES",
        "DELETED",
        "TROUBLES",
        "NOT UNDERSTOOD",
        "LOG",
    ];
    let head = head.map(str::to_owned).to_vec();
    let rows = document.runs.iter().map(run_row);
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
    let (left, right) = (Align::Left, Align::Right);
    let table = columns(&rows, &[left, left, right, right, right, right, left]);
    format!("{}\n{table}", paint.notice(MARK))
}

const MARK: &str = "Imported: claims of old logs, no evidence of Counterpart.";

fn run_row(run: &ImportedRunDocument) -> Vec<String> {
    let began = clock::parse(&run.began).map(clock::utc).unwrap_or_default();
    let mut log = clean(&run.log);
    if run.dry_run {
        log += " (dry run)";
    }
    if let Some(code) = run.exit_code {
        let _ = write!(log, " (ended with {code})");
    }
    if !run.finished {
        log += " (end not seen)";
    }
    vec![
        clean(&run.run),
        began,
        units::count(run.changes),
        units::count(run.done.deleted),
        units::count(run.troubles),
        units::count(run.not_understood),
        log,
    ]
}

/// `2011/11/16 00:08:10 [imported-…] <f+++++++++ path`, as a pass has it.
pub(crate) fn imported_line(entry: &ImportedEntry) -> String {
    let time = clock::parse(&entry.at).map(clock::log_time).unwrap_or_default();
    format!("{time} [{}] {}", clean(&entry.run), said(entry))
}

fn said(entry: &ImportedEntry) -> String {
    let text = clean(entry.text.as_deref().unwrap_or_default());
    let (Some(letters), Some(path)) = (&entry.letters, &entry.path) else {
        return match entry.kind.as_str() {
            "not-understood" => format!("not understood: {text}"),
            _ => text,
        };
    };
    let mut out = format!("{} {}", clean(letters), clean(path));
    if let Some(link) = &entry.link {
        let arrow = if letters.starts_with('h') { "=>" } else { "->" };
        let _ = write!(out, " {arrow} {}", clean(link));
    }
    for other in &entry.also {
        let _ = write!(out, " (or {})", clean(&other.path));
    }
    out
}

/// What the imported logs of a pair claim of a path.
pub(crate) fn claims(claims: &PathClaims, paint: Paint) -> String {
    let lines = words::counted(claims.mentions, "line", "lines");
    let mark = "claims of old logs, no evidence of Counterpart";
    let head = paint.bold(&format!("{} imported", clean(&claims.pair)));
    let mut out = format!(
        "{head}  {lines} of imported logs name it: {}\n",
        paint.notice(mark)
    );
    if claims.of_dry_runs > 0 {
        let dry = units::count(claims.of_dry_runs);
        let _ = writeln!(out, "  {dry} of them in dry runs, which did nothing");
    }
    let told = claims.claims.iter().filter(|claim| !is_told(claim, claims));
    told.for_each(|claim| out += &one_claim(claim));
    out
}

/// True for the earliest and the latest line where another claim shows it, too.
fn is_told(claim: &ClaimDocument, claims: &PathClaims) -> bool {
    let is_end = |name: &str| name == "first" || name == "last";
    let same =
        |other: &ClaimDocument| other.entry.line == claim.entry.line && other.entry.run == claim.entry.run;
    let mut others = claims.claims.iter().filter(|other| other.claim != claim.claim);
    is_end(&claim.claim)
        && others.any(|other| same(other) && (!is_end(&other.claim) || claim.claim == "last"))
}

fn one_claim(claim: &ClaimDocument) -> String {
    let label = match claim.claim.as_str() {
        "first" => "first named",
        "brought" => "last brought",
        "changed" => "last changed",
        "deleted" => "last deleted",
        "trouble" => "last trouble",
        _ => "last named",
    };
    let entry = &claim.entry;
    let at = clock::parse(&entry.at).map(clock::utc).unwrap_or_default();
    let doubt = if claim.doubtful {
        ", which can be read in another way"
    } else {
        ""
    };
    let what = entry
        .letters
        .as_deref()
        .or(entry.text.as_deref())
        .unwrap_or_default();
    let text = format!(
        "{at}  {}  line {} of {}{doubt}",
        clean(what),
        entry.line,
        clean(&entry.log)
    );
    format!("  {}", labelled(label, &text))
}
