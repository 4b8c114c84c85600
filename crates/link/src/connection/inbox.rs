//! What came for one channel and was not taken yet, and how much may still be sent on it.

use super::channel::Item;
use super::lock;
use counterpart_model::Failure;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Bytes that may be on their way in one channel and one direction: as many as ssh itself lets be on theirs.
pub(super) const WINDOW_BYTES: i64 = 2 << 20;

/// See the module.
pub(super) struct Inbox {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Threads that wait for a change: without any, nobody need be woken.
    waiting: usize,
    items: VecDeque<Item>,
    held_bytes: i64,
    ended: bool,
    failed: Option<Failure>,
    credit_bytes: i64,
}

impl Inbox {
    pub(super) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                credit_bytes: WINDOW_BYTES,
                ..State::default()
            }),
            changed: Condvar::new(),
        }
    }

    /// Puts what came. False when the other side sent more than it may, or after its end.
    pub(super) fn put(&self, item: Item) -> bool {
        self.change(|state| {
            // One frame may go beyond the window: its sender looks only whether there is any room.
            let takes = !state.ended && state.held_bytes <= WINDOW_BYTES;
            if takes {
                state.held_bytes += item.cost_bytes();
                state.items.push_back(item);
            }
            takes
        })
    }

    pub(super) fn put_end(&self) {
        self.change(|state| state.ended = true);
    }

    pub(super) fn put_credit(&self, bytes: u32) {
        self.change(|state| {
            state.credit_bytes = (state.credit_bytes + i64::from(bytes)).min(WINDOW_BYTES);
        });
    }

    pub(super) fn fail(&self, failure: &Failure) {
        self.change(|state| {
            state.failed.get_or_insert_with(|| failure.clone());
        });
    }

    /// Changes the state, and wakes whoever waits for that once it can be looked at.
    fn change<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let mut state = lock(&self.state);
        let done = act(&mut state);
        let waiting = state.waiting;
        drop(state);
        if waiting > 0 {
            self.changed.notify_all();
        }
        done
    }

    /// True when something can be taken, or nothing ever will.
    pub(super) fn has_news(&self) -> bool {
        let state = lock(&self.state);
        !state.items.is_empty() || state.ended || state.failed.is_some()
    }

    /// Takes the next item, waiting for it: `Ok(None)` at the end.
    pub(super) fn take(&self) -> Result<Option<Item>, Failure> {
        loop {
            if let Some(taken) = self.take_within(Duration::MAX)? {
                return Ok(taken);
            }
        }
    }

    /// As [`Inbox::take`]; `Ok(None)` when nothing came within `patience`.
    pub(super) fn take_within(&self, patience: Duration) -> Result<Option<Option<Item>>, Failure> {
        let mut state = lock(&self.state);
        let mut waited = false;
        loop {
            if let Some(item) = state.items.pop_front() {
                state.held_bytes -= item.cost_bytes();
                return Ok(Some(Some(item)));
            }
            if state.ended {
                return Ok(Some(None));
            }
            if let Some(failure) = &state.failed {
                return Err(failure.clone());
            }
            if waited {
                return Ok(None);
            }
            state = if patience == Duration::MAX {
                self.wait(state)
            } else {
                waited = true;
                self.wait_at_most(state, patience)
            };
        }
    }

    /// Waits until something may be sent, and takes room for `bytes`.
    pub(super) fn spend(&self, bytes: i64) -> Result<(), Failure> {
        let mut state = lock(&self.state);
        while state.failed.is_none() && state.credit_bytes <= 0 {
            state = self.wait(state);
        }
        if let Some(failure) = &state.failed {
            return Err(failure.clone());
        }
        state.credit_bytes -= bytes;
        Ok(())
    }
    fn wait<'s>(&'s self, mut state: MutexGuard<'s, State>) -> MutexGuard<'s, State> {
        state.waiting += 1;
        state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        state
    }

    /// Until something can be taken, or patience has ended.
    fn wait_at_most<'s>(
        &'s self,
        mut state: MutexGuard<'s, State>,
        patience: Duration,
    ) -> MutexGuard<'s, State> {
        let quiet = |state: &mut State| state.items.is_empty() && !state.ended && state.failed.is_none();
        state.waiting += 1;
        let waited = self.changed.wait_timeout_while(state, patience, quiet);
        state = waited.unwrap_or_else(PoisonError::into_inner).0;
        state.waiting -= 1;
        state
    }
}
