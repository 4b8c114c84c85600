//! SIGKILL at random moments over the whole length of a pass, several times in a row, then a pass to the end.

use crate::accounting::{Kept, Owing};
use crate::content::{Archive, Random, let_a_second_pass};
use crate::scene::Scene;
use crate::snapshot::{Tree, assert_old_or_new};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Kills of one campaign, of which there are three; `COUNTERPART_SOAK` makes them long.
const KILLS: u32 = 80;
const KILLS_SOAK: u32 = 1_500;

struct Campaign {
    scene: Scene,
    archive: Archive,
    random: Random,
    kept: Kept,
    /// How long an undisturbed pass takes.
    length: Duration,
    kills: u32,
}

fn campaign(number: u64) {
    let soak = std::env::var_os("COUNTERPART_SOAK").is_some();
    let wanted = if soak { KILLS_SOAK } else { KILLS };
    let seed = u64::from(std::process::id()) * 10 + number;
    let scene = Scene::new();
    let archive = Archive::new(&scene.production, seed);
    scene.run_congruent("first pass");
    let mut campaign = Campaign {
        scene,
        archive,
        random: Random::new(seed),
        kept: Kept::default(),
        length: Duration::ZERO,
        kills: 0,
    };
    let mut round = 0;
    while campaign.kills < wanted {
        campaign.round(&format!("seed {seed}, round {round}"), round % 12 == 0);
        round += 1;
    }
}

#[test]
fn killed_at_any_moment_a_name_is_old_or_new_and_the_next_pass_resumes() {
    campaign(1);
}

#[test]
fn killed_at_any_other_moment_a_name_is_old_or_new_and_the_next_pass_resumes() {
    campaign(2);
}

#[test]
fn killed_at_any_third_moment_a_name_is_old_or_new_and_the_next_pass_resumes() {
    campaign(3);
}

#[test]
fn a_first_pass_that_is_killed_is_resumed() {
    let seed = u64::from(std::process::id());
    let mut random = Random::new(seed);
    for round in 0..12 {
        let scene = Scene::new();
        drop(Archive::new(&scene.production, seed + round));
        let what = format!("seed {seed}, first pass {round}");
        let (old, new) = (Tree::new(), scene.production_tree());
        let_a_second_pass();
        for _ in 0..=random.below(2) {
            let delay = Duration::from_millis(20 + random.next() % 400);
            let running = scene.start();
            std::thread::sleep(delay);
            drop(running.kill());
            assert_old_or_new(&what, &old, &new, &scene.standby_tree());
        }
        let owing = Owing::count(&scene, &old, &new, (i64::MAX, 0));
        let report = scene.run_congruent(&what);
        owing.assert_kept(&what, &report);
    }
}

/// A digest that the standby has is no proof of what production holds: content that changed behind the same size and
/// time is read again and told, also after an interrupted pass.
#[test]
fn a_silent_change_is_told_after_an_interrupted_pass() {
    let scene = Scene::new();
    let mut archive = Archive::new(&scene.production, 31);
    let silent = scene.production.join("silent");
    std::fs::write(&silent, b"certified").unwrap();
    let time = std::fs::metadata(&silent).unwrap().modified().unwrap();
    let clock = Instant::now();
    scene.run_congruent("first pass");
    let length = u64::try_from(clock.elapsed().as_micros()).unwrap();
    let mut random = Random::new(31);
    archive.change();
    std::fs::write(&silent, b"tampered?").unwrap();
    std::fs::File::options()
        .write(true)
        .open(&silent)
        .unwrap()
        .set_modified(time)
        .unwrap();
    let_a_second_pass();
    for _ in 0..6 {
        let running = scene.start();
        std::thread::sleep(Duration::from_micros(random.next() % length));
        drop(running.kill());
    }
    let report = scene.run().report("after the kills", 1);
    let told =
        |failure: &serde_json::Value| failure["path"] == "silent" && failure["code"] == "rot-production";
    assert!(
        report["failures"].as_array().unwrap().iter().any(told),
        "{report:#}"
    );
    assert_eq!(std::fs::read(scene.standby.join("silent")).unwrap(), b"certified");
}

impl Campaign {
    /// Changes production, kills some passes, ends with a whole one. A measured round has no kill.
    fn round(&mut self, what: &str, measured: bool) {
        let old = self.scene.production_tree();
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let since = (
            i64::try_from(since.as_secs()).unwrap(),
            i64::from(since.subsec_nanos()) - 10_000_000,
        );
        self.archive.change();
        let new = self.scene.production_tree();
        let_a_second_pass();
        let kills = if measured { 0 } else { 1 + self.random.below(9) };
        for kill in 0..kills {
            self.kill(&format!("{what}, kill {kill}"), &old, &new);
        }
        let owing = Owing::count(&self.scene, &old, &new, since);
        let clock = Instant::now();
        let report = self.scene.run_congruent(what);
        if measured {
            self.length = clock.elapsed();
        }
        owing.assert_kept(&format!("{what}, after {kills} kills"), &report);
        assert_old_or_new(what, &new, &new, &self.scene.standby_tree());
        self.kept.assert_keeps(what, &self.scene, &old, &new);
    }

    fn kill(&mut self, what: &str, old: &Tree, new: &Tree) {
        let micros = u64::try_from(self.length.as_micros()).unwrap();
        let delay = Duration::from_micros(self.random.next() % micros.max(1));
        let running = self.scene.start();
        std::thread::sleep(delay);
        let ended = running.kill();
        if ended.was_killed() {
            self.kills += 1;
        } else {
            ended.assert_code(what, &[0]);
        }
        assert_old_or_new(what, old, new, &self.scene.standby_tree());
    }
}
