//! The round before: content is brought while production runs, so that it is held for what changed meanwhile only. It ends
//! with both manifests and without a certificate; its history is kept under a name of its own.

use super::check::{self, BothOpened, ahead_of};
use super::{Outcome, Pass, Tools};
use crate::apply::lock;
use crate::event::StepName;
use crate::findings::Findings;
use crate::guard::Judged;
use counterpart_model::Failure;

impl Pass<'_> {
    /// Brings what is different now. A refusal ends the pass here, before anything was held.
    pub(super) fn copy_ahead(&self, _opened: BothOpened) -> Result<Option<Outcome>, Failure> {
        self.begin(StepName::CopyAhead);
        let name = ahead_of(&self.name);
        // Under its own name: what it sets aside and writes must not be mistaken for the pass's.
        self.sites.production.abandon();
        self.sites.standby.abandon();
        let opened = check::open(&name, self.settings, &self.sites, self.request, None)?;
        // What is still found when production is held is told then.
        let findings = Findings::untold(&self.ledger.spool_dir()?);
        let round = self.round(name, &findings)?;
        let (observation, plan, judged) = round.judged(opened)?;
        if let Judged::Refused(refusal) = judged {
            let refused = round.refused(&observation, refusal)?;
            return Ok(Some(Outcome::Pass(Box::new(refused))));
        }
        self.stop_application(&plan)?;
        round.begin(StepName::Apply);
        let applied = round.apply(&observation, &plan)?;
        round.fold(&observation)?;
        *lock(&self.ahead) = Some(applied);
        Ok(None)
    }

    /// Both sites once more, for the round in which production is held.
    pub(super) fn open_after_ahead(&self) -> Result<BothOpened, Failure> {
        let ahead = ahead_of(&self.name);
        check::open(&self.name, self.settings, &self.sites, self.request, Some(&ahead))
    }

    /// The same pass once more, with nothing learned and nothing found yet.
    fn round<'a>(&'a self, name: String, findings: &'a Findings<'a>) -> Result<Pass<'a>, Failure> {
        let tools = Tools {
            listener: self.listener,
            log: self.log,
            findings,
            stage: self.stage,
        };
        let asked = (self.settings, self.request);
        let round = Pass::new(name, self.began, asked, (self.sites, self.ledger), tools);
        *lock(&round.memory) = self.ledger.memory()?;
        Ok(round)
    }
}
