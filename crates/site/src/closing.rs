//! Closing a pass: what was learned is folded into a new manifest, which becomes the site's own.

use crate::changes::Changes;
use crate::kept;
use crate::opening::{Current, OpenPass, current, now};
use crate::recovery;
use crate::scan::Scanned;
use crate::site::LocalSiteOptions;
use counterpart_model::{Failure, SiteRole};
use counterpart_port::{Closed, HowCounts};
use counterpart_store::manifest::{Header, Manifest, Summary, fold};
use counterpart_store::{RowChanges, files};
use std::path::Path;

/// Ends the pass. Where nothing changed at all, the old file stays and no byte is written.
pub(crate) fn close(pass: &OpenPass, options: &LocalSiteOptions) -> Result<Closed, Failure> {
    let scanned = pass.scan()?;
    let learned = pass.learned.batches()?;
    let header = Header {
        policy: scanned.request.policy,
        algorithm: pass.request.policy.algorithm,
        grain: scanned.request.grain,
        at_seconds: now().seconds,
        pair: options.pair.clone(),
        role: pass.role,
        extra: serde_json::to_value(&scanned.report.mounts).unwrap_or_default(),
    };
    let news = !scanned.delta.is_empty() || learned.iter().any(|batch| !batch.is_empty());
    if let Some(base) = pass
        .base
        .as_ref()
        .filter(|base| !news && same_terms(base.header(), &header))
    {
        end_interruption(pass)?;
        return Ok(told(base.summary(), true));
    }
    let mut changes = Changes::new(&scanned.delta, &learned)?;
    if pass.request.read_only && pass.role == SiteRole::Standby && has_drifted(pass, &scanned)? {
        return weigh(pass, &mut changes, &header);
    }
    let current = Current {
        manifest: format!("manifest-{}.cpm", pass.request.pass),
        interrupted_since_seconds: interrupted_since(pass)?,
    };
    let base = pass.base.as_ref();
    let summary = replace(
        &pass.state,
        base,
        &mut changes,
        &header,
        pass.began_seconds,
        &current,
    )?;
    end_interruption(pass)?;
    Ok(told(&summary, false))
}

/// True when something of the standby is not as the last pass left it.
fn has_drifted(pass: &OpenPass, scanned: &Scanned) -> Result<bool, Failure> {
    let same_terms = pass
        .base
        .as_ref()
        .is_some_and(|base| base.header().policy == scanned.request.policy);
    let mut deltas = scanned.delta.reader()?;
    while let Some(delta) = deltas.next()? {
        let now = delta.now.map(|(fact, _)| fact);
        let kept =
            delta.times_same && now.map(|now| now.metadata) == delta.before.map(|before| before.metadata);
        if same_terms && !delta.withheld && !kept {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Makes the manifest of a standby that drifted, for what it says, and does not go by it. What a pass left there stays what
/// the standby is held against: else a verification would make a drift the known state, and the next pass no repair.
fn weigh(pass: &OpenPass, changes: &mut dyn RowChanges, header: &Header) -> Result<Closed, Failure> {
    let path = pass.spool_dir.join(format!("verified-{}.cpm", pass.request.pass));
    let summary = fold(pass.base.as_ref(), changes, &path, header, pass.began_seconds)?;
    // A certificate says its root.
    kept::keep(&pass.state, &path)?;
    Ok(told(&summary, false))
}

fn same_terms(base: &Header, now: &Header) -> bool {
    base.policy == now.policy && base.extra == now.extra
}

/// Folds changes into a new manifest and makes it the current one; the one before is kept under its root.
pub(crate) fn replace(
    state: &Path,
    base: Option<&Manifest>,
    changes: &mut dyn RowChanges,
    header: &Header,
    began_seconds: i64,
    current: &Current,
) -> Result<Summary, Failure> {
    let name = &current.manifest;
    let summary = fold(base, changes, &state.join(name), header, began_seconds)?;
    files::write_json_atomic(&state.join("current.json"), current)?;
    for old in files::names_with(state, ".cpm")? {
        let old = format!("{old}.cpm");
        if old != *name {
            kept::keep(state, &state.join(old))?;
        }
    }
    Ok(summary)
}

/// A verification brings nothing to its end: what was interrupted still is.
fn interrupted_since(pass: &OpenPass) -> Result<Option<i64>, Failure> {
    let current = current(&pass.state)?.filter(|_| pass.request.read_only);
    Ok(current.and_then(|current| current.interrupted_since_seconds))
}

/// The apply logs are folded in and the standby was synced: there is nothing to resume any more.
fn end_interruption(pass: &OpenPass) -> Result<(), Failure> {
    if pass.role != SiteRole::Standby || pass.request.read_only {
        return Ok(());
    }
    if let Some(mut interrupted) = current(&pass.state)?
        && interrupted.interrupted_since_seconds.take().is_some()
    {
        files::write_json_atomic(&pass.state.join("current.json"), &interrupted)?;
    }
    recovery::forget_logs(&pass.state)
}

/// What a manifest says; where nothing was written in this pass, all of its digests are carried.
fn told(summary: &Summary, old: bool) -> Closed {
    let how = HowCounts {
        read: summary.read_count,
        written: summary.written_count,
        carried: summary.carried_count,
        moved: summary.moved_count,
        unread: summary.unread_count,
    };
    let carried = HowCounts {
        read: 0,
        written: 0,
        carried: how.read + how.written + how.carried,
        ..how
    };
    Closed {
        at: now(),
        root: summary.root,
        tally: summary.tally,
        unread: summary.unread,
        how: if old { carried } else { how },
        oldest_read_seconds: summary.oldest_read_seconds,
    }
}
