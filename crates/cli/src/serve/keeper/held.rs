//! What stands against a pass: a pause by hand, or the word of production.

use super::{Keeper, Told};
use crate::config::Pair;
use crate::serve::asking::{self, Answer, Who};
use crate::serve::configured::Configured;
use crate::serve::worker::Bench;
use crate::wire::{Wired, own_environment};
use counterpart_command::Anything;
use counterpart_port::{Act, Task};
use jiff::Timestamp;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::Sender;
use std::time::Duration;

/// How long a program that is asked whether passes may run may take.
const PAUSE_TIMEOUT_SECONDS: u64 = 60;

/// What stands against a pass now.
pub(super) enum Held {
    /// Nothing.
    Free,
    /// It is not known yet.
    Unknown,
    /// This, until then where that is known.
    By(String, Option<Timestamp>),
}

impl Keeper<'_> {
    /// What stands against a pass of a pair: a pause by hand, or the word of production. For a pass that is to begin the
    /// word must be fresh.
    pub(super) fn held(&mut self, index: usize, now: Timestamp, to_begin: bool) -> Held {
        match self.places[index].ledger.paused(now.as_second()) {
            Ok(Some(pause)) => {
                let until = pause
                    .until_seconds
                    .and_then(|seconds| Timestamp::from_second(seconds).ok());
                return Held::By(format!("{} paused it: {}", pause.by, pause.reason), until);
            }
            Ok(None) => {}
            Err(failure) => {
                self.trouble(Some(index), &failure);
                return Held::Unknown;
            }
        }
        let of_pair = self.places[index].pair.pause.is_some();
        let of_all = !self.configured.config().serve.pause.is_empty();
        let asked = [
            of_all.then_some(None),
            of_pair.then(|| Some(self.places[index].pair.name.clone())),
        ];
        for who in asked.into_iter().flatten() {
            let every = Duration::from_secs(self.configured.config().serve.pause_every_seconds);
            let ask = Self::asker(
                &self.bench,
                &self.configured,
                &self.places[index].pair,
                &who,
                &self.tell,
                &self.interrupted,
            );
            let fresh = self.answers.fresh(&who, every, ask);
            let answer = if to_begin {
                fresh
            } else {
                fresh.or_else(|| self.answers.last(&who).cloned())
            };
            match answer {
                Some(Answer::Go) => {}
                Some(Answer::Wait(why)) => return Held::By(why, None),
                None => return Held::Unknown,
            }
        }
        Held::Free
    }

    /// Asks, in a thread of its own, whether a pass may run.
    fn asker(
        bench: &Bench,
        configured: &Configured,
        pair: &Pair,
        who: &Who,
        tell: &Sender<Told>,
        interrupted: &Arc<AtomicBool>,
    ) -> impl FnOnce() + use<> {
        let (bench, pair, who) = (bench.clone(), pair.clone(), who.clone());
        let (tell, interrupted) = (tell.clone(), Arc::clone(interrupted));
        let words = configured.config().serve.pause.clone();
        move || {
            std::thread::spawn(move || {
                let answer = match &who {
                    None => {
                        let task = Task {
                            act: Act::Run(words),
                            timeout_seconds: PAUSE_TIMEOUT_SECONDS,
                        };
                        asking::ask(&Anything::new(own_environment()), &task, interrupted)
                    }
                    Some(_) => ask_production(&bench, pair, interrupted),
                };
                // The loop may have ended.
                let _ = tell.send(Told::Answered(who, answer));
            });
        }
    }
}

/// Asks production itself, at its own host.
fn ask_production(bench: &Bench, pair: Pair, interrupted: Arc<AtomicBool>) -> Answer {
    let Some(task) = pair.pause.clone() else {
        return Answer::Go;
    };
    let wired = match Wired::open(&bench.context(), pair) {
        Ok(wired) => wired,
        Err(failure) => return Answer::Wait(failure.to_string()),
    };
    match wired.production.reach() {
        Ok(production) => asking::ask(production.commands(), &task, interrupted),
        Err(failure) => Answer::Wait(failure.to_string()),
    }
}
