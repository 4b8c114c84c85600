//! `prune`: removes history whose retention has ended, once somebody said yes.

use crate::args::PruneArgs;
use crate::context::Context;
use crate::documents::listing::time;
use crate::documents::{PruneDocument, PrunedPass};
use crate::exit::Exit;
use crate::wire::Wired;
use crate::{clock, render};
use counterpart_model::{Failure, Timestamp};
use counterpart_tree::history::PassHistory;

/// `prune [PAIR] [--yes]`.
pub(crate) fn prune(context: &Context, args: &PruneArgs) -> Result<Exit, Failure> {
    let wired = Wired::named(context, args.pair.pair.as_deref())?;
    let kept_seconds = i64::try_from(wired.pair.settings.history_seconds).unwrap_or(i64::MAX);
    let before = clock::now().seconds.saturating_sub(kept_seconds);
    let passes = wired.end_history(before, args.yes)?;
    let document = PruneDocument {
        pair: wired.pair.name.clone(),
        before: Timestamp::new(before, 0).rfc3339(),
        removed: args.yes && !passes.is_empty(),
        passes: passes.iter().map(PrunedPass::from).collect(),
    };
    context
        .terminal
        .answer(&document, |paint| render::prune(&document, paint))?;
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
