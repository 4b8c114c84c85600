//! Threads that list and stat ahead of the caller, nearest in order first, up to a limit on what they hold.
//!
//! They only spare the caller waiting: every piece of work that no thread has begun, the caller does itself. So a
//! walk's results and their order do not depend on them.

use super::look::{Context, Listed};
use super::names::Lister;
use super::task::{ListTask, LookTask};
use counterpart_model::path;
use rustix::io::Errno;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};

/// Memory for the paths of work that waits, in bytes; work beyond it is left to the caller.
const WAITING_BYTES: usize = 4 << 20;
/// A result counts at least so much, since it holds a directory open.
const LEAST_COST: usize = 64;

/// The threads of one walk; they end with it.
pub(super) struct Threads {
    pool: Arc<Pool>,
    handles: Vec<JoinHandle<()>>,
}

/// What somebody needs who does work of a pool.
pub(super) struct Worker<'a> {
    pub(super) pool: &'a Pool,
    pub(super) context: &'a Context,
    pub(super) lister: &'a mut Lister,
}

/// Where work for the threads is put.
pub(super) struct Pool {
    board: Mutex<Board>,
    changed: Condvar,
    limit: usize,
}

/// Work that waits, in path order, and how much is held ahead of the caller.
#[derive(Default)]
struct Board {
    waiting: BTreeMap<Key, Job>,
    waiting_bytes: usize,
    held: usize,
    stop: bool,
}

#[derive(PartialEq, Eq)]
struct Key(Vec<u8>);

enum Job {
    List(Arc<ListTask>),
    Look(Arc<LookTask>),
}

impl Threads {
    /// Starts as many threads as the system gives, up to `count`.
    pub(super) fn start(context: &Arc<Context>, count: usize) -> Self {
        let limit = context.limits.entries_ahead;
        let pool = Arc::new(Pool {
            board: Mutex::default(),
            changed: Condvar::new(),
            limit,
        });
        let start = |_| {
            let (pool, context) = (pool.clone(), context.clone());
            let body = move || pool.work(&context);
            Builder::new().name("walk-ahead".to_owned()).spawn(body).ok()
        };
        let handles = (0..count).map_while(start).collect();
        Self { pool, handles }
    }

    pub(super) fn pool(&self) -> &Pool {
        &self.pool
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        let mut board = self.pool.lock();
        board.stop = true;
        let left = std::mem::take(&mut board.waiting);
        drop(board);
        drop(left);
        self.pool.changed.notify_all();
        for handle in self.handles.drain(..) {
            // A thread that panicked has told so by its task already.
            let _ = handle.join();
        }
    }
}

impl Pool {
    /// Offers a directory to be listed, under its path.
    pub(super) fn offer_list(&self, path: Vec<u8>, task: &Arc<ListTask>) {
        self.offer(path, Job::List(task.clone()));
    }

    /// Offers names to be statted, under the path of the first.
    pub(super) fn offer_look(&self, path: Vec<u8>, task: &Arc<LookTask>) {
        self.offer(path, Job::Look(task.clone()));
    }

    /// Tells that the caller took a result of this cost.
    pub(super) fn release(&self, cost: usize) {
        let mut board = self.lock();
        board.held = board.held.saturating_sub(cost);
        let room = board.held < self.limit && !board.waiting.is_empty();
        drop(board);
        if room {
            self.changed.notify_one();
        }
    }

    fn offer(&self, path: Vec<u8>, job: Job) {
        let mut board = self.lock();
        if board.stop || board.waiting_bytes + path.len() > WAITING_BYTES {
            return;
        }
        board.waiting_bytes += path.len();
        board.waiting.insert(Key(path), job);
        drop(board);
        self.changed.notify_one();
    }

    fn work(&self, context: &Context) {
        let mut lister = Lister::default();
        while let Some(job) = self.next() {
            self.run(job, context, &mut lister);
        }
    }

    /// Does one piece of work that waits; false when there is none, or enough is held already.
    pub(super) fn help(&self, context: &Context, lister: &mut Lister) -> bool {
        let job = self.lock().pop(self.limit);
        job.map(|job| self.run(job, context, lister)).is_some()
    }

    fn run(&self, job: Job, context: &Context, lister: &mut Lister) {
        match job {
            Job::List(task) => self.list(&task, context, lister),
            Job::Look(task) => self.look(&task, context),
        }
    }

    fn next(&self) -> Option<Job> {
        let mut board = self.lock();
        loop {
            if board.stop {
                return None;
            }
            if let Some(job) = board.pop(self.limit) {
                return Some(job);
            }
            board = self.changed.wait(board).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn list(&self, task: &ListTask, context: &Context, lister: &mut Lister) {
        if let Some((work, claimed)) = task.claim() {
            let result = context.list(work, lister, Some(self));
            let cost = self.hold(cost_of(&result));
            claimed.finish(result, cost);
        }
    }

    fn look(&self, task: &LookTask, context: &Context) {
        if let Some((work, claimed)) = task.claim() {
            let looked = context.look(&work, self);
            let cost = self.hold(looked.seen.len());
            claimed.finish(looked, cost);
        }
    }

    fn hold(&self, entries: usize) -> usize {
        let cost = entries.max(LEAST_COST);
        self.lock().held += cost;
        cost
    }

    fn lock(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Board {
    /// The nearest work in order, unless as much as `limit` is held already.
    fn pop(&mut self, limit: usize) -> Option<Job> {
        if self.held >= limit {
            return None;
        }
        let (key, job) = self.waiting.pop_first()?;
        self.waiting_bytes = self.waiting_bytes.saturating_sub(key.0.len());
        Some(job)
    }
}

/// Names count a quarter of a stat.
fn cost_of(listed: &Result<Listed, Errno>) -> usize {
    match listed.as_ref().map(|listed| &listed.listing) {
        Ok(Ok(listing)) => listing.first.seen.len() + listing.names.len() / 4,
        _ => 0,
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        path::compare(&self.0, &other.0)
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
