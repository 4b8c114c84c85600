//! What came for one channel and was not taken yet, and how much may still be sent on it.

use super::channel::Item;
use super::lock;
use counterpart_model::Failure;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Bytes that may be on their way in one channel and one direction: as many as ssh itself lets be on theirs.
pub(super) const WINDOW_BYTES: i64 = 2 << 20;

/// See the module.
pub(super) struct Inbox {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
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
                items: VecDeque::new(),
                held_bytes: 0,
                ended: false,
                failed: None,
                credit_bytes: WINDOW_BYTES,
            }),
            changed: Condvar::new(),
        }
    }

    /// Puts what came. False when the other side sent more than it may, or after its end.
    pub(super) fn put(&self, item: Item) -> bool {
        let mut state = lock(&self.state);
        // One frame may go beyond the window: its sender looks only whether there is any room.
        if state.ended || state.held_bytes > WINDOW_BYTES {
            return false;
        }
        state.held_bytes += item.cost_bytes();
        state.items.push_back(item);
        self.changed.notify_all();
        true
    }

    pub(super) fn put_end(&self) {
        lock(&self.state).ended = true;
        self.changed.notify_all();
    }

    pub(super) fn put_credit(&self, bytes: u32) {
        let mut state = lock(&self.state);
        state.credit_bytes = (state.credit_bytes + i64::from(bytes)).min(WINDOW_BYTES);
        self.changed.notify_all();
    }

    pub(super) fn fail(&self, failure: &Failure) {
        lock(&self.state).failed.get_or_insert_with(|| failure.clone());
        self.changed.notify_all();
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
                self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
            } else {
                waited = true;
                let quiet =
                    |state: &mut State| state.items.is_empty() && !state.ended && state.failed.is_none();
                let result = self.changed.wait_timeout_while(state, patience, quiet);
                result.unwrap_or_else(PoisonError::into_inner).0
            };
        }
    }

    /// Waits until something may be sent, and takes room for `bytes`.
    pub(super) fn spend(&self, bytes: i64) -> Result<(), Failure> {
        let mut state = lock(&self.state);
        while state.failed.is_none() && state.credit_bytes <= 0 {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if let Some(failure) = &state.failed {
            return Err(failure.clone());
        }
        state.credit_bytes -= bytes;
        Ok(())
    }
}
