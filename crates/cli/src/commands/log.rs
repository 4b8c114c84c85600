//! `log`: what a pass changed and found, one line an entry, written as it is read.

use super::which_pass::which_pass;
use crate::args::LogArgs;
use crate::context::Context;
use crate::documents::LogEntry;
use crate::exit::Exit;
use crate::json_list::JsonList;
use crate::terminal::unprintable;
use crate::{pairs, render};
use counterpart_engine::{Ledger, LogItem, LogReader};
use counterpart_model::{Code, Failure};
use std::io::Write as _;

/// `log [PAIR] [--pass N]`.
pub(crate) fn log(context: &Context, args: &LogArgs) -> Result<Exit, Failure> {
    let pair = pairs::one(context, args.pair.pair.as_deref())?;
    let ledger = Ledger::open(context.state()?.pair(&pair.name)?)?;
    let pass = which_pass(&ledger, &ledger.passes()?, args.pass.as_deref())?;
    let items = items_of(&ledger, &pass)?;
    if context.terminal.json() {
        write_json(context, &pair.name, &pass, items)?;
    } else {
        write_lines(context, &pass, items)?;
    }
    Ok(Exit::Done)
}

/// A pass that changed and found nothing has no log, yet it has a report.
fn items_of(ledger: &Ledger, pass: &str) -> Result<Option<LogReader>, Failure> {
    match ledger.log(pass) {
        Err(failure) if failure.code == Code::NotFound => Ok(None),
        other => other.map(Some),
    }
}

fn next(items: &mut Option<LogReader>) -> Result<Option<LogItem>, Failure> {
    items.as_mut().map_or(Ok(None), LogReader::next)
}

fn write_lines(context: &Context, pass: &str, mut items: Option<LogReader>) -> Result<(), Failure> {
    let mut out = context.terminal.stream();
    while let Some(item) = next(&mut items)? {
        writeln!(out, "{}", render::log_line(pass, &item)).map_err(unprintable)?;
    }
    out.flush().map_err(unprintable)
}

fn write_json(
    context: &Context,
    pair: &str,
    pass: &str,
    mut items: Option<LogReader>,
) -> Result<(), Failure> {
    let mut out = context.terminal.stream();
    let head = serde_json::json!({ "pair": pair, "pass": pass });
    let mut list = JsonList::begin(&mut out, &head, "entries")?;
    while let Some(item) = next(&mut items)? {
        list.push(&LogEntry::from(&item))?;
    }
    list.end()
}
