//! The loop of `serve`: comes round twice a second, looks at every pair, begins what may begin, ends what must end.

mod held;
mod pruning;
mod showing;

use super::asking::{Answer, Answers, Who};
use super::configured::{Configured, Looked};
use super::messages::Messages;
use super::place::Place;
use super::service::Service;
use super::standing::Standing;
use super::worker::{Bench, Ran};
use super::{events, log};
use crate::context::Context;
use crate::exit::Exit;
use crate::terminal::{hangup_flag, interrupted_flag};
use crate::wire::Scheduled;
use crate::{due, who};
use counterpart_engine::RunRecord;
use counterpart_model::Failure;
use counterpart_store::files::StateDir;
use held::Held;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// How often the loop comes round.
const ROUND: Duration = Duration::from_millis(500);

/// What threads tell the loop.
enum Told {
    Ran(Ran),
    Answered(Who, Answer),
    Pruned(Box<RunRecord>),
}

/// The loop.
pub(super) struct Keeper<'a> {
    context: &'a Context,
    bench: Bench,
    state: StateDir,
    configured: Configured,
    places: Vec<Place>,
    answers: Answers,
    messages: Messages,
    service: Service,
    standing: Standing,
    began: Timestamp,
    interrupted: Arc<AtomicBool>,
    hangup: Arc<AtomicBool>,
    tell: Sender<Told>,
    told: Receiver<Told>,
    /// What was said last of a pair that cannot be looked at, so that it is said once.
    troubles: BTreeSet<String>,
    /// When what has had its time was removed last, or would have been.
    pruned: Timestamp,
    /// The pairs of which it is still to be removed, and the one of which it is.
    to_prune: BTreeSet<String>,
    pruning: Option<String>,
}

impl<'a> Keeper<'a> {
    /// Over a configuration that was read.
    pub(super) fn new(context: &'a Context, state: StateDir, configured: Configured) -> Self {
        let (tell, told) = channel();
        let began = due::now();
        Self {
            context,
            bench: Bench::of(context),
            state,
            standing: Standing {
                pid: std::process::id(),
                host: who::host(),
                since: events::shown(began),
                configuration: configured.file().display().to_string(),
                ..Standing::default()
            },
            configured,
            places: Vec::new(),
            answers: Answers::default(),
            messages: Messages::default(),
            service: Service::of_environment(),
            began,
            interrupted: interrupted_flag(),
            hangup: hangup_flag(),
            tell,
            told,
            troubles: BTreeSet::new(),
            pruned: began,
            to_prune: BTreeSet::new(),
            pruning: None,
        }
    }

    /// Serves until it is told to end.
    ///
    /// # Errors
    /// The state of a pair cannot be made.
    pub(super) fn run(mut self) -> Result<Exit, Failure> {
        self.take_pairs()?;
        self.print(&events::of_serve("started", self.pairs_in_words()));
        Service::ready();
        while !self.interrupted.load(Ordering::Relaxed) {
            self.round();
            self.service.alive();
            self.hear(ROUND);
        }
        Ok(self.end())
    }

    fn round(&mut self) {
        if self.hangup.swap(false, Ordering::Relaxed) {
            Service::reloading();
            let looked = self.configured.read();
            self.reloaded(looked);
            Service::ready();
        }
        let now = due::now();
        let zone = TimeZone::system();
        let mut ready: Vec<usize> = (0..self.places.len())
            .filter(|place| self.look(*place, now, &zone))
            .collect();
        if !ready.is_empty() {
            let looked = self.configured.look();
            if looked != Looked::Same {
                self.reloaded(looked);
                // What is ready may not be under the new one.
                return;
            }
        }
        ready.sort_by_key(|place| self.places[*place].due.map(|due| due.at));
        for place in ready {
            self.begin(place, now, &zone);
        }
        let pairs = &self.configured.config().pairs;
        self.messages.look(&self.bench, &self.state, pairs);
        self.prune_in_time(now, &zone);
        self.show();
    }

    /// Looks at a pair; true when a pass of it may begin.
    fn look(&mut self, index: usize, now: Timestamp, zone: &TimeZone) -> bool {
        if self.places[index].running.is_some() {
            self.look_at_running(index, now, zone);
            return false;
        }
        match self.places[index].look(now, zone) {
            Ok(record) => self.record(index, record),
            Err(failure) => {
                self.trouble(Some(index), &failure);
                return false;
            }
        }
        let place = &mut self.places[index];
        // A pass would find the pair locked.
        let is_pruned = self.pruning.as_ref() == Some(&place.pair.name);
        let Some(due) = place.due.filter(|due| due.at <= now && !is_pruned) else {
            return false;
        };
        if due.begins > now {
            let record = place.waits(events::OUTSIDE_WINDOW, |pair, due| {
                events::waits(pair, due, events::OUTSIDE_WINDOW, Some(due.begins), None)
            });
            self.record(index, record);
            return false;
        }
        match self.held(index, now, true) {
            Held::Free => true,
            Held::Unknown => false,
            Held::By(why, until) => {
                let record = self.places[index].waits(events::PAUSED, |pair, due| {
                    events::waits(pair, due, events::PAUSED, until, Some(why))
                });
                self.record(index, record);
                false
            }
        }
    }

    fn look_at_running(&mut self, index: usize, now: Timestamp, zone: &TimeZone) {
        let skipped = self.places[index].look_while_running(now, zone);
        self.record(index, skipped);
        if let Held::By(..) = self.held(index, now, false) {
            self.places[index].stop(events::PAUSED);
        }
    }

    /// Begins a pass, where one more may run.
    fn begin(&mut self, index: usize, now: Timestamp, zone: &TimeZone) {
        let running = self.places.iter().filter(|place| place.running.is_some()).count();
        let place = &mut self.places[index];
        let (Some(due), true) = (place.due, running < self.configured.config().serve.at_once) else {
            return;
        };
        let missed = (due.at < self.began).then_some(events::MISSED);
        let late = place.waited_for(due.at).or(missed);
        let runs = place
            .pair
            .schedule
            .as_ref()
            .map_or(1, |schedule| schedule.come(due.at, now, zone));
        let scheduled = Scheduled {
            schedule: place.words(),
            stop: place.begin(now),
        };
        let record = events::began(&place.pair.name, due.at, late, runs);
        let (bench, pair, tell) = (self.bench.clone(), place.pair.clone(), self.tell.clone());
        self.record(index, Some(record));
        std::thread::spawn(move || {
            // The loop may have ended.
            let _ = tell.send(Told::Ran(bench.run(pair, scheduled)));
        });
    }

    /// Waits for what threads tell, no longer than this.
    fn hear(&mut self, time: Duration) {
        if let Ok(told) = self.told.recv_timeout(self.service.at_most(time)) {
            self.take(told);
        }
        while let Ok(told) = self.told.try_recv() {
            self.take(told);
        }
    }

    fn take(&mut self, told: Told) {
        match told {
            Told::Answered(who, answer) => self.answers.take(who, answer),
            Told::Pruned(record) => {
                self.pruning = None;
                self.print(&record);
            }
            Told::Ran(ran) => {
                let Some(index) = self.places.iter().position(|place| place.pair.name == ran.pair) else {
                    return;
                };
                self.ended(index, &ran);
                self.drop_pairs();
            }
        }
    }

    fn ended(&mut self, index: usize, ran: &Ran) {
        let place = &mut self.places[index];
        let Some(running) = place.ended(ran.counts) else {
            return;
        };
        let is_stopping = self
            .interrupted
            .load(Ordering::Relaxed)
            .then_some(events::STOPPING);
        let record = match (&ran.result, running.why.or(is_stopping)) {
            (Ok(report), _) => events::ended(report),
            (Err(_), Some(why)) if !ran.counts => events::interrupted(&ran.pair, why, ran.took),
            (Err(failure), _) if !ran.counts => {
                // Somebody else holds the pair, or ended the pass: another one now would not do better.
                place.settle(due::now());
                RunRecord {
                    message: Some(failure.to_string()),
                    ..events::skipped(&ran.pair, running.began, events::STILL_RUNNING, 1)
                }
            }
            (Err(failure), _) => events::failed(&ran.pair, failure, ran.took),
        };
        self.record(index, Some(record));
    }

    fn reloaded(&mut self, looked: Looked) {
        match looked {
            Looked::Same => {}
            Looked::Broken(why) => self.print(&events::of_serve(
                "not-reloaded",
                format!("the old configuration stays in force, since the new one is broken: {why}"),
            )),
            Looked::New => match self.take_pairs() {
                Ok(()) => {
                    self.answers.forget();
                    self.print(&events::of_serve("reloaded", self.pairs_in_words()));
                }
                Err(failure) => self.trouble(None, &failure),
            },
        }
        self.show();
    }

    /// Goes by the pairs of the configuration. One of which a pass runs stays until that has ended.
    fn take_pairs(&mut self) -> Result<(), Failure> {
        for pair in self.configured.scheduled() {
            match self.places.iter_mut().find(|place| place.pair.name == pair.name) {
                Some(place) => place.change(pair.clone()),
                None => self.places.push(Place::new(pair.clone(), &self.state)?),
            }
        }
        self.drop_pairs();
        Ok(())
    }

    fn drop_pairs(&mut self) {
        let wanted: BTreeSet<&str> = self
            .configured
            .scheduled()
            .map(|pair| pair.name.as_str())
            .collect();
        self.places
            .retain(|place| place.running.is_some() || wanted.contains(place.pair.name.as_str()));
    }

    /// Interrupts every pass, and waits until each has ended, as long as the grace is.
    fn end(&mut self) -> Exit {
        Service::stopping();
        self.print(&events::of_serve("stopping", ""));
        for place in &mut self.places {
            place.stop(events::STOPPING);
        }
        let asked = Instant::now();
        let grace = Duration::from_secs(self.configured.config().serve.grace_seconds);
        while self.places.iter().any(|place| place.running.is_some()) {
            if asked.elapsed() >= grace {
                let left = self.running_pairs().join(", ");
                let why = format!("passes that did not end in time are left to be resumed: {left}");
                self.print(&events::of_serve("stopped", why));
                return Exit::Unfinished;
            }
            self.service.alive();
            self.hear(ROUND);
        }
        self.show();
        self.print(&events::of_serve("stopped", ""));
        Exit::Done
    }

    /// Keeps a record of a pair, and prints it.
    fn record(&mut self, index: usize, record: Option<RunRecord>) {
        let Some(record) = record else {
            return;
        };
        // Whoever reads the line must find the record.
        let kept = self.places[index].ledger.record_run(&record);
        self.print(&record);
        if let Err(failure) = kept {
            self.trouble(Some(index), &failure);
        }
    }

    fn print(&self, record: &RunRecord) {
        log::print(&self.context.terminal, record);
    }

    /// Says once that something could not be done.
    fn trouble(&mut self, index: Option<usize>, failure: &Failure) {
        let pair = index.map(|index| self.places[index].pair.name.clone());
        let record = RunRecord {
            result: Some(failure.code.word().to_owned()),
            pair,
            ..events::of_serve("trouble", failure.to_string())
        };
        if self.troubles.len() > 100 {
            self.troubles.clear();
        }
        if self.troubles.insert(format!("{:?} {failure}", record.pair)) {
            self.print(&record);
        }
    }
}
