//! Lists what history holds, from the indexes and what really lies there.
//!
//! Nothing is changed or created.

use super::index::{self, Line};
use super::{OPEN_MARK, failing};
use crate::ours::{self, HISTORY};
use crate::stat::{Stat, stat_at};
use crate::{Root, at};
use counterpart_model::{EntryPath, Failure};
use counterpart_port::{HistoryId, Version};
use rustix::fd::OwnedFd;
use rustix::fs::{Mode, OFlags, ResolveFlags};
use rustix::io::Errno;
use std::collections::BTreeMap;

/// The kept versions of a path and of all beneath it, youngest first; all of them for the root.
///
/// A directory above the path that was set aside whole, and holds the path, is listed too: as itself, since it is one
/// version; [`counterpart_port::Export::Kept`] takes the path out of it.
///
/// # Errors
/// The history cannot be listed.
pub fn versions(root: &Root, path: &EntryPath) -> Result<Vec<Version>, Failure> {
    let Some(history) = ours::open_in(root, HISTORY)? else {
        return Ok(Vec::new());
    };
    let doing = |errno| failing(format!("listing the history of {path}"), errno);
    let mut found = Vec::new();
    for pass in passes(&history).map_err(doing)? {
        found.extend(versions_of_pass(&history, &pass, path).map_err(doing)?);
    }
    found.sort_by_key(|version| std::cmp::Reverse(version.set_aside_seconds));
    Ok(found)
}

/// Names of the passes that history holds, youngest first.
pub(super) fn passes(history: &OwnedFd) -> Result<Vec<String>, Errno> {
    let mut names = names(history)?;
    names.retain(|name| !name.ends_with(OPEN_MARK));
    names.sort_by(|left, right| right.cmp(left));
    Ok(names)
}

/// Names of the passes whose history was not closed.
pub(super) fn open_passes(history: &OwnedFd) -> Result<Vec<String>, Errno> {
    let names = names(history)?;
    let stripped = names.iter().filter_map(|name| name.strip_suffix(OPEN_MARK));
    Ok(stripped.map(str::to_owned).collect())
}

fn names(history: &OwnedFd) -> Result<Vec<String>, Errno> {
    let mut names = Vec::new();
    at::each_name(history, |name| {
        names.extend(name.to_str().ok().map(str::to_owned));
        Ok(())
    })?;
    Ok(names)
}

fn versions_of_pass(history: &OwnedFd, pass: &str, path: &EntryPath) -> Result<Vec<Version>, Errno> {
    let directory = match at::open_directory(history, &at::c_name(pass.as_bytes())?) {
        Ok(directory) => directory,
        Err(Errno::NOTDIR | Errno::LOOP | Errno::NOENT) => return Ok(Vec::new()),
        Err(errno) => return Err(errno),
    };
    let mut found: BTreeMap<u64, Version> = BTreeMap::new();
    index::each_line(&directory, |line| {
        if concerns(&directory, &line, path) && lies_there(&directory, &line).is_some() {
            found.insert(line.n, version(pass, &line));
        }
        Ok(())
    })?;
    Ok(found.into_values().rev().collect())
}

fn version(pass: &str, line: &Line) -> Version {
    Version {
        id: HistoryId(format!("{pass}/{}", line.n)),
        path: line.path.clone(),
        fact: line.fact(),
        set_aside_seconds: line.at_seconds,
        why: line.why.clone(),
    }
}

/// What lies under the number of a line, unless it is the replacement of a pass that was killed before its exchange.
pub(super) fn lies_there(pass: &OwnedFd, line: &Line) -> Option<Stat> {
    let number = at::c_name(line.n.to_string().as_bytes()).ok()?;
    let stat = stat_at(pass, &number).ok()?;
    (Some(stat.inode) != line.replacement_inode).then_some(stat)
}

fn concerns(pass: &OwnedFd, line: &Line, path: &EntryPath) -> bool {
    line.path == *path
        || line.path.is_beneath(path)
        || (path.is_beneath(&line.path) && holds(pass, line, path))
}

/// True when a directory that was set aside holds what had `path`.
fn holds(pass: &OwnedFd, line: &Line, path: &EntryPath) -> bool {
    let inner = &path.as_bytes()[line.path.as_bytes().len()..];
    let mut kept = line.n.to_string().into_bytes();
    kept.extend_from_slice(inner);
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    // NO_SYMLINKS refuses a link at the end too, and that is the entry itself: the error tells that it is there.
    match rustix::fs::openat2(pass, kept, flags, Mode::empty(), resolve) {
        Ok(_) => true,
        Err(errno) => errno == Errno::LOOP,
    }
}
