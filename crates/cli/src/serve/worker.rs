//! One pass in a thread of its own, by the same code as `run`. A panic ends it, and it alone.

use crate::args::{Global, ProgressForm};
use crate::config::Pair;
use crate::context::Context;
use crate::wire::{Scheduled, Wired, Wish, counted};
use counterpart_engine::{Outcome, PassKind, PassReport};
use counterpart_model::{Code, Failure};
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// What every pass needs of the program that serves.
#[derive(Clone)]
pub(super) struct Bench {
    global: Global,
    arguments: Vec<OsString>,
}

/// How a pass ended.
#[derive(Debug)]
pub(super) struct Ran {
    /// Its pair.
    pub(super) pair: String,
    /// Its report, or why there is none.
    pub(super) result: Result<Box<PassReport>, Failure>,
    /// True when the schedule goes on from it; false when it is due again.
    pub(super) counts: bool,
    /// How long it took.
    pub(super) took: Duration,
}

impl Bench {
    /// For passes under the options of `serve`: each is silent, and what came of it is told by the loop.
    pub(super) fn of(context: &Context) -> Self {
        let global = Global {
            json: false,
            quiet: true,
            verbose: false,
            progress: ProgressForm::None,
            ..context.global.clone()
        };
        Self {
            global,
            arguments: context.arguments.clone(),
        }
    }

    /// Something that a command does, under these options.
    pub(super) fn context(&self) -> Context {
        Context::new(self.global.clone(), self.arguments.clone())
    }

    /// Runs one pass to its end.
    pub(super) fn run(&self, pair: Pair, scheduled: Scheduled) -> Ran {
        let name = pair.name.clone();
        let deadline = pair.deadline_seconds.map(Duration::from_secs);
        let began = Instant::now();
        let result = guarded(|| self.pass(pair, scheduled));
        let took = began.elapsed();
        let late = deadline.is_some_and(|deadline| took >= deadline);
        Ran {
            pair: name,
            counts: counted::counts(result.as_ref().err(), late),
            result,
            took,
        }
    }

    fn pass(&self, pair: Pair, scheduled: Scheduled) -> Result<Box<PassReport>, Failure> {
        let context = self.context();
        let wish = Wish {
            scheduled: Some(scheduled),
            ..Wish::default()
        };
        match Wired::open(&context, pair)?.pass(&context, PassKind::Run, wish)? {
            Outcome::Pass(report) => Ok(report),
            Outcome::Plan(_) => Err(Failure::new(
                Code::Io,
                "running a pass",
                "the engine gave a plan instead",
            )),
        }
    }
}

/// What work comes to; a panic becomes a failure.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let said = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("it did not say why");
        let why = format!("the program met a mistake of its own: {said}");
        Err(Failure::new(Code::Io, "running a pass", why)
            .hint("Report it with this line; the next pass takes up what this one left."))
    })
}
