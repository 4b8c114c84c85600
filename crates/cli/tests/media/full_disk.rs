//! A standby without room: refused where it can be known, and nothing lost where it cannot.

use crate::loop_disk::LoopDisk;
use crate::scene::Scene;

/// So much stays free for evidence, on a disk this small.
const RESERVE: &str = "64 KiB";

fn on_disk() -> Scene {
    let scene = Scene::new("production", "disk/standby");
    scene.file("a/one", "one");
    scene.file("a/two", vec![7; 100_000]);
    scene.file("three", "three");
    scene
}

#[test]
fn what_does_not_fit_is_refused_and_the_standby_is_unchanged() {
    let scene = on_disk();
    let _disk = LoopDisk::new(&scene, 4096);
    scene.congruent(scene.pass(RESERVE));
    let (before, certificates) = (scene.standby(), scene.certificates());
    assert!(!certificates.is_empty());
    scene.file("a/one", "another one");
    scene.file("large", vec![1; 40 << 20]);
    let answer = scene.pass(RESERVE).refused("no-space");
    assert_eq!(
        answer.document["refusal"]["guards"][0]["approvable"], false,
        "{answer}"
    );
    assert_eq!(scene.standby(), before);
    std::fs::remove_file(scene.p("large")).unwrap();
    scene.congruent(scene.pass(RESERVE));
}

#[test]
fn more_entries_than_inodes_are_refused_and_the_standby_is_unchanged() {
    let scene = on_disk();
    let disk = LoopDisk::new(&scene, 64);
    scene.congruent(scene.pass(RESERVE));
    let before = scene.standby();
    for number in 0..=disk.free_inodes() {
        scene.file(&format!("many/{number}"), [b'y']);
    }
    let _answer = scene.pass(RESERVE).refused("no-space");
    assert_eq!(scene.standby(), before);
    std::fs::remove_dir_all(scene.p("many")).unwrap();
    scene.congruent(scene.pass(RESERVE));
}
