//! Lost power: the standby's filesystem is shut down under a pass, or right after one that certified.

use crate::content::{Archive, Random, let_a_second_pass, seed, times};
use crate::loop_mount::{Kind, LoopMount, Shutdown};
use crate::scene::Scene;
use crate::snapshot::{Tree, assert_old_or_new, wrongs};
use std::time::Duration;

/// Size of the disk, and what each round may add to its history.
const MEBIBYTES: u64 = 400;
const MEBIBYTES_A_ROUND: u64 = 4;
const ROUNDS: u32 = 6;

/// Where the state is: on another filesystem, which lives on, or beside the standby, where it loses as much.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Elsewhere,
    Beside,
}

fn scene_on(kind: Kind, state: State) -> (Scene, LoopMount) {
    let mut scene = Scene::new();
    let mebibytes = MEBIBYTES + MEBIBYTES_A_ROUND * u64::from(times(ROUNDS));
    let disk = LoopMount::new(scene.path(), "disk", kind, mebibytes, &[]);
    scene.standby = disk.path().join("standby");
    if state == State::Beside {
        scene.state = disk.path().join("state");
    }
    (scene, disk)
}

/// Certified means durable: nothing that a certificate tells of is lost with the power.
fn certified_is_durable(kind: Kind, state: State, shutdown: Shutdown) {
    let (scene, disk) = scene_on(kind, state);
    let mut archive = Archive::new(&scene.production, 7);
    for round in 0..3 {
        let what = format!("{kind:?}, {shutdown:?}, round {round}");
        let ended = scene.run();
        disk.shut_down(shutdown);
        disk.come_back();
        ended.report(&what, 0);
        let certified = scene.production_tree();
        assert_old_or_new(&what, &certified, &certified, &scene.standby_tree());
        scene.judge(&what);
        scene.run_congruent(&format!("{what}, the pass after"));
        archive.change();
    }
}

#[test]
fn certified_is_durable_on_ext4() {
    certified_is_durable(Kind::Ext4, State::Elsewhere, Shutdown::Nothing);
}

#[test]
fn certified_is_durable_on_xfs() {
    certified_is_durable(Kind::Xfs, State::Elsewhere, Shutdown::Nothing);
}

#[test]
fn a_certificate_is_durable_itself() {
    certified_is_durable(Kind::Ext4, State::Beside, Shutdown::Nothing);
}

/// A pass that finds nothing to do, after one that was killed with everything in place, makes it durable as well.
#[test]
fn what_a_killed_pass_brought_is_durable_when_the_next_one_certifies_it() {
    let seed = seed();
    let mut random = Random::new(seed);
    let (scene, disk) = scene_on(Kind::Xfs, State::Elsewhere);
    let mut archive = Archive::new(&scene.production, seed);
    let length = scene.run_measured("first pass");
    for round in 0..times(ROUNDS) {
        let what = format!("seed {seed}, round {round}");
        archive.change();
        let new = scene.production_tree();
        let_a_second_pass();
        // Kill it when every name is there already.
        for _ in 0..40 {
            let running = scene.start();
            std::thread::sleep(Duration::from_micros(random.next() % length));
            drop(running.kill());
            if wrongs(&new, &new, &scene.standby_tree()).is_empty() {
                break;
            }
        }
        let ended = scene.run();
        disk.shut_down(Shutdown::Nothing);
        disk.come_back();
        ended.report(&what, 0);
        assert_old_or_new(&what, &new, &new, &scene.standby_tree());
        scene.judge(&what);
    }
}

/// Power lost in the middle: every name is old or new, whole, and the next pass brings what is missing.
fn cut_in_the_middle(kind: Kind, state: State, shutdown: Shutdown) {
    let seed = seed();
    let mut random = Random::new(seed);
    let (scene, disk) = scene_on(kind, state);
    let mut archive = Archive::new(&scene.production, seed);
    let length = scene.run_measured("first pass");
    let mut cut = 0;
    for round in 0..times(ROUNDS) {
        let what = format!("{kind:?}, {shutdown:?}, seed {seed}, round {round}");
        let old = scene.production_tree();
        archive.change();
        let new = scene.production_tree();
        let_a_second_pass();
        let running = scene.start();
        std::thread::sleep(Duration::from_micros(random.next() % length));
        disk.shut_down(shutdown);
        let ended = running.wait();
        disk.come_back();
        ended.assert_code(&what, &[0, 4]);
        cut += u32::from(ended.code == Some(4));
        let old = if ended.code == Some(0) { &new } else { &old };
        assert_old_or_new(&what, old, &new, &scene.standby_tree());
        scene.run_congruent(&what);
    }
    assert!(cut > 0, "seed {seed}: no pass was cut");
}

#[test]
fn power_lost_in_the_middle_on_ext4() {
    cut_in_the_middle(Kind::Ext4, State::Elsewhere, Shutdown::Nothing);
}

#[test]
fn power_lost_in_the_middle_on_xfs() {
    cut_in_the_middle(Kind::Xfs, State::Elsewhere, Shutdown::Nothing);
}

#[test]
fn power_lost_in_the_middle_after_the_journal_was_written_on_ext4() {
    cut_in_the_middle(Kind::Ext4, State::Elsewhere, Shutdown::Journal);
}

#[test]
fn power_lost_in_the_middle_after_the_journal_was_written_on_xfs() {
    cut_in_the_middle(Kind::Xfs, State::Elsewhere, Shutdown::Journal);
}

#[test]
fn power_lost_in_the_middle_takes_the_state_along() {
    cut_in_the_middle(Kind::Ext4, State::Beside, Shutdown::Nothing);
}

/// The first pass, of which nothing was ever synced.
#[test]
fn power_lost_in_the_first_pass() {
    let seed = seed();
    let mut random = Random::new(seed);
    for (kind, shutdown) in [
        (Kind::Ext4, Shutdown::Nothing),
        (Kind::Ext4, Shutdown::Journal),
        (Kind::Xfs, Shutdown::Nothing),
        (Kind::Xfs, Shutdown::Journal),
    ] {
        let (scene, disk) = scene_on(kind, State::Elsewhere);
        drop(Archive::new(&scene.production, seed));
        let what = format!("{kind:?}, {shutdown:?}, seed {seed}");
        let new = scene.production_tree();
        let_a_second_pass();
        let running = scene.start();
        std::thread::sleep(Duration::from_millis(150 + random.next() % 300));
        disk.shut_down(shutdown);
        let ended = running.wait();
        disk.come_back();
        ended.assert_code(&what, &[0, 4]);
        assert_old_or_new(&what, &Tree::new(), &new, &scene.standby_tree());
        // Where even the root of the standby went, it takes its owner to say that this is the disk.
        std::fs::create_dir_all(&scene.standby).unwrap();
        scene.run_congruent(&what);
    }
}
