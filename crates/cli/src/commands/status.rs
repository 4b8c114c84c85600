//! `status`: how each pair stands by its last pass, and when the next one is due.

use crate::config::{Pair, schedule_text};
use crate::context::Context;
use crate::documents::{MessagesDocument, PausedPair, StatusDocument, StatusLine, TrendsDocument};
use crate::exit::Exit;
use crate::{clock, due, pairs, render, serve, tell};
use counterpart_engine::Ledger;
use counterpart_engine::hooks::Owed;
use counterpart_engine::report::ReadinessReport;
use counterpart_model::{Code, Failure, Timestamp};
use counterpart_notice::Backlog;
use counterpart_notice::spool::ChannelMemory;
use counterpart_store::files::{PairDir, StateDir};

/// `status [PAIR]`.
pub(crate) fn status(context: &Context, name: Option<&str>) -> Result<Exit, Failure> {
    let document = status_document(context, name)?;
    let now = clock::now().seconds;
    context.terminal.answer(&document, |paint| {
        render::status(&document, name.is_some(), paint, now)
    })?;
    let good = document
        .pairs
        .iter()
        .all(|pair| pair.congruent == Some(true) && pair.refused.is_empty());
    Ok(if good { Exit::Done } else { Exit::Differs })
}

/// How a pair stands, or all of them.
pub(crate) fn status_document(context: &Context, name: Option<&str>) -> Result<StatusDocument, Failure> {
    let state = context.state()?;
    let pairs = pairs::all(context, name)?;
    let lines: Result<Vec<StatusLine>, Failure> = pairs.iter().map(|pair| line(&state, pair)).collect();
    Ok(StatusDocument {
        pairs: lines?,
        serve: serve::running(state.path()),
    })
}

fn line(state: &StateDir, pair: &Pair) -> Result<StatusLine, Failure> {
    let directory = state.pair(&pair.name)?;
    let ledger = Ledger::open(directory.clone())?;
    let last = ledger.last()?;
    let without = || StatusLine::without_pass(pair);
    let mut line = last.as_ref().map_or_else(without, StatusLine::of_report);
    if line.congruent != Some(true) {
        line.last_congruent = last_congruent(&ledger)?;
    }
    line.next_due = due::next(pair, &ledger)?.map(|due| Timestamp::new(due, 0).rfc3339());
    line.schedule = pair.schedule.as_ref().map(schedule_text);
    let paused = ledger.paused(clock::now().seconds)?;
    line.paused = paused.map(|pause| PausedPair::of(&pair.name, &pause));
    line.last_run = ledger.run_records(1)?.pop();
    line.beside(&ledger)?;
    accepted(&mut line, &ledger)?;
    line.trends = Some(TrendsDocument::from(&ledger.trends(None)?));
    line.messages = messages(pair, &directory)?;
    Ok(line)
}

/// What waits to be told of a pair, where anything is told of it or waits.
fn messages(pair: &Pair, directory: &PairDir) -> Result<Option<MessagesDocument>, Failure> {
    let spool = tell::spool(directory);
    let (backlog, memory) = (spool.backlog()?, spool.memory()?);
    if pair.notify.is_empty() && backlog == Backlog::default() {
        return Ok(None);
    }
    let latest =
        |of: fn(&ChannelMemory) -> Option<i64>| memory.channels.values().filter_map(of).max().map(utc);
    Ok(Some(MessagesDocument {
        waiting: backlog.waiting,
        refused: backlog.refused,
        oldest: backlog.oldest_seconds.map(utc),
        trouble: backlog.trouble,
        last_delivered: latest(|known| known.delivered_seconds),
        next_promised: latest(|known| known.promised_seconds),
    }))
}

fn utc(seconds: i64) -> String {
    Timestamp::new(seconds, 0).rfc3339()
}

/// The exceptions that are in force now. A journal that does not hold speaks for none.
fn accepted(line: &mut StatusLine, ledger: &Ledger) -> Result<(), Failure> {
    let known = match ledger.exceptions() {
        Err(failure) if failure.code == Code::EvidenceBroken => Vec::new(),
        known => known?,
    };
    let now = clock::now().seconds;
    let in_force = known.iter().filter(|known| known.is_in_force(now));
    line.tell_exceptions(in_force.map(|known| (known.said.accepted.utc(), known.said.expires.utc())));
    Ok(())
}

/// The time of the last certificate that says both sides were equal.
fn last_congruent(ledger: &Ledger) -> Result<Option<String>, Failure> {
    let certificates = ledger.certificates()?;
    Ok(certificates
        .into_iter()
        .rev()
        .find(|entry| entry.congruent)
        .map(|entry| entry.as_of))
}

impl StatusLine {
    /// What is known beside the last report.
    fn beside(&mut self, ledger: &Ledger) -> Result<(), Failure> {
        self.readiness = ledger.readiness()?.iter().map(ReadinessReport::of).collect();
        self.not_ready = self.readiness.iter().filter(|check| !check.ready).count() as u64;
        let left = ledger.owed()?;
        let one = |owed: &Owed| format!("{} since {}", owed.what, owed.since.rfc3339());
        self.left = left.iter().map(one).collect();
        Ok(())
    }

    fn without_pass(pair: &Pair) -> Self {
        Self {
            pair: pair.name.clone(),
            production: pair.production.to_string(),
            standby: pair.standby.to_string(),
            pass: None,
            congruent: None,
            clean: None,
            as_of: None,
            last_congruent: None,
            oldest_read: None,
            exceptions: 0,
            exceptions_end: None,
            exceptions_since: None,
            excepted: 0,
            different: 0,
            unsettled: 0,
            not_compared: 0,
            refused: Vec::new(),
            next_due: None,
            not_ready: 0,
            readiness: Vec::new(),
            left: Vec::new(),
            schedule: None,
            paused: None,
            last_run: None,
            certificate: None,
            trends: None,
            messages: None,
        }
    }
}
