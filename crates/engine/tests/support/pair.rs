//! A pair in memory with its ledger, and short words for its passes.

use super::Recorder;
use super::commands::FakeCommands;
use super::site::FakeSite;
use super::tree::{Node, Tree, path, plain};
use counterpart_engine::{
    Actor, Ledger, Outcome, PairSettings, PassKind, PassReport, PassRequest, PlanReport, Sites, Tool, run,
};
use counterpart_model::{Failure, SiteRole};
use counterpart_store::StateDir;
use std::sync::Arc;

/// A pair.
pub(crate) struct Pair {
    pub(crate) production: Arc<FakeSite>,
    pub(crate) standby: FakeSite,
    pub(crate) commands: FakeCommands,
    pub(crate) settings: PairSettings,
    pub(crate) ledger: Ledger,
    pub(crate) _dir: tempfile::TempDir,
}

pub(crate) fn request(kind: PassKind) -> PassRequest {
    PassRequest {
        kind,
        reread: false,
        adopt: false,
        approve: None,
        reason: None,
        schedule: None,
        repair: None,
        actor: Actor {
            account: "tester".to_owned(),
            host: "here".to_owned(),
            command: "counterpart run".to_owned(),
        },
        tool: Tool {
            name: "counterpart".to_owned(),
            version: "0".to_owned(),
            sha256: "ab".repeat(32),
            utc_offset_seconds: 0,
        },
        config_sha256: "cd".repeat(32),
    }
}

impl Pair {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let state = StateDir::open(dir.path()).unwrap();
        let settings = PairSettings {
            name: "study".to_owned(),
            movers: 2,
            ..PairSettings::default()
        };
        Self {
            production: Arc::new(FakeSite::new(SiteRole::Production)),
            standby: FakeSite::new(SiteRole::Standby),
            commands: FakeCommands::default(),
            settings,
            ledger: Ledger::open(state.pair("study").unwrap()).unwrap(),
            _dir: dir,
        }
    }

    /// A pair whose production holds these entries.
    pub(crate) fn with(entries: &[(&str, Node)]) -> Self {
        let pair = Self::new();
        for (at, node) in entries {
            pair.production.put(&path(at), node.clone());
        }
        pair
    }

    pub(crate) fn pass(&self, request: &PassRequest, listener: &Recorder) -> Result<Outcome, Failure> {
        let sites = Sites {
            production: &*self.production,
            standby: &self.standby,
            production_commands: &self.commands,
            standby_commands: &self.commands,
        };
        // The name of a pass is its millisecond.
        std::thread::sleep(std::time::Duration::from_millis(2));
        run(&self.settings, &sites, &self.ledger, request, listener)
    }

    pub(crate) fn report(&self, request: &PassRequest) -> PassReport {
        match self.pass(request, &Recorder::default()).unwrap() {
            Outcome::Pass(report) => *report,
            Outcome::Plan(_) => panic!("a plan"),
        }
    }

    pub(crate) fn run(&self) -> PassReport {
        self.report(&request(PassKind::Run))
    }

    pub(crate) fn verify(&self, reread: bool) -> PassReport {
        self.report(&PassRequest {
            reread,
            ..request(PassKind::Verify)
        })
    }

    pub(crate) fn plan(&self) -> PlanReport {
        match self.pass(&request(PassKind::Plan), &Recorder::default()).unwrap() {
            Outcome::Plan(report) => *report,
            Outcome::Pass(_) => panic!("no plan"),
        }
    }

    pub(crate) fn trees(&self) -> (Tree, Tree) {
        (
            plain(&self.production.state().tree),
            plain(&self.standby.state().tree),
        )
    }

    pub(crate) fn assert_equal(&self) {
        let (production, standby) = self.trees();
        assert_eq!(production, standby);
    }
}
