//! Who is told: remembers everything, and asks to stop when the test wants it.

use counterpart_engine::{Event, Listener};
use counterpart_model::{Code, EntryPath};
use counterpart_port::{Progress, Watch};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

/// Remembers changes and findings.
#[derive(Default)]
pub(crate) struct Recorder {
    pub(crate) changed: Mutex<Vec<EntryPath>>,
    pub(crate) found: Mutex<Vec<(EntryPath, Code)>>,
    /// After so many changes the pass is asked to stop; 0 for never.
    pub(crate) stop_after: AtomicUsize,
    stopped: AtomicBool,
}

impl Recorder {
    pub(crate) fn stopping_after(changes: usize) -> Self {
        Self {
            stop_after: AtomicUsize::new(changes),
            ..Self::default()
        }
    }
}

impl Recorder {
    pub(crate) fn interrupt(&self) {
        self.stopped.store(true, SeqCst);
    }
}

impl Watch for Recorder {
    fn progress(&self, _: Progress) {}

    fn interrupted(&self) -> bool {
        self.stopped.load(SeqCst)
    }
}

impl Listener for Recorder {
    fn event(&self, event: &Event<'_>) {
        match event {
            Event::Changed { step, .. } => {
                let mut changed = self.changed.lock().unwrap();
                changed.push(step.path.clone());
                if changed.len() == self.stop_after.load(SeqCst) {
                    self.stopped.store(true, SeqCst);
                }
            }
            Event::Found(finding) => self
                .found
                .lock()
                .unwrap()
                .push((finding.path.clone(), finding.code)),
            _ => {}
        }
    }
}
