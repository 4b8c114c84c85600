//! SIGTERM and SIGINT at random moments: the program stops by itself with code 4, and the next pass resumes.

use crate::accounting::Owing;
use crate::content::{Archive, Random, let_a_second_pass};
use crate::scene::Scene;
use crate::snapshot::assert_old_or_new;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const ROUNDS: u32 = 16;

#[test]
fn a_signal_stops_the_pass_which_the_next_one_resumes() {
    let seed = u64::from(std::process::id()) + 1;
    let mut random = Random::new(seed);
    let scene = Scene::new();
    let mut archive = Archive::new(&scene.production, seed);
    scene.run_congruent("first pass");
    archive.change();
    let clock = Instant::now();
    scene.run_congruent("measured pass");
    let length = u64::try_from(clock.elapsed().as_micros()).unwrap();
    let mut stopped = 0;
    for round in 0..ROUNDS {
        let what = format!("seed {seed}, round {round}");
        let old = scene.production_tree();
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        archive.change();
        let new = scene.production_tree();
        let_a_second_pass();
        let running = scene.start();
        std::thread::sleep(Duration::from_micros(random.next() % length));
        running.signal(if round % 2 == 0 { "TERM" } else { "INT" });
        let ended = running.wait();
        // Before the program minds signals it dies of them; after its last step it is done.
        if ended.signal.is_none() {
            ended.assert_code(&what, &[0, 4]);
            stopped += u32::from(ended.code == Some(4));
        }
        assert_old_or_new(&what, &old, &new, &scene.standby_tree());
        let owing = Owing::count(&scene, &old, &new, (i64::try_from(since.as_secs()).unwrap(), 0));
        owing.assert_kept(&what, &scene.run_congruent(&what));
    }
    assert!(stopped > 0, "seed {seed}: no signal ever stopped a pass");
}
