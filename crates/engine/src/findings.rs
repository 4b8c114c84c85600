//! What a pass found, counted as it comes, with the first of each to show.

mod told;

pub(crate) use told::unread_and_told;

use crate::event::{Event, Listener};
use crate::ledger::log::LogSink;
use crate::report::{FailureReport, MAX_LISTED};
use counterpart_evidence::certificate::{Collected, Collector};
use counterpart_model::{Code, EntryPath, Failure, Finding, SiteRole, Verdict};
use counterpart_store::sort::SortedPaths;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use told::Told;

/// Collects findings from several threads; each also goes to the listener and to the pass's log.
pub(crate) struct Findings<'a> {
    /// Who is told; nobody of a round that another follows.
    told_to: Option<(&'a dyn Listener, &'a LogSink)>,
    sums: Mutex<Sums>,
    groups: Mutex<Collector>,
    told: Mutex<Told>,
}

/// What was found, in sum.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sums {
    /// Entries known to differ.
    pub different: u64,
    /// Entries of which nothing is said, without those that the configuration declares.
    pub not_compared: u64,
    /// Entries of which nothing is said, as the configuration declares.
    pub declared: u64,
    /// Entries that changed while they were observed.
    pub unsettled: u64,
    /// By code: how many, and whether they are declared.
    pub by_code: BTreeMap<Code, (u64, bool)>,
    /// The first of them, as they are listed.
    pub listed: Vec<FailureReport>,
    /// How many are not listed.
    pub omitted: u64,
}

impl<'a> Findings<'a> {
    /// An empty collection; what does not fit in memory is spooled.
    pub(crate) fn new(listener: &'a dyn Listener, log: &'a LogSink, spool_dir: &Path) -> Self {
        Self {
            told_to: Some((listener, log)),
            sums: Mutex::default(),
            groups: Mutex::default(),
            told: Mutex::new(Told::new(spool_dir)),
        }
    }

    /// The same where nobody is told: what still holds is found again.
    pub(crate) fn untold(spool_dir: &Path) -> Self {
        Self {
            told_to: None,
            sums: Mutex::default(),
            groups: Mutex::default(),
            told: Mutex::new(Told::new(spool_dir)),
        }
    }

    /// Takes a finding in.
    pub(crate) fn add(&self, finding: &Finding) {
        if let Some((listener, log)) = self.told_to {
            listener.event(&Event::Found(finding));
            log.finding(finding);
        }
        crate::apply::lock(&self.groups).add(finding, 0);
        crate::apply::lock(&self.told).add(finding);
        self.lock().add(finding);
    }

    /// The entries that were told not to be equal so far, in path order.
    ///
    /// # Errors
    /// The spool failed.
    pub(crate) fn told(&self) -> Result<SortedPaths<bool>, Failure> {
        crate::apply::lock(&self.told).take()
    }

    /// What was not compared, and all the rest, as a certificate groups them, with the first of each by name.
    pub(crate) fn groups(&self) -> Collected {
        crate::apply::lock(&self.groups).clone().finish()
    }

    /// Takes in that a site could not do something with one entry.
    pub(crate) fn add_failure(&self, path: &EntryPath, site: SiteRole, failure: &Failure) {
        let verdict = match failure.code {
            Code::Vanished | Code::Torn => Verdict::Unsettled,
            Code::Unreadable | Code::UnreadableDirectory | Code::Stub => Verdict::NotCompared,
            _ => Verdict::Different,
        };
        self.add(&Finding::new(
            path,
            failure.code,
            site,
            verdict,
            failure.why.clone(),
        ));
    }

    /// The sums so far.
    pub(crate) fn sums(&self) -> Sums {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Sums> {
        // Sums stay sound whatever a panicking holder did: each change is one addition.
        self.sums.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sums {
    fn add(&mut self, finding: &Finding) {
        match (finding.verdict, finding.declared) {
            // A probe is no entry: probes are counted in a layer of their own.
            _ if is_of_probe(finding.code) => {}
            (Verdict::NotCompared, true) => self.declared += 1,
            (Verdict::NotCompared, false) => self.not_compared += 1,
            (Verdict::Different, _) => self.different += 1,
            (Verdict::Unsettled, _) => self.unsettled += 1,
            (Verdict::Equal | Verdict::Excepted, _) => {}
        }
        let count = self.by_code.entry(finding.code).or_insert((0, finding.declared));
        count.0 += 1;
        if finding.declared {
            return;
        }
        if self.listed.len() < MAX_LISTED {
            self.listed.push(FailureReport::new(finding));
        } else {
            self.omitted += 1;
        }
    }

    /// True when nothing speaks against calling the pass congruent.
    pub(crate) fn allow_congruence(&self) -> bool {
        self.different == 0 && self.not_compared == 0 && self.unsettled == 0
    }
}

/// True for what is said of a probe.
const fn is_of_probe(code: Code) -> bool {
    matches!(
        code,
        Code::ProbeDiffers | Code::ProbeFailed | Code::ProbeEmpty | Code::NotClean
    )
}
