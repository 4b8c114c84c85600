//! Secrets in the addresses that a site is asked for: brought in on the way to the site, so that settings, evidence, messages
//! and digests have the reference alone.

use super::end::Reached;
use crate::config::SecretText;
use counterpart_model::{Code, Failure};
use counterpart_port::watch::Watch;
use counterpart_port::{Act, Address, Commands, Ended, Offered, Output, Task};
use std::path::Path;

impl Commands for Reached<'_> {
    fn offered(&self) -> Result<Vec<Offered>, Failure> {
        self.bare_commands().offered()
    }

    fn act(
        &self,
        task: &Task,
        output: &mut (dyn FnMut(Output<'_>) + Send),
        watch: &dyn Watch,
    ) -> Result<Ended, Failure> {
        self.bare_commands().act(&revealed(task)?, output, watch)
    }

    fn permits(&self, tasks: &[Task]) -> Result<(), Failure> {
        self.bare_commands().permits(&all_revealed(tasks)?)
    }

    fn when_gone(&self, tasks: &[Task]) -> Result<(), Failure> {
        self.bare_commands().when_gone(&all_revealed(tasks)?)
    }
}

fn all_revealed(tasks: &[Task]) -> Result<Vec<Task>, Failure> {
    tasks.iter().map(revealed).collect()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the program alone reads the environment"
)]
fn revealed(task: &Task) -> Result<Task, Failure> {
    let Act::Get(address) = &task.act else {
        return Ok(task.clone());
    };
    let wrong = |why: String| {
        let doing = format!("reading the address {address}");
        Failure::new(Code::Config, doing, why)
    };
    // Only whole paths are taken into an address, so there is nothing that they are relative to.
    let text = SecretText::parse(address.expose(), Path::new("/")).map_err(wrong)?;
    let whole = text.reveal_in_address(&|name| std::env::var_os(name))?;
    let address = Address::checked(whole.expose()).map_err(wrong)?;
    Ok(Task {
        act: Act::Get(address),
        ..task.clone()
    })
}
