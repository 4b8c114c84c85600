//! Making a standby's filesystem durable: at once when it is asked for, and early, while movers still write.
//!
//! A sync that begins only when everything is written leaves the processor waiting for the disk, after the disk waited
//! for the processor. So a thread syncs whenever a good deal was written; what is asked for then finds little to do.
//! What a sync is for, and when one is owed, is not decided here.

use super::shared::lock;
use crate::fault;
use counterpart_model::{Code, Failure};
use crossbeam_channel::{Sender, TrySendError, bounded};
use rustix::fd::OwnedFd;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::thread::{Builder, JoinHandle};

/// How much is written before a sync begins by itself.
const EARLY_BYTES: u64 = 128 << 20;

/// The filesystem of a standby's root.
pub(super) struct Durable {
    filesystem: Arc<Filesystem>,
    unsynced_bytes: AtomicU64,
    early: Option<Early>,
}

/// The descriptor, opened before the first write so that no write-back error escapes, and the first sync that failed:
/// the system tells of a write-back error only once. Locked while a sync runs, so that none passes over a failure that
/// another one is just about to note.
struct Filesystem {
    synced: OwnedFd,
    broken: Mutex<Option<Failure>>,
}

/// The thread that syncs early, and what wakes it.
struct Early {
    wake: Sender<()>,
    thread: JoinHandle<()>,
}

impl Durable {
    pub(super) fn new(synced: OwnedFd) -> Self {
        let filesystem = Arc::new(Filesystem {
            synced,
            broken: Mutex::default(),
        });
        Self {
            early: Early::start(&filesystem),
            filesystem,
            unsynced_bytes: AtomicU64::new(0),
        }
    }

    /// Makes everything durable that was done until now. Once that failed, it fails for ever.
    pub(super) fn sync(&self) -> Result<(), Failure> {
        self.unsynced_bytes.store(0, Relaxed);
        self.filesystem.sync()
    }

    /// The sync that failed, if one did.
    pub(super) fn broken(&self) -> Result<(), Failure> {
        // While a sync runs nothing is known of it yet; it is asked again before anything is published.
        let broken = self.filesystem.broken.try_lock().ok();
        broken.and_then(|broken| broken.clone()).map_or(Ok(()), Err)
    }

    /// Notes that something could not be made durable that a sync of the filesystem does not reach.
    pub(super) fn note_broken(&self, failure: &Failure) {
        lock(&self.filesystem.broken).get_or_insert_with(|| failure.clone());
    }

    /// Notes that content was written; begins a sync where it has become much.
    pub(super) fn note_written(&self, bytes: u64) {
        let before = self.unsynced_bytes.fetch_add(bytes, Relaxed);
        if before + bytes >= EARLY_BYTES
            && let Some(early) = &self.early
        {
            self.unsynced_bytes.store(0, Relaxed);
            early.wake();
        }
    }
}

impl Drop for Durable {
    fn drop(&mut self) {
        if let Some(Early { wake, thread }) = self.early.take() {
            drop(wake);
            // A sync that panicked has told nothing, and owed nothing.
            let _ = thread.join();
        }
    }
}

impl Filesystem {
    fn sync(&self) -> Result<(), Failure> {
        let mut broken = lock(&self.broken);
        if let Some(failure) = &*broken {
            return Err(failure.clone());
        }
        fault::retry(|| rustix::fs::syncfs(&self.synced)).map_err(|errno| {
            let failure = fault::failure(Code::Io, "making the standby durable", errno);
            broken.insert(failure).clone()
        })
    }
}

impl Early {
    /// No thread where the system gives none: then nothing is synced early.
    fn start(filesystem: &Arc<Filesystem>) -> Option<Self> {
        let (wake, woken) = bounded(1);
        let filesystem = filesystem.clone();
        let body = move || {
            let _ = woken.iter().try_for_each(|()| filesystem.sync());
        };
        let thread = Builder::new().name("sync-early".to_owned()).spawn(body).ok()?;
        Some(Self { wake, thread })
    }

    fn wake(&self) {
        match self.wake.try_send(()) {
            // It has been woken already; or a sync failed, which the next one that is asked for tells.
            Ok(()) | Err(TrySendError::Full(()) | TrySendError::Disconnected(())) => {}
        }
    }
}
