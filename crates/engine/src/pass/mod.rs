//! One pass: what its steps share, and what is common to them.
//!
//! In which order they come is in `steps`; what each does is in a module of its own.

mod accepted;
mod ahead;
mod around;
mod certificate;
mod certify;
mod check;
mod collisions;
mod compared;
mod excluded;
mod heads;
mod observe;
mod planned;
mod reading;
mod recalled;
mod refused;
mod report;
mod shared;
mod steps;
mod told;
mod verified;

pub(crate) use check::pass_of;
pub use observe::Observation;
pub(crate) use refused::now;

use crate::apply::{Applied, Applying, Pipelines, apply, interrupted};
use crate::event::{Event, Listener, StepName};
use crate::findings::Findings;
use crate::guard::{Judged, Judging, judge, judge_approval};
use crate::hooks::{Checked, Stage};
use crate::ledger::{Ledger, LogSink, Memory};
use crate::plan::Plan;
use crate::probes::Probing;
use crate::report::{PassReport, PlanReport};
use crate::request::{PassKind, PassRequest};
use crate::settings::PairSettings;
use counterpart_model::{Code, EntryPath, Failure, SiteRole};
use counterpart_port::{Commands, Site, Standby};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::Instant;

/// Both ends of a pair.
#[derive(Clone, Copy)]
pub struct Sites<'a> {
    /// The end that is only read.
    pub production: &'a dyn Site,
    /// The end that is kept equal.
    pub standby: &'a dyn Standby,
    /// What is done at production beside its tree.
    pub production_commands: &'a dyn Commands,
    /// What is done at the standby beside its tree.
    pub standby_commands: &'a dyn Commands,
}

impl<'a> Sites<'a> {
    /// What is done at one of them beside its tree.
    pub fn commands(&self, role: SiteRole) -> &'a dyn Commands {
        match role {
            SiteRole::Production => self.production_commands,
            SiteRole::Standby => self.standby_commands,
        }
    }
}

/// What a pass came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Of [`PassKind::Plan`].
    Plan(Box<PlanReport>),
    /// Of the other kinds.
    Pass(Box<PassReport>),
}

/// Everything that the steps of one pass share.
pub(crate) struct Pass<'a> {
    pub(crate) name: String,
    pub(crate) settings: &'a PairSettings,
    pub(crate) sites: Sites<'a>,
    pub(crate) ledger: &'a Ledger,
    pub(crate) request: &'a PassRequest,
    pub(crate) listener: &'a dyn Listener,
    pub(crate) log: &'a LogSink,
    pub(crate) findings: &'a Findings<'a>,
    pub(crate) stage: &'a Stage<'a>,
    pub(crate) memory: Mutex<Memory>,
    pub(crate) began: jiff::Timestamp,
    pub(crate) clock: Instant,
    pub(crate) reread_bytes: AtomicU64,
    pub(crate) rotten: Mutex<Vec<(EntryPath, SiteRole)>>,
    /// A far site keeps a head that the journal does not have.
    pub(crate) behind: AtomicBool,
    /// The steps that were begun, and when.
    pub(crate) taken: Mutex<Vec<(StepName, Instant)>>,
    /// What the round before brought.
    pub(crate) ahead: Mutex<Option<Applied>>,
    /// What was found of all that files do not carry.
    pub(crate) readiness: Mutex<Vec<Checked>>,
    pub(crate) probing: Mutex<Probing>,
}

/// What a pass works with while it lasts.
#[derive(Clone, Copy)]
struct Tools<'a> {
    listener: &'a dyn Listener,
    log: &'a LogSink,
    findings: &'a Findings<'a>,
    stage: &'a Stage<'a>,
}

/// Runs one pass.
///
/// # Errors
/// What ended the pass before it could say anything: a root that is not there, a lock that another pass holds, no
/// space, a hook that failed, an interruption. Run again, it resumes.
pub fn run(
    settings: &PairSettings,
    sites: &Sites<'_>,
    ledger: &Ledger,
    request: &PassRequest,
    listener: &dyn Listener,
) -> Result<Outcome, Failure> {
    let began = jiff::Timestamp::now();
    let name = check::pass_name(began, ledger.passes()?.last().map(String::as_str));
    let log = ledger.start_log(&name)?.with_retired(settings.retired.as_deref());
    let findings = Findings::new(listener, &log, &ledger.spool_dir()?);
    let stage = Stage::new(&settings.hooks, *sites, ledger, (&settings.name, &name), listener)?;
    let tools = Tools {
        listener,
        log: &log,
        findings: &findings,
        stage: &stage,
    };
    let pass = Pass::new(name.clone(), began, (settings, request), (*sites, ledger), tools);
    let outcome = pass.whole();
    if outcome.is_err() {
        // What it changed until then stays on record, also where the next pass finds nothing left to do. That it could not be
        // written adds nothing to why the pass ended.
        drop(log.finish());
    }
    outcome
}

/// Lets both sites go, however the pass ended; after `close` it does nothing.
struct Abandon<'a>(&'a Sites<'a>);

impl Drop for Abandon<'_> {
    fn drop(&mut self) {
        self.0.production.abandon();
        self.0.standby.abandon();
    }
}

impl<'a> Pass<'a> {
    /// One that has learned nothing yet.
    fn new(
        name: String,
        began: jiff::Timestamp,
        (settings, request): (&'a PairSettings, &'a PassRequest),
        (sites, ledger): (Sites<'a>, &'a Ledger),
        tools: Tools<'a>,
    ) -> Self {
        let Tools {
            listener,
            log,
            findings,
            stage,
        } = tools;
        Self {
            name,
            settings,
            sites,
            ledger,
            request,
            listener,
            log,
            findings,
            stage,
            memory: Mutex::default(),
            began,
            clock: Instant::now(),
            reread_bytes: AtomicU64::new(0),
            rotten: Mutex::default(),
            behind: AtomicBool::new(false),
            taken: Mutex::default(),
            ahead: Mutex::default(),
            readiness: Mutex::default(),
            probing: Mutex::default(),
        }
    }
}

impl Pass<'_> {
    /// A step begins.
    pub(crate) fn begin(&self, step: StepName) {
        let mut taken = crate::apply::lock(&self.taken);
        if taken.last().is_some_and(|(last, _)| *last == step) {
            return;
        }
        taken.push((step, Instant::now()));
        drop(taken);
        self.listener.event(&Event::Began(step));
    }

    /// A repair without a step has nothing to put right at the standby.
    fn check_repair(&self, plan: &Plan) -> Result<(), Failure> {
        let Some(path) = self.request.repair.as_ref().filter(|_| plan.totals.steps() == 0) else {
            return Ok(());
        };
        let rotten = crate::apply::lock(&self.rotten);
        let at_production = rotten
            .iter()
            .any(|(known, site)| known == path && *site == SiteRole::Production);
        let doing = format!("repairing {path}");
        Err(if at_production {
            let why = "production is the side that differs from the last certificate, and is never written";
            Failure::new(Code::RotProduction, doing, why)
                .hint("Export the standby's good copy with --to DIR, and put it back at production yourself.")
        } else {
            let why = "the standby does not differ from production there";
            Failure::new(Code::NotFound, doing, why).hint("`counterpart verify` lists what differs.")
        })
    }

    fn judge(&self, observation: &Observation, plan: &Plan) -> Result<Judged, Failure> {
        if self.request.kind == PassKind::Verify {
            return Ok(Judged::Allowed);
        }
        let known = crate::apply::lock(&self.memory).production_filesystem.clone();
        let refusals = judge(&Judging {
            settings: self.settings,
            request: self.request,
            sites: &self.sites,
            observation,
            plan,
            known_filesystem: known.as_deref(),
        })?;
        judge_approval(&refusals, plan, self.ledger, self.request.approve.as_deref())
    }

    fn apply(&self, observation: &Observation, plan: &Plan) -> Result<Applied, Failure> {
        let totals = plan.totals;
        self.listener.event(&Event::Ahead {
            entries: totals.steps(),
            bytes: totals.bytes,
        });
        self.sites.standby.adopt()?;
        // What an interrupted pass brought was not synced yet, and its incoming files were not cleared.
        if totals.steps() == 0 && observation.recovered_since_seconds.is_none() {
            return Ok(Applied::default());
        }
        let target = self.sites.standby.apply()?;
        let began = Instant::now();
        let applied = apply(
            &Applying {
                sites: &self.sites,
                findings: self.findings,
                log: self.log,
                listener: self.listener,
                algorithm: self.settings.policy.algorithm,
                attributes: observation.carries_attributes(),
                movers: self.threads(),
                pipelines: Pipelines::default(),
                recovered_since_seconds: observation.recovered_since_seconds,
                spool_dir: self.ledger.spool_dir()?,
            },
            plan,
            target.as_ref(),
        )?;
        target.sync()?;
        self.note_rate(applied.bytes_sent, began.elapsed().as_secs_f64());
        Ok(applied)
    }

    /// Remembers how fast content moved, where enough moved to tell.
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    fn note_rate(&self, bytes: u64, seconds: f64) {
        const ENOUGH_BYTES: u64 = 16 << 20;
        if bytes >= ENOUGH_BYTES && seconds > 0.0 {
            crate::apply::lock(&self.memory).bytes_per_second = Some(bytes as f64 / seconds);
        }
    }

    pub(crate) fn threads(&self) -> usize {
        const FEWEST: usize = 8;
        const MOST: usize = 16;
        match self.settings.movers {
            0 => self.at_once().unwrap_or_else(|| {
                std::thread::available_parallelism()
                    .map_or(FEWEST, |cores| 2 * cores.get())
                    .clamp(FEWEST, MOST)
            }),
            movers => movers,
        }
    }

    /// Requests that a far site should have under way.
    fn at_once(&self) -> Option<usize> {
        let Sites {
            production, standby, ..
        } = self.sites;
        production.requests_at_once().max(standby.requests_at_once())
    }

    pub(crate) fn stop_if_asked(&self) -> Result<(), Failure> {
        if self.listener.interrupted() {
            Err(interrupted())
        } else {
            Ok(())
        }
    }
}
