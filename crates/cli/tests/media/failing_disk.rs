//! Disks that fail: at production one file is missed, at the standby nothing is certified.

use crate::fuse_disk::FuseDisk;
use crate::scene::Scene;
use std::fs;

const OLD: [&str; 3] = ["a/one", "a/two", "three"];

fn trees() -> Scene {
    Scene::new("production", "standby")
}

fn fill(scene: &Scene, content: &str) {
    for path in OLD {
        scene.file(path, format!("{content} of {path}"));
    }
}

#[test]
fn a_file_that_production_cannot_read_is_told_and_the_others_are_copied() {
    let scene = trees();
    let disk = FuseDisk::new(&scene, "production", &[]);
    fill(&scene, "old");
    disk.fail("read", "a/two", "EIO");
    let answer = scene.mirror().with_code(1);
    assert_eq!(answer.findings(), ["unreadable a/two"], "{answer}");
    assert_eq!(answer.document["congruent"], false, "{answer}");
    for path in ["a/one", "three"] {
        assert_eq!(
            fs::read_to_string(scene.s(path)).unwrap(),
            format!("old of {path}")
        );
    }
    assert!(!scene.s("a/two").exists());
    disk.heal("read");
    scene.congruent(scene.mirror());
}

#[test]
fn a_copy_is_kept_when_its_original_cannot_be_read_any_more() {
    let scene = trees();
    let disk = FuseDisk::new(&scene, "production", &[]);
    fill(&scene, "old");
    scene.congruent(scene.mirror());
    fill(&scene, "a newer one");
    disk.fail("read", "a/two", "EIO");
    let answer = scene.mirror().with_code(1);
    assert_eq!(answer.findings(), ["unreadable a/two"], "{answer}");
    let kept = fs::read_to_string(scene.s("a/two")).unwrap();
    assert_eq!(kept, "old of a/two");
    disk.heal("read");
    scene.congruent(scene.mirror());
}

/// A standby whose disk fails so, while a file is changed and one is new.
fn standby_fails(what: &str, errno: &str, code: &str) {
    let scene = trees();
    let disk = FuseDisk::new(&scene, "standby", &[]);
    fill(&scene, "old");
    scene.congruent(scene.mirror());
    let (before, certificates) = (scene.standby(), scene.certificates());
    assert!(!certificates.is_empty());
    scene.file("a/two", "a newer one");
    scene.file("new", "a new one");
    disk.fail(what, "*", errno);
    let answer = scene.mirror().with_code(4);
    assert_eq!(answer.document["error"]["code"], code, "{answer}");
    assert_eq!(scene.certificates(), certificates, "{answer}");
    let after = scene.standby();
    for path in OLD {
        let path = std::path::Path::new(path);
        assert_eq!(after.get(path), before.get(path), "{answer}");
    }
    disk.heal(what);
    scene.congruent(scene.mirror());
}

#[test]
fn a_write_without_room_ends_the_pass_without_a_certificate() {
    standby_fails("write", "ENOSPC", "no-space");
}

#[test]
fn a_line_of_history_that_cannot_be_made_durable_ends_the_pass_before_the_name_changes() {
    let scene = trees();
    let disk = FuseDisk::new(&scene, "standby", &[]);
    fill(&scene, "old");
    scene.congruent(scene.mirror());
    scene.file("a/two", "a newer one");
    fs::remove_file(scene.p("three")).unwrap();
    disk.fail("fsync", "/index", "EIO");
    let answer = scene.mirror().with_code(4);
    assert_eq!(answer.document["error"]["code"], "io", "{answer}");
    assert_eq!(fs::read_to_string(scene.s("a/two")).unwrap(), "old of a/two");
    assert!(scene.s("three").exists(), "{answer}");
    disk.heal("fsync");
    scene.congruent(scene.mirror());
}

#[test]
fn a_write_that_fails_ends_the_pass_without_a_certificate() {
    standby_fails("write", "EIO", "io");
}

#[test]
fn a_sync_that_fails_ends_the_pass_without_a_certificate() {
    standby_fails("fsync", "EIO", "io");
}
