//! `key list`, `rotate`, `revoke` and `allowed-signers`.

use crate::args::{KeyCommand, KeyRevokeArgs, KeyRotateArgs};
use crate::context::Context;
use crate::documents::{
    AllowedSignersDocument, KeyLine, KeyListDocument, KeyRevokeDocument, KeyRotateDocument,
};
use crate::exit::Exit;
use crate::heads;
use crate::wire::Wired;
use crate::{clock, pairs, render, who};
use counterpart_engine::{Acting, Actor};
use counterpart_model::{Code, Failure, Timestamp};

/// `key …`.
pub(crate) fn key(context: &Context, command: KeyCommand) -> Result<Exit, Failure> {
    match command {
        KeyCommand::List(args) => list(context, args.pair.as_deref()),
        KeyCommand::Rotate(args) => rotate(context, &args),
        KeyCommand::Revoke(args) => revoke(context, &args),
        KeyCommand::AllowedSigners(args) => allowed_signers(context, args.pair.as_deref()),
    }
}

fn list(context: &Context, name: Option<&str>) -> Result<Exit, Failure> {
    let (pair, ledger) = pairs::ledger(context, name)?;
    let keys = ledger.keys()?.iter().map(KeyLine::from).collect();
    let document = KeyListDocument { pair, keys };
    context
        .terminal
        .answer(&document, |paint| render::keys(&document, paint))?;
    Ok(Exit::Done)
}

fn allowed_signers(context: &Context, name: Option<&str>) -> Result<Exit, Failure> {
    let (pair, ledger) = pairs::ledger(context, name)?;
    let allowed_signers = ledger.allowed_signers()?;
    if allowed_signers.is_empty() {
        context
            .terminal
            .message(&format!("{pair} has no key yet: its first pass makes one."));
    }
    let document = AllowedSignersDocument {
        pair,
        allowed_signers,
    };
    context
        .terminal
        .answer(&document, |_| document.allowed_signers.clone())?;
    Ok(Exit::Done)
}

fn rotate(context: &Context, args: &KeyRotateArgs) -> Result<Exit, Failure> {
    if args.lost {
        reason(context, "giving the key in force up as lost")?;
    }
    let wired = Wired::named(context, args.pair.pair.as_deref())?;
    let rotated = changing(context, &wired, "key", |acting| {
        wired.ledger.rotate_key(acting, args.lost)
    })?;
    let document = KeyRotateDocument {
        pair: wired.pair.name.clone(),
        old: rotated.old,
        new: rotated.new,
        lost: args.lost,
        record: rotated.record,
        head: heads::shown(&wired.ledger)?,
    };
    context
        .terminal
        .answer(&document, |paint| render::rotated(&document, paint))?;
    Ok(Exit::Done)
}

fn revoke(context: &Context, args: &KeyRevokeArgs) -> Result<Exit, Failure> {
    reason(context, "revoking a key")?;
    if args.since.is_some_and(|since| since > clock::now().seconds) {
        let why = "--since is in the future";
        return Err(Failure::new(Code::Usage, "revoking a key", why)
            .hint("Name the moment since when somebody else may have had the key, in UTC."));
    }
    let wired = Wired::named(context, args.pair.pair.as_deref())?;
    let revoked = changing(context, &wired, "key", |acting| {
        wired.ledger.revoke_key(acting, &args.fingerprint, args.since)
    })?;
    let document = KeyRevokeDocument {
        pair: wired.pair.name.clone(),
        fingerprint: revoked.fingerprint,
        since: Timestamp::new(revoked.since.seconds(), 0).rfc3339(),
        record: revoked.record,
        head: heads::shown(&wired.ledger)?,
    };
    context
        .terminal
        .answer(&document, |paint| render::revoked(&document, paint))?;
    Ok(Exit::Done)
}

/// Adds to the journal while no pass can run, where far sites know all of it, and tells them of the record. `holder` is what
/// holds the pair meanwhile.
pub(super) fn changing<T>(
    context: &Context,
    wired: &Wired,
    holder: &str,
    change: impl FnOnce(&Acting<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let actor = who::actor(&context.arguments, None);
    let name = &wired.pair.name;
    let _held = wired.ledger.hold(holder, name, &actor.host)?;
    heads::compare(context, wired)?;
    let done = change(&acting(context, name, &actor))?;
    heads::give(context, wired);
    Ok(done)
}

/// Who acts on a pair, now.
pub(super) fn acting<'a>(context: &'a Context, pair: &'a str, actor: &'a Actor) -> Acting<'a> {
    let at = clock::now();
    Acting {
        pair,
        actor,
        reason: context.global.reason.as_deref(),
        at,
        utc_offset_seconds: clock::offset_at(at.seconds),
    }
}

/// What must say why.
pub(super) fn reason(context: &Context, doing: &str) -> Result<(), Failure> {
    let said = context.global.reason.as_deref().unwrap_or_default();
    if said.trim().is_empty() {
        return Err(Failure::new(Code::Usage, doing, "it needs a reason")
            .hint("Say it with --reason TEXT; it is recorded."));
    }
    Ok(())
}
