//! A link that is cut for good: the pass says so and may be begun again, no agent stays behind, and the next pass goes on
//! where the last one was.

use crate::changed::Changed;
use crate::content::{Random, seed, times};
use crate::scene::{BOTH, Scene, Way};
use crate::snapshot::{Tree, assert_old_or_new};
use std::time::Duration;

/// What a whole pass over changes sends, both ways together and with all that ssh adds; measured once.
fn measured(way: Way, seed: u64) -> u64 {
    let scene = Scene::here(way);
    let proxy = scene.proxy(Duration::ZERO);
    let changed = Changed::new(scene, seed);
    proxy.passed();
    changed.scene.run_congruent("measured pass");
    proxy.passed()
}

/// The kernel drops every packet after so many bytes, and tells nobody: both ends must find out by the silence. Each cut
/// has hosts of its own, for that takes a minute.
#[test]
fn a_link_that_falls_silent_at_any_step_ends_both_ends() {
    let seed = seed();
    for _ in 0..times(1) {
        std::thread::scope(|scope| {
            for way in BOTH {
                let whole = measured(way, seed);
                for step in 0..6 {
                    scope.spawn(move || fall_silent(way, seed + step, whole * step / 7 + 1));
                }
            }
        });
    }
}

fn fall_silent(way: Way, seed: u64, bytes: u64) {
    let mut changed = Changed::new(Scene::apart(way), seed);
    let what = format!("seed {seed}, {way:?}, silent after {bytes} bytes");
    changed.scene.hosts().silence_after(bytes);
    let ended = changed.scene.run();
    // One archive's changes are as large as another's, but for a little.
    if !ended.was_congruent() {
        ended.assert_lost(&what);
    }
    // The lock is free though the link is still dead.
    changed.scene.wait_for_agents_to_end(&what);
    changed.scene.hosts().mend();
    changed.goes_on(&what);
}

/// So much is on its way that every pipe and window is full when the link falls silent: whoever writes is stuck.
#[test]
fn a_link_that_falls_silent_under_load_ends_both_ends() {
    std::thread::scope(|scope| {
        for way in BOTH {
            scope.spawn(move || fall_silent_under_load(way));
        }
    });
}

fn fall_silent_under_load(way: Way) {
    let (scene, mut random) = (Scene::apart(way), Random::new(7));
    let what = format!("{way:?}, silent under load");
    for number in 0..3 {
        let noise: Vec<u8> = (0..2 << 20).flat_map(|_| random.next().to_le_bytes()).collect();
        std::fs::write(scene.production.join(format!("large-{number}")), noise).unwrap();
    }
    let whole = scene.production_tree();
    scene.hosts().silence_after(4 << 20);
    scene.run().assert_lost(&what);
    scene.wait_for_agents_to_end(&what);
    assert_old_or_new(&what, &Tree::new(), &whole, &scene.standby_tree());
    scene.hosts().mend();
    scene.run_congruent(&what);
}

/// Both directions together are cut after this many bytes, from the first word of ssh to the last of the pass.
#[test]
fn a_connection_that_is_cut_at_any_byte_is_resumed() {
    let seed = seed();
    std::thread::scope(|scope| {
        for way in BOTH {
            scope.spawn(move || cut_at_bytes(way, seed));
        }
    });
}

fn cut_at_bytes(way: Way, seed: u64) {
    let scene = Scene::here(way);
    let proxy = scene.proxy(Duration::ZERO);
    let (mut changed, mut random) = (Changed::new(scene, seed), Random::new(seed));
    let rounds = u64::from(times(8));
    let mut whole = 0;
    for round in 0..=rounds {
        // Nothing is cut in the first round, which measures; what the others change is about as much.
        let bytes = if round == 0 {
            u64::MAX
        } else {
            whole * round / (rounds + 1) + random.next() % 20_000
        };
        let what = format!("seed {seed}, {way:?}, cut after {bytes} bytes of {whole}");
        proxy.cut_after(bytes);
        let ended = changed.scene.run();
        proxy.mend();
        if ended.was_congruent() {
            whole = whole.max(proxy.passed());
        } else {
            ended.assert_lost(&what);
        }
        changed.goes_on(&what);
    }
}

#[test]
fn a_connection_that_is_reset_at_any_moment_is_resumed() {
    let seed = seed();
    let lost = std::thread::scope(|scope| {
        let ways = BOTH.map(|way| scope.spawn(move || reset_at_moments(way, seed)));
        ways.into_iter().map(|way| way.join().unwrap()).sum::<u32>()
    });
    assert!(lost > 0, "seed {seed}: no pass was ever cut");
}

/// How many passes were cut before their end.
fn reset_at_moments(way: Way, seed: u64) -> u32 {
    let (mut changed, mut random) = (Changed::new(Scene::apart(way), seed), Random::new(seed));
    changed.scene.hosts().limit("100mbit");
    let mut lost = 0;
    for round in 0..times(6) {
        let what = format!("seed {seed}, {way:?}, reset, round {round}");
        let running = changed.scene.start();
        std::thread::sleep(Duration::from_millis(random.next() % 600));
        changed.scene.hosts().reset();
        let ended = running.wait();
        changed.scene.hosts().mend();
        if !ended.was_congruent() {
            ended.assert_lost(&what);
            lost += 1;
        }
        changed.goes_on(&what);
    }
    lost
}
