//! `log` of what was imported from old logs: the runs, and their lines.

use crate::args::LogArgs;
use crate::context::Context;
use crate::documents::{ImportedEntry, ImportedRunDocument, ImportedRunsDocument};
use crate::exit::Exit;
use crate::json_list::JsonList;
use crate::terminal::unprintable;
use crate::{render, words};
use counterpart_engine::ledger::imported::NAME_BEGIN;
use counterpart_engine::{ImportedLine, ImportedRun, Ledger};
use counterpart_model::globs::PathGlobs;
use counterpart_model::{Code, Failure, escape};
use std::io::Write as _;

/// Which imported runs are meant; `None` where a pass is.
pub(super) fn wanted(args: &LogArgs, ledger: &Ledger) -> Result<Option<Vec<ImportedRun>>, Failure> {
    let named = args.pass.as_deref().filter(|pass| pass.starts_with(NAME_BEGIN));
    if !args.imported && named.is_none() {
        return Ok(None);
    }
    let mut runs = ledger.imported_runs()?;
    runs.sort_by(|left, right| (&left.began, left.number).cmp(&(&right.began, right.number)));
    if let Some(named) = named {
        runs.retain(|run| run.run.starts_with(named));
        check_one(named, &runs)?;
    }
    Ok(Some(runs))
}

fn check_one(named: &str, runs: &[ImportedRun]) -> Result<(), Failure> {
    const DOING: &str = "choosing an imported run";
    match runs {
        [_] => Ok(()),
        [] => Err(
            Failure::new(Code::NotFound, DOING, format!("there is no imported run {named}"))
                .hint("`counterpart log --imported` lists them."),
        ),
        [first, second, ..] => {
            let why = format!("{named} may mean {} of them", runs.len());
            let shown = words::list(&[&first.run, &second.run]);
            Err(Failure::new(Code::Usage, DOING, why).hint(format!("Such as {shown}.")))
        }
    }
}

/// Lists runs.
pub(super) fn list(context: &Context, pair: &str, runs: &[ImportedRun]) -> Result<Exit, Failure> {
    let document = ImportedRunsDocument {
        pair: pair.to_owned(),
        runs: runs.iter().map(ImportedRunDocument::from).collect(),
    };
    context
        .terminal
        .answer(&document, |paint| render::imported_runs(&document, paint))?;
    Ok(Exit::Done)
}

/// Shows the lines of runs; with globs, only those that name a path that matches.
pub(super) fn lines(
    context: &Context,
    ledger: &Ledger,
    pair: &str,
    runs: &[ImportedRun],
    globs: Option<&PathGlobs>,
) -> Result<Exit, Failure> {
    let mut out = context.terminal.stream();
    if context.terminal.json() {
        let head = serde_json::json!({ "pair": pair, "imported": true });
        let mut list = JsonList::begin(&mut out, &head, "entries")?;
        each(ledger, runs, globs, |entry| list.push(entry))?;
        list.end()?;
    } else {
        each(ledger, runs, globs, |entry| {
            writeln!(out, "{}", render::imported_line(entry)).map_err(unprintable)
        })?;
        out.flush().map_err(unprintable)?;
    }
    Ok(Exit::Done)
}

fn each(
    ledger: &Ledger,
    runs: &[ImportedRun],
    globs: Option<&PathGlobs>,
    mut take: impl FnMut(&ImportedEntry) -> Result<(), Failure>,
) -> Result<(), Failure> {
    for run in runs {
        let mut lines = ledger.imported_lines(run)?;
        while let Some(line) = lines.next()? {
            if globs.is_none_or(|globs| matches(&line, globs)) {
                take(&ImportedEntry::of(run, &line))?;
            }
        }
    }
    Ok(())
}

fn matches(line: &ImportedLine, globs: &PathGlobs) -> bool {
    let others = line.also.iter().map(|other| &other.path);
    line.path
        .iter()
        .chain(others)
        .any(|path| globs.matches(&escape::from_shown(path)))
}
