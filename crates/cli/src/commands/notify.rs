//! `notify test`, `send` and `drop`: whether messages go, and what becomes of those that wait.

use crate::args::NotifyCommand;
use crate::config::{Notify, Pair};
use crate::context::Context;
use crate::documents::{NotifyDocument, NotifyLine, TriedDocument};
use crate::exit::Exit;
use crate::tell;
use crate::{clock, pairs, render};
use counterpart_model::{Code, Failure};
use counterpart_notice::{Tried, Which};
use counterpart_store::files::PairDir;

/// `notify …`.
pub(crate) fn notify(context: &Context, command: NotifyCommand) -> Result<Exit, Failure> {
    let (lines, good): (Vec<NotifyLine>, fn(&NotifyLine) -> bool) = match command {
        NotifyCommand::Test(args) => (
            vec![test(context, &pairs::one(context, args.pair.as_deref())?)?],
            |line| line.tried.iter().all(|tried| tried.sent),
        ),
        NotifyCommand::Send(args) => (each(context, args.pair.as_deref(), send)?, |line| {
            line.waiting + line.refused == 0
        }),
        NotifyCommand::Drop(args) => (each(context, args.pair.as_deref(), let_go)?, |_| true),
    };
    let document = NotifyDocument { pairs: lines };
    context
        .terminal
        .answer(&document, |paint| render::notify(&document, paint))?;
    let all_good = document.pairs.iter().all(good);
    Ok(if all_good { Exit::Done } else { Exit::Differs })
}

fn each(
    context: &Context,
    name: Option<&str>,
    act: fn(&Context, &Notify, &PairDir) -> Result<NotifyLine, Failure>,
) -> Result<Vec<NotifyLine>, Failure> {
    let state = context.state()?;
    let all = pairs::all(context, name)?;
    all.iter()
        .map(|pair| {
            let line = act(context, &pair.notify, &state.pair(&pair.name)?)?;
            let pair = pair.name.clone();
            Ok(NotifyLine { pair, ..line })
        })
        .collect()
}

fn test(context: &Context, pair: &Pair) -> Result<NotifyLine, Failure> {
    let ways = tell::ways(&pair.notify);
    if ways.is_empty() {
        let why = "nobody is told of this pair";
        return Err(Failure::new(
            Code::Config,
            format!("testing the messages of {}", pair.name),
            why,
        )
        .hint("Add a [notify.mail], [notify.command] or [notify.webhook] table to the configuration."));
    }
    let directory = context.state()?.pair(&pair.name)?;
    let now = clock::now().seconds;
    let notice = tell::test_message(&pair.name);
    let messages = ways.iter().flat_map(|way| way.to_each(&notice, now));
    let tried = messages.map(|waiting| {
        let result = tell::send(&pair.notify, &directory, &waiting, now);
        tried(&Tried { waiting, result })
    });
    let tried = tried.collect();
    let line = line(&directory, tried)?;
    let pair = pair.name.clone();
    Ok(NotifyLine { pair, ..line })
}

fn send(context: &Context, notify: &Notify, directory: &PairDir) -> Result<NotifyLine, Failure> {
    let all = tell::deliver(context, notify, directory, Which::All, false)?;
    line(directory, all.iter().map(tried).collect())
}

fn let_go(_: &Context, _: &Notify, directory: &PairDir) -> Result<NotifyLine, Failure> {
    let dropped = tell::spool(directory).clear(clock::now().seconds)?;
    let line = line(directory, Vec::new())?;
    Ok(NotifyLine { dropped, ..line })
}

fn line(directory: &PairDir, tried: Vec<TriedDocument>) -> Result<NotifyLine, Failure> {
    let backlog = tell::spool(directory).backlog()?;
    Ok(NotifyLine {
        pair: String::new(),
        tried,
        dropped: 0,
        waiting: backlog.waiting,
        refused: backlog.refused,
    })
}

fn tried(tried: &Tried) -> TriedDocument {
    let result = match &tried.result {
        Ok(delivered) => Ok(delivered.answer.as_str()),
        Err(trouble) => Err(&trouble.failure),
    };
    let waiting = &tried.waiting;
    TriedDocument::new(
        waiting.channel.word(),
        waiting.recipient.as_deref(),
        waiting.notice.pass.as_deref(),
        result,
    )
}
