//! The steps of a pass in their order. What is held or stopped is released and started whatever becomes of them.

use super::check::{self, BothOpened};
use super::{Abandon, Observation, Outcome, Pass};
use crate::apply::{Applied, lock};
use crate::event::{Event, StepName};
use crate::guard::Judged;
use crate::hooks::busy;
use crate::plan::Plan;
use crate::request::PassKind;
use counterpart_evidence::certificate::HoldMethod;
use counterpart_model::{Failure, SiteRole};
use std::time::Instant;

impl Pass<'_> {
    /// The whole pass.
    pub(super) fn whole(&self) -> Result<Outcome, Failure> {
        if self.request.kind != PassKind::Run {
            return self.looked();
        }
        let outcome = self.changed();
        // Whatever became of it; what cannot be undone now is told, and stays written down.
        let settled = self.stage.settle_all();
        match (outcome, settled) {
            (outcome, Ok(())) => outcome,
            (Ok(_), Err(left)) => Err(left),
            (Err(failure), Err(left)) => Err(Failure {
                why: format!("{}; and {}", failure.why, left.why),
                hint: left.hint,
                ..failure
            }),
        }
    }

    /// A plan or a verification: nothing is held, and nothing changed.
    fn looked(&self) -> Result<Outcome, Failure> {
        self.begin(StepName::Check);
        let opened = check::open(&self.name, self.settings, &self.sites, self.request, None)?;
        let _closing = Abandon(&self.sites);
        let _held = self.own_journal()?;
        self.accept()?;
        *lock(&self.memory) = self.ledger.memory()?;
        if self.request.kind != PassKind::Plan {
            self.ask_production()?;
        }
        let (observation, plan, judged) = self.judged(opened)?;
        if self.request.kind == PassKind::Plan {
            let planned = self.planned(&observation, &plan, judged)?;
            return Ok(Outcome::Plan(Box::new(planned)));
        }
        self.report_differences(&plan)?;
        self.look_at_standby()?;
        self.finished(&observation, Applied::default(), &plan)
    }

    /// A run.
    fn changed(&self) -> Result<Outcome, Failure> {
        self.begin(StepName::Check);
        let mut opened = check::open(&self.name, self.settings, &self.sites, self.request, None)?;
        let _closing = Abandon(&self.sites);
        self.stage.is_permitted()?;
        self.begin(StepName::Lock);
        let _held = self.own_journal()?;
        self.accept()?;
        self.stage.settle_all()?;
        if opened.standby.recovered > 0 {
            let changes = opened.standby.recovered;
            self.listener.event(&Event::Resumed { changes });
        }
        if self.settings.hooks.copies_ahead() && self.request.repair.is_none() {
            match self.copy_ahead(opened)? {
                Some(refused) => return Ok(refused),
                None => opened = self.open_after_ahead()?,
            }
        }
        *lock(&self.memory) = self.ledger.memory()?;
        self.ask_and_hold()?;
        let (observation, plan, judged) = self.judged(self.on_snapshot(opened)?)?;
        match judged {
            Judged::Refused(refusal) => {
                let refused = self.refused(&observation, refusal)?;
                Ok(Outcome::Pass(Box::new(refused)))
            }
            Judged::Allowed => self.made_equal(&observation, &plan),
        }
    }

    /// From an allowed plan to its certificate.
    fn made_equal(&self, observation: &Observation, plan: &Plan) -> Result<Outcome, Failure> {
        self.stop_application(plan)?;
        self.begin(StepName::Apply);
        let applied = self.apply(observation, plan)?;
        self.release()?;
        self.start_application()?;
        self.read_share(observation)?;
        self.stage.end_snapshot()?;
        self.look_at_standby()?;
        self.finished(observation, applied, plan)
    }

    fn finished(&self, observation: &Observation, applied: Applied, plan: &Plan) -> Result<Outcome, Failure> {
        let ahead = lock(&self.ahead).take().unwrap_or_default();
        let report = self.certify(observation, &applied.and(&ahead), plan)?;
        Ok(Outcome::Pass(Box::new(report)))
    }

    /// A plan writes nothing to the journal; others have it for themselves.
    fn own_journal(&self) -> Result<Option<counterpart_store::Lock>, Failure> {
        if self.request.kind == PassKind::Plan {
            return Ok(None);
        }
        let held = self
            .ledger
            .hold(&self.name, &self.settings.name, &self.request.actor.host)?;
        self.ledger.check_signer()?;
        Ok(Some(held))
    }

    /// Observes, compares, plans and judges.
    pub(super) fn judged(&self, opened: BothOpened) -> Result<(Observation, Plan, Judged), Failure> {
        self.begin(StepName::Observe);
        let observation = self.observe_quiet(opened)?;
        self.read_before_comparing(&observation)?;
        self.begin(StepName::Compare);
        let plan = self.compare(&observation)?;
        self.compare_excluded(&observation)?;
        self.stop_if_asked()?;
        self.check_repair(&plan)?;
        self.begin(StepName::Judge);
        let judged = self.judge(&observation, &plan)?;
        Ok((observation, plan, judged))
    }

    fn hold(&self) -> Result<(), Failure> {
        let holds = |role| self.settings.hooks.hold(role).method != HoldMethod::None;
        let roles = [SiteRole::Production, SiteRole::Standby];
        if !roles.into_iter().any(holds) {
            return Ok(());
        }
        self.begin(StepName::Hold);
        roles.into_iter().try_for_each(|role| self.stage.hold(role))
    }

    /// Reads production from a snapshot from now on, where there is one; then it need not be held any more.
    fn on_snapshot(&self, mut opened: BothOpened) -> Result<BothOpened, Failure> {
        let Some(path) = self.stage.snapshot()? else {
            return Ok(opened);
        };
        self.stage.release(SiteRole::Production)?;
        self.sites.production.abandon();
        let mut open = check::opening(&self.name, self.settings, self.request, None);
        open.read_from = Some(path.into_bytes());
        opened.production = self.sites.production.open(&open)?;
        Ok(opened)
    }

    /// Observes, again and again, until no file of production was changed for as long as the configuration wants.
    fn observe_quiet(&self, opened: BothOpened) -> Result<Observation, Failure> {
        let hold = &self.settings.hooks.production_hold;
        let wants = hold.method == HoldMethod::CheckIdle && self.request.kind == PassKind::Run;
        let quiet = if wants { hold.quiet_seconds } else { 0 };
        let (began, mut opened) = (Instant::now(), opened);
        loop {
            let observation = self.observe(opened)?;
            let seen = &observation.production;
            let newest = seen.newest_change.map_or(i64::MIN, |newest| newest.seconds);
            let ago = seen.began.seconds.saturating_sub(newest);
            if quiet == 0 || u64::try_from(ago).is_ok_and(|ago| ago >= quiet) {
                return Ok(observation);
            }
            if !self.stage.may_wait(began, hold)? {
                let why = format!(
                    "a file of it was changed {ago} s before it was observed, and `quiet` asks for {quiet} s"
                );
                return Err(busy(SiteRole::Production, &why));
            }
            self.ask_production()?;
            self.sites.production.abandon();
            self.sites.standby.abandon();
            opened = check::open(&self.name, self.settings, &self.sites, self.request, None)?;
        }
    }

    /// Where nothing is to be changed, nothing is stopped.
    pub(super) fn stop_application(&self, plan: &Plan) -> Result<(), Failure> {
        let stops = self.settings.hooks.application.stop.is_some() && !self.stage.has_stopped();
        if plan.totals.steps() == 0 || !stops {
            return Ok(());
        }
        self.begin(StepName::Stop);
        self.stage.stop_application()
    }

    fn release(&self) -> Result<(), Failure> {
        let hold = &self.settings.hooks.production_hold;
        if hold.method == HoldMethod::None {
            return Ok(());
        }
        self.begin(StepName::Release);
        if hold.method == HoldMethod::CheckIdle && !self.stage.is_still_idle(SiteRole::Production)? {
            self.tell_busy();
        }
        self.stage.release(SiteRole::Production)
    }

    fn start_application(&self) -> Result<(), Failure> {
        let hooks = &self.settings.hooks;
        if hooks.application.start.is_some() && self.stage.has_stopped() {
            self.begin(StepName::Start);
        }
        self.stage.start_application()?;
        self.stage.release(SiteRole::Standby)
    }

    /// Production's probes while it is held, so that all that is observed is of one time. Where it is stopped there is nobody
    /// left to ask: just before, then.
    fn ask_and_hold(&self) -> Result<(), Failure> {
        if self.settings.hooks.production_hold.method == HoldMethod::Stop {
            self.ask_production()?;
            return self.hold();
        }
        self.hold()?;
        self.ask_production()
    }

    fn ask_production(&self) -> Result<(), Failure> {
        if self.settings.probes.is_empty() {
            return Ok(());
        }
        self.begin(StepName::Observe);
        self.run_probes(SiteRole::Production)
    }

    /// What the standby itself says, beside its tree.
    fn look_at_standby(&self) -> Result<(), Failure> {
        if !self.settings.probes.is_empty() {
            self.begin(StepName::ObserveStandby);
            self.run_probes(SiteRole::Standby)?;
        }
        self.check_readiness()?;
        if !self.settings.probes.is_empty() {
            self.begin(StepName::Verdict);
            self.judge_probes();
        }
        Ok(())
    }

    fn check_readiness(&self) -> Result<(), Failure> {
        if self.settings.hooks.readiness.is_empty() {
            return Ok(());
        }
        self.begin(StepName::ObserveStandby);
        let before = self.ledger.readiness()?;
        let found = self.stage.readiness(&before)?;
        self.ledger.keep_readiness(&found)?;
        self.tell_readiness(&found);
        *lock(&self.readiness) = found;
        Ok(())
    }
}
