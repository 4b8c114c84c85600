//! Reading content again: what is in doubt before the comparison, a share of everything after the application.

use super::{Observation, Pass};
use crate::event::{Event, StepName};
use crate::ledger::memory::Reading;
use crate::request::PassKind;
use crate::reread::{Doubt, Rereading, latest};
use counterpart_model::{EntryPath, Failure, SiteRole};
use counterpart_port::Site;

impl Pass<'_> {
    pub(crate) fn rereading(&self, role: SiteRole) -> Rereading<'_> {
        let site: &dyn Site = match role {
            SiteRole::Production => self.sites.production,
            SiteRole::Standby => self.sites.standby,
        };
        Rereading {
            site,
            role,
            algorithm: self.settings.policy.algorithm,
            readers: self.threads().div_ceil(2),
            findings: self.findings,
            listener: self.listener,
            bytes_read: &self.reread_bytes,
            rotten: &self.rotten,
        }
    }

    /// A plan reads nothing, a run what is doubtful, a verification what was never read, too, or everything. A
    /// verification recalls nothing either: it reads.
    pub(crate) fn read_before_comparing(&self, observation: &Observation) -> Result<(), Failure> {
        if self.request.kind != PassKind::Verify {
            self.recall_arrived(observation)?;
        }
        let doubt = match (self.request.kind, self.request.reread) {
            (PassKind::Plan, _) => return Ok(()),
            // What was adopted was never read, and what differs should be told by its name.
            (PassKind::Run, true) if observation.standby.tally.files > 0 => Doubt::Unread,
            (PassKind::Run, _) => Doubt::Restamped,
            (PassKind::Verify, false) => Doubt::Unread,
            (PassKind::Verify, true) => Doubt::All,
        };
        if doubt != Doubt::Restamped {
            self.announce_reading(observation);
        }
        on_both(|role| {
            // What an interrupted pass brought that may not have reached the disk is known without its content.
            let lost = observation.recovered_since_seconds.is_some() && doubt == Doubt::Restamped;
            let unread = lost && role == SiteRole::Standby;
            let doubt = if unread { Doubt::Unread } else { doubt };
            self.rereading(role).doubtful(doubt)
        })
    }

    fn announce_reading(&self, observation: &Observation) {
        self.begin(StepName::Reread);
        let (production, standby) = (observation.production.tally, observation.standby.tally);
        let entries = production.files + standby.files;
        self.listener.event(&Event::Ahead {
            entries,
            bytes: production.bytes + standby.bytes,
        });
    }

    /// Reads this pass's share of both copies, or all of both where that is asked.
    pub(crate) fn read_share(&self, observation: &Observation) -> Result<(), Failure> {
        self.begin(StepName::Reread);
        if self.request.reread {
            self.announce_reading(observation);
        }
        on_both(|role| self.read_share_of(role, observation))
    }

    fn read_share_of(&self, role: SiteRole, observation: &Observation) -> Result<(), Failure> {
        let now = self.began.as_second();
        let rereading = self.rereading(role);
        if self.request.reread {
            // What was read in the second in which the pass began may have been read before it.
            rereading.share(&EntryPath::root(), u64::MAX, now.saturating_add(1))?;
            *crate::apply::lock(&self.memory).reading(role) = Reading {
                next: EntryPath::root(),
                at_seconds: now,
            };
            return Ok(());
        }
        let mut last = crate::apply::lock(&self.memory).reading(role).clone();
        if last.at_seconds > latest(now) {
            // The clock was set back since: from now on, shares are due again.
            last.at_seconds = now;
            crate::apply::lock(&self.memory).reading(role).at_seconds = now;
        }
        let held = match role {
            SiteRole::Production => observation.production.tally.bytes,
            SiteRole::Standby => observation.standby.tally.bytes,
        };
        let share = share_bytes(
            held,
            self.settings.reread_seconds,
            now.saturating_sub(last.at_seconds),
        );
        if share == 0 && last.at_seconds != 0 {
            return Ok(());
        }
        let before = now.saturating_sub(i64::try_from(self.settings.reread_seconds / 20).unwrap_or(i64::MAX));
        let base = match role {
            SiteRole::Production => &observation.production_base,
            SiteRole::Standby => &observation.standby_base,
        };
        let due = base.as_ref().and_then(|base| base.oldest_read_seconds);
        let next = if due.is_none_or(|oldest| (before..=latest(now)).contains(&oldest)) {
            last.next
        } else {
            rereading.share(&last.next, share, before)?
        };
        *crate::apply::lock(&self.memory).reading(role) = Reading {
            next,
            at_seconds: now,
        };
        Ok(())
    }
}

/// The share that is due since the last pass, so that all is read once in the time that the pair sets. A tenth more
/// than the even share, since files are read whole and passes may be late.
fn share_bytes(held_bytes: u64, reread_seconds: u64, since_seconds: i64) -> u64 {
    let reread = u128::from(reread_seconds.max(1));
    let since = u128::try_from(since_seconds).unwrap_or(0).min(reread);
    let share = u128::from(held_bytes).saturating_mul(since).saturating_mul(11) / (reread * 10);
    u64::try_from(share).unwrap_or(u64::MAX).min(held_bytes)
}

/// Does the same at both sites at once.
fn on_both(work: impl Fn(SiteRole) -> Result<(), Failure> + Sync) -> Result<(), Failure> {
    std::thread::scope(|scope| {
        let production = scope.spawn(|| work(SiteRole::Production));
        let standby = work(SiteRole::Standby);
        let failed = || Failure::new(counterpart_model::Code::Io, "reading again", "the program failed");
        production.join().unwrap_or_else(|_| Err(failed())).and(standby)
    })
}

#[cfg(test)]
mod tests;
