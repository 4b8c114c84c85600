//! The heads of the journal that far sites keep: compared with the journal, and given after a record of its own.

use crate::context::Context;
use crate::documents::FarHead;
use crate::wire::Wired;
use counterpart_engine::Ledger;
use counterpart_model::{Code, Failure, SiteRole};
use counterpart_port::ChainHead;

const ROLES: [SiteRole; 2] = [SiteRole::Production, SiteRole::Standby];

/// The head of a journal as it is shown, and given back to `certificate verify --head`.
pub(crate) fn shown(ledger: &Ledger) -> Result<String, Failure> {
    let head = ledger.chain_head()?;
    Ok(head.map_or_else(String::new, |head| format!("{}:{}", head.sequence, head.hash)))
}

/// What far sites keep of the chain, each judged. A site that cannot be asked is told of, and says nothing against the
/// chain.
///
/// # Errors
/// What `judge` says.
pub(crate) fn judged(
    context: &Context,
    wired: &Wired,
    judge: impl Fn(SiteRole, &ChainHead) -> Result<(), Failure>,
) -> Result<Vec<FarHead>, Failure> {
    let mut heads = Vec::new();
    for role in ROLES {
        let end = wired.end(role);
        if end.here().is_some() {
            continue;
        }
        match end.ask(|site| site.chain_head()) {
            Ok(Some(kept)) => {
                judge(role, &kept)?;
                heads.push(FarHead::of(role, &kept));
            }
            Ok(None) => context.terminal.message(&format!(
                "{role} keeps no head of the chain yet: the next pass gives it one."
            )),
            Err(failure) => context.terminal.message(&format!(
                "{role} was not asked for its head of the chain: {failure}"
            )),
        }
    }
    Ok(heads)
}

/// Refuses a journal that lacks what a far site keeps: nothing may be written after a cut.
///
/// # Errors
/// `evidence-broken`.
pub(crate) fn compare(context: &Context, wired: &Wired) -> Result<(), Failure> {
    judged(context, wired, |role, kept| {
        if wired.ledger.has_head(kept)? {
            return Ok(());
        }
        let why = format!(
            "{role} keeps record {} of pass {}, which the journal does not have",
            kept.sequence, kept.pass
        );
        let doing = "comparing the journal with the head at the far site";
        Err(Failure::new(Code::EvidenceBroken, doing, why).hint(Code::JournalBehind.remedy()))
    })
    .map(|_| ())
}

/// Gives far sites the head to keep. One that cannot be reached gets it with the next pass.
pub(crate) fn give(context: &Context, wired: &Wired) {
    let Ok(Some(head)) = wired.ledger.chain_head() else {
        return;
    };
    for role in ROLES {
        let end = wired.end(role);
        if end.here().is_some() {
            continue;
        }
        if let Err(failure) = end.ask(|site| site.keep_chain_head(&head)) {
            context.terminal.message(&format!(
                "{role} was not given the new head of the chain, and gets it with the next pass: {failure}"
            ));
        }
    }
}
