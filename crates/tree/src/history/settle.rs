//! Settles the history of passes that were killed: what lies there must be what its index says.
//!
//! Nothing that ever had a visible name is touched.

use super::{failing, index, list, open_mark};
use crate::ours::{self, HISTORY};
use crate::stat::stat_at;
use crate::{Root, at};
use counterpart_model::Failure;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::AtFlags;
use rustix::io::Errno;
use std::ffi::CString;

/// Moves replacements that were about to be exchanged from history to `rubbish`, where they are removed with other
/// unclaimed incoming files. `own` is the running pass, which is left alone.
pub(crate) fn settle_killed(root: &Root, own: &str, rubbish: impl AsFd) -> Result<(), Failure> {
    let Some(history) = ours::open_in(root, HISTORY)? else {
        return Ok(());
    };
    let settled = list::open_passes(&history).and_then(|passes| {
        let mut others = passes.iter().filter(|pass| pass.as_str() != own);
        others.try_for_each(|pass| settle_pass(&history, pass, rubbish.as_fd()))
    });
    settled.map_err(|errno| failing("settling the history of an interrupted pass", errno))
}

fn settle_pass(history: &OwnedFd, pass: &str, rubbish: BorrowedFd<'_>) -> Result<(), Errno> {
    let name = CString::new(pass).map_err(|_| Errno::INVAL)?;
    match at::open_directory(history, &name) {
        Ok(directory) => index::each_line(&directory, |line| settle_line(&directory, &line, pass, rubbish))?,
        Err(Errno::NOENT) => {}
        Err(errno) => return Err(errno),
    }
    match rustix::fs::unlinkat(history, &open_mark(pass)?, AtFlags::empty()) {
        Err(Errno::NOENT) => Ok(()),
        result => result,
    }
}

fn settle_line(
    directory: &OwnedFd,
    line: &index::Line,
    pass: &str,
    rubbish: BorrowedFd<'_>,
) -> Result<(), Errno> {
    let number = at::c_name(line.n.to_string().as_bytes())?;
    match stat_at(directory, &number) {
        Ok(stat) if Some(stat.inode) == line.replacement_inode => {
            let aside = at::c_name(format!("x-{pass}-{}", line.n).as_bytes())?;
            at::rename_new(directory, &number, rubbish, &aside)
        }
        Ok(_) | Err(Errno::NOENT) => Ok(()),
        Err(errno) => Err(errno),
    }
}
