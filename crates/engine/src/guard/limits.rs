//! Guards by number: how much a pass may delete and change, and whether there is room for it.

use super::Judging;
use super::refusal::{About, Refusal};
use counterpart_model::{Code, Failure};

/// Refusals by `max_delete` and `max_change`; deleting everything is refused whatever they say.
pub(super) fn refusals(judging: &Judging<'_>) -> Vec<Refusal> {
    let totals = judging.plan.totals;
    let held = judging.observation.standby.tally.entries();
    let guards = judging.settings.guards;
    let mut refusals = Vec::new();
    if totals.deleted > 0 && totals.deleted >= held && judging.observation.production.tally.entries() > 0 {
        let message = format!("The plan would delete all {held} entries that the standby holds.");
        refusals.push(Refusal::new(Code::DeleteEverything, message, About::Deletions));
    } else if totals.deleted > guards.max_delete.of(held) {
        let allowed = guards.max_delete.of(held);
        let message = format!(
            "The plan would delete {} of the {held} entries that the standby holds; max_delete allows {allowed}.",
            totals.deleted
        );
        refusals.push(Refusal::new(Code::MaxDelete, message, About::Deletions));
    }
    let files = judging.observation.standby.tally.files;
    let allowed = guards.max_change.of(files);
    if totals.modified > allowed {
        let message = format!(
            "The plan would change the content of {} of the {files} files that the standby holds; max_change allows {allowed}.",
            totals.modified
        );
        refusals.push(Refusal::new(Code::MaxChange, message, About::Changes));
    }
    refusals
}

/// The refusal when what the plan brings does not fit, with a reserve for evidence. What it replaces stays in
/// history, so nothing is freed.
pub(super) fn space(judging: &Judging<'_>) -> Result<Option<Refusal>, Failure> {
    let totals = judging.plan.totals;
    if totals.bytes == 0 && totals.created == 0 {
        return Ok(None);
    }
    let room = judging.sites.standby.room()?;
    let reserve = judging.settings.guards.reserve_bytes;
    let needed = totals.bytes.saturating_add(reserve);
    let too_many = room.free_entries.is_some_and(|free| free < totals.created);
    if needed <= room.free_bytes && !too_many {
        return Ok(None);
    }
    let message = if too_many {
        format!(
            "The plan would make {} entries; the standby has room for {}.",
            totals.created,
            room.free_entries.unwrap_or(0)
        )
    } else {
        format!(
            "The plan would bring up to {} bytes, and {reserve} bytes stay reserved for evidence; the standby has {} bytes free.",
            totals.bytes, room.free_bytes
        )
    };
    Ok(Some(
        Refusal::new(Code::NoSpace, message, About::Site("space".to_owned())).final_(),
    ))
}
