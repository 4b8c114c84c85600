//! What a pass gives to be told: read off its report, its certificate and the journal.

use crate::heads;
use crate::wire::Wired;
use crate::{clock, who};
use counterpart_engine::report::{FailureReport, GuardReport, SideReport};
use counterpart_engine::{Ledger, Outcome as Ended, PassKind, PassReport};
use counterpart_evidence::certificate::{Certificate, Group, Moment};
use counterpart_model::{Algorithm, Code, Failure, Verdict};
use counterpart_notice::{Cause, Changes, Example, Exceptions, LeftOut, Notice, Outcome, Probe, Said, Side};

/// Entries of one cause that are named.
const MAX_EXAMPLES: usize = 5;
/// Passes that are looked through for the last that was congruent.
const MAX_LOOKED_AT: usize = 500;

/// The message of a pass.
pub(super) fn of(
    wired: &Wired,
    kind: PassKind,
    ended: &Result<Ended, Failure>,
    last: Option<&Said>,
) -> Notice {
    let mut notice = match ended {
        Ok(Ended::Pass(report)) => of_report(wired, report, last),
        Ok(Ended::Plan(_)) => empty(&wired.pair.name, Outcome::Unfinished),
        Err(failure) => of_failure(wired, failure),
    };
    if kind == PassKind::Verify {
        "verify".clone_into(&mut notice.kind);
    }
    if !notice.is_good() {
        notice.last_congruent = last_congruent(&wired.ledger, notice.pass.as_deref());
    }
    notice.journal_head = heads::shown(&wired.ledger).ok().filter(|head| !head.is_empty());
    notice.id = identity(&notice);
    notice
}

/// A message that only tries the ways.
pub(super) fn test(pair: &str) -> Notice {
    let mut notice = empty(pair, Outcome::Congruent);
    notice.test = true;
    notice.id = identity(&notice);
    notice
}

/// A time with the local offset then.
pub(super) fn moment(seconds: i64) -> Moment {
    Moment::from_seconds(seconds, clock::offset_at(seconds))
}

fn empty(pair: &str, outcome: Outcome) -> Notice {
    let mut notice = Notice::new(pair, outcome, moment(clock::now().seconds));
    notice.host = who::host();
    notice.program = format!("counterpart {}", env!("CARGO_PKG_VERSION"));
    notice
}

/// The same for a message however often it is sent; another for every other message of this host.
fn identity(notice: &Notice) -> String {
    let now = clock::now();
    let pass = notice
        .pass
        .clone()
        .unwrap_or_else(|| format!("{}-{}", now.seconds, now.nanos));
    let pair = Algorithm::Sha256.of(notice.pair.as_bytes()).to_string();
    format!("{pass}.{}@{}", &pair[..8], notice.host)
}

fn of_report(wired: &Wired, report: &PassReport, last: Option<&Said>) -> Notice {
    let outcome = match (&report.refusal, report.congruent) {
        (Some(_), _) => Outcome::Refused,
        (None, false) => Outcome::NotCongruent,
        (None, true) if last.is_some_and(|last| !last.good) => Outcome::Recovered,
        (None, true) => Outcome::Congruent,
    };
    let mut notice = empty(&report.pair, outcome);
    notice.pass = Some(report.pass.clone());
    notice.as_of = time(report.as_of.as_deref());
    notice.seconds = Some(crate::units::whole(report.seconds));
    notice.production = Some(side(&report.production));
    notice.standby = Some(side(&report.standby));
    notice.changes = changes(report);
    notice.left_out = left_out(report);
    notice.oldest_read = time(report.oldest_read.as_deref());
    notice.clean = report.clean;
    notice.exceptions.covered = report.excepted;
    notice.causes = match &report.refusal {
        Some(refusal) => refusal.guards.iter().map(refused).collect(),
        None => causes(&report.failures),
    };
    // It was written a moment ago. Where it cannot be read, the report alone must do.
    let certificate = report
        .certificate
        .as_ref()
        .and_then(|_| wired.ledger.certificate(&report.pass).ok());
    if let Some((certificate, _)) = certificate {
        certified(&mut notice, &certificate);
    }
    notice
}

fn certified(notice: &mut Notice, certificate: &Certificate) {
    notice.certificate = Some(format!("{}.json", certificate.identity.pass));
    notice.exceptions = Exceptions {
        in_force: certificate.exceptions.len() as u64,
        soonest_end: certificate
            .exceptions
            .iter()
            .map(|one| one.expires)
            .min_by_key(|end| end.seconds()),
        ..notice.exceptions
    };
    notice.probes = certificate
        .probes
        .iter()
        .map(|probe| Probe {
            name: probe.name.clone(),
            verdict: probe.verdict.word().to_owned(),
            clean: probe.clean,
        })
        .collect();
    let groups = certificate.not_compared.iter().chain(&certificate.findings);
    for group in groups.filter(|group| !group.declared && group.verdict != Verdict::Excepted) {
        count(&mut notice.causes, group);
    }
}

/// A report lists so many findings and no more; a certificate counts them all.
fn count(causes: &mut Vec<Cause>, group: &Group) {
    let (code, site, verdict) = (group.code.word(), group.site.word(), group.verdict.word());
    let same = |cause: &&mut Cause| cause.code == code && cause.site == site && cause.verdict == verdict;
    if let Some(cause) = causes.iter_mut().find(same) {
        cause.entries = group.count;
        return;
    }
    causes.push(Cause {
        site: site.to_owned(),
        verdict: verdict.to_owned(),
        entries: group.count,
        ..cause(code)
    });
}

fn of_failure(wired: &Wired, failure: &Failure) -> Notice {
    let outcome = if crate::exit::Exit::of(failure.code) == crate::exit::Exit::Refused {
        Outcome::Refused
    } else {
        Outcome::Unfinished
    };
    let mut notice = empty(&wired.pair.name, outcome);
    notice.causes.push(Cause {
        reason: Some(failure.to_string()),
        ..cause(failure.code.word())
    });
    notice
}

fn refused(guard: &GuardReport) -> Cause {
    let examples = guard.examples.iter().take(MAX_EXAMPLES);
    Cause {
        entries: guard.entries,
        reason: Some(guard.message.clone()),
        examples: examples
            .map(|path| Example {
                path: path.clone(),
                message: None,
            })
            .collect(),
        ..cause(&guard.code)
    }
}

/// The findings by cause, in the order in which each was first seen.
fn causes(failures: &[FailureReport]) -> Vec<Cause> {
    let mut causes: Vec<Cause> = Vec::new();
    for failure in failures {
        let same = |cause: &Cause| {
            cause.code == failure.code && cause.site == failure.site && cause.verdict == failure.verdict
        };
        let at = causes.iter().position(same).unwrap_or_else(|| {
            causes.push(Cause {
                site: failure.site.clone(),
                verdict: failure.verdict.clone(),
                ..cause(&failure.code)
            });
            causes.len() - 1
        });
        let cause = &mut causes[at];
        cause.entries += 1;
        if cause.examples.len() < MAX_EXAMPLES {
            cause.examples.push(Example {
                path: failure.path.clone(),
                message: Some(failure.message.clone()),
            });
        }
    }
    causes
}

/// A cause of which only its code is known.
fn cause(code: &str) -> Cause {
    let known = Code::ALL.iter().find(|known| known.word() == code);
    Cause {
        code: code.to_owned(),
        site: String::new(),
        verdict: String::new(),
        entries: 0,
        meaning: known.map_or("", |code| code.meaning()).to_owned(),
        remedy: known.map_or("", |code| code.remedy()).to_owned(),
        reason: None,
        examples: Vec::new(),
    }
}

fn side(side: &SideReport) -> Side {
    Side {
        location: Some(side.location.clone()),
        files: side.files,
        directories: side.directories,
        bytes: side.bytes,
    }
}

fn changes(report: &PassReport) -> Changes {
    let counts = &report.changes;
    Changes {
        created: counts.created,
        modified: counts.modified,
        deleted: counts.deleted,
        renamed: counts.renamed,
        metadata: counts.metadata,
        bytes_sent: report.bytes_sent,
    }
}

fn left_out(report: &PassReport) -> LeftOut {
    LeftOut {
        different: report.different,
        unsettled: report.unsettled,
        not_compared: report.not_compared.saturating_sub(report.declared),
        declared: report.declared,
        after_cut_off: report.after_cut_off,
    }
}

fn time(text: Option<&str>) -> Option<Moment> {
    text.and_then(clock::parse).map(moment)
}

/// The time of the last pass before this one that found both sides equal.
fn last_congruent(ledger: &Ledger, this: Option<&str>) -> Option<Moment> {
    let passes = ledger.passes().ok()?;
    let before = passes
        .iter()
        .rev()
        .filter(|pass| Some(pass.as_str()) != this)
        .take(MAX_LOOKED_AT);
    let mut reports = before.filter_map(|pass| ledger.report(pass).ok());
    time(reports.find(|report| report.congruent)?.as_of.as_deref())
}
