//! `serve`: runs every pair that has a schedule, for years, until it is told to end.
//!
//! One loop decides all: which pair is due, which waits and why, what is told to the service manager. It never waits for a
//! pass: each runs in a thread of its own, by the same code as `run`, and tells the loop when it ended.

mod asking;
mod configured;
mod events;
mod keeper;
mod log;
mod messages;
mod place;
mod service;
mod standing;
#[cfg(test)]
mod tests;
mod worker;

pub(crate) use log::text as record_text;
pub(crate) use standing::{Standing, running};

use crate::context::Context;
use crate::exit::Exit;
use configured::Configured;
use counterpart_model::{Code, Failure};
use keeper::Keeper;

/// `serve`.
pub(crate) fn serve(context: &Context) -> Result<Exit, Failure> {
    let configured = Configured::load(context)?;
    if configured.scheduled().next().is_none() {
        let doing = format!("reading {}", configured.file().display());
        return Err(Failure::new(Code::Config, doing, "no pair in it has a schedule")
            .hint("Add `every`, `at` or `cron` to a pair; `counterpart run` makes one pass now."));
    }
    let state = context.state()?;
    let _alone = standing::alone(&state)?;
    Keeper::new(context, state, configured).run()
}
