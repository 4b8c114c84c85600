//! The commands: each asks the pair's parts, prints one document, and says how it ended.

mod agent;
mod certificate;
mod check;
mod completions;
mod copies;
mod exception;
mod explain;
pub(crate) mod good_copy;
mod hold;
mod import;
mod imported;
mod init;
mod key;
mod log;
mod manifest;
mod notify;
mod pack;
mod passes;
mod pause;
mod probe;
mod prove;
mod prune;
mod reference;
mod status;
mod timestamp;
mod watchdog;
mod which_pass;

pub(crate) use certificate::check_command;
pub(crate) use copies::{bring_back, which_version};
pub(crate) use init::write_new;
pub(crate) use passes::report_of;
pub(crate) use status::status_document;
pub(crate) use timestamp::openssl_command;
pub(crate) use which_pass::which_pass;

use crate::args::Command;
use crate::context::Context;
use crate::exit::Exit;
use crate::{demo, serve};
use counterpart_model::Failure;

/// Does what a command says.
///
/// # Errors
/// Why it could not be done.
pub(crate) fn dispatch(context: &Context, command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Demo(args) => demo::run(context, &args),
        Command::Mirror(args) => passes::mirror(context, args),
        Command::Init(args) => init::init(context, &args),
        Command::Check(args) => check::check(context, args.pair.as_deref()),
        Command::Plan(args) => passes::plan(context, args.pair.as_deref()),
        Command::Run(args) => passes::run(context, args),
        Command::Verify(args) => passes::verify(context, &args),
        Command::Status(args) => status::status(context, args.pair.as_deref()),
        Command::Log(args) => log::log(context, &args),
        Command::Probe(args) => probe::probe(context, &args),
        Command::Import(args) => import::import(context, &args),
        Command::Manifest(args) => manifest::manifest(context, &args),
        Command::Where(args) => copies::where_is(context, &args),
        Command::History(args) => copies::history(context, &args),
        Command::Undelete(args) => copies::undelete(context, &args),
        Command::Repair(args) => passes::repair(context, args),
        Command::Certificate { command } => certificate::certificate(context, command),
        Command::Exception { command } => exception::exception(context, command),
        Command::Key { command } => key::key(context, command),
        Command::Timestamp { command } => timestamp::timestamp(context, command),
        Command::Hold(args) => hold::hold(context, &args),
        Command::Release(args) => hold::release(context, &args),
        Command::Notify { command } => notify::notify(context, command),
        Command::Watchdog(args) => watchdog::watchdog(context, &args),
        Command::Prune(args) => prune::prune(context, &args),
        Command::Serve => serve::serve(context),
        Command::Pause(args) => pause::pause(context, &args),
        Command::Resume(args) => pause::resume(context, &args),
        Command::Agent(args) => agent::agent(context, &args),
        Command::Explain(args) => explain::explain(context, &args),
        Command::Completions(args) => completions::completions(context, &args),
        Command::Reference(args) => reference::reference(context, &args),
    }
}
