//! What a pass found, counted as it comes, with the first of each to show.

mod told;

pub(crate) use told::unread_and_told;

use crate::event::{Event, Listener};
use crate::exceptions::{InForce, Match};
use crate::ledger::log::LogSink;
use crate::report::{FailureReport, MAX_EXCEPTED_LISTED, MAX_LISTED};
use counterpart_evidence::certificate::{Collected, Collector};
use counterpart_model::{Code, EntryPath, Failure, Finding, SiteRole, Tally, Verdict};
use counterpart_store::sort::SortedPaths;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use told::Told;

/// Collects findings from several threads; each also goes to the listener and to the pass's log.
pub(crate) struct Findings<'a> {
    /// Who is told; nobody of a round that another follows.
    told_to: Option<(&'a dyn Listener, &'a LogSink)>,
    sums: Mutex<Sums>,
    groups: Mutex<Collector>,
    told: Mutex<Told>,
    /// What somebody accepted; nothing until the pair's journal was read.
    exceptions: OnceLock<InForce>,
    /// What a site could not do with one entry: tried again later in the pass, it is told once.
    failed: Mutex<HashSet<(EntryPath, Code, SiteRole)>>,
}

/// Most failures that are remembered; of more, some may be told twice.
const MAX_FAILED: usize = 10_000;

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
    /// Entries of which somebody accepted what was found.
    pub excepted: u64,
    /// By code: how many, and whether they are declared.
    pub by_code: BTreeMap<Code, (u64, bool)>,
    /// The first of them, as they are listed.
    pub listed: Vec<FailureReport>,
    /// The first of those that somebody accepted: in a list of their own, so that they keep no other out.
    pub listed_excepted: Vec<FailureReport>,
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
            exceptions: OnceLock::new(),
            failed: Mutex::default(),
        }
    }

    /// The same where nobody is told: what still holds is found again.
    pub(crate) fn untold(spool_dir: &Path) -> Self {
        Self {
            told_to: None,
            sums: Mutex::default(),
            groups: Mutex::default(),
            told: Mutex::new(Told::new(spool_dir)),
            exceptions: OnceLock::new(),
            failed: Mutex::default(),
        }
    }

    /// From now on findings weigh by what somebody accepted.
    pub(crate) fn accept(&self, exceptions: InForce) {
        // Read once a pass.
        let _ = self.exceptions.set(exceptions);
    }

    /// What somebody accepted, with what it covered so far; nothing before [`Findings::accept`].
    pub(crate) fn exceptions(&self) -> Option<&InForce> {
        self.exceptions.get()
    }

    /// Takes a finding in. One that an exception covers is told, logged and counted all the same, as EXCEPTED.
    pub(crate) fn add(&self, finding: &Finding) {
        crate::apply::lock(&self.told).add(finding);
        let covering = self.exceptions().and_then(|all| all.covering(finding));
        let Some(covering) = covering else {
            self.take(finding, None);
            return;
        };
        let excepted = Finding {
            verdict: Verdict::Excepted,
            ..finding.clone()
        };
        self.take(&excepted, Some(&covering));
    }

    /// Takes in a finding that an exception covers, which was asked elsewhere; it is of no entry.
    pub(crate) fn add_excepted(&self, finding: &Finding, id: &str) {
        let excepted = Finding {
            verdict: Verdict::Excepted,
            ..finding.clone()
        };
        let covering = Match {
            id: id.to_owned(),
            first: false,
        };
        self.take(&excepted, Some(&covering));
    }

    fn take(&self, finding: &Finding, covering: Option<&Match>) {
        let exception = covering.map(|covering| covering.id.as_str());
        if let Some((listener, log)) = self.told_to {
            listener.event(&Event::Found(finding));
            log.finding(finding, exception);
        }
        crate::apply::lock(&self.groups).add(finding, 0);
        self.lock().add(finding, covering);
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
        if self.is_known(path, site, failure.code) {
            return;
        }
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

    fn is_known(&self, path: &EntryPath, site: SiteRole, code: Code) -> bool {
        let mut failed = crate::apply::lock(&self.failed);
        let this = (path.clone(), code, site);
        failed.contains(&this) || failed.len() < MAX_FAILED && !failed.insert(this)
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
    fn add(&mut self, finding: &Finding, covering: Option<&Match>) {
        match (finding.verdict, finding.declared) {
            // A probe is no entry: probes are counted in a layer of their own.
            _ if is_of_probe(finding.code) => {}
            (Verdict::NotCompared, true) => self.declared += 1,
            (Verdict::NotCompared, false) => self.not_compared += 1,
            (Verdict::Different, _) => self.different += 1,
            (Verdict::Unsettled, _) => self.unsettled += 1,
            // An entry counts once, whatever else is found of it.
            (Verdict::Excepted, _) => {
                self.excepted += u64::from(covering.is_some_and(|covering| covering.first));
            }
            (Verdict::Equal, _) => {}
        }
        let count = self.by_code.entry(finding.code).or_insert((0, finding.declared));
        count.0 += 1;
        if finding.declared {
            return;
        }
        let (list, most) = match covering {
            Some(_) => (&mut self.listed_excepted, MAX_EXCEPTED_LISTED),
            None => (&mut self.listed, MAX_LISTED),
        };
        if list.len() < most {
            let exception = covering.map(|covering| covering.id.clone());
            list.push(FailureReport {
                exception,
                ..FailureReport::new(finding)
            });
        } else {
            self.omitted += 1;
        }
    }

    /// All that is listed: first what nobody accepted.
    pub(crate) fn all_listed(&self) -> Vec<FailureReport> {
        self.listed.iter().chain(&self.listed_excepted).cloned().collect()
    }

    /// How many entries are equal at both sites, at least: what only one has is among those that are not.
    pub(crate) fn equal(&self, sites: [&Tally; 2]) -> u64 {
        let held = sites.map(Tally::entries).into_iter().max().unwrap_or(0);
        held.saturating_sub(self.different + self.not_compared + self.unsettled + self.excepted)
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
