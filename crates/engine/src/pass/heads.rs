//! The head of the chain at both sites: a far site keeps it, and is asked for it when a pass begins.
//!
//! A site of this host has its state beside the journal, and would be cut or put back together with it.

use super::{Observation, Pass};
use counterpart_model::{Code, EntryPath, Failure, Finding, Verdict};
use counterpart_port::{Profile, Site};
use std::sync::atomic::Ordering::Relaxed;

impl Pass<'_> {
    /// Compares the journal with the head that a far site keeps. What cannot be asked ends the pass, what cannot be
    /// read there is told.
    pub(super) fn compare_head(&self, profile: &Profile, site: &dyn Site) -> Result<(), Failure> {
        if profile.link.is_none() {
            return Ok(());
        }
        let kept = match site.chain_head() {
            Ok(Some(kept)) => kept,
            Ok(None) => return Ok(()),
            Err(failure) if failure.code == Code::SiteLost => return Err(failure),
            Err(failure) => {
                self.tell_behind(profile, failure.code, failure.to_string());
                return Ok(());
            }
        };
        if !self.ledger.has_head(&kept)? {
            let why = format!(
                "it keeps record {} of pass {} as the head, which the journal does not have",
                kept.sequence, kept.pass
            );
            self.tell_behind(profile, Code::JournalBehind, why);
        }
        Ok(())
    }

    fn tell_behind(&self, profile: &Profile, code: Code, why: String) {
        self.behind.store(true, Relaxed);
        self.findings.add(&Finding::new(
            &EntryPath::root(),
            code,
            profile.role,
            Verdict::Different,
            why,
        ));
    }

    /// Gives far sites the head to keep. One that is not in the journal stays where it is, until somebody looked.
    pub(super) fn keep_heads(&self, observation: &Observation) -> Result<(), Failure> {
        let Some(head) = self.ledger.chain_head()?.filter(|_| !self.behind.load(Relaxed)) else {
            return Ok(());
        };
        if observation.production_profile.link.is_some() {
            self.sites.production.keep_chain_head(&head)?;
        }
        if observation.standby_profile.link.is_some() {
            self.sites.standby.keep_chain_head(&head)?;
        }
        Ok(())
    }
}
