//! The last step of a pass: who is to know of it is told. A message is kept before it is tried, so it is told late rather
//! than never; that it could not be told changes nothing of the pass.

mod expected;
mod message;
mod status_file;
mod ways;

pub(crate) use expected::longest_period_seconds;
pub(crate) use ways::{Way, are_ready, send, ways};

use crate::clock;
use crate::config::{Notify, Pair};
use crate::context::Context;
use crate::exit::Exit;
use crate::terminal::is_interrupted;
use crate::wire::Wired;
use counterpart_engine::{Outcome, PassKind};
use counterpart_model::Failure;
use counterpart_notice::spool::ChannelMemory;
use counterpart_notice::{Memory, Notice, Paths, Said, Spool, Tried, Waiting, Which, judge};
use counterpart_store::files::{PairDir, StateDir};

/// Which pass is told of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    /// What it was to do.
    pub(crate) kind: PassKind,
    /// It put right one path alone: who began it watches it, and what it would do, it shows first.
    pub(crate) is_repair: bool,
    /// It was stopped by whoever began it, and is begun again: a pause, an end of `serve`.
    pub(crate) is_stopped: bool,
}

/// Tells of a pass that has ended, however it did.
pub(crate) fn after_pass(context: &Context, wired: &Wired, told: Told, outcome: &Result<Outcome, Failure>) {
    let notify = &wired.pair.notify;
    if notify.is_empty() || !is_told(notify, told, outcome) {
        return;
    }
    if let Err(failure) = tell(context, wired, told.kind, outcome) {
        warn(context, &wired.pair.name, &failure);
    }
    if let Some(file) = &notify.status_file
        && let Err(failure) = status_file::write(context, file)
    {
        warn(context, &wired.pair.name, &failure);
    }
}

/// The messages of a pair.
pub(crate) fn spool(directory: &PairDir) -> Spool {
    Spool::new(directory.notices_path())
}

/// Tries the messages of these pairs whose pause is over: between passes, for whoever runs them. What cannot be sent stays, and
/// `status` tells of it.
pub(crate) fn deliver_spooled(context: &Context, state: &StateDir, pairs: &[Pair]) {
    for pair in pairs {
        let directory = state.pair(&pair.name);
        let tried =
            directory.and_then(|directory| deliver(context, &pair.notify, &directory, Which::Due, true));
        if let Err(failure) = tried {
            warn(context, &pair.name, &failure);
        }
    }
}

/// Sends what waits for one pair, and remembers what came of it. Nothing, where somebody else is doing that.
///
/// # Errors
/// The spool cannot be read or written.
pub(crate) fn deliver(
    context: &Context,
    notify: &Notify,
    directory: &PairDir,
    which: Which,
    warns: bool,
) -> Result<Vec<Tried>, Failure> {
    let spool = spool(directory);
    let now = clock::now().seconds;
    let mut send = |waiting: &Waiting| ways::send(notify, directory, waiting, clock::now().seconds);
    let tried = spool.deliver(which, now, &mut send)?.unwrap_or_default();
    if tried.is_empty() {
        return Ok(tried);
    }
    let mut memory = spool.memory()?;
    for one in &tried {
        match &one.result {
            Ok(_) => {
                let known = memory.channels.entry(one.waiting.channel).or_default();
                known.delivered_seconds = Some(clock::now().seconds);
            }
            Err(trouble) if warns => warn(context, &one.waiting.notice.pair, &trouble.failure),
            Err(_) => {}
        }
    }
    spool.remember(&memory)?;
    Ok(tried)
}

fn is_told(notify: &Notify, told: Told, outcome: &Result<Outcome, Failure>) -> bool {
    let wanted = match told.kind {
        PassKind::Plan => false,
        PassKind::Run => !told.is_stopped,
        PassKind::Verify => notify.verify,
    };
    let exit = match outcome {
        Ok(Outcome::Pass(report)) => Exit::of_pass(report),
        Ok(Outcome::Plan(_)) => return false,
        Err(failure) => Exit::of(failure.code),
    };
    let is_shown = told.is_repair && (outcome.is_err() || exit == Exit::Refused);
    // Whoever holds the pair tells of it.
    wanted && exit != Exit::Locked && !is_shown
}

fn tell(
    context: &Context,
    wired: &Wired,
    kind: PassKind,
    outcome: &Result<Outcome, Failure>,
) -> Result<(), Failure> {
    let spool = spool(&wired.directory);
    let mut memory = spool.memory()?;
    let notice = message::of(wired, kind, outcome, memory.last.as_ref());
    let expected = expected::of(&wired.pair, &wired.ledger)?;
    let now = clock::now().seconds;
    let mut messages = Vec::new();
    for way in ways(&wired.pair.notify) {
        let known = memory.channels.entry(way.name).or_default();
        if let Some(due) = judge(way.manner.rhythm, known.said.as_ref(), &notice, expected, now) {
            let mut told = telling(&spool, &notice, way.manner.paths)?;
            told.next_due = due.at_seconds.map(message::moment);
            told.promise = due.promise;
            told.dropped = memory.dropped;
            said(known, &told, now, due.at_seconds);
            messages.extend(way.to_each(&told, now));
        }
    }
    memory.last = Some(Said::of(&notice, now));
    keep(context, &spool, &wired.pair.name, &messages, memory)?;
    // Who asks a pass to end does not want to wait for a mail server.
    if !is_interrupted() {
        deliver(
            context,
            &wired.pair.notify,
            &wired.directory,
            Which::Unrefused,
            true,
        )?;
    }
    Ok(())
}

/// Messages first: what is remembered of them must not be there without them.
fn keep(
    context: &Context,
    spool: &Spool,
    pair: &str,
    messages: &[Waiting],
    mut memory: Memory,
) -> Result<(), Failure> {
    let dropped = spool.add(messages)?;
    if dropped > 0 {
        let many = crate::words::counted(dropped, "old message was", "old messages were");
        context
            .terminal
            .message(&format!("{pair}: {many} dropped unsent, since too many wait"));
    }
    memory.dropped = if messages.is_empty() {
        memory.dropped + dropped
    } else {
        dropped
    };
    spool.remember(&memory)
}

fn said(known: &mut ChannelMemory, told: &Notice, now_seconds: i64, promised_seconds: Option<i64>) {
    known.said = Some(Said::of(told, now_seconds));
    known.promised_seconds = promised_seconds;
}

/// The message with so much of the names told as a way is allowed.
pub(crate) fn telling(spool: &Spool, notice: &Notice, paths: Paths) -> Result<Notice, Failure> {
    let key = match paths {
        Paths::Pseudonym => Some(spool.key()?),
        Paths::None | Paths::Shown => None,
    };
    Ok(notice.clone().telling(paths, key.as_ref()))
}

/// A message that only tries the ways of a pair.
pub(crate) fn test_message(pair: &str) -> Notice {
    message::test(pair)
}

fn warn(context: &Context, pair: &str, failure: &Failure) {
    context
        .terminal
        .message(&format!("{pair}: {failure}. {}", failure.hint));
}
