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

/// What a code leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// A command ends with it.
    Ends(Exit),
    /// A guard refuses for it what was asked for, as a whole.
    Refuses,
    /// A guard refuses the plan for it, where it was seen in time; else a pass cannot finish.
    RefusesOrEnds,
    /// A pass finds it and goes on; a command that is about this one thing cannot.
    Found,
}

impl Effect {
    /// What a code leads to. Every code is here, so that no new one is forgotten.
    pub const fn of(code: Code) -> Self {
        match code {
            Code::Usage | Code::Config | Code::NotFound => Self::Ends(Exit::Usage),
            Code::Locked => Self::Ends(Exit::Locked),
            Code::EvidenceBroken | Code::Timestamp => Self::Ends(Exit::Differs),
            Code::Io
            | Code::SiteLost
            | Code::Interrupted
            | Code::StateDamaged
            | Code::Key
            | Code::HookFailed
            | Code::ProductionBusy
            | Code::StillHeld
            | Code::NotPermitted => Self::Ends(Exit::Unfinished),
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
            | Code::Approval
            | Code::LogNotUnderstood => Self::Refuses,
            Code::NoSpace => Self::RefusesOrEnds,
            Code::Unreadable
            | Code::UnreadableDirectory
            | Code::Vanished
            | Code::Torn
            | Code::RotProduction
            | Code::RotStandby
            | Code::RotUnknown
            | Code::Drift
            | Code::ClockSkew
            | Code::AppendOnlyDelete
            | Code::AppendOnlyChange
            | Code::NameCollision
            | Code::NameNotHeld
            | Code::Stub
            | Code::StubBroken
            | Code::Special
            | Code::ExcludedDiffers
            | Code::ExcludedBeneath
            | Code::UnreadBeneath
            | Code::OnlyProduction
            | Code::OnlyStandby
            | Code::Differs
            | Code::NothingCompared
            | Code::NotRead
            | Code::Settling
            | Code::NotCarried
            | Code::TooDeep
            | Code::NotReady
            | Code::ProbeDiffers
            | Code::ProbeFailed
            | Code::ProbeEmpty
            | Code::NotClean
            | Code::JournalBehind
            | Code::Notice => Self::Found,
        }
    }

    /// The same in words, with the exit.
    pub fn words(self) -> String {
        match self {
            Self::Ends(exit) => format!("The command ends with {}.", exit.code()),
            Self::Refuses => "It is refused as a whole and the command ends with 3; nothing was changed.".to_owned(),
            Self::RefusesOrEnds => "Seen in the plan, it is refused and the command ends with 3; nothing was changed. \
                Met while writing, the command ends with 4."
                .to_owned(),
            Self::Found => "A pass tells it as a finding and goes on; by its verdict, and by what the configuration \
                declares, the pass is congruent (0) or not (1). A command that needs just this thing ends with 4."
                .to_owned(),
        }
    }
}

/// Whether a finding of a code can be accepted as an exception, in words.
pub fn excepting(code: Code) -> String {
    code.never_excepted().map_or_else(
        || {
            "An entry may be accepted as it is, with a reason, an owner and an end: `counterpart exception add`. \
             It is EXCEPTED then."
                .to_owned()
        },
        |why| format!("Never: {why}."),
    )
}

impl Exit {
    /// Every exit, in the order of the numbers.
    pub const ALL: [Self; 6] = [
        Self::Done,
        Self::Differs,
        Self::Usage,
        Self::Refused,
        Self::Unfinished,
        Self::Locked,
    ];

    /// What it means, as a part of a sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done; where a comparison was asked for: congruent",
            Self::Differs => "done, but not congruent; or what was checked or looked for does not hold",
            Self::Usage => "usage or configuration",
            Self::Refused => "refused by a guard: nothing was changed",
            Self::Unfinished => "could not finish: run again to resume",
            Self::Locked => "another pass holds the pair",
        }
    }

    /// What to do about it.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Done => "Nothing to do.",
            Self::Differs => {
                "Read the findings: `counterpart status` and `counterpart log` have them, `certificate show` too."
            }
            Self::Usage => "Mend the command line or the configuration as the message says, and run again.",
            Self::Refused => {
                "Read why; look at `counterpart plan`. The message names the command that would allow exactly this."
            }
            Self::Unfinished => {
                "Mend what the message names, and run again: what was done is not done twice."
            }
            Self::Locked => "Wait for it to end; the message says who holds the pair.",
        }
    }

    /// The exit of a failure.
    pub const fn of(code: Code) -> Self {
        match Effect::of(code) {
            Effect::Ends(exit) => exit,
            Effect::Refuses => Self::Refused,
            Effect::RefusesOrEnds | Effect::Found => Self::Unfinished,
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
