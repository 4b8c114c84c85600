//! A standby without room: refused where it can be known, and nothing lost where it cannot.

use crate::loop_disk::{BLOCK_BYTES, LoopDisk};
use crate::scene::{Scene, Tree};
use std::path::Path;

/// So much stays free for evidence, on a disk this small.
const RESERVE: &str = "64 KiB";

fn on_disk() -> Scene {
    let scene = Scene::new("production", "disk/standby");
    scene.file("a/one", "one");
    scene.file("a/two", vec![7; 100_000]);
    scene.file("three", "three");
    scene
}

/// Every file that stood there stands there still, with what it held.
#[track_caller]
fn assert_kept(before: &Tree, after: &Tree) {
    for (path, entry) in before {
        let is_file = !entry.0.is_empty();
        let now = after.get(path);
        let kept = if is_file {
            now == Some(entry)
        } else {
            now.is_some()
        };
        assert!(kept, "{} is not what it was: {now:?}", path.display());
    }
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
fn a_disk_that_fills_while_a_pass_writes_keeps_every_old_file() {
    let scene = on_disk();
    let disk = LoopDisk::new(&scene, 8192);
    scene.congruent(scene.pass(RESERVE));
    disk.leave_free(600 * BLOCK_BYTES);
    let (before, certificates) = (scene.standby(), scene.certificates());
    // By their sizes they fit many times over; by their blocks they do not.
    for number in 0..1500 {
        scene.file(&format!("many/{number}"), [b'y']);
    }
    let answer = scene.pass(RESERVE);
    assert!([3, 4].contains(&answer.code), "{answer}");
    assert_kept(&before, &scene.standby());
    assert_eq!(scene.certificates(), certificates, "{answer}");
    disk.grow();
    scene.congruent(scene.pass(RESERVE));
    scene.congruent(scene.pass(RESERVE));
}

#[test]
fn a_file_that_is_replaced_on_a_full_disk_is_the_old_one_or_the_new_one() {
    let scene = on_disk();
    let disk = LoopDisk::new(&scene, 8192);
    for number in 0..40 {
        scene.file(&format!("replaced/{number}"), vec![b'o'; 5000]);
    }
    scene.congruent(scene.pass(RESERVE));
    disk.leave_free(150 * BLOCK_BYTES);
    for number in 0..40 {
        scene.file(&format!("replaced/{number}"), vec![b'n'; 5001]);
        scene.file(&format!("new/{number}"), [b'n']);
    }
    for number in 0..400 {
        scene.file(&format!("more/{number}"), [b'n']);
    }
    let answer = scene.pass(RESERVE);
    assert!([3, 4].contains(&answer.code), "{answer}");
    let after = scene.standby();
    for number in 0..40 {
        let content = &after[Path::new(&format!("replaced/{number}"))].0;
        let whole = [vec![b'o'; 5000], vec![b'n'; 5001]].contains(content);
        assert!(whole, "replaced/{number} has {} bytes", content.len());
    }
    disk.grow();
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

#[test]
fn inodes_that_run_out_while_a_pass_writes_cost_no_old_file() {
    let scene = on_disk();
    let disk = LoopDisk::new(&scene, 64);
    scene.congruent(scene.pass(RESERVE));
    disk.take_inodes(20);
    let (before, certificates) = (scene.standby(), scene.certificates());
    // As many as are free, directory included: none is left for what is on its way.
    for number in 1..disk.free_inodes() {
        scene.file(&format!("many/{number}"), [b'y']);
    }
    let answer = scene.pass(RESERVE);
    assert!([3, 4].contains(&answer.code), "{answer}");
    assert_kept(&before, &scene.standby());
    assert_eq!(scene.certificates(), certificates, "{answer}");
    disk.grow();
    scene.congruent(scene.pass(RESERVE));
}
