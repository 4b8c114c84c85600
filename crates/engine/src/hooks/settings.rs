//! What the configuration says of hooks.

use counterpart_evidence::certificate::HoldMethod;
use counterpart_model::SiteRole;
use counterpart_port::Task;
use serde::{Deserialize, Serialize};

/// Everything that is done around a pair's tree.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hooks {
    /// How production is kept still.
    pub production_hold: Hold,
    /// How the standby is kept still.
    pub standby_hold: Hold,
    /// Where production is read from instead.
    pub snapshot: Option<Snapshot>,
    /// The application at the standby.
    pub application: Application,
    /// What files do not carry.
    pub readiness: Vec<Check>,
}

/// How a site is kept still.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hold {
    /// How.
    pub method: HoldMethod,
    /// Begins it, where it is `read-only` or `stop`.
    pub begin: Option<Task>,
    /// Ends it.
    pub end: Option<Task>,
    /// Leaves with 0 where the site is idle: all of `check-idle`, and asked before the others begin.
    pub idle: Option<Task>,
    /// No file was changed for so long, for `check-idle` at production.
    pub quiet_seconds: u64,
    /// How long a site that is not idle is waited for.
    pub wait_seconds: u64,
}

/// A moment of production's tree, which is read in its place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Takes it; where `path` is not set, the first line of what it says is the path to read from.
    pub take: Task,
    /// Lets it go.
    pub end: Option<Task>,
    /// The path to read from.
    pub path: Option<String>,
}

/// The application at the standby.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Application {
    /// Stops it before the tree is changed.
    pub stop: Option<Task>,
    /// Starts it afterwards.
    pub start: Option<Task>,
    /// Is good when the application is ready.
    pub ready: Option<Task>,
    /// How long it may take to become so.
    pub ready_within_seconds: u64,
}

/// One thing at the standby that files do not carry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// Its name.
    pub name: String,
    /// What looks at it.
    pub task: Task,
    /// A pattern that its output must have.
    pub expect: Option<String>,
    /// Exits that are good; only 0 where none is named.
    pub exit: Vec<i32>,
}

impl Hooks {
    /// The hold of a site.
    pub const fn hold(&self, role: SiteRole) -> &Hold {
        match role {
            SiteRole::Production => &self.production_hold,
            SiteRole::Standby => &self.standby_hold,
        }
    }

    /// All that a site is asked for.
    pub fn tasks(&self, role: SiteRole) -> Vec<Task> {
        let Hold { begin, end, idle, .. } = self.hold(role);
        let of_hold = [begin, end, idle].into_iter().flatten();
        let application = &self.application;
        let others: Vec<&Task> = match role {
            SiteRole::Production => {
                let snapshot = self.snapshot.iter();
                snapshot
                    .flat_map(|snapshot| std::iter::once(&snapshot.take).chain(&snapshot.end))
                    .collect()
            }
            SiteRole::Standby => {
                let own = [&application.stop, &application.start, &application.ready];
                own.into_iter()
                    .flatten()
                    .chain(self.readiness.iter().map(|check| &check.task))
                    .collect()
            }
        };
        of_hold.chain(others).cloned().collect()
    }

    /// True where production stands still while it is observed, so that a first round before makes that short. A snapshot
    /// is taken in a moment.
    pub fn copies_ahead(&self) -> bool {
        self.production_hold.stands_still() && self.snapshot.is_none()
    }
}

impl Hold {
    /// True where nothing changes while it is held.
    pub const fn stands_still(&self) -> bool {
        matches!(self.method, HoldMethod::ReadOnly | HoldMethod::Stop)
    }
}
