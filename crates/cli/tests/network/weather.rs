//! A link that is slow, late, lossy, or unplugged for a moment: every pass comes to its end all the same.

use crate::content::{Archive, Random, seed, times};
use crate::scene::{BOTH, Scene, Way};
use std::time::Duration;

/// A first pass, one over changes, and one over none.
fn passes(scene: &Scene, what: &str, seed: u64) {
    let mut archive = Archive::new(&scene.production, seed);
    scene.run_congruent(&format!("{what}: first pass"));
    archive.change();
    scene.run_congruent(&format!("{what}: changes"));
    let report = scene.run_congruent(&format!("{what}: nothing changed"));
    assert_eq!(report["bytes_sent"], 0, "{what}: {report:#}");
    scene.wait_for_agents_to_end(what);
}

fn in_both_ways(test: impl Fn(Way, u64) + Sync) {
    let seed = seed();
    std::thread::scope(|scope| {
        for way in BOTH {
            let test = &test;
            scope.spawn(move || test(way, seed));
        }
    });
}

#[test]
fn over_a_slow_link_a_pass_takes_longer_and_that_is_all() {
    in_both_ways(|way, seed| {
        let scene = Scene::apart(way);
        scene.hosts().limit("16mbit");
        passes(&scene, &format!("seed {seed}, {way:?}, slow"), seed);
    });
}

#[test]
fn over_a_link_that_loses_packets_nothing_is_lost() {
    in_both_ways(|way, seed| {
        let scene = Scene::apart(way);
        scene.hosts().lose(2);
        passes(&scene, &format!("seed {seed}, {way:?}, lossy"), seed);
    });
}

#[test]
fn over_a_long_way_answers_come_late_and_right() {
    in_both_ways(|way, seed| {
        let scene = Scene::here(way);
        let _proxy = scene.proxy(Duration::from_millis(30));
        passes(&scene, &format!("seed {seed}, {way:?}, far away"), seed);
    });
}

#[test]
fn a_cable_that_is_put_back_soon_ends_no_pass() {
    in_both_ways(|way, seed| {
        let scene = Scene::apart(way);
        let mut random = Random::new(seed);
        let mut archive = Archive::new(&scene.production, seed);
        // So slow that there is a pass left to be disturbed.
        scene.hosts().limit("32mbit");
        for round in 0..times(3) {
            let what = format!("seed {seed}, {way:?}, round {round}");
            let mut running = scene.start();
            while !running.has_ended() {
                std::thread::sleep(Duration::from_millis(random.next() % 400));
                scene.hosts().unplug();
                std::thread::sleep(Duration::from_millis(random.next() % 300));
                scene.hosts().plug();
                std::thread::sleep(Duration::from_millis(400));
            }
            let ended = running.wait();
            // Before it is there, there is no way to it.
            if !ended.was_congruent() {
                ended.assert_lost(&what);
                scene.wait_for_agents_to_end(&what);
            }
            scene.run_congruent(&what);
            archive.change();
        }
    });
}
