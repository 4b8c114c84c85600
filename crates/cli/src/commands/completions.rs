//! `completions`: the script that a shell loads.

use crate::args::CompletionsArgs;
use crate::context::Context;
use crate::documents::CompletionsDocument;
use crate::exit::Exit;
use crate::reference;
use counterpart_model::Failure;

/// `completions SHELL`.
pub(crate) fn completions(context: &Context, args: &CompletionsArgs) -> Result<Exit, Failure> {
    let document = CompletionsDocument {
        shell: args.shell.to_string(),
        script: reference::completions(args.shell),
    };
    context.terminal.answer(&document, |_| document.script.clone())?;
    Ok(Exit::Done)
}
