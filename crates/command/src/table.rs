//! The programs that have names: only they are started.

use crate::run::{Program, run};
use counterpart_model::{Code, Failure};
use counterpart_port::{CommandName, Commands, Ended, Offered, Output, Watch};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// Commands that run at once, at most: who asks may not fill the host.
const MAX_RUNNING: usize = 4;

/// Named programs.
#[derive(Debug, Default)]
pub struct Table {
    programs: BTreeMap<CommandName, Program>,
    running: AtomicUsize,
}

impl Table {
    /// Of names and their programs.
    pub const fn new(programs: BTreeMap<CommandName, Program>) -> Self {
        Self {
            programs,
            running: AtomicUsize::new(0),
        }
    }

    fn unknown(&self, name: &CommandName) -> Failure {
        let names: Vec<String> = self.programs.keys().map(|name| format!("`{name}`")).collect();
        let offered = if names.is_empty() {
            "no command".to_owned()
        } else {
            names.join(", ")
        };
        let doing = format!("running the command `{name}`");
        Failure::new(Code::NotFound, doing, format!("this site offers {offered}"))
            .hint("Add it to the file that the agent's --commands names, at its own host.")
    }
}

impl Commands for Table {
    fn offered(&self) -> Result<Vec<Offered>, Failure> {
        let offered = |(name, program): (&CommandName, &Program)| Offered {
            name: name.clone(),
            program: shown(program),
            timeout_seconds: program.timeout.as_secs(),
        };
        Ok(self.programs.iter().map(offered).collect())
    }

    fn run(
        &self,
        name: &CommandName,
        output: &mut (dyn FnMut(Output<'_>) + Send),
        watch: &dyn Watch,
    ) -> Result<Ended, Failure> {
        let program = self.programs.get(name).ok_or_else(|| self.unknown(name))?;
        let _turn = Turn::take(&self.running).ok_or_else(|| {
            let doing = format!("running the command `{name}`");
            let why = format!("{MAX_RUNNING} commands are running already");
            Failure::new(Code::Io, doing, why).hint("Wait for one of them to end.")
        })?;
        run(name.as_str(), program, output, watch)
    }
}

fn shown(program: &Program) -> String {
    let path = program.argv.first().map(Path::new);
    let name = path.and_then(Path::file_name).unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// One of the commands that may run at once.
struct Turn<'a>(&'a AtomicUsize);

impl<'a> Turn<'a> {
    fn take(running: &'a AtomicUsize) -> Option<Self> {
        let more = |running: usize| (running < MAX_RUNNING).then_some(running + 1);
        running
            .fetch_update(SeqCst, SeqCst, more)
            .ok()
            .map(|_| Self(running))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}
