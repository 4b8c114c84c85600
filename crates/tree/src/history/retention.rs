//! The end of history: which passes' history is old enough, and its deletion.
//!
//! [`delete`] is the only place in Counterpart where content that had a name is deleted for good. It takes one whole
//! pass and nothing less, and decides nothing: the caller names the pass.

use super::{INDEX, failing, index, list, open_mark, pass_name};
use crate::ours::{self, HISTORY};
use crate::stat::{stat_at, stat_of};
use crate::{Root, at};
use counterpart_model::{Code, Failure, Kind};
use counterpart_port::PassHistory;
use rustix::fd::OwnedFd;
use rustix::fs::AtFlags;
use rustix::io::Errno;

/// The passes whose last entry was set aside before a time, oldest first. A pass that is still open is not among them.
///
/// # Errors
/// The history cannot be listed.
pub fn expired(root: &Root, before_seconds: i64) -> Result<Vec<PassHistory>, Failure> {
    let Some(history) = ours::open_in(root, HISTORY)? else {
        return Ok(Vec::new());
    };
    let found = expired_in(&history, before_seconds);
    found.map_err(|errno| failing("listing history", errno))
}

fn expired_in(history: &OwnedFd, before_seconds: i64) -> Result<Vec<PassHistory>, Errno> {
    let open = list::open_passes(history)?;
    let mut found = Vec::new();
    for pass in list::passes(history)?.into_iter().rev() {
        if open.contains(&pass) {
            continue;
        }
        let directory = at::open_directory(history, &at::c_name(pass.as_bytes())?)?;
        let last_seconds = last_seconds(&directory)?;
        if last_seconds < before_seconds {
            found.push(sum(pass, &directory, last_seconds)?);
        }
    }
    Ok(found)
}

/// When something was set aside last. Times in an index can be written by whoever can write to it; that it was written
/// is what its time of change tells, which nobody can set.
fn last_seconds(directory: &OwnedFd) -> Result<i64, Errno> {
    let stat = match stat_at(directory, INDEX) {
        // Without an index the directory itself tells when something last arrived.
        Err(Errno::NOENT) => stat_of(directory)?,
        stat => stat?,
    };
    let mut last = stat.ctime.seconds;
    index::each_line(directory, |line| {
        last = last.max(line.at_seconds);
        Ok(())
    })?;
    Ok(last)
}

fn sum(pass: String, directory: &OwnedFd, last_seconds: i64) -> Result<PassHistory, Errno> {
    let (mut entries, mut bytes) = (0, 0);
    at::each_name(directory, |name| {
        if name != INDEX {
            entries += 1;
            bytes += bytes_of(directory, name)?;
        }
        Ok(())
    })?;
    Ok(PassHistory {
        pass,
        entries,
        bytes,
        last_seconds,
    })
}

fn bytes_of(parent: &OwnedFd, name: &std::ffi::CStr) -> Result<u64, Errno> {
    let stat = stat_at(parent, name)?;
    match stat.kind {
        Kind::File => Ok(stat.size_bytes),
        Kind::Directory => {
            let directory = at::open_directory(parent, name)?;
            let mut bytes = 0;
            at::each_name(&directory, |inner| {
                bytes += bytes_of(&directory, inner)?;
                Ok(())
            })?;
            Ok(bytes)
        }
        _ => Ok(0),
    }
}

/// Deletes the history of exactly one pass, for good. Its index goes last, so that an interrupted deletion is still
/// known for what it is and can be repeated.
///
/// # Errors
/// The name is not one of a pass, the pass is still open, or what the system reports.
pub fn delete(root: &Root, pass: &str) -> Result<(), Failure> {
    let doing = format!("deleting the history of pass {pass}");
    let name = pass_name(pass)?;
    let missing = || Failure::new(Code::NotFound, &*doing, "there is no such pass in history");
    let history = ours::open_in(root, HISTORY)?.ok_or_else(missing)?;
    let fail = |errno| failing(&doing, errno);
    if stat_at(&history, &open_mark(pass).map_err(fail)?).is_ok() {
        return Err(Failure::new(Code::Locked, &*doing, "that pass is not closed"));
    }
    let directory = match at::open_directory(&history, &name) {
        Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => return Err(missing()),
        opened => opened.map_err(fail)?,
    };
    delete_entries(&directory).map_err(fail)?;
    at::remove_whole(&directory, INDEX).map_err(fail)?;
    rustix::fs::unlinkat(&history, &name, AtFlags::REMOVEDIR).map_err(fail)
}

fn delete_entries(directory: &OwnedFd) -> Result<(), Errno> {
    loop {
        let mut removed = false;
        at::each_name(directory, |name| {
            if name == INDEX {
                return Ok(());
            }
            removed = true;
            at::remove_whole(directory, name)
        })?;
        if !removed {
            return Ok(());
        }
    }
}
