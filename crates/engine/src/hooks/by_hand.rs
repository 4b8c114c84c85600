//! Holding and releasing by hand: `counterpart hold` and `counterpart release`, on record with who and why.

use super::attempt::{Unhurried, must};
use super::book::Holding;
use super::owed::{Owed, What};
use super::settings::Hooks;
use super::stage::Stage;
use crate::Sites;
use crate::ledger::Ledger;
use crate::request::Actor;
use counterpart_model::{Code, Failure, SiteRole};
use counterpart_port::Watch;
use serde_json::json;

/// Who holds or releases, and why.
#[derive(Clone, Copy)]
pub struct ByHand<'a> {
    /// The pair whose production it is.
    pub pair: &'a str,
    /// Who.
    pub actor: &'a Actor,
    /// Why.
    pub reason: Option<&'a str>,
}

impl ByHand<'_> {
    /// One holder for each who holds by hand.
    fn holder(&self) -> String {
        format!("{} by hand", self.actor.account)
    }

    fn record(&self, ledger: &Ledger, kind: &str, more: &serde_json::Value) -> Result<(), Failure> {
        let body = json!({
            "account": self.actor.account,
            "host": self.actor.host,
            "command": self.actor.command,
            "reason": self.reason,
            "what": more,
        });
        ledger.journal()?.append(kind, crate::pass::now(), body).map(drop)
    }
}

/// Holds production until it is released by hand; passes of its pairs run meanwhile.
///
/// # Errors
/// Its hold is none that stands still, or the hook failed.
pub fn hold_by_hand(
    hooks: &Hooks,
    sites: Sites<'_>,
    ledger: &Ledger,
    who: ByHand<'_>,
    watch: &dyn Watch,
) -> Result<(), Failure> {
    const DOING: &str = "holding production";
    let hold = &hooks.production_hold;
    let (true, Some(book)) = (hold.stands_still(), ledger.holds()) else {
        let why = format!("its hold is `{}`, which holds nothing", hold.method.word());
        return Err(Failure::new(Code::Usage, DOING, why)
            .hint("Set [pair.NAME.production-hold] with method = \"read-only\" or \"stop\"."));
    };
    let holding = Holding {
        by: who.holder(),
        since_seconds: crate::pass::now().seconds,
        reason: who.reason.map(str::to_owned),
    };
    who.record(ledger, "hold", &json!({ "method": hold.method.word() }))?;
    book.enter(&holding, || match &hold.begin {
        None => Ok(()),
        Some(begin) => must(
            sites.production_commands,
            SiteRole::Production,
            begin,
            DOING,
            watch,
        )
        .map(drop),
    })
}

/// Undoes what a pass left that did not come to its end, over a link of its own: the pass's may have been lost.
///
/// # Errors
/// `locked` where another pass runs, which undoes it by itself; `still-held`.
pub fn settle_left(hooks: &Hooks, sites: Sites<'_>, ledger: &Ledger, who: ByHand<'_>) -> Result<(), Failure> {
    let _alone = ledger.hold("release", who.pair, &who.actor.host)?;
    Stage::new(hooks, sites, ledger, (who.pair, "release"), &Unhurried)?.settle_all()
}

/// Releases what somebody held by hand, and undoes what passes of the pair left that did not come to their end. Tells what
/// it undid.
///
/// # Errors
/// `still-held`.
pub fn release_by_hand(
    hooks: &Hooks,
    sites: Sites<'_>,
    ledger: &Ledger,
    who: ByHand<'_>,
) -> Result<Vec<String>, Failure> {
    let stage = Stage::new(hooks, sites, ledger, (who.pair, "release"), &Unhurried)?;
    let left = ledger.owed()?;
    let mut undone: Vec<String> = left.iter().map(|owed: &Owed| owed.what.to_string()).collect();
    stage.settle_all()?;
    if let Some(book) = ledger.holds() {
        let by_hand: Vec<Holding> = book
            .holders()?
            .into_iter()
            .filter(|known| known.by == who.holder())
            .collect();
        for holding in by_hand {
            book.leave(&holding.by, || match &hooks.production_hold.end {
                None => Ok(()),
                Some(end) => must(
                    sites.production_commands,
                    SiteRole::Production,
                    end,
                    What::ProductionHold.undoing(),
                    &Unhurried,
                )
                .map(drop),
            })?;
            undone.push(format!("production was held by {}", holding.by));
        }
    }
    if !undone.is_empty() {
        who.record(ledger, "release", &json!(undone))?;
    }
    Ok(undone)
}
