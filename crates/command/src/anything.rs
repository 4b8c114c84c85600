//! A site that does whatever it is asked for: this host for its own configuration, and a far end for a caller that could
//! start it there anyway.

use crate::at_once::Turn;
use crate::job::Job;
use crate::run::Program;
use counterpart_model::{Code, Failure};
use counterpart_port::{Act, Commands, Ended, Offered, Output, Task, Watch};
use std::ffi::OsString;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

/// Does what it is asked for, but for commands by name: there is no file of them.
#[derive(Debug, Default)]
pub struct Anything {
    environment: Vec<(OsString, OsString)>,
    running: AtomicUsize,
}

impl Anything {
    /// Programs get this as their whole environment.
    pub const fn new(environment: Vec<(OsString, OsString)>) -> Self {
        Self {
            environment,
            running: AtomicUsize::new(0),
        }
    }

    fn job(&self, task: &Task) -> Result<Job, Failure> {
        let timeout = Duration::from_secs(task.timeout_seconds);
        Ok(match &task.act {
            Act::Run(words) => Job::Program(Program {
                argv: words.iter().map(OsString::from).collect(),
                timeout,
                environment: self.environment.clone(),
            }),
            Act::Get(address) => Job::Get {
                address: address.clone(),
                timeout,
            },
            Act::Connect(place) => Job::Connect {
                place: place.clone(),
                timeout,
            },
            Act::Command(_) => {
                let why = "this site has no file of named commands";
                return Err(Failure::new(Code::NotFound, doing(&task.act), why)
                    .hint("Write `run` with a program instead, or give its agent --commands FILE."));
            }
        })
    }
}

fn doing(act: &Act) -> String {
    format!("running {act}")
}

impl Commands for Anything {
    fn offered(&self) -> Result<Vec<Offered>, Failure> {
        Ok(Vec::new())
    }

    fn permits(&self, tasks: &[Task]) -> Result<(), Failure> {
        tasks.iter().try_for_each(|task| self.job(task).map(drop))
    }

    fn act(
        &self,
        task: &Task,
        output: &mut (dyn FnMut(Output<'_>) + Send),
        watch: &dyn Watch,
    ) -> Result<Ended, Failure> {
        let job = self.job(task)?;
        let _turn = Turn::take(&self.running, || doing(&task.act))?;
        job.act(&task.act.to_string(), output, watch)
    }
}
