//! `hold` and `release`: production by hand, and what a pass left that did not come to its end.

use crate::args::HoldArgs;
use crate::context::Context;
use crate::documents::{HeldDocument, ReleasedDocument};
use crate::exit::Exit;
use crate::render;
use crate::who;
use crate::wire::Wired;
use counterpart_engine::hooks::{ByHand, HoldBook, hold_by_hand, release_by_hand};
use counterpart_model::Failure;

/// `hold [PAIR]`.
pub(crate) fn hold(context: &Context, args: &HoldArgs) -> Result<Exit, Failure> {
    let wired = Wired::named(context, args.pair.pair.as_deref())?;
    let actor = who::actor(&context.arguments, None);
    let shown = context
        .terminal
        .watch(&wired.pair.name, wired.pair.deadline_seconds, None);
    let hooks = &wired.pair.settings.hooks;
    wired.with_sites(|sites| {
        let who = by_hand(context, &wired, &actor);
        hold_by_hand(hooks, sites, &wired.ledger, who, &shown)
    })?;
    drop(shown);
    let document = HeldDocument {
        pair: wired.pair.name.clone(),
        method: hooks.production_hold.method.word().to_owned(),
        holders: wired
            .ledger
            .holds()
            .map_or_else(|| Ok(Vec::new()), HoldBook::holders)?,
    };
    context
        .terminal
        .answer(&document, |paint| render::held(&document, paint))?;
    Ok(Exit::Done)
}

/// `release [PAIR]`.
pub(crate) fn release(context: &Context, args: &HoldArgs) -> Result<Exit, Failure> {
    let wired = Wired::named(context, args.pair.pair.as_deref())?;
    let actor = who::actor(&context.arguments, None);
    // A pass that runs releases what it holds by itself.
    let _alone = wired.ledger.hold("release", &wired.pair.name, &actor.host)?;
    let hooks = &wired.pair.settings.hooks;
    let undone = wired.with_sites(|sites| {
        let who = by_hand(context, &wired, &actor);
        release_by_hand(hooks, sites, &wired.ledger, who)
    })?;
    let document = ReleasedDocument {
        pair: wired.pair.name.clone(),
        undone,
        holders: wired
            .ledger
            .holds()
            .map_or_else(|| Ok(Vec::new()), HoldBook::holders)?,
    };
    context
        .terminal
        .answer(&document, |paint| render::released(&document, paint))?;
    Ok(Exit::Done)
}

fn by_hand<'a>(context: &'a Context, wired: &'a Wired, actor: &'a counterpart_engine::Actor) -> ByHand<'a> {
    ByHand {
        pair: &wired.pair.name,
        actor,
        reason: context.global.reason.as_deref(),
    }
}
