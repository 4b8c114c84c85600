//! What the engine tells while it works. Typed; the program renders it.

use counterpart_model::{Finding, Step};
use counterpart_port::{HistoryId, Watch};

/// The visible steps of a pass: the same list in code, progress, journal and certificate.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum StepName {
    /// Opens both sites, takes the lock, checks identities.
    Check,
    /// Scans both sites.
    Observe,
    /// Merges what both saw.
    Compare,
    /// Writes the plan and judges it.
    Judge,
    /// Changes the standby.
    Apply,
    /// Reads content again.
    Reread,
    /// Folds manifests, syncs and signs.
    Certify,
}

/// Something that happened.
#[derive(Debug)]
pub enum Event<'a> {
    /// A step began.
    Began(StepName),
    /// So much work is ahead in this step.
    Ahead {
        /// Entries.
        entries: u64,
        /// Bytes.
        bytes: u64,
    },
    /// A step of the plan took effect.
    Changed {
        /// The step.
        step: &'a Step,
        /// Where the old entry is kept.
        history: Option<&'a HistoryId>,
    },
    /// Something was found.
    Found(&'a Finding),
    /// A pass that was interrupted earlier was folded in.
    Resumed {
        /// Changes that need not be made again.
        changes: u64,
    },
}

/// Told of all that happens.
pub trait Listener: Watch {
    /// Something happened. Called from several threads.
    fn event(&self, event: &Event<'_>);
}

impl StepName {
    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Observe => "observe",
            Self::Compare => "compare",
            Self::Judge => "judge",
            Self::Apply => "apply",
            Self::Reread => "reread",
            Self::Certify => "certify",
        }
    }
}
