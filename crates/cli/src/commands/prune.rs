//! `prune`: removes what has had its time, once somebody said yes.

use crate::args::PruneArgs;
use crate::config::duration_text;
use crate::context::Context;
use crate::documents::PrunedPass;
use crate::documents::listing::time;
use crate::exit::Exit;
use crate::wire::Wired;
use crate::{pruning, render};
use counterpart_model::Failure;
use counterpart_port::PassHistory;

/// `prune [PAIR] [--yes]`.
pub(crate) fn prune(context: &Context, args: &PruneArgs) -> Result<Exit, Failure> {
    let wired = Wired::named(context, args.pair.pair.as_deref())?;
    let (document, expired) = pruning::prune(&wired, args.yes)?;
    context
        .terminal
        .answer(&document, |paint| render::prune(&document, paint))?;
    if expired.keep_seconds > wired.pair.settings.history_seconds {
        let kept = duration_text(expired.keep_seconds);
        context.terminal.message(&format!(
            "The standby's host keeps history for {kept}, which is longer than this pair asks. Only that host can shorten \
             it: by --history of its agent, or by `counterpart prune` there."
        ));
    }
    Ok(Exit::Done)
}

impl From<&PassHistory> for PrunedPass {
    fn from(history: &PassHistory) -> Self {
        Self {
            pass: history.pass.clone(),
            entries: history.entries,
            bytes: history.bytes,
            set_aside: time(history.last_seconds),
        }
    }
}
