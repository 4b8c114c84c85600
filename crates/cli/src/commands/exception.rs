//! `exception add`, `list` and `end`.

use super::key::changing;
use crate::args::{ExceptionAddArgs, ExceptionCommand, ExceptionEndArgs, ExceptionListArgs};
use crate::context::Context;
use crate::documents::{ExceptionAddDocument, ExceptionEndDocument, ExceptionLine, ExceptionListDocument};
use crate::exit::Exit;
use crate::wire::Wired;
use crate::{clock, heads, pairs, render};
use counterpart_engine::exceptions::{Exception, Wanted};
use counterpart_model::Failure;

/// What holds the pair while the register changes.
const HOLDER: &str = "exception";

/// `exception …`.
pub(crate) fn exception(context: &Context, command: ExceptionCommand) -> Result<Exit, Failure> {
    match command {
        ExceptionCommand::Add(args) => add(context, args),
        ExceptionCommand::List(args) => list(context, &args),
        ExceptionCommand::End(args) => end(context, &args),
    }
}

fn add(context: &Context, args: ExceptionAddArgs) -> Result<Exit, Failure> {
    let wired = Wired::named(context, args.pair.pair.as_deref())?;
    let wanted = Wanted {
        pattern: args.pattern,
        codes: args.code,
        owner: args.owner,
        until_seconds: args.until,
    };
    let added = changing(context, &wired, HOLDER, |acting| {
        wired.ledger.add_exception(acting, &wanted)
    })?;
    let covered_last = wired
        .ledger
        .last()?
        .map(|last| added.would_have_covered(&last))
        .transpose()?;
    let document = ExceptionAddDocument {
        pair: wired.pair.name.clone(),
        exception: ExceptionLine::of(&added, clock::now().seconds),
        covered_last,
        head: heads::shown(&wired.ledger)?,
    };
    context
        .terminal
        .answer(&document, |paint| render::exception_added(&document, paint))?;
    Ok(Exit::Done)
}

fn list(context: &Context, args: &ExceptionListArgs) -> Result<Exit, Failure> {
    let (pair, ledger) = pairs::ledger(context, args.pair.pair.as_deref())?;
    let (all, now) = (ledger.exceptions()?, clock::now().seconds);
    let wanted = |known: &&Exception| args.all || known.is_in_force(now);
    let exceptions: Vec<ExceptionLine> = all
        .iter()
        .filter(wanted)
        .map(|known| ExceptionLine::of(known, now))
        .collect();
    let document = ExceptionListDocument {
        pair,
        omitted: all.len().saturating_sub(exceptions.len()) as u64,
        exceptions,
    };
    context
        .terminal
        .answer(&document, |paint| render::exceptions(&document, paint))?;
    Ok(Exit::Done)
}

fn end(context: &Context, args: &ExceptionEndArgs) -> Result<Exit, Failure> {
    let wired = Wired::named(context, args.pair.pair.as_deref())?;
    let ended = changing(context, &wired, HOLDER, |acting| {
        wired.ledger.end_exception(acting, &args.id)
    })?;
    let document = ExceptionEndDocument {
        pair: wired.pair.name.clone(),
        exception: ExceptionLine::of(&ended, clock::now().seconds),
        head: heads::shown(&wired.ledger)?,
    };
    context
        .terminal
        .answer(&document, |paint| render::exception_ended(&document, paint))?;
    Ok(Exit::Done)
}
