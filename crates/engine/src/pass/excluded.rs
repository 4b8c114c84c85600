//! Excluded entries: counted, and told where both sites have one that differs.

use super::{Observation, Pass};
use crate::ledger::memory::ExcludedCount;
use counterpart_model::{Code, Failure, Finding, SiteRole, Verdict};
use counterpart_port::{ExcludedEntry, Stream};
use std::cmp::Ordering;

impl Pass<'_> {
    /// Compares what both sites exclude, where this pass looked at it.
    pub(crate) fn compare_excluded(&self, observation: &Observation) -> Result<(), Failure> {
        if !observation.refreshed {
            return Ok(());
        }
        let mut production = Head::new(self.sites.production.excluded()?)?;
        let mut standby = Head::new(self.sites.standby.excluded()?)?;
        while production.filled && standby.filled {
            match production.entry.path.cmp(&standby.entry.path) {
                Ordering::Less => production.advance()?,
                Ordering::Greater => standby.advance()?,
                Ordering::Equal => {
                    self.compare_one(&production.entry, &standby.entry);
                    production.advance()?;
                    standby.advance()?;
                }
            }
        }
        self.remember_excluded(observation);
        Ok(())
    }

    fn compare_one(&self, production: &ExcludedEntry, standby: &ExcludedEntry) {
        if production.stat == standby.stat {
            return;
        }
        let why = "excluded, at both sites, and not the same";
        let finding = Finding::new(
            &production.path,
            Code::ExcludedDiffers,
            SiteRole::Standby,
            Verdict::NotCompared,
            why,
        );
        self.findings.add(&finding.declared());
    }

    fn remember_excluded(&self, observation: &Observation) {
        let newest = |time: Option<counterpart_model::Timestamp>| time.map(|time| time.seconds);
        crate::apply::lock(&self.memory).excluded = Some(ExcludedCount {
            at_seconds: self.began.as_second(),
            production: observation.production.excluded,
            production_newest_seconds: newest(observation.production.excluded_newest),
            standby: observation.standby.excluded,
            standby_newest_seconds: newest(observation.standby.excluded_newest),
        });
    }
}

struct Head<'a> {
    stream: Box<dyn Stream<ExcludedEntry> + 'a>,
    entry: ExcludedEntry,
    filled: bool,
}

impl<'a> Head<'a> {
    fn new(stream: Box<dyn Stream<ExcludedEntry> + 'a>) -> Result<Self, Failure> {
        let mut head = Self {
            stream,
            entry: ExcludedEntry::default(),
            filled: false,
        };
        head.advance()?;
        Ok(head)
    }

    fn advance(&mut self) -> Result<(), Failure> {
        self.filled = self.stream.next_into(&mut self.entry)?;
        Ok(())
    }
}
