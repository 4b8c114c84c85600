//! What waits to be written: put by many threads, taken by one, all at once.

use super::lock;
use crate::frame::Packed;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Bytes that wait, at most: with more, whoever puts them waits. One frame may go beyond.
const WAITING_BYTES: usize = 1 << 20;

/// See the module.
#[derive(Default)]
pub(super) struct Outbox {
    state: Mutex<State>,
    /// Something waits.
    filled: Condvar,
    /// There is room.
    emptied: Condvar,
}

#[derive(Default)]
struct State {
    frames: Vec<Packed>,
    waiting_bytes: usize,
    /// The writing thread waits for something.
    hungry: bool,
    /// Threads that wait for room.
    waiting: usize,
    /// Nothing is put any more.
    closed: bool,
    /// Nothing is taken any more.
    abandoned: bool,
}

/// What the writing thread does next.
pub(super) enum Next {
    /// Writes these.
    Frames(Vec<Packed>),
    /// Nothing came for so long.
    Quiet,
    /// Nothing comes any more.
    Last,
}

impl Outbox {
    /// Puts a frame, when there is room. False when nothing is taken or put any more.
    pub(super) fn put(&self, frame: Packed) -> bool {
        let mut state = lock(&self.state);
        while state.waiting_bytes > WAITING_BYTES && !state.is_over() {
            state.waiting += 1;
            state = self.emptied.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
        }
        if state.is_over() {
            return false;
        }
        state.waiting_bytes += frame.len_bytes();
        state.frames.push(frame);
        self.wake_writer(state);
        true
    }

    /// Says that nothing is put after what was.
    pub(super) fn close(&self) {
        let mut state = lock(&self.state);
        state.closed = true;
        self.emptied.notify_all();
        self.wake_writer(state);
    }

    /// Says that nothing is taken any more.
    pub(super) fn abandon(&self) {
        let mut state = lock(&self.state);
        state.abandoned = true;
        state.frames.clear();
        self.emptied.notify_all();
    }

    /// Takes all that waits, waiting for it no longer than `patience`.
    pub(super) fn take(&self, patience: Duration) -> Next {
        let mut state = lock(&self.state);
        if state.frames.is_empty() && !state.closed {
            state.hungry = true;
            let empty = |state: &mut State| state.frames.is_empty() && !state.closed;
            let waited = self.filled.wait_timeout_while(state, patience, empty);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            state.hungry = false;
        }
        if state.frames.is_empty() {
            return if state.closed { Next::Last } else { Next::Quiet };
        }
        state.waiting_bytes = 0;
        let frames = std::mem::take(&mut state.frames);
        let waiting = state.waiting;
        drop(state);
        if waiting > 0 {
            self.emptied.notify_all();
        }
        Next::Frames(frames)
    }

    /// Wakes the writing thread once it can look.
    fn wake_writer(&self, state: MutexGuard<'_, State>) {
        let hungry = state.hungry;
        drop(state);
        if hungry {
            self.filled.notify_one();
        }
    }
}

impl State {
    const fn is_over(&self) -> bool {
        self.closed || self.abandoned
    }
}
