//! What the far end does beside its tree. That it keeps to the bounds of their outputs is not believed.

use super::{RemoteSite, Told};
use crate::call::{Call, Ran};
use crate::connection::unexpected;
use counterpart_model::Failure;
use counterpart_port::command::MAX_OUTPUT_BYTES;
use counterpart_port::{Commands, Ended, Offered, Output, Task, Watch};

/// Most commands that a far end may offer: more is not what a person wrote.
const MAX_OFFERED: usize = 1_000;

impl Commands for RemoteSite {
    fn offered(&self) -> Result<Vec<Offered>, Failure> {
        let offered: Vec<Offered> = self.ask(&Call::Commands)?;
        if offered.len() > MAX_OFFERED {
            return Err(unexpected("more commands than any site has"));
        }
        Ok(offered)
    }

    fn act(
        &self,
        task: &Task,
        output: &mut (dyn FnMut(Output<'_>) + Send),
        watch: &dyn Watch,
    ) -> Result<Ended, Failure> {
        let channel = self.call(&Call::Act(task.clone()))?;
        let (mut standard, mut errors) = (MAX_OUTPUT_BYTES, MAX_OUTPUT_BYTES);
        let mut told = Told::new(&channel, watch, "a command without its end");
        loop {
            match told.next()? {
                Ran::Standard(bytes) => {
                    spend(&mut standard, &bytes)?;
                    output(Output::Standard(&bytes));
                }
                Ran::Errors(bytes) => {
                    spend(&mut errors, &bytes)?;
                    output(Output::Errors(&bytes));
                }
                Ran::Done(ended) => return ended,
            }
        }
    }

    fn permits(&self, tasks: &[Task]) -> Result<(), Failure> {
        self.ask(&Call::Permits(tasks.to_vec()))
    }

    fn when_gone(&self, tasks: &[Task]) -> Result<(), Failure> {
        self.ask(&Call::WhenGone(tasks.to_vec()))
    }
}

fn spend(left: &mut u64, bytes: &[u8]) -> Result<(), Failure> {
    *left = left
        .checked_sub(bytes.len() as u64)
        .ok_or_else(|| unexpected("more of a command's output than may come"))?;
    Ok(())
}
