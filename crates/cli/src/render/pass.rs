//! `mirror`, `run`, `verify` and `repair`: a few aligned lines that end in the verdict.

use super::findings::findings;
use super::probes;
use super::refusal::{Allowing, refusal};
use super::table::{Align, columns, labelled};
use super::verdict::verdict_line;
use crate::clean::clean;
use crate::documents::StatusLine;
use crate::terminal::Paint;
use crate::{clock, units, words};
use counterpart_engine::PassReport;
use counterpart_engine::report::{ChangeCounts, ExceptionReport, SideReport};

/// The pass as it is shown.
pub(crate) fn pass(report: &PassReport, allowing: Allowing<'_>, paint: Paint) -> String {
    let mut out = labelled(
        "pass",
        &format!("{}, {}", report.pass, units::seconds(report.seconds)),
    );
    out += &sides(&report.production, &report.standby);
    if report.refusal.is_none() {
        out += "\n";
        out += &work(report);
        out += &left_out(report);
    }
    if let Some(certificate) = &report.certificate {
        out += &labelled("certificate", &clean(certificate));
    }
    out += &probes::of_pass(&report.probes, paint);
    out += &ending(report, paint);
    out += &findings(&report.failures, report.failures_omitted, paint);
    if let Some(refused) = &report.refusal {
        out += &refusal(refused, allowing, paint);
    }
    let now = clock::now().seconds;
    format!(
        "{out}\n{}\n",
        verdict_line(&StatusLine::of_report(report), paint, now)
    )
}

/// The exceptions that end soon: what they cover is a finding again then.
fn ending(report: &PassReport, paint: Paint) -> String {
    let soon = report.exceptions.iter().filter(|one| one.ends_soon);
    let line = |one: &ExceptionReport| {
        let (ends, owner) = (clock::shown(&one.expires), clean(&one.owner));
        let what = format!("{} ends {ends}: {} ({owner})", one.id, clean(&one.pattern));
        labelled("exception", &paint.notice(&what))
    };
    soon.map(line).collect()
}

/// Both sides beside each other.
pub(crate) fn sides(production: &SideReport, standby: &SideReport) -> String {
    let row = |word: &str, side: &SideReport| {
        vec![
            word.to_owned(),
            words::counted(side.files, "file", "files"),
            words::counted(side.directories, "directory", "directories"),
            units::bytes(side.bytes),
            clean(&side.location),
        ]
    };
    let rows = [row("production   ", production), row("standby", standby)];
    let align = [Align::Left, Align::Right, Align::Right, Align::Right, Align::Left];
    columns(&rows, &align)
        .replace("production     ", "production    ")
        .replace("standby        ", "standby       ")
}

fn work(report: &PassReport) -> String {
    let mut out = String::new();
    if report.kind != "verify" {
        out += &labelled("changes", &changes(&report.changes));
        out += &labelled("sent", &units::bytes(report.bytes_sent));
    }
    out += &labelled("read", &units::bytes(report.bytes_read));
    if report.resumed > 0 {
        let taken = words::counted(report.resumed, "change", "changes");
        out += &labelled("resumed", &format!("{taken} of an interrupted pass taken over"));
    }
    out
}

/// `12 created, 3 modified`, or `none`.
pub(crate) fn changes(counts: &ChangeCounts) -> String {
    let all = [
        (counts.created, "created"),
        (counts.modified, "modified"),
        (counts.renamed, "renamed"),
        (counts.deleted, "deleted"),
        (counts.metadata, "metadata only"),
    ];
    let some = all.iter().filter(|(count, _)| *count > 0);
    let some: Vec<String> = some
        .map(|(count, word)| format!("{} {word}", units::count(*count)))
        .collect();
    if some.is_empty() {
        "none".to_owned()
    } else {
        some.join(", ")
    }
}

/// What the verdict says nothing about; silence here would be a lie, so a zero is only left out when all are.
fn left_out(report: &PassReport) -> String {
    let declared = if report.declared > 0 {
        format!(" ({} declared)", units::count(report.declared))
    } else {
        String::new()
    };
    let all = [
        (report.different, "DIFFERENT", String::new()),
        (report.not_compared, "NOT-COMPARED", declared),
        (report.unsettled, "UNSETTLED", String::new()),
        (report.excepted, "EXCEPTED", String::new()),
        (report.after_cut_off, "after the cut-off", String::new()),
    ];
    let some = all.iter().filter(|(count, ..)| *count > 0);
    let some: Vec<String> = some
        .map(|(count, word, more)| format!("{} {word}{more}", units::count(*count)))
        .collect();
    if some.is_empty() {
        labelled("left out", "nothing")
    } else {
        labelled("left out", &some.join(", "))
    }
}

impl StatusLine {
    /// How a pair stands after a pass.
    pub(crate) fn of_report(report: &PassReport) -> Self {
        let guards = report.refusal.iter().flat_map(|refusal| &refusal.guards);
        let in_force = report.exceptions.iter();
        let mut line = Self {
            pair: report.pair.clone(),
            production: report.production.location.clone(),
            standby: report.standby.location.clone(),
            pass: Some(report.pass.clone()),
            congruent: Some(report.congruent),
            clean: report.clean,
            as_of: report.as_of.clone(),
            last_congruent: None,
            oldest_read: report.oldest_read.clone(),
            exceptions: 0,
            exceptions_end: None,
            exceptions_since: None,
            excepted: report.excepted,
            different: report.different,
            unsettled: report.unsettled,
            not_compared: report.not_compared.saturating_sub(report.declared),
            refused: guards.map(|guard| guard.code.clone()).collect(),
            next_due: None,
            not_ready: report.readiness.iter().filter(|check| !check.ready).count() as u64,
            readiness: report.readiness.clone(),
            left: Vec::new(),
            schedule: None,
            paused: None,
            last_run: None,
            certificate: report.certificate.clone(),
            trends: None,
            messages: None,
        };
        line.tell_exceptions(in_force.map(|one| (one.accepted.clone(), one.expires.clone())));
        line
    }

    /// Tells of exceptions in force, each with when it was accepted and when it ends.
    pub(crate) fn tell_exceptions(&mut self, in_force: impl Iterator<Item = (String, String)>) {
        (self.exceptions, self.exceptions_since, self.exceptions_end) = (0, None, None);
        // In this form the order of texts is that of times.
        let least =
            |known: Option<String>, next: String| Some(known.map_or(next.clone(), |known| known.min(next)));
        for (accepted, expires) in in_force {
            self.exceptions += 1;
            self.exceptions_since = least(self.exceptions_since.take(), accepted);
            self.exceptions_end = least(self.exceptions_end.take(), expires);
        }
    }
}
