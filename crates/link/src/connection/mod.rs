//! Many calls over one byte stream.
//!
//! Each call has a channel of its own with a window: a receiver that is slow stops its own sender and nobody else. One
//! thread reads, one writes; both end with the stream. A stream on which nothing came for long is taken for dead, which
//! a sign of life at shorter intervals keeps from happening by mistake.

mod channel;
mod inbox;
mod outbox;
mod patient;
mod reading;
#[cfg(test)]
mod tests;
mod writing;

pub(crate) use channel::{Channel, Item, decode, encode, unexpected};
pub(crate) use patient::Patient;

use crate::frame::{Frame, Kind, Packed};
use crate::pace::Gates;
use counterpart_model::{Code, Failure};
use crossbeam_channel::{Receiver, bounded};
use inbox::Inbox;
use outbox::Outbox;
use rustix::fd::OwnedFd;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Bytes that may be in a pipe to or from ssh: as many as anybody may ask for.
const PIPE_BYTES: usize = 1 << 20;
/// Channels that the other side may have open at once.
const MAX_CHANNELS: usize = 256;
/// Calls that wait for a thread.
const CALLS: usize = MAX_CHANNELS;

/// When a silent stream is taken for dead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pulse {
    /// A sign of life is sent when nothing else was for so long.
    pub beat: Duration,
    /// The other side is dead when nothing came for so long.
    pub silence: Duration,
}

impl Default for Pulse {
    fn default() -> Self {
        Self {
            beat: Duration::from_secs(10),
            silence: Duration::from_secs(60),
        }
    }
}

/// A request of the other side, and the channel to answer on.
pub(crate) struct Call {
    pub channel: Channel,
    pub request: Vec<u8>,
}

/// What all channels share.
pub(crate) struct Shared {
    outgoing: Outbox,
    channels: Mutex<HashMap<u32, Arc<Inbox>>>,
    next: AtomicU32,
    failed: OnceLock<Failure>,
    /// How fast bytes may go, where that is limited.
    gates: Option<Gates>,
    /// This side has said its last word, which is on its way out still.
    closing: AtomicBool,
    /// Nothing comes from the other side any more, and nothing will be taken there.
    dead: AtomicBool,
}

/// One end of a stream.
pub(crate) struct Connection {
    shared: Arc<Shared>,
    calls: Receiver<Call>,
    writer: Option<JoinHandle<()>>,
}

impl Connection {
    /// Takes a stream over, after both sides said who they are.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(crate) fn start(input: OwnedFd, output: OwnedFd, pulse: Pulse) -> Result<Self, Failure> {
        Self::start_at_pace(input, output, pulse, None)
    }

    /// As [`Connection::start`], with gates that hold up what is too fast.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(crate) fn start_at_pace(
        input: OwnedFd,
        output: OwnedFd,
        pulse: Pulse,
        gates: Option<Gates>,
    ) -> Result<Self, Failure> {
        let (called, calls) = bounded(CALLS);
        let shared = Arc::new(Shared {
            outgoing: Outbox::default(),
            channels: Mutex::default(),
            next: AtomicU32::new(1),
            failed: OnceLock::new(),
            gates,
            closing: AtomicBool::new(false),
            dead: AtomicBool::new(false),
        });
        widen(&input);
        widen(&output);
        let (for_reading, for_writing) = (shared.clone(), shared.clone());
        thread("link-reader", move || {
            reading::run(input, &for_reading, &called, pulse);
        })?;
        let writer = thread("link-writer", move || {
            writing::run(output, &for_writing, pulse);
        })?;
        Ok(Self {
            shared,
            calls,
            writer: Some(writer),
        })
    }

    /// Opens a channel with a request.
    ///
    /// # Errors
    /// The connection has ended.
    pub(crate) fn call(&self, request: Vec<u8>) -> Result<Channel, Failure> {
        let id = self.shared.next.fetch_add(1, Relaxed);
        let channel = Channel::open(&self.shared, id)?;
        self.shared.send(Kind::Call, id, request, true)?;
        Ok(channel)
    }

    /// The next request of the other side; `None` when the stream has ended.
    pub(crate) fn next_call(&self) -> Option<Call> {
        self.calls.recv().ok()
    }
}

impl Drop for Connection {
    /// What was sent is written out; then the stream ends in this direction, upon which the other side ends it in the
    /// other. That is not waited for.
    fn drop(&mut self) {
        self.shared.closing.store(true, Relaxed);
        self.shared.outgoing.close();
        self.shared.fail(ended());
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
        self.shared.closing.store(false, Relaxed);
    }
}

/// Lets more be in a pipe, so that whoever is at its other end need not wait for this one so often. What is no pipe, or may
/// have no more, stays as it is.
fn widen(pipe: &OwnedFd) {
    let _ = rustix::pipe::fcntl_setpipe_size(pipe, PIPE_BYTES);
}

fn thread(name: &str, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Failure> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(body)
        .map_err(|error| Failure::new(Code::Io, "starting a thread of a link", error))
}

impl Shared {
    /// Sends a frame, content and messages when it is their turn; gives its length.
    fn send(&self, kind: Kind, channel: u32, payload: Vec<u8>, compress: bool) -> Result<usize, Failure> {
        self.check()?;
        let packed = pack(kind, channel, payload, compress);
        let len_bytes = packed.len_bytes();
        match (&self.gates, kind) {
            (None, _) => {}
            (Some(gates), Kind::Bytes | Kind::Message) => gates.out.pass(len_bytes, || self.has_failed()),
            // What opens, credits and ends a channel is short, and others wait for it.
            (Some(gates), _) => gates.out.charge(len_bytes),
        }
        self.put_out(packed).map(|()| len_bytes)
    }

    /// Sends a frame that nothing may hold up.
    fn send_at_once(&self, kind: Kind, channel: u32, payload: Vec<u8>) -> Result<(), Failure> {
        self.check()?;
        let packed = pack(kind, channel, payload, false);
        if let Some(gates) = &self.gates {
            gates.out.charge(packed.len_bytes());
        }
        self.put_out(packed)
    }

    fn put_out(&self, packed: Packed) -> Result<(), Failure> {
        if self.outgoing.put(packed) {
            return Ok(());
        }
        Err(self.failure())
    }

    fn has_failed(&self) -> bool {
        self.failed.get().is_some()
    }

    fn check(&self) -> Result<(), Failure> {
        self.failed.get().map_or(Ok(()), |failure| Err(failure.clone()))
    }

    /// True when the reading thread has come to its end.
    fn is_dead(&self) -> bool {
        self.dead.load(Relaxed)
    }

    /// True when the connection failed, and not because this side's last word is on its way out.
    fn is_given_up(&self) -> bool {
        self.failed.get().is_some() && !self.closing.load(Relaxed)
    }

    fn failure(&self) -> Failure {
        self.failed.get().cloned().unwrap_or_else(ended)
    }

    /// Ends all channels with the first failure of the stream.
    fn fail(&self, failure: Failure) {
        let failure = self.failed.get_or_init(|| failure).clone();
        for inbox in self.channels().values() {
            inbox.fail(&failure);
        }
    }

    fn channels(&self) -> MutexGuard<'_, HashMap<u32, Arc<Inbox>>> {
        lock(&self.channels)
    }
}

fn pack(kind: Kind, channel: u32, payload: Vec<u8>, compress: bool) -> Packed {
    let frame = Frame {
        channel,
        kind,
        payload,
    };
    frame.pack(compress)
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The other side is gone.
pub(crate) fn ended() -> Failure {
    Failure::new(Code::SiteLost, "asking the far end", "the connection has ended")
}
