//! What has a name: only that is done.

use crate::at_once::Turn;
use crate::job::Job;
use counterpart_model::{Code, Failure};
use counterpart_port::{Act, CommandName, Commands, Ended, Offered, Output, Task, Watch};
use std::collections::BTreeMap;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

/// Jobs by name.
#[derive(Debug, Default)]
pub struct Table {
    jobs: BTreeMap<CommandName, Job>,
    running: AtomicUsize,
}

impl Table {
    /// Of names and what they stand for.
    pub const fn new(jobs: BTreeMap<CommandName, Job>) -> Self {
        Self {
            jobs,
            running: AtomicUsize::new(0),
        }
    }

    fn job(&self, act: &Act) -> Result<&Job, Failure> {
        let Act::Command(name) = act else {
            let why = "this site only runs commands that its own file names";
            return Err(Failure::new(Code::NotPermitted, doing(act), why).hint(self.names()));
        };
        self.jobs.get(name).ok_or_else(|| {
            let why = "this site has no such command";
            Failure::new(Code::NotFound, doing(act), why).hint(self.names())
        })
    }

    fn names(&self) -> String {
        let names: Vec<String> = self.jobs.keys().map(|name| format!("`{name}`")).collect();
        let offered = if names.is_empty() {
            "no command".to_owned()
        } else {
            names.join(", ")
        };
        format!(
            "It offers {offered}. Write `command` with a name; its administrator adds one to the file of the agent's --commands."
        )
    }
}

fn doing(act: &Act) -> String {
    format!("running {act}")
}

impl Commands for Table {
    fn offered(&self) -> Result<Vec<Offered>, Failure> {
        let offered = |(name, job): (&CommandName, &Job)| Offered {
            name: name.clone(),
            program: job.shown(),
            timeout_seconds: job.timeout().as_secs(),
        };
        Ok(self.jobs.iter().map(offered).collect())
    }

    fn permits(&self, tasks: &[Task]) -> Result<(), Failure> {
        tasks.iter().try_for_each(|task| self.job(&task.act).map(drop))
    }

    fn act(
        &self,
        task: &Task,
        output: &mut (dyn FnMut(Output<'_>) + Send),
        watch: &dyn Watch,
    ) -> Result<Ended, Failure> {
        let job = self.job(&task.act)?.clone();
        let _turn = Turn::take(&self.running, || doing(&task.act))?;
        job.within(Duration::from_secs(task.timeout_seconds))
            .act(&task.act.to_string(), output, watch)
    }
}
