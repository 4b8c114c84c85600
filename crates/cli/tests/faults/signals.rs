//! SIGTERM and SIGINT at random moments: the program stops by itself with code 4, and the next pass resumes.

use crate::accounting::Owing;
use crate::content::{Archive, Random, let_a_second_pass, seed, times};
use crate::scene::Scene;
use crate::snapshot::assert_old_or_new;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const ROUNDS: u32 = 16;

#[test]
fn a_signal_stops_the_pass_which_the_next_one_resumes() {
    let seed = seed();
    let mut random = Random::new(seed);
    let scene = Scene::new();
    let mut archive = Archive::new(&scene.production, seed);
    scene.run_congruent("first pass");
    archive.change();
    let mut length = scene.run_measured("measured pass");
    let mut stopped = 0;
    for round in 0..times(ROUNDS) {
        let what = format!("seed {seed}, round {round}");
        let old = scene.production_tree();
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        archive.change();
        let new = scene.production_tree();
        let_a_second_pass();
        let running = scene.start();
        std::thread::sleep(Duration::from_micros(random.next() % length.max(1)));
        running.signal(if round % 2 == 0 { "TERM" } else { "INT" });
        let ended = running.wait();
        // Before the program minds signals it dies of them; after its last step it is done. Either way, the next one is
        // sent later or earlier: how long a pass takes hangs on what else the machine does.
        if ended.signal.is_some() {
            length += length / 2;
        } else {
            ended.assert_code(&what, &[0, 4]);
            stopped += u32::from(ended.code == Some(4));
            length -= if ended.code == Some(0) { length / 4 } else { 0 };
        }
        assert_old_or_new(&what, &old, &new, &scene.standby_tree());
        let owing = Owing::count(&scene, &old, &new, (i64::try_from(since.as_secs()).unwrap(), 0));
        owing.assert_kept(&what, &scene.run_congruent(&what));
    }
    assert!(stopped > 0, "seed {seed}: no signal ever stopped a pass");
}
