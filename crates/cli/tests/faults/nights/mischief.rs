//! What goes wrong in a night, and what is promised then.

/// One thing that goes wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mischief {
    /// Nothing.
    Nothing,
    /// `serve` is killed while its pass runs.
    Killed,
    /// The standby's filesystem has no room for what is new.
    FullDisk,
    /// The command that holds production never comes back.
    HungHook,
    /// The link breaks off after some bytes.
    CutLink,
    /// The clock is set back after the run.
    ClockSetBack,
    /// Somebody saves a configuration with a mistake.
    BrokenConfiguration,
    /// A file of the standby changes, its size and time do not.
    RottenStandby,
    /// The same at production.
    RottenProduction,
    /// Production's filesystem is not mounted: there is nothing in it.
    EmptyProduction,
    /// A file of production may not be read.
    Unreadable,
    /// Somebody has paused the pair, and ends that later.
    Paused,
    /// The host is down for three nights.
    HostDown,
}

/// What is promised.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Promise {
    /// A congruent pass, and equal trees.
    Congruent,
    /// A pass that finds this, and says that the trees are not equal.
    Finds(&'static str),
    /// A refusal for this: nothing is changed.
    Refuses(&'static str),
    /// No end: a failure with this code.
    Fails(&'static str),
}

impl Mischief {
    pub(super) const ALL: [Self; 12] = [
        Self::Killed,
        Self::FullDisk,
        Self::HungHook,
        Self::CutLink,
        Self::ClockSetBack,
        Self::BrokenConfiguration,
        Self::RottenStandby,
        Self::RottenProduction,
        Self::EmptyProduction,
        Self::Unreadable,
        Self::Paused,
        Self::HostDown,
    ];

    pub(super) const fn promise(self) -> Promise {
        match self {
            Self::Nothing
            | Self::Killed
            | Self::ClockSetBack
            | Self::BrokenConfiguration
            | Self::Paused
            | Self::HostDown => Promise::Congruent,
            Self::FullDisk => Promise::Refuses("no-space"),
            Self::HungHook => Promise::Fails("hook-failed"),
            Self::CutLink => Promise::Fails("site-lost"),
            Self::RottenStandby => Promise::Finds("rot-standby"),
            Self::RottenProduction => Promise::Finds("rot-production"),
            Self::EmptyProduction => Promise::Refuses("source-empty"),
            Self::Unreadable => Promise::Finds("unreadable"),
        }
    }
}
