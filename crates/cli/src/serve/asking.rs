//! Production's word against a pass: a program that leaves with 0 as long as no pass may run. It is asked in a thread of its
//! own, since it may hang, and its answer holds for a while.

use counterpart_model::Failure;
use counterpart_port::{Commands, Ended, Task, Watch};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What is asked: that of all pairs, or that of one by its name.
pub(super) type Who = Option<String>;

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Passes may run.
    Go,
    /// They may not, and why.
    Wait(String),
}

/// All answers.
#[derive(Default)]
pub(super) struct Answers(BTreeMap<Who, Known>);

#[derive(Default)]
struct Known {
    is_asked: bool,
    last: Option<(Instant, Answer)>,
}

impl Answers {
    /// The answer where it is fresh. Where it is not, `ask` is called to bring one, unless that is under way.
    pub(super) fn fresh(&mut self, who: &Who, every: Duration, ask: impl FnOnce()) -> Option<Answer> {
        let known = self.0.entry(who.clone()).or_default();
        let last = known.last.as_ref();
        let fresh = last
            .filter(|(at, _)| at.elapsed() < every)
            .map(|(_, answer)| answer.clone());
        if fresh.is_none() && !known.is_asked {
            known.is_asked = true;
            ask();
        }
        fresh
    }

    /// The last answer, however old.
    pub(super) fn last(&self, who: &Who) -> Option<&Answer> {
        self.0.get(who)?.last.as_ref().map(|(_, answer)| answer)
    }

    /// An answer came.
    pub(super) fn take(&mut self, who: Who, answer: Answer) {
        let known = self.0.entry(who).or_default();
        known.is_asked = false;
        known.last = Some((Instant::now(), answer));
    }

    /// Nothing is known any more: what is asked may be another thing now.
    pub(super) fn forget(&mut self) {
        self.0.values_mut().for_each(|known| known.last = None);
    }
}

/// Ends what is asked when the program is to end.
struct UntilInterrupted(Arc<AtomicBool>);

impl Watch for UntilInterrupted {
    fn progress(&self, _: counterpart_port::Progress) {}

    fn interrupted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Asks. Who cannot be asked may be hard-pressed: passes wait.
pub(super) fn ask(commands: &dyn Commands, task: &Task, interrupted: Arc<AtomicBool>) -> Answer {
    let said = commands.act(task, &mut |_| {}, &UntilInterrupted(interrupted));
    judge(task, said)
}

fn judge(task: &Task, said: Result<Ended, Failure>) -> Answer {
    use counterpart_port::HowEnded::{Answered, Exited, Signalled, TimedOut};
    match said {
        Ok(ended) if ended.is_good() => Answer::Wait(format!("{} says that no pass may run", task.act)),
        Ok(ended) => match ended.how {
            Exited(_) | Answered(_) => Answer::Go,
            TimedOut | Signalled(_) => Answer::Wait(format!("{} did not answer: {}", task.act, ended.how)),
        },
        Err(failure) => Answer::Wait(format!("{} could not be asked: {failure}", task.act)),
    }
}
