//! A directory that the walk is in: which of its names comes next, and what was already seen of it.
//!
//! What follows from a name is not decided here.

use super::ahead::{Pool, Worker};
use super::folder::Folder;
use super::look::{Context, ListWork, Listable, Looked, Seen, hand_out};
use super::names::{self, Names};
use super::task::{ListTask, LookTask};
use counterpart_model::{EntryPath, Failure};
use counterpart_store::sort::Sorted;
use rustix::fd::{AsFd, OwnedFd};
use rustix::io::Errno;
use std::collections::VecDeque;
use std::ffi::CStr;
use std::sync::Arc;

pub(super) struct Level {
    folder: Arc<Folder>,
    handle: Option<Arc<OwnedFd>>,
    /// Length of the directory's own path.
    pub(super) path_len: usize,
    names: Arc<Names>,
    next: usize,
    more: Option<Sorted>,
    ahead: Ahead,
}

/// What threads saw of the names: `looked` holds those from `from` on, `looks` brings the others.
struct Ahead {
    from: usize,
    looked: Looked,
    looks: VecDeque<Arc<LookTask>>,
}

impl Level {
    pub(super) fn new(folder: Arc<Folder>, path_len: usize, listing: Listable) -> Self {
        Self {
            handle: folder.open().ok(),
            folder,
            path_len,
            names: listing.names,
            next: 0,
            more: listing.more,
            ahead: Ahead {
                from: 0,
                looked: listing.first,
                looks: listing.looks,
            },
        }
    }

    /// Lets the directory's handle go until it is needed again.
    pub(super) fn shed(&mut self) {
        self.handle = None;
        self.folder.shed();
    }

    #[inline]
    pub(super) fn name(&self, at: usize) -> &CStr {
        self.names.get(at)
    }

    /// Steps to the next name; `None` at the end.
    #[inline]
    pub(super) fn next_name(
        &mut self,
        context: &Context,
        pool: Option<&Pool>,
        directory: &[u8],
    ) -> Result<Option<usize>, Failure> {
        if self.next >= self.names.len() && !self.refill(context, pool, directory)? {
            return Ok(None);
        }
        self.next += 1;
        Ok(Some(self.next - 1))
    }

    /// Loads more names of a directory that was sorted on disk.
    fn refill(&mut self, context: &Context, pool: Option<&Pool>, directory: &[u8]) -> Result<bool, Failure> {
        let Some(more) = &mut self.more else {
            return Ok(false);
        };
        self.names = Arc::new(names::load(
            more,
            self.names.len().max(1),
            Some(&self.names),
            context,
        )?);
        self.next = 0;
        self.ahead = Ahead {
            from: 0,
            looked: Looked::default(),
            looks: VecDeque::new(),
        };
        if let Some(pool) = pool {
            self.ahead.looks = hand_out(&self.folder, &directory.into(), &self.names, 0, pool);
        }
        Ok(self.names.len() > 0)
    }

    /// What is to be seen of the name at a position, and the work ahead on it when it is a directory.
    #[inline]
    pub(super) fn see(
        &mut self,
        at: usize,
        context: &Context,
        worker: Option<Worker<'_>>,
        path: &EntryPath,
    ) -> Result<(Seen, Option<Arc<ListTask>>), Failure> {
        match worker {
            Some(worker) => self.see_ahead(at, worker),
            None => Ok((self.see_now(at, context, path), None)),
        }
    }

    fn see_now(&mut self, at: usize, context: &Context, path: &EntryPath) -> Seen {
        if self.handle.is_none() {
            match self.folder.open() {
                Ok(handle) => self.handle = Some(handle),
                Err(errno) => return Seen::without_stat(errno, self.folder.excluded),
            }
        }
        match &self.handle {
            Some(handle) => {
                let (name, hint) = (self.names.get(at), self.names.hint(at));
                context.see(&self.folder, handle.as_fd(), path.as_bytes(), name, hint)
            }
            None => Seen::without_stat(Errno::BADF, self.folder.excluded),
        }
    }

    fn see_ahead(
        &mut self,
        at: usize,
        mut worker: Worker<'_>,
    ) -> Result<(Seen, Option<Arc<ListTask>>), Failure> {
        let ahead = &mut self.ahead;
        while at >= ahead.from + ahead.looked.seen.len() {
            let Some(task) = ahead.looks.pop_front() else {
                return Ok((Seen::Gone, None));
            };
            ahead.from += ahead.looked.seen.len();
            ahead.looked = task.take(&mut worker, |work, worker| {
                worker.context.look(&work, worker.pool)
            })?;
        }
        let seen = std::mem::replace(&mut ahead.looked.seen[at - ahead.from], Seen::Gone);
        let children = &mut ahead.looked.children;
        if children.front().is_none_or(|(child, _)| *child != at) {
            return Ok((seen, None));
        }
        Ok((seen, children.pop_front().map(|(_, task)| task)))
    }

    /// The work of listing the directory of this path, whose name is the last one stepped to.
    pub(super) fn child(&self, path: &EntryPath, excluded: bool) -> Option<ListWork> {
        let name = self.names.get(self.next.checked_sub(1)?).to_owned();
        let path = path.as_bytes().to_vec();
        Some(ListWork {
            up: self.folder.clone(),
            name,
            path,
            excluded,
        })
    }
}
