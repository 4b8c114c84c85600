//! Comparing: from both observations to a finished plan.

use super::{Observation, Pass, shared};
use crate::Sites;
use crate::compare::{Comparable, Merge, Rules};
use crate::event::StepName;
use crate::plan::names::NameCheck;
use crate::plan::{Plan, draft, finish, renames};
use crate::request::PassKind;
use counterpart_model::{Digest, EntryPath, Failure, Finding, PathGlobs, SiteRole};
use counterpart_port::Extent;

impl Pass<'_> {
    pub(crate) fn compare(&self, observation: &Observation) -> Result<Plan, Failure> {
        let extent = self.extent(observation);
        let spool_dir = self.ledger.spool_dir()?;
        let append_only = PathGlobs::new(&self.settings.append_only)?;
        let memory = crate::apply::lock(&self.memory).clone();
        let rules = Rules {
            append_only: &append_only,
            known_rot: &|path| memory.rotten(path),
            // An interrupted first pass leaves a base of no time: what else is there was there before it.
            based: observation
                .standby_base
                .as_ref()
                .is_some_and(|base| base.at_seconds > 0),
            metadata: comparable(observation),
            repair: self.request.repair.as_ref().map(EntryPath::as_bytes),
        };
        let names = self.name_check(observation)?;
        let mut found = |finding: Finding| self.found_in_comparison(&finding);
        let merge = self.merge(observation, extent)?;
        let mut draft = draft::draft(merge, &rules, &names, &spool_dir, &mut found)?;
        self.begin(StepName::Plan);
        let presume = self.request.kind == PassKind::Plan;
        let renames = renames::find(&mut draft, &spool_dir, presume, &mut |paths| {
            self.hash_candidates(paths)
        })?;
        let excluded = self.sites.standby.excluded()?;
        finish::finish(&draft, renames, excluded, &spool_dir, &mut found)
    }

    /// Both streams. Over a link, what both last manifests say is left out of a full exchange.
    fn merge(&self, observation: &Observation, extent: Extent) -> Result<Merge<'_>, Failure> {
        let Sites {
            production, standby, ..
        } = self.sites;
        let full = extent == Extent::Everything && !self.reads_anew();
        if full && observation.far().is_some() && observation.bases_are_of_this_policy() {
            let shared = shared::roots(production, standby)?;
            return Ok(Merge::new(
                production.observed_unlike(&shared)?,
                standby.observed_unlike(&shared)?,
            ));
        }
        Ok(Merge::new(
            production.observed(extent)?,
            standby.observed(extent)?,
        ))
    }

    /// A verification or `--reread` reads what was never read.
    fn reads_anew(&self) -> bool {
        self.request.reread || self.request.kind == PassKind::Verify
    }

    /// What a verification or `--reread` read for the first time is in neither list of changes, though it may differ.
    fn extent(&self, observation: &Observation) -> Extent {
        if self.reads_anew() && self.reread_bytes.load(std::sync::atomic::Ordering::Relaxed) > 0 {
            return Extent::Everything;
        }
        observation.extent()
    }

    fn found_in_comparison(&self, finding: &Finding) {
        use counterpart_model::Code::{RotProduction, RotStandby};
        if matches!(finding.code, RotProduction | RotStandby) {
            crate::apply::lock(&self.rotten).push((finding.path.clone(), finding.site));
        }
        self.findings.add(finding);
    }

    fn name_check(&self, observation: &Observation) -> Result<NameCheck, Failure> {
        let rules = observation.standby_profile.capabilities.names.clone();
        let colliding = self.collisions(&rules)?;
        Ok(NameCheck::new(rules, colliding))
    }

    /// A plan reads no content, so there all but the most likely renames stay candidates.
    fn hash_candidates(&self, paths: &[EntryPath]) -> Result<Vec<Option<Digest>>, Failure> {
        if self.request.kind == PassKind::Plan {
            return Ok(vec![None; paths.len()]);
        }
        self.rereading(SiteRole::Production).digests(paths)
    }
}

/// Whether metadata of the standby that is not as its last manifest says was changed by somebody else.
fn comparable(observation: &Observation) -> Comparable {
    let base = observation.standby_base.as_ref();
    match base.filter(|base| base.policy == observation.policy) {
        None => Comparable::Nothing,
        Some(_) if observation.recovered_since_seconds.is_some() => Comparable::Entries,
        Some(_) => Comparable::Everything,
    }
}
