//! The exceptions in force in one pass: which of them covers a finding, and how many entries each covered.

use super::{Covers, Exception, SOON_SECONDS};
use crate::report::ExceptionReport;
use counterpart_evidence::certificate::ExceptionInForce;
use counterpart_model::{Code, EntryPath, Failure, Finding, SiteRole, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

/// Most covered entries that are remembered by name, so that each counts once. Beyond them every finding counts, and in a
/// verification none is taken for the consequence of another.
const MAX_REMEMBERED: usize = 100_000;

/// See the module. Asked by several threads.
#[derive(Default)]
pub(crate) struct InForce {
    all: Vec<One>,
    began_seconds: i64,
    /// Entries that were covered, by what first.
    covered: Mutex<BTreeMap<EntryPath, Covered>>,
}

struct One {
    exception: Exception,
    covers: Covers,
    matched: AtomicU64,
}

struct Covered {
    id: String,
    /// Its content could not be had, so that the copy cannot be equal.
    out_of_reach: bool,
}

/// A finding that is covered.
pub(crate) struct Match {
    /// The exception.
    pub(crate) id: String,
    /// The entry was not covered before.
    pub(crate) first: bool,
}

impl InForce {
    /// Those of a register that are in force at a time.
    ///
    /// # Errors
    /// A pattern in the register cannot be understood.
    pub(crate) fn of(register: &[Exception], began_seconds: i64) -> Result<Self, Failure> {
        let in_force = register.iter().filter(|known| known.is_in_force(began_seconds));
        let all = in_force.map(|exception| {
            Ok(One {
                covers: Covers::new(&exception.said.pattern, &exception.said.codes)?,
                exception: exception.clone(),
                matched: AtomicU64::new(0),
            })
        });
        Ok(Self {
            all: all.collect::<Result<_, Failure>>()?,
            began_seconds,
            covered: Mutex::default(),
        })
    }

    /// What covers a finding, if anything does: each that does counts the entry once.
    pub(crate) fn covering(&self, finding: &Finding) -> Option<Match> {
        if self.all.is_empty() || !finding.may_be_excepted() {
            return None;
        }
        let covering: Vec<&One> = self
            .all
            .iter()
            .filter(|one| one.covers.finding(finding))
            .collect();
        let mut covered = crate::apply::lock(&self.covered);
        let Some(one) = covering.first() else {
            return follows(covered.get(&finding.path)?, finding);
        };
        let id = one.exception.said.id.clone();
        let first = !covered.contains_key(&finding.path);
        if first {
            for one in &covering {
                one.count();
            }
        }
        if first && covered.len() < MAX_REMEMBERED {
            let out_of_reach = is_out_of_reach(finding);
            let id = id.clone();
            covered.insert(finding.path.clone(), Covered { id, out_of_reach });
        }
        Some(Match { id, first })
    }

    /// The exceptions that cover all lines in which a probe differs; none where any line is a finding. Each line counts for
    /// what covers it, whatever becomes of the others.
    pub(crate) fn covering_lines(&self, probe: &str, lines: &[&[u8]]) -> Option<Vec<&str>> {
        let mut ids = BTreeSet::new();
        let mut all = !lines.is_empty();
        for line in lines {
            let covering: Vec<&One> = self
                .all
                .iter()
                .filter(|one| one.covers.line(probe, line))
                .collect();
            for one in &covering {
                one.count();
            }
            all &= !covering.is_empty();
            ids.extend(covering.first().map(|one| one.exception.said.id.as_str()));
        }
        all.then(|| ids.into_iter().collect())
    }

    /// All of them, as a certificate has them.
    pub(crate) fn certified(&self) -> Vec<ExceptionInForce> {
        let one = |one: &One| one.exception.said.certified(one.matched.load(Relaxed));
        self.all.iter().map(one).collect()
    }

    /// All of them, as a report lists them.
    pub(crate) fn reported(&self) -> Vec<ExceptionReport> {
        let report = |one: &One| {
            let expires = one.exception.said.expires.seconds();
            ExceptionReport {
                ends_soon: expires.saturating_sub(self.began_seconds) <= SOON_SECONDS,
                ..ExceptionReport::of(&one.exception.said.certified(one.matched.load(Relaxed)))
            }
        };
        self.all.iter().map(report).collect()
    }
}

impl One {
    fn count(&self) {
        self.matched.fetch_add(1, Relaxed);
    }
}

/// A difference that is there because the content could not be had, which was accepted.
fn follows(covered: &Covered, finding: &Finding) -> Option<Match> {
    let differs = matches!(finding.code, Code::OnlyProduction | Code::Differs);
    (covered.out_of_reach && differs && finding.verdict == Verdict::Different).then(|| Match {
        id: covered.id.clone(),
        first: false,
    })
}

/// True where production's content cannot be had: then the standby cannot be made equal there.
fn is_out_of_reach(finding: &Finding) -> bool {
    let code = matches!(
        finding.code,
        Code::Unreadable | Code::Stub | Code::StubBroken | Code::Io
    );
    code && finding.site == SiteRole::Production
}
