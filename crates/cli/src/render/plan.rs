//! `plan`: totals, the first steps, awkward names, stubs and the time it would take.

use super::findings::findings;
use super::pass::{changes, sides};
use super::refusal::{Allowing, refusal};
use super::table::labelled;
use crate::clean::clean;
use crate::terminal::Paint;
use crate::{clock, units, words};
use counterpart_engine::PlanReport;
use counterpart_engine::report::PlannedStep;
use std::fmt::Write as _;

/// How many steps are shown; `--json` has all that the document lists.
const STEPS: usize = 20;

/// The plan as it is shown.
pub(crate) fn plan(report: &PlanReport, allowing: Allowing<'_>, paint: Paint) -> String {
    let mut out = labelled("plan for", &paint.bold(&report.pair));
    out += &labelled("as of", &clock::shown(&report.as_of));
    out += &sides(&report.production, &report.standby);
    out += "\n";
    out += &labelled("would change", &changes(&report.changes));
    out += &labelled("would send", &format!("at most {}", units::bytes(report.bytes)));
    out += &particulars(report);
    out += &labelled("would take", &time(report));
    out += &pass(report, paint);
    out += &steps(report, paint);
    out += &findings(&report.findings, report.findings_omitted, paint);
    out += &report
        .refusal
        .as_ref()
        .map(|refused| refusal(refused, allowing, paint))
        .unwrap_or_default();
    out
}

fn particulars(report: &PlanReport) -> String {
    let mut out = String::new();
    let mut say = |count: u64, label: &str, text: String| {
        if count > 0 {
            out += &labelled(label, &text);
        }
    };
    let renames = words::counted(report.rename_candidates, "new entry", "new entries");
    say(
        report.rename_candidates,
        "renames",
        format!("{renames} may be a renamed one, and would then send nothing"),
    );
    let doubtful = words::counted(report.doubtful, "file", "files");
    say(
        report.doubtful,
        "doubtful",
        format!("{doubtful} would be read again before they are believed"),
    );
    say(
        report.stubs,
        "stubs",
        format!("{} not opened: NOT-COMPARED", units::count(report.stubs)),
    );
    let excluded = words::counted(report.excluded, "entry", "entries");
    say(
        report.excluded,
        "excluded",
        format!("{excluded}, {}", units::bytes(report.excluded_bytes)),
    );
    out
}

fn time(report: &PlanReport) -> String {
    let Some(seconds) = report.seconds_expected else {
        return "not known before the first pass has moved content".to_owned();
    };
    let time = units::seconds(seconds);
    let limit = report.bandwidth.join(", ");
    match (report.bytes_per_second, limit.is_empty()) {
        (Some(rate), is_unlimited) => {
            let rate = units::short_bytes(units::whole(rate));
            let under = if is_unlimited {
                String::new()
            } else {
                format!(" where the limit of the link allows it ({limit})")
            };
            format!("about {time}, at the {rate}/s of earlier passes{under}")
        }
        (None, true) => format!("about {time}"),
        (None, false) => format!("at least {time}, by the limit of the link ({limit})"),
    }
}

/// The steps of a run, where the configuration adds any to those that always are.
fn pass(report: &PlanReport, paint: Paint) -> String {
    if report.pass.iter().all(|step| step.does.is_empty()) {
        return String::new();
    }
    let mut out = format!("\n{}\n", paint.bold("A run"));
    for step in &report.pass {
        out += labelled(&step.step, &clean(&step.does)).trim_end();
        out.push('\n');
    }
    out
}

fn steps(report: &PlanReport, paint: Paint) -> String {
    if report.steps.is_empty() {
        return String::new();
    }
    let mut out = format!("\n{}\n", paint.bold("First changes"));
    for step in report.steps.iter().take(STEPS) {
        let _ = writeln!(out, "  {}", one_step(step));
    }
    let shown = report.steps.len().min(STEPS) as u64;
    let more = report.steps.len() as u64 - shown + report.steps_omitted;
    if more > 0 {
        let _ = writeln!(out, "  … and {} more", units::count(more));
    }
    out
}

fn one_step(step: &PlannedStep) -> String {
    let from = step
        .from
        .as_ref()
        .map(|from| format!("{} -> ", clean(from)))
        .unwrap_or_default();
    let bytes = if step.bytes > 0 {
        format!("  {}", units::short_bytes(step.bytes))
    } else {
        String::new()
    };
    format!("{} {from}{}{bytes}", clean(&step.letters), clean(&step.path))
}
