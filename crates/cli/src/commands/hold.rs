//! `hold` and `release`: production by hand, and what a pass left that did not come to its end.

use crate::args::HoldArgs;
use crate::context::Context;
use crate::documents::{HeldDocument, ReleasedDocument};
use crate::exit::Exit;
use crate::render;
use crate::who;
use crate::wire::Wired;
use counterpart_engine::hooks::{ByHand, HoldBook, Holding, Hooks, hold_by_hand, release_by_hand};
use counterpart_engine::{Actor, Sites};
use counterpart_model::Failure;

/// `hold [PAIR]`.
pub(crate) fn hold(context: &Context, args: &HoldArgs) -> Result<Exit, Failure> {
    let (wired, actor) = asked(context, args)?;
    let shown = context
        .terminal
        .watch(&wired.pair.name, wired.pair.deadline_seconds, None);
    by_hand(context, &wired, &actor, |hooks, sites, who| {
        hold_by_hand(hooks, sites, &wired.ledger, who, &shown)
    })?;
    drop(shown);
    let hold = &wired.pair.settings.hooks.production_hold;
    let document = HeldDocument {
        pair: wired.pair.name.clone(),
        method: hold.method.word().to_owned(),
        holders: holders(&wired)?,
    };
    context
        .terminal
        .answer(&document, |paint| render::held(&document, paint))?;
    Ok(Exit::Done)
}

/// `release [PAIR]`.
pub(crate) fn release(context: &Context, args: &HoldArgs) -> Result<Exit, Failure> {
    let (wired, actor) = asked(context, args)?;
    // A pass that runs releases what it holds by itself.
    let _alone = wired.ledger.hold("release", &wired.pair.name, &actor.host)?;
    let undone = by_hand(context, &wired, &actor, |hooks, sites, who| {
        release_by_hand(hooks, sites, &wired.ledger, who)
    })?;
    let document = ReleasedDocument {
        pair: wired.pair.name.clone(),
        undone,
        holders: holders(&wired)?,
    };
    context
        .terminal
        .answer(&document, |paint| render::released(&document, paint))?;
    Ok(Exit::Done)
}

fn asked(context: &Context, args: &HoldArgs) -> Result<(Wired, Actor), Failure> {
    let wired = Wired::named(context, args.pair.pair.as_deref())?;
    Ok((wired, who::actor(&context.arguments, None)))
}

/// Does something at both sites on behalf of who asks.
fn by_hand<T>(
    context: &Context,
    wired: &Wired,
    actor: &Actor,
    act: impl FnOnce(&Hooks, Sites<'_>, ByHand<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let who = ByHand {
        pair: &wired.pair.name,
        actor,
        reason: context.global.reason.as_deref(),
    };
    wired.with_sites(|sites| act(&wired.pair.settings.hooks, sites, who))
}

/// Who holds production now.
fn holders(wired: &Wired) -> Result<Vec<Holding>, Failure> {
    let book = wired.ledger.holds();
    book.map_or_else(|| Ok(Vec::new()), HoldBook::holders)
}
