//! The directories on the way to the present step, outermost first, held open.
//!
//! Used by the placing thread alone. It enters and makes directories; it closes none: a directory closes itself when
//! nobody holds it any more.

use super::change::DirectoryPlace;
use super::directory::Directory;
use super::shared::{Shared, Site, failing, refused, why_replaced};
use crate::at;
use crate::keeper::Why;
use counterpart_model::{Action, EntryPath, Failure, Step};
use rustix::io::Errno;
use std::ffi::CString;
use std::sync::Arc;

#[derive(Default)]
pub(super) struct Stack(Vec<Arc<Directory>>);

impl Stack {
    /// Lets go of all directories, innermost first.
    pub(super) fn clear(&mut self) {
        while self.0.pop().is_some() {}
    }

    /// The site of a step on an entry that is not entered.
    pub(super) fn site(&mut self, shared: &Arc<Shared>, step: &Step) -> Result<Site, Failure> {
        let parent = step
            .path
            .parent()
            .ok_or_else(|| refused(step, "this is the root"))?;
        let parent = self.descend(shared, &parent)?;
        parent.allow_changes();
        Ok(Site {
            shared: shared.clone(),
            name: name_of(&step.path)?,
            parent,
            step: step.clone(),
        })
    }

    /// The place of a step on a directory, which becomes the innermost one of the stack.
    pub(super) fn directory_step(
        &mut self,
        shared: &Arc<Shared>,
        step: &Step,
    ) -> Result<DirectoryPlace, Failure> {
        let directory = match step.action {
            Action::Create | Action::Replace => self.make(shared, step)?,
            _ => self.descend(shared, &step.path)?,
        };
        directory.want(step.wanted.clone());
        Ok(DirectoryPlace::new(directory))
    }

    /// Lets go of directories that do not hold `path`, and enters those on the way to it.
    fn descend(&mut self, shared: &Arc<Shared>, path: &EntryPath) -> Result<Arc<Directory>, Failure> {
        while self
            .0
            .last()
            .is_some_and(|top| top.path != *path && !path.is_beneath(&top.path))
        {
            self.0.pop();
        }
        if self.0.is_empty() {
            let root = EntryPath::root();
            let directory = match shared.held(&root) {
                Some(directory) => directory,
                None => Directory::reach(shared, &root)?,
            };
            self.0.push(directory);
        }
        loop {
            // The root is on the stack by now.
            let Some(top) = self.0.last() else {
                return Err(failing("reaching", path, Errno::NOENT));
            };
            if top.path == *path {
                return Ok(top.clone());
            }
            let next = next_towards(&top.path, path);
            if shared.queue.waits(&next) {
                shared.queue.publish(shared)?;
            }
            let entered = match shared.held(&next) {
                Some(directory) => directory,
                None => Directory::enter(shared, top, &next)?,
            };
            self.0.push(entered);
        }
    }

    fn make(&mut self, shared: &Arc<Shared>, step: &Step) -> Result<Arc<Directory>, Failure> {
        let parent = step
            .path
            .parent()
            .ok_or_else(|| refused(step, "this is the root"))?;
        let parent = self.descend(shared, &parent)?;
        parent.allow_changes();
        let why = if step.action == Action::Create {
            Why::Created
        } else {
            why_replaced(step)
        };
        let directory = Directory::make(shared, &parent, step, why)?;
        self.0.push(directory.clone());
        Ok(directory)
    }
}

/// The directory that a renamed entry leaves, and its name there. It may lie anywhere, before or after.
pub(super) fn left_by(shared: &Arc<Shared>, step: &Step) -> Result<(Arc<Directory>, CString), Failure> {
    let from = step
        .from
        .as_ref()
        .ok_or_else(|| refused(step, "it has no old name"))?;
    let parent = from
        .parent()
        .ok_or_else(|| refused(step, "the root has no other name"))?;
    let directory = match shared.held(&parent) {
        Some(directory) => directory,
        None => Directory::reach(shared, &parent)?,
    };
    directory.allow_changes();
    Ok((directory, name_of(from)?))
}

fn name_of(path: &EntryPath) -> Result<CString, Failure> {
    at::c_name(path.name()).map_err(|errno| failing("naming", path, errno))
}

/// The path one component further from `above` on the way to `path`.
fn next_towards(above: &EntryPath, path: &EntryPath) -> EntryPath {
    let bytes = path.as_bytes();
    let start = if above.is_root() {
        0
    } else {
        above.as_bytes().len() + 1
    };
    let end = bytes[start..]
        .iter()
        .position(|&byte| byte == b'/')
        .map_or(bytes.len(), |at| start + at);
    EntryPath::trusted(&bytes[..end])
}
