//! A pair that was equal, and whose production has changed since: what an interrupted pass may leave of it, and what the
//! next one must do.

use crate::accounting::{Kept, Owing};
use crate::content::{Archive, let_a_second_pass};
use crate::scene::Scene;
use crate::snapshot::{Tree, assert_old_or_new};
use serde_json::Value;
use std::time::{SystemTime, UNIX_EPOCH};

/// See the module.
pub(crate) struct Changed {
    pub(crate) scene: Scene,
    archive: Archive,
    old: Tree,
    new: Tree,
    kept: Kept,
    /// When it began to change, in seconds.
    since: i64,
}

impl Changed {
    pub(crate) fn new(scene: Scene, seed: u64) -> Self {
        let archive = Archive::new(&scene.production, seed);
        scene.run_congruent("first pass");
        let mut changed = Self {
            scene,
            archive,
            old: Tree::new(),
            new: Tree::new(),
            kept: Kept::default(),
            since: 0,
        };
        changed.change();
        changed
    }

    fn change(&mut self) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        self.since = i64::try_from(now.as_secs()).unwrap();
        self.old = self.scene.production_tree();
        self.archive.change();
        self.new = self.scene.production_tree();
        let_a_second_pass();
    }

    /// After an interrupted pass: no agent stays, and no name is half.
    pub(crate) fn is_whole(&self, what: &str) {
        self.scene.wait_for_agents_to_end(what);
        assert_old_or_new(what, &self.old, &self.new, &self.scene.standby_tree());
    }

    /// The next pass goes on and sends only what had not arrived; then production changes again. Gives its report.
    pub(crate) fn goes_on(&mut self, what: &str) -> Value {
        self.is_whole(what);
        let owing = Owing::count(&self.scene, &self.old, &self.new, (self.since, 0));
        let report = self.scene.run_congruent(what);
        owing.assert_kept(what, &report);
        self.kept.assert_keeps(what, &self.scene, &self.old, &self.new);
        self.change();
        report
    }
}
