//! What may be accepted as an exception, and what never: the rule alone, not the register.
//!
//! An exception changes how a finding weighs. So it must not reach what says that the copy, or what it was made from, is
//! not what everybody takes it for: refusals of guards, rot, and all that is told of a site as a whole.

use crate::{Code, Finding, Verdict};

const OF_A_GUARD: &str =
    "a guard refuses the whole plan for it; look at the plan, and approve exactly that with --approve";
const OF_ROT: &str = "it is rot or tampering: what one of the two copies holds is not what was certified";
const OF_A_SITE: &str = "it is told of a site as a whole, and no exception covers that";
const OF_LINES: &str = "a probe is accepted line by line: the pattern probe:NAME:REGEX says which";
const OF_A_PROBE: &str = "it is told of a probe as a whole, of which nothing could be compared";
const OF_EQUALS: &str = "it never makes a pass not congruent, so there is nothing to accept";
const DECLARED: &str = "the configuration declares it, so there is nothing to accept";
const NO_FINDING: &str = "it ends a command, and is no finding of a pass";

impl Code {
    /// Why a finding of this code can never be accepted as an exception; nothing where it can. Every code is here, so that
    /// no new one is forgotten.
    pub const fn never_excepted(self) -> Option<&'static str> {
        match self {
            Self::Unreadable
            | Self::UnreadableDirectory
            | Self::Vanished
            | Self::Torn
            | Self::AppendOnlyDelete
            | Self::AppendOnlyChange
            | Self::NameCollision
            | Self::NameNotHeld
            | Self::Stub
            | Self::StubBroken
            | Self::ExcludedBeneath
            | Self::UnreadBeneath
            | Self::OnlyProduction
            | Self::OnlyStandby
            | Self::Differs
            | Self::TooDeep
            | Self::Io => None,
            Self::RotProduction | Self::RotStandby | Self::RotUnknown => Some(OF_ROT),
            Self::SourceMissing
            | Self::SourceEmpty
            | Self::SourceIdentity
            | Self::MountMissing
            | Self::MaxDelete
            | Self::MaxChange
            | Self::DeleteEverything
            | Self::TargetMissing
            | Self::TargetNotAdopted
            | Self::TargetIdentity
            | Self::RootsOverlap
            | Self::MagicLost
            | Self::ExtensionChanged
            | Self::NoSpace => Some(OF_A_GUARD),
            Self::NothingCompared
            | Self::NotRead
            | Self::SiteLost
            | Self::StillHeld
            | Self::Locked
            | Self::EvidenceBroken
            | Self::JournalBehind => Some(OF_A_SITE),
            Self::ProbeDiffers => Some(OF_LINES),
            Self::ProbeFailed | Self::ProbeEmpty => Some(OF_A_PROBE),
            Self::Drift | Self::ClockSkew | Self::NotReady | Self::NotClean | Self::ProductionBusy => {
                Some(OF_EQUALS)
            }
            Self::Special | Self::ExcludedDiffers | Self::Settling | Self::NotCarried => Some(DECLARED),
            Self::Usage
            | Self::Config
            | Self::Interrupted
            | Self::HookFailed
            | Self::NotPermitted
            | Self::StateDamaged
            | Self::Key
            | Self::Timestamp
            | Self::NotFound
            | Self::Approval
            | Self::LogNotUnderstood
            | Self::Notice => Some(NO_FINDING),
        }
    }
}

impl Finding {
    /// True where somebody may accept it: it speaks of one entry, weighs against the pass, and its code allows it.
    pub fn may_be_excepted(&self) -> bool {
        let weighs = matches!(
            self.verdict,
            Verdict::Different | Verdict::NotCompared | Verdict::Unsettled
        );
        weighs && !self.declared && !self.path.is_root() && self.code.never_excepted().is_none()
    }
}
