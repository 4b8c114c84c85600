//! How much runs at once: who asks may not fill the host.

use counterpart_model::{Code, Failure};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// Jobs that run at once, at most.
pub(crate) const MAX_RUNNING: usize = 4;

/// One of the jobs that may run.
pub(crate) struct Turn<'a>(&'a AtomicUsize);

impl<'a> Turn<'a> {
    pub(crate) fn take(running: &'a AtomicUsize, doing: impl FnOnce() -> String) -> Result<Self, Failure> {
        let took = running.fetch_update(SeqCst, SeqCst, |now| (now < MAX_RUNNING).then_some(now + 1));
        took.map(|_| Self(running)).map_err(|_| {
            let why = format!("{MAX_RUNNING} commands are running already");
            Failure::new(Code::Io, doing(), why).hint("Wait for one of them to end.")
        })
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}
