//! The far end: asks its own site what the caller asks, and answers.
//!
//! It believes nothing: every message is checked by its types, and what may be asked is bounded by the role that was
//! agreed at the beginning. When the stream ends, the pass is let go; what was changed stays in the site's apply log.

mod answer;
mod apply;
mod commands;
mod content;
mod export;
mod lists;

use crate::connection::{Connection, Pulse, decode};
use crate::hello::{Greeting, Program, Wanted};
use answer::Far;
use counterpart_model::Failure;
use counterpart_port::{Commands, Standby};
use rustix::fd::OwnedFd;

/// Who gives an agent its site.
pub trait Host: Sync {
    /// The site that a caller wants; its own checks apply.
    ///
    /// # Errors
    /// Why the caller does not get it.
    fn site(&self, wanted: &Wanted) -> Result<Box<dyn Standby>, Failure>;

    /// Whether production may be read from this path in place of its root.
    ///
    /// # Errors
    /// Why not.
    fn may_read_from(&self, path: &[u8]) -> Result<(), Failure>;

    /// What a caller may have done beside the tree; nothing where nobody allowed it.
    fn commands(&self) -> Option<&dyn Commands> {
        None
    }
}

/// Serves one caller until its stream ends.
///
/// # Errors
/// The greeting failed, or the site was refused; the caller was told.
pub fn serve(input: OwnedFd, output: OwnedFd, host: &dyn Host, this: &Program) -> Result<(), Failure> {
    let mut greeting = Greeting::new(input, output);
    greeting.exchange(this)?;
    let wanted: Wanted = greeting.receive()?;
    let site = host.site(&wanted);
    greeting.send(&site.as_ref().map(drop).map_err(Clone::clone))?;
    let site = site?;
    let (input, output) = greeting.into_stream();
    let connection = Connection::start(input, output, Pulse::default())?;
    let far = Far::new(site.as_ref(), wanted.role, host);
    answer_all(&connection, &far);
    site.abandon();
    far.do_what_was_left();
    Ok(())
}

fn answer_all(connection: &Connection, far: &Far<'_>) {
    std::thread::scope(|scope| {
        while let Some(call) = connection.next_call() {
            let answer = move || match decode(&call.request) {
                Ok(request) => far.answer(request, call.channel),
                // What cannot be read is not answered: the channel closes.
                Err(_) => Ok(()),
            };
            // Where there is no thread, or nobody listens any more, the channel closes.
            drop(
                std::thread::Builder::new()
                    .name("agent".to_owned())
                    .spawn_scoped(scope, answer),
            );
        }
        far.end();
    });
}
