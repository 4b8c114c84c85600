//! What this site does for the other end beside its tree: what is written goes back as it comes. What the other end left
//! to be done when it is gone is done here, so that nothing stays held because a link was lost.

use super::answer::{Far, FarWatch};
use crate::call::Ran;
use crate::connection::{Channel, lock, unexpected};
use counterpart_model::{Code, Failure};
use counterpart_port::{Commands, Offered, Output, Progress, Task, Watch};

/// Most tasks that may be left: a hold, an application and a snapshot at most are to be undone.
const MAX_LEFT: usize = 16;

/// What is offered; nothing where this agent runs no commands.
pub(super) fn offered(commands: Option<&dyn Commands>) -> Result<Vec<Offered>, Failure> {
    commands.map_or_else(|| Ok(Vec::new()), Commands::offered)
}

/// Whether all of these would be done.
pub(super) fn permits(commands: Option<&dyn Commands>, tasks: &[Task]) -> Result<(), Failure> {
    match (commands, tasks.first()) {
        (Some(commands), _) => commands.permits(tasks),
        (None, Some(first)) => Err(none(first)),
        (None, None) => Ok(()),
    }
}

/// Does one. Any word of the caller, or its end, ends it.
pub(super) fn serve(commands: Option<&dyn Commands>, task: &Task, channel: &Channel) -> Result<(), Failure> {
    let Some(commands) = commands else {
        return channel.send(&Ran::Done(Err(none(task))));
    };
    // Where the caller is gone, what is done is interrupted by the watch.
    let mut output = |output: Output<'_>| {
        let ran = match output {
            Output::Standard(bytes) => Ran::Standard(bytes.to_vec()),
            Output::Errors(bytes) => Ran::Errors(bytes.to_vec()),
        };
        drop(channel.send(&ran));
    };
    let ended = commands.act(task, &mut output, &FarWatch(channel));
    channel.send(&Ran::Done(ended))
}

fn none(task: &Task) -> Failure {
    let doing = format!("running {}", task.act);
    Failure::new(Code::NotPermitted, doing, "the far agent runs no commands")
        .hint("Let its administrator start it with --commands FILE.")
}

impl Far<'_> {
    /// Keeps what is to be done when the caller is gone.
    pub(super) fn leave(&self, tasks: Vec<Task>) -> Result<(), Failure> {
        if tasks.len() > MAX_LEFT {
            return Err(unexpected("more to be done than any pass leaves"));
        }
        permits(self.commands, &tasks)?;
        *lock(&self.left) = tasks;
        Ok(())
    }

    /// Does what the caller left, each whatever became of the one before: nobody is there to be told.
    pub(super) fn do_what_was_left(&self) {
        let tasks = std::mem::take(&mut *lock(&self.left));
        let Some(commands) = self.commands else { return };
        for task in tasks {
            drop(commands.act(&task, &mut |_| {}, &Alone));
        }
    }
}

/// Nobody looks on, and nobody interrupts.
struct Alone;

impl Watch for Alone {
    fn progress(&self, _: Progress) {}

    fn interrupted(&self) -> bool {
        false
    }
}
