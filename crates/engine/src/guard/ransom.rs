//! Guards against a day on which an archive was encrypted: marks lost and extensions changed in bulk.

use super::Judging;
use super::refusal::{About, Refusal};
use counterpart_model::{Action, Code, EntryPath, Failure, Kind, Step, path};
use counterpart_port::Site;

/// Fewer files than this are no bulk.
const BULK: usize = 20;
/// Files whose marks are looked at, at most.
const SAMPLE: u64 = 200;
/// A DICOM file has its mark after a preamble of so many bytes (PS3.10, section 7.1).
const MARK_OFFSET: usize = 128;
const MARK: &[u8; 4] = b"DICM";

/// Refuses when at least half of the changed DICOM files that are looked at have lost their mark: at least twenty of
/// them, or all of fewer.
pub(super) fn magic_lost(judging: &Judging<'_>) -> Result<Option<Refusal>, Failure> {
    let changed = judging.plan.totals.modified;
    if changed < BULK as u64 {
        return Ok(None);
    }
    let stride = changed.div_ceil(SAMPLE).max(1);
    let (mut had, mut lost, mut number) = (0_usize, Vec::new(), 0_u64);
    each_step(judging, |step| {
        if step.action != Action::Modify {
            return Ok(());
        }
        number += 1;
        if number % stride == 0 && has_mark(judging.sites.standby, &step.path) {
            had += 1;
            if !has_mark(judging.sites.production, &step.path) {
                lost.push(step.path.clone());
            }
        }
        Ok(())
    })?;
    Ok((lost.len() >= BULK.min(had) && lost.len() * 2 >= had && lost.len() >= 5).then(|| {
        let message = format!(
            "Of {had} changed DICOM files that were looked at, {} have lost their DICM mark at production.",
            lost.len()
        );
        Refusal::new(Code::MagicLost, message, About::Changes)
    }))
}

fn has_mark(site: &dyn Site, path: &EntryPath) -> bool {
    let mut head = [0; MARK_OFFSET + MARK.len()];
    let filled = site.content().and_then(|mut reader| reader.head(path, &mut head));
    filled.is_ok_and(|filled| filled == head.len()) && head[MARK_OFFSET..] == *MARK
}

/// Refuses when many files changed their extension, or got one more, at once.
pub(super) fn extensions_changed(judging: &Judging<'_>) -> Result<Option<Refusal>, Failure> {
    let mut pairs = Vec::new();
    let mut removed: Option<EntryPath> = None;
    let mut created: Option<EntryPath> = None;
    each_step(judging, |step| {
        let of_file = step.kind() == Some(Kind::File);
        match step.action {
            Action::Rename
                if step
                    .from
                    .as_ref()
                    .is_some_and(|from| other_extension(from, &step.path)) =>
            {
                pairs.push(step.path.clone());
            }
            Action::Remove | Action::RemovedWithParent if of_file => {
                if created
                    .take()
                    .is_some_and(|created| other_extension(&step.path, &created))
                {
                    pairs.push(step.path.clone());
                }
                removed = Some(step.path.clone());
            }
            Action::Create if of_file => {
                if removed
                    .take()
                    .is_some_and(|removed| other_extension(&removed, &step.path))
                {
                    pairs.push(step.path.clone());
                } else {
                    created = Some(step.path.clone());
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    let files = judging.observation.standby.tally.files;
    let bulk = BULK as u64 + files / 100;
    Ok((pairs.len() as u64 >= bulk).then(|| {
        let message = format!(
            "{} files of production changed their extension since the last pass.",
            pairs.len()
        );
        Refusal::new(Code::ExtensionChanged, message, About::Entries(pairs))
    }))
}

/// True when both names are in one directory, share their stem and differ in their extension.
pub(super) fn other_extension(old: &EntryPath, new: &EntryPath) -> bool {
    let (old_directory, old_name) = path::split(old.as_bytes());
    let (new_directory, new_name) = path::split(new.as_bytes());
    old_directory == new_directory && old_name != new_name && {
        let grown = new_name.strip_prefix(old_name).is_some_and(is_extension);
        let swapped = match (stem(old_name), stem(new_name)) {
            (Some(old), Some(new)) => old == new,
            _ => false,
        };
        grown || swapped
    }
}

/// True for a dot and what is no part of a UID.
fn is_extension(rest: &[u8]) -> bool {
    rest.first() == Some(&b'.')
        && !rest[1..]
            .iter()
            .all(|byte| byte.is_ascii_digit() || *byte == b'.')
}

/// The name without its extension; the last number of a UID used as a name is none.
fn stem(name: &[u8]) -> Option<&[u8]> {
    const MAX_EXTENSION_BYTES: usize = 12;
    let dot = name.iter().rposition(|&byte| byte == b'.')?;
    let extension = &name[dot + 1..];
    let numeric = extension.iter().all(u8::is_ascii_digit);
    (dot > 0 && !numeric && extension.len() <= MAX_EXTENSION_BYTES).then(|| &name[..dot])
}

fn each_step(
    judging: &Judging<'_>,
    mut each: impl FnMut(&Step) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut reader = judging.plan.steps.reader()?;
    let mut step = Step::of(EntryPath::root(), Action::Metadata);
    while reader.next_into(&mut step)? {
        each(&step)?;
    }
    Ok(())
}
