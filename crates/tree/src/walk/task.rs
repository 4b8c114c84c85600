//! A piece of work that either a thread does ahead of time or the caller does when it needs the result.
//!
//! Whoever claims it first does it; nobody else does it again, and nobody waits for work that was not begun.

use super::ahead::Worker;
use super::look::{ListWork, Listed, LookWork, Looked};
use counterpart_model::{Code, Failure};
use rustix::io::Errno;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A directory to be listed.
pub(super) type ListTask = Task<ListWork, Result<Listed, Errno>>;
/// Names to be statted.
pub(super) type LookTask = Task<LookWork, Looked>;

/// See the module.
pub(super) struct Task<W, T> {
    state: Mutex<State<W, T>>,
    ended: Condvar,
}

enum State<W, T> {
    Waiting(W),
    Running,
    Done(T, usize),
    Over,
}

/// Work that a thread has claimed. Dropped without a result, it tells the caller so.
pub(super) struct Claimed<'a, W, T> {
    task: &'a Task<W, T>,
}

impl<W, T> Task<W, T> {
    pub(super) const fn new(work: W) -> Self {
        Self {
            state: Mutex::new(State::Waiting(work)),
            ended: Condvar::new(),
        }
    }

    /// The work, when nobody has begun it; then the result is owed.
    pub(super) fn claim(&self) -> Option<(W, Claimed<'_, W, T>)> {
        let mut state = self.lock();
        match std::mem::replace(&mut *state, State::Running) {
            State::Waiting(work) => Some((work, Claimed { task: self })),
            other => {
                *state = other;
                None
            }
        }
    }

    /// The result: as a thread left it, else by doing the work now, else from the thread that does it. While that
    /// thread is at it, the caller does other work that waits; to sleep would leave a processor idle.
    pub(super) fn take(
        &self,
        worker: &mut Worker<'_>,
        work: impl FnOnce(W, &mut Worker<'_>) -> T,
    ) -> Result<T, Failure> {
        let mut state = self.lock();
        loop {
            match std::mem::replace(&mut *state, State::Over) {
                State::Waiting(to_do) => {
                    drop(state);
                    return Ok(work(to_do, worker));
                }
                State::Done(result, cost) => {
                    drop(state);
                    worker.pool.release(cost);
                    return Ok(result);
                }
                State::Running => {
                    *state = State::Running;
                    drop(state);
                    let helped = worker.pool.help(worker.context, worker.lister);
                    state = self.lock();
                    if !helped && matches!(*state, State::Running) {
                        state = self.ended.wait(state).unwrap_or_else(PoisonError::into_inner);
                    }
                }
                State::Over => return Err(lost()),
            }
        }
    }

    fn end(&self, state: State<W, T>) {
        *self.lock() = state;
        self.ended.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<W, T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W, T> Claimed<'_, W, T> {
    /// Hands the result over; `cost` is what it counts among the entries held ahead.
    pub(super) fn finish(self, result: T, cost: usize) {
        self.task.end(State::Done(result, cost));
        std::mem::forget(self);
    }
}

impl<W, T> Drop for Claimed<'_, W, T> {
    fn drop(&mut self) {
        self.task.end(State::Over);
    }
}

fn lost() -> Failure {
    Failure::new(
        Code::Io,
        "walking the tree",
        "a thread that read ahead ended without a result",
    )
}
