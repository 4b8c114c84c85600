//! Commands of this site that the other end asks for by name: what they write goes back as it comes.

use super::answer::FarWatch;
use crate::call::Ran;
use crate::connection::Channel;
use counterpart_model::{Code, Failure};
use counterpart_port::{CommandName, Commands, Offered, Output};

/// What is offered; nothing where this agent runs no commands.
pub(super) fn offered(commands: Option<&dyn Commands>) -> Result<Vec<Offered>, Failure> {
    commands.map_or_else(|| Ok(Vec::new()), Commands::offered)
}

/// Runs one. Any word of the caller, or its end, ends it.
pub(super) fn serve(
    commands: Option<&dyn Commands>,
    name: &CommandName,
    channel: &Channel,
) -> Result<(), Failure> {
    let Some(commands) = commands else {
        return channel.send(&Ran::Done(Err(none(name))));
    };
    // Where the caller is gone, the command is interrupted by the watch.
    let mut output = |output: Output<'_>| {
        let ran = match output {
            Output::Standard(bytes) => Ran::Standard(bytes.to_vec()),
            Output::Errors(bytes) => Ran::Errors(bytes.to_vec()),
        };
        drop(channel.send(&ran));
    };
    let ended = commands.run(name, &mut output, &FarWatch(channel));
    channel.send(&Ran::Done(ended))
}

fn none(name: &CommandName) -> Failure {
    let doing = format!("running the command `{name}`");
    Failure::new(Code::NotFound, doing, "the far agent runs no commands")
        .hint("Let its administrator start it with --commands FILE.")
}
