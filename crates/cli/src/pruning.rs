//! What of a pair has had its time: history of the standby, manifests at both sites, logs, outputs of probes, records. The
//! same for `prune` and for `serve`.

use crate::config::duration_text;
use crate::documents::{PruneDocument, PrunedKind, PrunedPass};
use crate::due;
use crate::wire::Wired;
use counterpart_engine::ledger::Kept;
use counterpart_model::{Failure, SiteRole, Timestamp};
use counterpart_port::Expired;

/// Lists what has had its time, and removes it for good where that is wanted. With it comes what the standby's own host says
/// of its history.
///
/// # Errors
/// `locked` while a pass runs; a site cannot be reached; something cannot be listed or removed.
pub(crate) fn prune(wired: &Wired, remove: bool) -> Result<(PruneDocument, Expired), Failure> {
    let expired = wired.end_history(remove)?;
    let mut others = Vec::new();
    for role in [SiteRole::Production, SiteRole::Standby] {
        others.extend(manifests(wired, role, remove)?);
    }
    for (kind, word, keep_seconds) in kinds(wired) {
        others.extend(own(wired, kind, word, keep_seconds, remove)?);
    }
    let document = PruneDocument {
        pair: wired.pair.name.clone(),
        before: Timestamp::new(expired.before_seconds, 0).rfc3339(),
        removed: remove && !(expired.passes.is_empty() && others.is_empty()),
        passes: expired.passes.iter().map(PrunedPass::from).collect(),
        others,
    };
    Ok((document, expired))
}

fn kinds(wired: &Wired) -> [(Kept, &'static str, u64); 3] {
    let retention = &wired.pair.retention;
    [
        (Kept::Logs, "logs", retention.logs_seconds),
        (Kept::Probes, "probes", retention.probes_seconds),
        (Kept::Runs, "runs", retention.runs_seconds),
    ]
}

fn manifests(wired: &Wired, role: SiteRole, remove: bool) -> Result<Option<PrunedKind>, Failure> {
    let keep_seconds = wired.pair.retention.manifests_seconds;
    let expired = wired
        .end(role)
        .ask(|site| site.expired_manifests(keep_seconds, remove))?;
    Ok((!expired.is_empty()).then(|| PrunedKind {
        what: "manifests".to_owned(),
        site: Some(role.word().to_owned()),
        kept_for: duration_text(keep_seconds),
        things: expired.len() as u64,
        bytes: expired.iter().map(|kept| kept.bytes).sum(),
    }))
}

fn own(
    wired: &Wired,
    kind: Kept,
    word: &str,
    keep_seconds: u64,
    remove: bool,
) -> Result<Option<PrunedKind>, Failure> {
    let remains = wired.ledger.remains(kind, keep_seconds, due::now())?;
    if remains.names.is_empty() {
        return Ok(None);
    }
    if remove {
        wired.ledger.end_remains(&remains)?;
    }
    Ok(Some(PrunedKind {
        what: word.to_owned(),
        site: None,
        kept_for: duration_text(keep_seconds),
        things: remains.names.len() as u64,
        bytes: remains.bytes,
    }))
}
