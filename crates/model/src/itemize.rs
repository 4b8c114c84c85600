//! The eleven letters of rsync's `%i`, so that ten years of log readers go on working.
//!
//! `YXcstpoguax` as in rsync(1): update type, file type, then checksum, size, time, permissions, owner, group, times
//! of access and creation (never carried here), ACL and extended attributes.

use crate::{Action, Fact, Kind, Metadata, Owner, Step};

/// The letters of one step; `*deleting  ` for a removal.
pub fn letters(step: &Step) -> String {
    match (step.action, &step.wanted, &step.present) {
        (Action::Remove | Action::RemovedWithParent, ..) => "*deleting  ".to_owned(),
        (Action::Rename, Some(wanted), _) => format!("c{}+++++++++", kind_letter(wanted.kind)),
        (_, Some(wanted), Some(present)) if wanted.kind == present.kind => {
            changed(step.action, wanted, present)
        }
        (_, Some(wanted), _) => format!(
            "{}{}+++++++++",
            created_letter(wanted.kind),
            kind_letter(wanted.kind)
        ),
        _ => "...........".to_owned(),
    }
}

fn changed(action: Action, wanted: &Fact, present: &Fact) -> String {
    let content = match action {
        Action::Modify if wanted.kind == Kind::File => '>',
        Action::Replace => 'c',
        _ => '.',
    };
    let differs = wanted.same_content(present) == Some(false);
    let (new, old) = (&wanted.metadata, &present.metadata);
    let mut out = String::with_capacity(11);
    out.push(content);
    out.push(kind_letter(wanted.kind));
    out.push(letter(differs && wanted.size_bytes == present.size_bytes, 'c'));
    out.push(letter(wanted.size_bytes != present.size_bytes, 's'));
    out.push(letter(new.mtime != old.mtime, 't'));
    out.push(letter(new.mode != old.mode, 'p'));
    push_owner(new, old, &mut out);
    out.push('.');
    out.push(letter(new.acl != old.acl, 'a'));
    out.push(letter(new.xattr != old.xattr, 'x'));
    out
}

fn push_owner(new: &Metadata, old: &Metadata, out: &mut String) {
    let half = |owner: &Option<Owner>, first: bool| {
        owner
            .as_ref()
            .and_then(|owner| owner.0.split_once(':'))
            .map(
                |(user, group)| {
                    if first { user.to_owned() } else { group.to_owned() }
                },
            )
    };
    out.push(letter(half(&new.owner, true) != half(&old.owner, true), 'o'));
    out.push(letter(half(&new.owner, false) != half(&old.owner, false), 'g'));
}

const fn letter(set: bool, letter: char) -> char {
    if set { letter } else { '.' }
}

const fn created_letter(kind: Kind) -> char {
    match kind {
        Kind::File => '>',
        Kind::HardLink => 'h',
        Kind::Directory | Kind::Symlink | Kind::Special => 'c',
    }
}

const fn kind_letter(kind: Kind) -> char {
    match kind {
        Kind::File | Kind::HardLink => 'f',
        Kind::Directory => 'd',
        Kind::Symlink => 'L',
        Kind::Special => 'S',
    }
}
