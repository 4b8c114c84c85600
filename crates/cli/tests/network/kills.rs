//! SIGKILL to either end at random moments, several times in a row, then a pass to the end.

use crate::changed::Changed;
use crate::content::{Random, seed, times};
use crate::scene::{BOTH, Running, Scene, Way, kill};
use std::time::Duration;

/// Kills of one campaign, of which there is one each way.
const KILLS: u32 = 8;

#[test]
fn either_end_is_killed_at_any_moment_and_the_next_pass_goes_on() {
    let seed = seed();
    std::thread::scope(|scope| {
        for way in BOTH {
            scope.spawn(move || campaign(way, seed));
        }
    });
}

fn campaign(way: Way, seed: u64) {
    let (mut changed, mut random) = (Changed::new(Scene::here(way), seed), Random::new(seed));
    let report = changed.goes_on("measured pass");
    let length = Duration::from_secs_f64(report["seconds"].as_f64().unwrap());
    let length = u64::try_from(length.as_millis()).unwrap().max(1);
    let (mut kills, mut round) = (0, 0);
    while kills < times(KILLS) {
        let what = format!("seed {seed}, {way:?}, round {round}");
        round += 1;
        // A pass that was killed, and is begun again, is killed again, up to three times.
        for _ in 0..=random.below(3) {
            let running = changed.scene.start();
            std::thread::sleep(Duration::from_millis(random.next() % length));
            kills += u32::from(strike(&changed.scene, running, random.below(2) == 0, &what));
            changed.is_whole(&what);
        }
        changed.goes_on(&what);
    }
}

/// Kills one end of a pass; false where the pass was faster.
fn strike(scene: &Scene, running: Running, near: bool, what: &str) -> bool {
    if near {
        return !running.kill().was_congruent();
    }
    kill(&scene.agents());
    let ended = running.wait();
    if !ended.was_congruent() {
        ended.assert_lost(what);
    }
    !ended.was_congruent()
}
