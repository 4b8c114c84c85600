//! What the engine tells while it works. Typed; the program renders it.

use counterpart_model::{Finding, Step};
use counterpart_port::{HistoryId, Watch};
use serde::{Deserialize, Serialize};

/// The visible steps of a pass: the same list in code, plan, progress, journal and certificate. A step for which there is
/// nothing to do is left out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepName {
    /// Opens both sites and checks who they are.
    Check,
    /// Takes the pair, so that no other pass runs, and undoes what a killed one left.
    Lock,
    /// A first round while production runs, so that a hold is short.
    CopyAhead,
    /// Holds production and the standby still.
    Hold,
    /// Observes production, its probes first, and the standby's tree.
    Observe,
    /// Merges what both saw.
    Compare,
    /// Writes down every change.
    Plan,
    /// Judges the plan as a whole.
    Judge,
    /// Stops the standby's application.
    Stop,
    /// Changes the standby's tree.
    Apply,
    /// Releases production.
    Release,
    /// Starts the standby's application and waits until it is ready.
    Start,
    /// Reads content again.
    Reread,
    /// Runs probes and readiness checks at the standby.
    ObserveStandby,
    /// Compares what the probes said.
    Verdict,
    /// Folds manifests, syncs and signs.
    Certify,
    /// Tells those who want to know.
    Tell,
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
    /// Every step, in order.
    pub const ALL: [Self; 17] = [
        Self::Check,
        Self::Lock,
        Self::CopyAhead,
        Self::Hold,
        Self::Observe,
        Self::Compare,
        Self::Plan,
        Self::Judge,
        Self::Stop,
        Self::Apply,
        Self::Release,
        Self::Start,
        Self::Reread,
        Self::ObserveStandby,
        Self::Verdict,
        Self::Certify,
        Self::Tell,
    ];

    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Lock => "lock",
            Self::CopyAhead => "copy-ahead",
            Self::Hold => "hold",
            Self::Observe => "observe",
            Self::Compare => "compare",
            Self::Plan => "plan",
            Self::Judge => "judge",
            Self::Stop => "stop",
            Self::Apply => "apply",
            Self::Release => "release",
            Self::Start => "start",
            Self::Reread => "reread",
            Self::ObserveStandby => "observe-standby",
            Self::Verdict => "verdict",
            Self::Certify => "certify",
            Self::Tell => "tell",
        }
    }
}
