//! Walks a tree in the order of every stream of facts: an entry, then at once all beneath it, names bytewise.
//!
//! The walk follows no link and crosses mounted filesystems, which it reports. It neither reads content nor remembers
//! an earlier walk, and it holds bounded memory: a directory of millions of names is sorted on disk.
//!
//! What an entry brings comes in this order: its `Entry`; then `Mount`, when a filesystem is mounted there (always for
//! the root); then `Unlisted`, when it is a directory that could not be listed; then what lies beneath it. An excluded
//! directory is one `Excluded` and, where excluded entries are walked, all beneath it; no mount or failure is reported
//! from there, since it is declared not compared.

mod ahead;
mod folder;
mod level;
mod look;
mod names;
mod task;
#[cfg(test)]
mod tests;

use crate::exclude::Excluder;
use crate::filesystem::{self, Mounted};
use crate::{Root, Stat, fault, stat};
use ahead::{Threads, Worker};
use counterpart_model::{Code, EntryPath, Failure};
use folder::Folder;
use level::Level;
use look::{Context, Listed, Seen, Trouble};
use names::Lister;
use rustix::io::Errno;
use std::path::PathBuf;
use std::sync::Arc;
use task::ListTask;

/// How many of the deepest directories are held open; those above are opened again on the way back.
const LEVELS_HELD: usize = 64;

/// How a tree is walked.
#[derive(Clone, Debug)]
pub struct WalkOptions {
    /// What is left out.
    pub excluder: Excluder,
    /// Excluded entries are statted, and excluded directories walked.
    pub walk_excluded: bool,
    /// The name `.counterpart` at the top is passed over.
    pub skip_reserved: bool,
    /// The offline mark of files is looked for where the filesystem keeps one; costs a call a file there.
    pub ask_offline: bool,
    /// Threads that list and stat ahead; with 0 the calling thread does everything.
    pub read_ahead_threads: usize,
    /// Where the names of huge directories are sorted.
    pub spool_dir: PathBuf,
    /// Limits.
    pub limits: WalkLimits,
}

/// Limits of a walk.
#[derive(Clone, Copy, Debug)]
pub struct WalkLimits {
    /// Names of one directory that are sorted in memory; beyond, they are sorted on disk.
    pub names_in_memory: usize,
    /// Memory for the names of all directories that the walk is in, in bytes. Beyond it, 64 times fewer names of a
    /// directory stay in memory.
    pub names_bytes: usize,
    /// Directories that lie deeper than this beneath the root are not listed.
    pub depth: usize,
    /// Entries that are statted ahead of the caller.
    pub entries_ahead: usize,
}

/// One thing that a walk met.
#[derive(Clone, Debug)]
pub struct Walked {
    /// The entry that it met or speaks of.
    pub path: EntryPath,
    /// What it met.
    pub what: What,
}

/// What a walk met.
#[derive(Clone, Debug)]
pub enum What {
    /// An entry of the tree.
    Entry(Stat),
    /// An entry that the excludes leave out; its stat only where excluded entries are walked.
    Excluded(Option<Stat>),
    /// The directory just met could not be opened or listed, wholly: nothing is known of what lies beneath.
    Unlisted(Failure),
    /// The entry is listed, but could not be statted.
    Unstatable(Failure),
    /// The directory just met is where this filesystem is mounted.
    Mount(Mounted),
}

/// A walk over a tree.
pub struct Walker {
    context: Arc<Context>,
    root: Root,
    lister: Lister,
    levels: Vec<Level>,
    path: EntryPath,
    next: Next,
    threads: Option<Threads>,
}

/// What the walk does next.
enum Next {
    Start,
    Names,
    Enter(Entering),
    Fail(Failure),
}

struct Entering {
    task: Option<Arc<ListTask>>,
    excluded: bool,
}

impl Default for WalkLimits {
    fn default() -> Self {
        Self {
            names_in_memory: 16_384,
            names_bytes: 8 << 20,
            depth: 4_000,
            entries_ahead: 16_384,
        }
    }
}

impl WalkOptions {
    /// Everything but `.counterpart`, in the calling thread.
    pub fn new(spool_dir: PathBuf) -> Self {
        Self {
            excluder: Excluder::default(),
            walk_excluded: false,
            skip_reserved: true,
            ask_offline: false,
            read_ahead_threads: 0,
            spool_dir,
            limits: WalkLimits::default(),
        }
    }
}

impl Default for Walked {
    fn default() -> Self {
        Self {
            path: EntryPath::root(),
            what: What::Excluded(None),
        }
    }
}

impl Walker {
    /// A walk that starts at the root. Nothing is touched before the first [`Walker::next_into`], but by threads.
    pub fn new(root: &Root, options: WalkOptions) -> Self {
        let threads = options.read_ahead_threads;
        let context = Arc::new(Context::new(options));
        let threads = (threads > 0).then(|| Threads::start(&context, threads));
        Self {
            context,
            root: root.clone(),
            lister: Lister::default(),
            levels: Vec::new(),
            path: EntryPath::root(),
            next: Next::Start,
            threads,
        }
    }

    /// Fills `walked` with the next thing; `false` at the end. `walked` keeps its allocation.
    ///
    /// # Errors
    /// The root cannot be statted any more, or the spool directory cannot be used. Whatever else goes wrong is told
    /// of the entry that it concerns.
    pub fn next_into(&mut self, walked: &mut Walked) -> Result<bool, Failure> {
        loop {
            let met = match std::mem::replace(&mut self.next, Next::Names) {
                Next::Names if self.levels.is_empty() => return Ok(false),
                Next::Names => self.next_name()?,
                Next::Enter(entering) => self.enter(entering)?,
                Next::Fail(failure) => Some(What::Unlisted(failure)),
                Next::Start => Some(self.start()?),
            };
            if let Some(what) = met {
                walked.path.set(self.path.as_bytes());
                walked.what = what;
                return Ok(true);
            }
        }
    }

    fn start(&mut self) -> Result<What, Failure> {
        let stat = stat::stat_of(self.root.fd())
            .map_err(|errno| fault::failure(Code::SourceMissing, "looking at the root", errno))?;
        self.next = Next::Enter(Entering {
            task: None,
            excluded: false,
        });
        Ok(What::Entry(stat))
    }

    fn next_name(&mut self) -> Result<Option<What>, Failure> {
        let Some(level) = self.levels.last_mut() else {
            return Ok(None);
        };
        let pool = self.threads.as_ref().map(Threads::pool);
        self.path.truncate(level.path_len);
        let Some(at) = level.next_name(&self.context, pool, self.path.as_bytes())? else {
            self.levels.pop();
            return Ok(None);
        };
        self.path.push(level.name(at).to_bytes());
        let worker = pool.map(|pool| Worker {
            pool,
            context: &self.context,
            lister: &mut self.lister,
        });
        let (seen, task) = level.see(at, &self.context, worker, &self.path)?;
        Ok(self.meet(seen, task))
    }

    #[inline]
    fn meet(&mut self, seen: Seen, task: Option<Arc<ListTask>>) -> Option<What> {
        match seen {
            Seen::There(stat) => {
                if stat.is_directory() {
                    self.next = Next::Enter(Entering {
                        task,
                        excluded: false,
                    });
                }
                Some(What::Entry(stat))
            }
            Seen::LeftOut(stat) => {
                if stat.is_some_and(|stat| stat.is_directory()) {
                    self.next = Next::Enter(Entering { task, excluded: true });
                }
                Some(What::Excluded(stat))
            }
            Seen::Gone => None,
            Seen::Failed(errno) => {
                let doing = format!("looking at {}", self.path);
                Some(What::Unstatable(fault::failure(Code::Unreadable, doing, errno)))
            }
        }
    }

    /// Lists the directory just met and steps into it.
    fn enter(&mut self, entering: Entering) -> Result<Option<What>, Failure> {
        let excluded = entering.excluded;
        if self.levels.len() > self.context.limits.depth {
            return Ok(unlisted(excluded, self.too_deep()));
        }
        let listed = match self.list(entering)? {
            Ok(listed) => listed,
            Err(errno) => {
                let failure =
                    fault::failure(Code::UnreadableDirectory, format!("opening {}", self.path), errno);
                return Ok(unlisted(excluded, failure));
            }
        };
        let mounted = (!excluded && listed.folder.is_mount()).then(|| listed.folder.clone());
        match listed.listing {
            Ok(listing) => self.push(Level::new(listed.folder, self.path.as_bytes().len(), listing)),
            Err(Trouble::Spool(failure)) => return Err(failure),
            Err(Trouble::System(_)) if excluded => return Ok(None),
            Err(Trouble::System(errno)) => {
                let doing = format!("listing {}", self.path);
                self.next = Next::Fail(fault::failure(Code::UnreadableDirectory, doing, errno));
            }
        }
        Ok(mounted.map(|folder| self.mount(&folder)))
    }

    fn list(&mut self, entering: Entering) -> Result<Result<Listed, Errno>, Failure> {
        let (context, lister) = (&self.context, &mut self.lister);
        let pool = self.threads.as_ref().map(Threads::pool);
        if let (Some(task), Some(pool)) = (entering.task, pool) {
            let mut worker = Worker {
                pool,
                context,
                lister,
            };
            return task.take(&mut worker, |work, worker| {
                context.list(work, worker.lister, Some(pool))
            });
        }
        let Some(level) = self.levels.last_mut() else {
            let folder = Folder::root(&self.root, context.ask_offline);
            return Ok(folder.map(|folder| context.list_folder(folder, &[], lister, pool)));
        };
        let Some(work) = level.child(&self.path, entering.excluded) else {
            return Ok(Err(Errno::INVAL));
        };
        Ok(context.list(work, lister, pool))
    }

    /// The directory's `Mount`; when its filesystem cannot be told, it counts as not listed.
    fn mount(&mut self, folder: &Folder) -> What {
        let told = folder
            .open()
            .map_err(|errno| {
                fault::failure(
                    Code::Io,
                    format!("asking for the filesystem of {}", self.path),
                    errno,
                )
            })
            .and_then(|handle| filesystem::identify(&*handle));
        match told {
            Ok(mounted) => What::Mount(mounted),
            Err(failure) => {
                self.next = Next::Names;
                self.levels.pop();
                What::Unlisted(failure)
            }
        }
    }

    fn push(&mut self, level: Level) {
        if let Some(above) = self.levels.len().checked_sub(LEVELS_HELD) {
            self.levels[above].shed();
        }
        self.levels.push(level);
    }

    fn too_deep(&self) -> Failure {
        let limit = self.context.limits.depth;
        let why = format!("it lies deeper than {limit} directories beneath the root");
        Failure::new(Code::TooDeep, format!("listing {}", self.path), why)
    }
}

fn unlisted(excluded: bool, failure: Failure) -> Option<What> {
    (!excluded).then_some(What::Unlisted(failure))
}
