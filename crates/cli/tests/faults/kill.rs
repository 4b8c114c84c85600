//! SIGKILL at random moments over the whole length of a pass, several times in a row, then a pass to the end.

use crate::accounting::{Kept, Owing};
use crate::content::{Archive, Random, SPARED, let_a_second_pass, seed, times};
use crate::scene::{Ended, Scene};
use crate::snapshot::{Tree, assert_old_or_new};
use serde_json::Value;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Kills of one campaign, of which there are three, and first passes that are killed.
const KILLS: u32 = 80;
const FIRST_PASSES: u32 = 6;
/// Kills of passes that have a silent change to tell.
const SILENT_KILLS: u32 = 12;

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
    let (seed, wanted) = (seed().wrapping_add(number), times(KILLS));
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
        let what = format!("seed {}, round {round}", seed.wrapping_sub(number));
        campaign.round(&what, round % 12 == 0);
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
    let seed = seed();
    let mut random = Random::new(seed);
    for round in 0..u64::from(times(FIRST_PASSES)) {
        let scene = Scene::new();
        drop(Archive::new(&scene.production, seed.wrapping_add(round)));
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
/// time is read again and told, also after an interrupted pass, and after one that was killed at its very end.
#[test]
fn a_silent_change_is_told_after_an_interrupted_pass() {
    let seed = seed();
    let mut random = Random::new(seed);
    let scene = Scene::new();
    let mut archive = Archive::new(&scene.production, seed);
    let silent = scene.production.join(SPARED);
    std::fs::write(&silent, b"certified").unwrap();
    let time = std::fs::metadata(&silent).unwrap().modified().unwrap();
    scene.run_congruent("first pass");
    archive.change();
    let length = scene.run_measured("measured pass");
    archive.change();
    std::fs::write(&silent, b"tampered?").unwrap();
    let file = std::fs::File::options().write(true).open(&silent).unwrap();
    file.set_modified(time).unwrap();
    let_a_second_pass();
    for kill in 0..times(SILENT_KILLS) {
        let running = scene.start();
        std::thread::sleep(Duration::from_micros(random.next() % length));
        let ended = running.kill();
        if !ended.was_killed() {
            assert_told(&format!("seed {seed}, kill {kill}"), &ended);
        }
    }
    assert_told(&format!("seed {seed}, after the kills"), &scene.run());
    assert_eq!(std::fs::read(scene.standby.join(SPARED)).unwrap(), b"certified");
}

fn assert_told(what: &str, ended: &Ended) {
    let report = ended.report(what, 1);
    let told = |failure: &Value| failure["path"] == SPARED && failure["code"] == "rot-production";
    let failures = report["failures"].as_array().unwrap();
    assert!(failures.iter().any(told), "{what}: {report:#}");
}

impl Campaign {
    /// Changes production, kills some passes, ends with a whole one. A measured round has no kill.
    fn round(&mut self, what: &str, measured: bool) {
        let old = self.scene.production_tree();
        let since = just_before_now();
        self.archive.change();
        let new = self.scene.production_tree();
        let_a_second_pass();
        let wanted = if measured { 0 } else { 1 + self.random.below(9) };
        // A pass that came to its end leaves nothing for a further one to do.
        let kills = (0..wanted)
            .take_while(|kill| self.kill(&format!("{what}, kill {kill}"), &old, &new))
            .count();
        let owing = Owing::count(&self.scene, &old, &new, since);
        let report = self.scene.run_congruent(what);
        if measured {
            self.length = Duration::from_secs_f64(report["seconds"].as_f64().unwrap());
        }
        owing.assert_kept(&format!("{what}, after {kills} kills"), &report);
        assert_old_or_new(what, &new, &new, &self.scene.standby_tree());
        self.kept.assert_keeps(what, &self.scene, &old, &new);
    }

    /// True when the kill came before the end of the pass.
    fn kill(&mut self, what: &str, old: &Tree, new: &Tree) -> bool {
        let micros = u64::try_from(self.length.as_micros()).unwrap();
        let delay = Duration::from_micros(self.random.next() % micros.max(1));
        let running = self.scene.start();
        std::thread::sleep(delay);
        let ended = running.kill();
        let killed = ended.was_killed();
        if killed {
            self.kills += 1;
        } else {
            ended.assert_code(what, &[0]);
        }
        assert_old_or_new(what, old, new, &self.scene.standby_tree());
        killed
    }
}

/// Now, less what the clock of a filesystem may lag behind.
fn just_before_now() -> (i64, i64) {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seconds = i64::try_from(since.as_secs()).unwrap();
    (seconds, i64::from(since.subsec_nanos()) - 10_000_000)
}
