//! `log`: what a pass changed and found, one line an entry, written as it is read.

use super::imported;
use super::which_pass::which_pass;
use crate::args::LogArgs;
use crate::context::Context;
use crate::documents::LogEntry;
use crate::exit::Exit;
use crate::json_list::JsonList;
use crate::terminal::unprintable;
use crate::{pairs, render};
use counterpart_engine::{Ledger, LogItem, LogReader};
use counterpart_model::globs::PathGlobs;
use counterpart_model::{Code, EntryPath, Failure};
use std::io::Write as _;

/// `log [PAIR] [--pass N] [--imported] [--match GLOB]`.
pub(crate) fn log(context: &Context, args: &LogArgs) -> Result<Exit, Failure> {
    let pair = pairs::one(context, args.pair.pair.as_deref())?;
    let ledger = Ledger::open(context.state()?.pair(&pair.name)?)?;
    let globs = args.matching.as_ref().map(globs).transpose()?;
    if let Some(runs) = imported::wanted(args, &ledger)? {
        return if args.imported && globs.is_none() {
            imported::list(context, &pair.name, &runs)
        } else {
            imported::lines(context, &ledger, &pair.name, &runs, globs.as_ref())
        };
    }
    // A pass that ended early has no report, but a log of what it had changed.
    let names = match &args.pass {
        Some(_) => ledger.logged()?,
        None => ledger.passes()?,
    };
    let pass = which_pass(&ledger, &names, args.pass.as_deref())?;
    let items = Items {
        reader: reader_of(&ledger, &pass)?,
        globs,
    };
    if context.terminal.json() {
        write_json(context, &pair.name, &pass, items)?;
    } else {
        write_lines(context, &pass, items)?;
    }
    Ok(Exit::Done)
}

fn globs(pattern: &String) -> Result<PathGlobs, Failure> {
    PathGlobs::new(std::slice::from_ref(pattern)).map_err(|failure| Failure {
        code: Code::Usage,
        hint: "Write a glob such as '035/pages/**' or '*.dcm'.".to_owned(),
        ..failure
    })
}

/// The lines of a pass that are wanted.
struct Items {
    reader: Option<LogReader>,
    globs: Option<PathGlobs>,
}

/// A pass that changed and found nothing has no log, yet it has a report.
fn reader_of(ledger: &Ledger, pass: &str) -> Result<Option<LogReader>, Failure> {
    match ledger.log(pass) {
        Err(failure) if failure.code == Code::NotFound => Ok(None),
        other => other.map(Some),
    }
}

impl Items {
    fn next(&mut self) -> Result<Option<LogItem>, Failure> {
        let Some(reader) = &mut self.reader else {
            return Ok(None);
        };
        while let Some(item) = reader.next()? {
            let names = |path: &EntryPath| {
                self.globs
                    .as_ref()
                    .is_none_or(|globs| globs.matches(path.as_bytes()))
            };
            if names(&item.path) || item.from.as_ref().is_some_and(names) {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }
}

fn write_lines(context: &Context, pass: &str, mut items: Items) -> Result<(), Failure> {
    let mut out = context.terminal.stream();
    while let Some(item) = items.next()? {
        writeln!(out, "{}", render::log_line(pass, &item)).map_err(unprintable)?;
    }
    out.flush().map_err(unprintable)
}

fn write_json(context: &Context, pair: &str, pass: &str, mut items: Items) -> Result<(), Failure> {
    let mut out = context.terminal.stream();
    let head = serde_json::json!({ "pair": pair, "pass": pass });
    let mut list = JsonList::begin(&mut out, &head, "entries")?;
    while let Some(item) = items.next()? {
        list.push(&LogEntry::from(&item))?;
    }
    list.end()
}
