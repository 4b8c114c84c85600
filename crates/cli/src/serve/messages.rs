//! Messages that could not be sent are tried again between passes, in a thread of its own: a mail server may take its time.

use super::worker::Bench;
use crate::config::Pair;
use crate::tell;
use counterpart_store::files::StateDir;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often it is looked whether a message waits. How long each waits is said by its own pause.
const LOOK: Duration = Duration::from_secs(60);

/// See the module.
#[derive(Default)]
pub(super) struct Messages {
    looked: Option<Instant>,
    busy: Arc<AtomicBool>,
}

impl Messages {
    /// Tries what waits, where it is time and nobody is at it.
    pub(super) fn look(&mut self, bench: &Bench, state: &StateDir, pairs: &[Pair]) {
        let is_time = self.looked.is_none_or(|looked| looked.elapsed() >= LOOK);
        if !is_time || self.busy.swap(true, Ordering::SeqCst) {
            return;
        }
        self.looked = Some(Instant::now());
        let (bench, state, pairs) = (bench.clone(), state.clone(), pairs.to_vec());
        let done = Done(Arc::clone(&self.busy));
        std::thread::spawn(move || {
            let _done = done;
            tell::deliver_spooled(&bench.context(), &state, &pairs);
        });
    }
}

/// Says that nobody is at it any more, however the thread ended.
struct Done(Arc<AtomicBool>);

impl Drop for Done {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}
