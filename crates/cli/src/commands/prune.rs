//! `prune`: removes history whose retention has ended, once somebody said yes.

use crate::args::PruneArgs;
use crate::config::duration_text;
use crate::context::Context;
use crate::documents::listing::time;
use crate::documents::{PruneDocument, PrunedPass};
use crate::exit::Exit;
use crate::render;
use crate::wire::Wired;
use counterpart_model::{Failure, Timestamp};
use counterpart_port::PassHistory;

/// `prune [PAIR] [--yes]`.
pub(crate) fn prune(context: &Context, args: &PruneArgs) -> Result<Exit, Failure> {
    let wired = Wired::named(context, args.pair.pair.as_deref())?;
    let expired = wired.end_history(args.yes)?;
    let passes = &expired.passes;
    let document = PruneDocument {
        pair: wired.pair.name.clone(),
        before: Timestamp::new(expired.before_seconds, 0).rfc3339(),
        removed: args.yes && !passes.is_empty(),
        passes: passes.iter().map(PrunedPass::from).collect(),
    };
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
