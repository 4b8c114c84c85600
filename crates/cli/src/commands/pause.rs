//! `pause` and `resume`: keep `serve` from running passes, recorded in the journal.

use super::key::{acting, reason};
use crate::args::{PauseArgs, ResumeArgs, Until};
use crate::context::Context;
use crate::documents::{PauseDocument, PausedPair};
use crate::exit::Exit;
use crate::{clock, pairs, render, who};
use counterpart_engine::Ledger;
use counterpart_model::{Code, Failure};

/// `pause [PAIR] [--until TIME]`.
pub(crate) fn pause(context: &Context, args: &PauseArgs) -> Result<Exit, Failure> {
    reason(context, "pausing")?;
    let now = clock::now().seconds;
    let until = args.until.map(|until| match until {
        Until::Seconds(seconds) => seconds,
        Until::After(seconds) => now.saturating_add(i64::try_from(seconds).unwrap_or(i64::MAX)),
    });
    if until.is_some_and(|until| until <= now) {
        return Err(Failure::new(Code::Usage, "pausing", "--until is in the past")
            .hint("Name a later time, in UTC, or a duration from now such as 4h."));
    }
    let actor = who::actor(&context.arguments, None);
    let mut document = PauseDocument { pairs: Vec::new() };
    for (name, ledger) in ledgers(context, args.pair.pair.as_deref())? {
        let pause = ledger.pause(&acting(context, &name, &actor), until)?;
        document.pairs.push(PausedPair::of(&name, &pause));
    }
    context
        .terminal
        .answer(&document, |paint| render::paused(&document, paint))?;
    Ok(Exit::Done)
}

/// `resume [PAIR]`.
pub(crate) fn resume(context: &Context, args: &ResumeArgs) -> Result<Exit, Failure> {
    let actor = who::actor(&context.arguments, None);
    let mut document = PauseDocument { pairs: Vec::new() };
    for (name, ledger) in ledgers(context, args.pair.pair.as_deref())? {
        if let Some(pause) = ledger.resume(&acting(context, &name, &actor))? {
            document.pairs.push(PausedPair::of(&name, &pause));
        }
    }
    context
        .terminal
        .answer(&document, |_| render::resumed(&document))?;
    Ok(Exit::Done)
}

/// The pairs that are meant, each with what is kept of it.
fn ledgers(context: &Context, name: Option<&str>) -> Result<Vec<(String, Ledger)>, Failure> {
    let state = context.state()?;
    let pairs = pairs::all(context, name)?.into_iter();
    pairs
        .map(|pair| Ok((pair.name.clone(), Ledger::open(state.pair(&pair.name)?)?)))
        .collect()
}
