//! The two pieces of work of a walk, list a directory and stat some of its names, whichever thread does them.
//!
//! In which order their results are told is not decided here.

use super::ahead::Pool;
use super::folder::Folder;
use super::names::{Hint, Lister, Listing, Names};
use super::task::{ListTask, LookTask};
use super::{WalkLimits, WalkOptions};
use crate::exclude::Excluder;
use crate::{Stat, fault, stat};
use counterpart_model::Failure;
use counterpart_store::sort::Sorted;
use rustix::fd::{AsFd, BorrowedFd};
use rustix::io::Errno;
use std::collections::VecDeque;
use std::ffi::{CStr, CString};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

/// How many names one piece of work stats.
const NAMES_A_TASK: usize = 256;

/// What every thread of a walk knows.
pub(super) struct Context {
    pub(super) excluder: Excluder,
    pub(super) walk_excluded: bool,
    pub(super) skip_reserved: bool,
    pub(super) ask_offline: bool,
    pub(super) spool_dir: PathBuf,
    pub(super) limits: WalkLimits,
    /// Memory that the names of all directories take now.
    pub(super) names_bytes: Arc<AtomicUsize>,
}

/// What became of one name.
#[derive(Clone, Copy)]
pub(super) enum Seen {
    There(Stat),
    LeftOut(Option<Stat>),
    Gone,
    Failed(Errno),
}

/// Why a directory has no listing.
pub(super) enum Trouble {
    System(Errno),
    Spool(Failure),
}

/// A directory to be listed.
pub(super) struct ListWork {
    pub(super) up: Arc<Folder>,
    pub(super) name: CString,
    pub(super) path: Vec<u8>,
    pub(super) excluded: bool,
}

/// Names to be statted.
pub(super) struct LookWork {
    pub(super) folder: Arc<Folder>,
    pub(super) path: Arc<[u8]>,
    pub(super) names: Arc<Names>,
    pub(super) range: Range<usize>,
}

/// An opened directory and, unless something went wrong, its names.
pub(super) struct Listed {
    pub(super) folder: Arc<Folder>,
    pub(super) listing: Result<Listable, Trouble>,
}

/// The names of a directory with the work ahead on them.
pub(super) struct Listable {
    pub(super) names: Arc<Names>,
    pub(super) more: Option<Sorted>,
    pub(super) first: Looked,
    pub(super) looks: VecDeque<Arc<LookTask>>,
}

/// Names that were statted, with the work ahead on the directories among them.
#[derive(Default)]
pub(super) struct Looked {
    pub(super) seen: Vec<Seen>,
    pub(super) children: VecDeque<(usize, Arc<ListTask>)>,
}

impl Context {
    pub(super) fn new(options: WalkOptions) -> Self {
        Self {
            excluder: options.excluder,
            walk_excluded: options.walk_excluded,
            skip_reserved: options.skip_reserved,
            ask_offline: options.ask_offline,
            spool_dir: options.spool_dir,
            limits: options.limits,
            names_bytes: Arc::default(),
        }
    }

    /// Opens and lists a directory.
    pub(super) fn list(
        &self,
        work: ListWork,
        lister: &mut Lister,
        pool: Option<&Pool>,
    ) -> Result<Listed, Errno> {
        let folder = Folder::enter(&work.up, work.name, work.excluded, self.ask_offline)?;
        Ok(self.list_folder(folder, &work.path, lister, pool))
    }

    /// Lists an opened directory; with a pool, also stats its first names and hands out the others.
    pub(super) fn list_folder(
        &self,
        folder: Arc<Folder>,
        path: &[u8],
        lister: &mut Lister,
        pool: Option<&Pool>,
    ) -> Listed {
        let listing = folder.open().map_err(Trouble::System).and_then(|handle| {
            let Listing { names, more } = lister.list(handle.as_fd(), folder.depth == 0, self)?;
            Ok(self.listable(&folder, path, names, more, pool))
        });
        Listed { folder, listing }
    }

    fn listable(
        &self,
        folder: &Arc<Folder>,
        path: &[u8],
        names: Names,
        more: Option<Sorted>,
        pool: Option<&Pool>,
    ) -> Listable {
        let names = Arc::new(names);
        let Some(pool) = pool else {
            return Listable {
                names,
                more,
                first: Looked::default(),
                looks: VecDeque::new(),
            };
        };
        let path: Arc<[u8]> = path.into();
        let first = NAMES_A_TASK.min(names.len());
        let looks = hand_out(folder, &path, &names, first, pool);
        let work = LookWork {
            folder: folder.clone(),
            path,
            names: names.clone(),
            range: 0..first,
        };
        Listable {
            first: self.look(&work, pool),
            names,
            more,
            looks,
        }
    }

    /// Stats names, and hands out the directories among them.
    pub(super) fn look(&self, work: &LookWork, pool: &Pool) -> Looked {
        let handle = work.folder.open();
        let mut looked = Looked::default();
        let mut path = Vec::new();
        for at in work.range.clone() {
            let name = work.names.get(at);
            if !self.excluder.is_empty() {
                path.clear();
                path.extend_from_slice(&work.path);
                push(&mut path, name.to_bytes());
            }
            let seen = match &handle {
                Ok(handle) => self.see(&work.folder, handle.as_fd(), &path, name, work.names.hint(at)),
                Err(errno) => Seen::without_stat(*errno, work.folder.excluded),
            };
            if let Some(task) = self.hand_out_child(work, name, &seen, pool) {
                looked.children.push_back((at, task));
            }
            looked.seen.push(seen);
        }
        looked
    }

    fn hand_out_child(
        &self,
        work: &LookWork,
        name: &CStr,
        seen: &Seen,
        pool: &Pool,
    ) -> Option<Arc<ListTask>> {
        let excluded = match seen {
            Seen::There(stat) if stat.is_directory() => false,
            Seen::LeftOut(Some(stat)) if stat.is_directory() => true,
            _ => return None,
        };
        if work.folder.depth >= self.limits.depth {
            return None;
        }
        let path = joined(&work.path, name.to_bytes());
        let up = work.folder.clone();
        let task = Arc::new(ListTask::new(ListWork {
            up,
            name: name.to_owned(),
            path: path.clone(),
            excluded,
        }));
        pool.offer_list(path, &task);
        Some(task)
    }

    /// Stats one name, unless it is excluded and excluded entries are not walked. `path` may be empty without patterns.
    #[inline]
    pub(super) fn see(
        &self,
        folder: &Folder,
        handle: BorrowedFd<'_>,
        path: &[u8],
        name: &CStr,
        hint: Hint,
    ) -> Seen {
        let mut left_out = folder.excluded || self.leaves_out(path, hint);
        if left_out && !self.walk_excluded {
            return Seen::LeftOut(None);
        }
        let mut stat = match stat::stat_at(handle, name) {
            Ok(stat) => stat,
            Err(errno) => return Seen::without_stat(errno, left_out),
        };
        // The listing may not tell kinds, and the entry may be another one by now.
        let guessed_right = hint != Hint::Unknown && stat.is_directory() == (hint == Hint::Directory);
        if !self.excluder.is_empty() && !folder.excluded && !guessed_right {
            left_out = self.excluder.excludes(path, stat.is_directory());
        }
        if let Some(mark) = folder
            .mark
            .filter(|_| stat.size_bytes > 0 && !stat.is_directory())
        {
            stat.offline = mark.is_set(handle, name);
        }
        match (left_out, self.walk_excluded) {
            (false, _) => Seen::There(stat),
            (true, walked) => Seen::LeftOut(walked.then_some(stat)),
        }
    }

    fn leaves_out(&self, path: &[u8], hint: Hint) -> bool {
        !self.excluder.is_empty()
            && hint != Hint::Unknown
            && self.excluder.excludes(path, hint == Hint::Directory)
    }
}

impl Seen {
    /// What a name comes to that could not be statted.
    pub(super) fn without_stat(errno: Errno, left_out: bool) -> Self {
        match errno {
            errno if fault::is_gone(errno) => Self::Gone,
            _ if left_out => Self::LeftOut(None),
            errno => Self::Failed(errno),
        }
    }
}

/// Hands out the names from a position on, as pieces of work in order.
pub(super) fn hand_out(
    folder: &Arc<Folder>,
    path: &Arc<[u8]>,
    names: &Arc<Names>,
    from: usize,
    pool: &Pool,
) -> VecDeque<Arc<LookTask>> {
    let mut tasks = VecDeque::new();
    for start in (from..names.len()).step_by(NAMES_A_TASK) {
        let task = Arc::new(LookTask::new(LookWork {
            folder: folder.clone(),
            path: path.clone(),
            names: names.clone(),
            range: start..names.len().min(start + NAMES_A_TASK),
        }));
        pool.offer_look(joined(path, names.get(start).to_bytes()), &task);
        tasks.push_back(task);
    }
    tasks
}

fn push(path: &mut Vec<u8>, name: &[u8]) {
    if !path.is_empty() {
        path.push(b'/');
    }
    path.extend_from_slice(name);
}

fn joined(path: &[u8], name: &[u8]) -> Vec<u8> {
    let mut whole = Vec::with_capacity(path.len() + name.len() + 1);
    whole.extend_from_slice(path);
    push(&mut whole, name);
    whole
}
