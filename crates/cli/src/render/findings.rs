//! Findings, grouped by cause: how many, what it means, the first few, and what to do. Never one line a file.

use crate::clean::clean;
use crate::terminal::Paint;
use crate::words;
use counterpart_engine::report::FailureReport;
use counterpart_model::Code;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// How many entries of one cause are shown.
const EXAMPLES: usize = 3;

/// The findings by cause, or nothing. `omitted` are those that the document does not list.
pub(crate) fn findings(all: &[FailureReport], omitted: u64, paint: Paint) -> String {
    let mut out = String::new();
    for group in groups(all) {
        out += &one_cause(&group, paint);
    }
    if omitted > 0 {
        let more = words::counted(omitted, "more finding is", "more findings are");
        let _ = writeln!(out, "  {more} in the log of the pass");
    }
    if out.is_empty() {
        out
    } else {
        format!("\n{}\n{out}", paint.bold("Findings"))
    }
}

/// The causes in the order in which they were first seen.
fn groups(all: &[FailureReport]) -> Vec<Vec<&FailureReport>> {
    let mut groups: Vec<Vec<&FailureReport>> = Vec::new();
    for finding in all {
        let same = |group: &&mut Vec<&FailureReport>| {
            group.first().is_some_and(|first| cause(first) == cause(finding))
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

/// What makes findings one group; accepted ones are a group of their own.
fn cause(finding: &FailureReport) -> (&str, &str, bool) {
    (&finding.code, &finding.site, finding.exception.is_some())
}

fn one_cause(group: &[&FailureReport], paint: Paint) -> String {
    let Some(first) = group.first() else {
        return String::new();
    };
    let code = Code::ALL.iter().find(|code| code.word() == first.code);
    // A probe is no entry, and has no path.
    let is_of_probe = code.is_some_and(|code| {
        matches!(
            code,
            Code::ProbeDiffers | Code::ProbeFailed | Code::ProbeEmpty | Code::NotClean
        )
    });
    let (one, several) = if is_of_probe {
        ("probe", "probes")
    } else {
        ("entry", "entries")
    };
    let number = words::counted(group.len() as u64, one, several);
    let head = format!("{} at {}, {number}", first.code, first.site);
    let mut out = format!("  {}  {}\n", paint.notice(&head), first.verdict);
    for finding in group.iter().take(EXAMPLES) {
        let path = if is_of_probe {
            String::new()
        } else {
            format!("{}: ", clean(&finding.path))
        };
        let _ = writeln!(out, "    {path}{}", clean(&finding.message));
    }
    if group.len() > EXAMPLES {
        let _ = writeln!(out, "    … and {} more", group.len() - EXAMPLES);
    }
    let remedy = match &first.exception {
        Some(_) => Some(accepted(group)),
        None => code.map(|code| code.remedy().to_owned()),
    };
    if let Some(remedy) = remedy {
        let _ = writeln!(out, "    {}", paint.dim(&format!("→ {remedy}")));
    }
    out
}

/// By what a group was accepted.
fn accepted(group: &[&FailureReport]) -> String {
    let ids: BTreeSet<&str> = group
        .iter()
        .filter_map(|finding| finding.exception.as_deref())
        .collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    let ids = clean(&ids.join(", "));
    format!("accepted by {ids}; `counterpart exception list` says by whom, why and until when.")
}
