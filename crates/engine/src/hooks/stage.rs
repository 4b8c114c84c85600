//! What a pass does around the tree, and undoes: written down first, done then.

use super::attempt::{Attempt, Unhurried, must};
use super::book::{HoldBook, Holding};
use super::owed::{Owed, What};
use super::settings::{Hold, Hooks};
use crate::Sites;
use crate::apply::lock;
use crate::ledger::Ledger;
use counterpart_evidence::certificate::HoldMethod;
use counterpart_model::{Code, Failure, SiteRole, Timestamp};
use counterpart_port::{Task, Watch};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How long the application is waited for between two looks at whether it is ready.
const LOOK: Duration = Duration::from_millis(200);

/// What one pass did around the tree.
pub(crate) struct Stage<'a> {
    hooks: &'a Hooks,
    sites: Sites<'a>,
    ledger: &'a Ledger,
    pair: &'a str,
    pass: &'a str,
    watch: &'a dyn Watch,
    owed: Mutex<Vec<Owed>>,
    held: Mutex<Held>,
}

/// How long production was held.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Held {
    since: Option<Instant>,
    /// In sum, for those that ended.
    pub(crate) seconds: f64,
    /// When it was held first and released last.
    pub(crate) from: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
}

impl<'a> Stage<'a> {
    /// The stage of a pass; what an earlier one left is on it.
    ///
    /// # Errors
    /// `state-damaged`.
    pub(crate) fn new(
        hooks: &'a Hooks,
        sites: Sites<'a>,
        ledger: &'a Ledger,
        (pair, pass): (&'a str, &'a str),
        watch: &'a dyn Watch,
    ) -> Result<Self, Failure> {
        Ok(Self {
            hooks,
            sites,
            ledger,
            pair,
            pass,
            watch,
            owed: Mutex::new(ledger.owed()?),
            held: Mutex::default(),
        })
    }

    /// Asks both sites whether they would do all that the configuration names, before anything is done.
    ///
    /// # Errors
    /// `not-permitted`.
    pub(crate) fn is_permitted(&self) -> Result<(), Failure> {
        [SiteRole::Production, SiteRole::Standby]
            .into_iter()
            .try_for_each(|role| {
                let tasks = self.hooks.tasks(role);
                if tasks.is_empty() {
                    return Ok(());
                }
                let permitted = self.sites.commands(role).permits(&tasks);
                permitted.map_err(|failure| super::attempt::named(failure, role, "looking at the hooks"))
            })
    }

    /// Holds a site as the configuration says.
    ///
    /// # Errors
    /// `production-busy`, or the hook failed.
    pub(crate) fn hold(&self, role: SiteRole) -> Result<(), Failure> {
        let hold = self.hooks.hold(role);
        match hold.method {
            HoldMethod::None => Ok(()),
            HoldMethod::CheckIdle => self.wait_until_idle(role, hold),
            HoldMethod::ReadOnly | HoldMethod::Stop => {
                self.wait_until_idle(role, hold)?;
                self.begin(role, hold)
            }
        }
    }

    fn begin(&self, role: SiteRole, hold: &Hold) -> Result<(), Failure> {
        self.owe(What::hold(role), hold.end.clone())?;
        let begin = || {
            self.maybe(role, hold.begin.as_ref(), "holding the site")
                .map(drop)
        };
        match self.book(role) {
            Some(book) => book.enter(&self.holding(), begin)?,
            None => begin()?,
        }
        if role == SiteRole::Production {
            lock(&self.held).begin();
        }
        Ok(())
    }

    /// Ends the hold of a site, where there is one.
    ///
    /// # Errors
    /// `still-held`.
    pub(crate) fn release(&self, role: SiteRole) -> Result<(), Failure> {
        self.settle(What::hold(role))
    }

    /// Takes a snapshot of production, where one is configured, and gives the path to read from.
    ///
    /// # Errors
    /// The hook failed, or said no path.
    pub(crate) fn snapshot(&self) -> Result<Option<String>, Failure> {
        const DOING: &str = "taking a snapshot";
        let Some(snapshot) = &self.hooks.snapshot else {
            return Ok(None);
        };
        self.owe(What::Snapshot, snapshot.end.clone())?;
        let taken = self.run(SiteRole::Production, &snapshot.take, DOING)?;
        let path = snapshot.path.clone().unwrap_or_else(|| taken.first_line());
        if path.starts_with('/') {
            return Ok(Some(path));
        }
        let why = format!(
            "{}: the first line of what it said is {path:?}, which is no absolute path",
            snapshot.take.act
        );
        Err(
            Failure::new(Code::HookFailed, format!("{DOING} at production"), why)
                .hint("Let it write the path to read from, or set `path`."),
        )
    }

    /// Lets the snapshot go.
    ///
    /// # Errors
    /// `still-held`.
    pub(crate) fn end_snapshot(&self) -> Result<(), Failure> {
        self.settle(What::Snapshot)
    }

    /// Stops the application at the standby; once.
    ///
    /// # Errors
    /// The hook failed.
    pub(crate) fn stop_application(&self) -> Result<(), Failure> {
        let Some(stop) = &self.hooks.application.stop else {
            return Ok(());
        };
        if self.owes(What::Application) {
            return Ok(());
        }
        self.owe(What::Application, self.hooks.application.start.clone())?;
        self.run(SiteRole::Standby, stop, "stopping the application")
            .map(drop)
    }

    /// Starts it, and waits until it is ready.
    ///
    /// # Errors
    /// `still-held`, or `not-ready`.
    pub(crate) fn start_application(&self) -> Result<(), Failure> {
        if !self.owes(What::Application) {
            return Ok(());
        }
        self.settle(What::Application)?;
        self.wait_until_ready()
    }

    fn wait_until_ready(&self) -> Result<(), Failure> {
        let application = &self.hooks.application;
        let Some(ready) = &application.ready else {
            return Ok(());
        };
        let began = Instant::now();
        loop {
            let attempt = super::attempt::attempt(self.sites.standby_commands, ready, self.watch)?;
            if attempt.ended.is_good() {
                return Ok(());
            }
            if began.elapsed().as_secs() >= application.ready_within_seconds {
                let why = format!(
                    "after {} s {} still says no: {}",
                    application.ready_within_seconds,
                    ready.act,
                    attempt.why()
                );
                return Err(Failure::new(
                    Code::NotReady,
                    "waiting for the application at standby",
                    why,
                ));
            }
            self.pause(LOOK)?;
        }
    }

    /// Waits, and heeds an interruption.
    pub(super) fn pause(&self, time: Duration) -> Result<(), Failure> {
        let began = Instant::now();
        while began.elapsed() < time {
            if self.watch.interrupted() {
                return Err(crate::apply::interrupted());
            }
            std::thread::sleep(
                time.saturating_sub(began.elapsed())
                    .min(Duration::from_millis(50)),
            );
        }
        Ok(())
    }

    /// Undoes everything that is left, the last first, each whatever became of the others; also when the pass was told to
    /// end.
    ///
    /// # Errors
    /// `still-held`: the first of what could not be undone. It stays written down.
    pub(crate) fn settle_all(&self) -> Result<(), Failure> {
        let left: Vec<What> = lock(&self.owed).iter().rev().map(|owed| owed.what).collect();
        let settled: Vec<_> = left.into_iter().map(|what| self.settle(what)).collect();
        settled.into_iter().collect()
    }

    /// Undoes one thing, where it is owed.
    fn settle(&self, what: What) -> Result<(), Failure> {
        let owed = lock(&self.owed).iter().find(|owed| owed.what == what).cloned();
        let Some(owed) = owed else { return Ok(()) };
        let undo = || match &owed.undo {
            None => Ok(()),
            Some(undo) => must(
                self.sites.commands(what.site()),
                what.site(),
                undo,
                what.undoing(),
                &Unhurried,
            )
            .map(drop),
        };
        let undone = match (what, self.book(what.site())) {
            (What::ProductionHold, Some(book)) => book.leave(self.pair, undo),
            _ => undo(),
        };
        undone.map_err(|failure| still_held(what, failure))?;
        if what == What::ProductionHold {
            lock(&self.held).end();
        }
        self.change(what.site(), |all| all.retain(|known| known.what != what))
    }

    /// Writes down that something is done now and must be undone.
    fn owe(&self, what: What, undo: Option<Task>) -> Result<(), Failure> {
        let owed = Owed {
            what,
            pass: self.pass.to_owned(),
            since: crate::pass::now(),
            undo,
        };
        self.change(what.site(), |all| {
            all.retain(|known| known.what != what);
            all.push(owed);
        })
    }

    /// Changes what is owed, here and at its site, which undoes it by itself when the caller is gone.
    fn change(&self, site: SiteRole, change: impl FnOnce(&mut Vec<Owed>)) -> Result<(), Failure> {
        let mut all = lock(&self.owed);
        change(&mut all);
        self.ledger.keep_owed(&all)?;
        let left = all.iter().rev().filter(|owed| owed.what.site() == site);
        // A production that several hold is not released because one of them is gone.
        let counted = |owed: &&Owed| owed.what == What::ProductionHold && self.is_shared();
        let tasks: Vec<Task> = left
            .filter(|owed| !counted(owed))
            .filter_map(|owed| owed.undo.clone())
            .collect();
        self.sites.commands(site).when_gone(&tasks)
    }

    /// True where the application was stopped and is not started yet.
    pub(crate) fn has_stopped(&self) -> bool {
        self.owes(What::Application)
    }

    fn owes(&self, what: What) -> bool {
        lock(&self.owed).iter().any(|owed| owed.what == what)
    }

    fn maybe(&self, role: SiteRole, task: Option<&Task>, doing: &str) -> Result<(), Failure> {
        task.map_or(Ok(()), |task| self.run(role, task, doing).map(drop))
    }

    fn run(&self, role: SiteRole, task: &Task, doing: &str) -> Result<Attempt, Failure> {
        must(self.sites.commands(role), role, task, doing, self.watch)
    }

    pub(super) fn attempt(&self, role: SiteRole, task: &Task) -> Result<Attempt, Failure> {
        super::attempt::attempt(self.sites.commands(role), task, self.watch)
    }

    fn book(&self, role: SiteRole) -> Option<&HoldBook> {
        (role == SiteRole::Production)
            .then(|| self.ledger.holds())
            .flatten()
    }

    fn is_shared(&self) -> bool {
        let others = |holding: &Holding| holding.by != self.pair;
        let holders = self.ledger.holds().and_then(|book| book.holders().ok());
        holders.is_some_and(|holders| holders.iter().any(others))
    }

    fn holding(&self) -> Holding {
        Holding {
            by: self.pair.to_owned(),
            since_seconds: crate::pass::now().seconds,
            reason: Some(format!("pass {}", self.pass)),
        }
    }

    pub(crate) const fn hooks(&self) -> &'a Hooks {
        self.hooks
    }

    /// How long production was held so far.
    pub(crate) fn held(&self) -> Held {
        *lock(&self.held)
    }
}

impl Held {
    fn begin(&mut self) {
        self.since = Some(Instant::now());
        self.from.get_or_insert_with(crate::pass::now);
    }

    fn end(&mut self) {
        if let Some(since) = self.since.take() {
            self.seconds += since.elapsed().as_secs_f64();
            self.until = Some(crate::pass::now());
        }
    }
}

fn still_held(what: What, failure: Failure) -> Failure {
    let why = format!("{what} still: {}", failure.why);
    Failure::new(Code::StillHeld, failure.doing, why)
}
