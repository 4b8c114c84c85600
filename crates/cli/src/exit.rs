//! What the program leaves with: one meaning each, and which failure means which.

use counterpart_engine::{PassReport, PlanReport};
use counterpart_model::Code;
use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Exit {
    /// Done; where a comparison was asked for: congruent.
    Done = 0,
    /// Done, but not congruent; or what was checked or looked for does not hold.
    Differs = 1,
    /// Usage or configuration.
    Usage = 2,
    /// Refused by a guard: nothing was changed.
    Refused = 3,
    /// Could not finish: run again to resume.
    Unfinished = 4,
    /// Another pass holds the pair.
    Locked = 5,
}

impl Exit {
    /// The exit of a failure.
    pub const fn of(code: Code) -> Self {
        match code {
            Code::Usage | Code::Config | Code::NotFound => Self::Usage,
            Code::Locked => Self::Locked,
            Code::EvidenceBroken => Self::Differs,
            Code::SourceMissing
            | Code::SourceEmpty
            | Code::SourceIdentity
            | Code::MountMissing
            | Code::MaxDelete
            | Code::MaxChange
            | Code::DeleteEverything
            | Code::TargetNotAdopted
            | Code::TargetIdentity
            | Code::TargetMissing
            | Code::RootsOverlap
            | Code::MagicLost
            | Code::ExtensionChanged
            | Code::Approval => Self::Refused,
            _ => Self::Unfinished,
        }
    }

    /// The exit of a pass that came to its end.
    pub const fn of_pass(report: &PassReport) -> Self {
        match (&report.refusal, report.congruent) {
            (Some(_), _) => Self::Refused,
            (None, true) => Self::Done,
            (None, false) => Self::Differs,
        }
    }

    /// The exit of a plan: refused where a run would be.
    pub const fn of_plan(report: &PlanReport) -> Self {
        if report.refusal.is_some() {
            Self::Refused
        } else {
            Self::Done
        }
    }

    /// The number.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
