//! Production that never stands still, read from a snapshot of its own filesystem: btrfs, as many archives have it.

use crate::scene::{Scene, done};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Size of the image; btrfs takes no smaller one.
const DISK_BYTES: u64 = 160 << 20;

/// A mounted btrfs with production in a subvolume; unmounted when dropped.
struct Subvolume {
    at: PathBuf,
}

impl Subvolume {
    fn new(scene: &Scene) -> Self {
        let (image, at) = (scene.path("disk.img"), scene.path("disk"));
        fs::File::create(&image).unwrap().set_len(DISK_BYTES).unwrap();
        done(Command::new("mkfs.btrfs").args(["-q", "-f"]).arg(&image));
        fs::create_dir(&at).unwrap();
        done(Command::new("mount").args(["-o", "loop"]).args([&image, &at]));
        done(
            Command::new("btrfs")
                .args(["subvolume", "create"])
                .arg(at.join("production")),
        );
        Self { at }
    }
}

impl Drop for Subvolume {
    fn drop(&mut self) {
        // The first failure is the one that counts.
        drop(Command::new("umount").arg("-l").arg(&self.at).status());
    }
}

/// Takes a snapshot, or drops all, and writes down that it did.
const HOOK: &str = r#"#!/bin/sh
set -e
cd "$(dirname "$0")"
echo "$1" >> said
case "$1" in
take) btrfs -q subvolume snapshot -r disk/production disk/snapshot-$$ >&2; echo "$PWD/disk/snapshot-$$";;
drop) for each in disk/snapshot-*; do btrfs -q subvolume delete "$each" >&2; done;;
esac
"#;

const TABLES: &str = r#"
[pair.x.production-hold]
method = "read-only"
begin = ["HOOK", "hold"]
end = ["HOOK", "release"]
[pair.x.snapshot]
take = ["HOOK", "take"]
end = ["HOOK", "drop"]
"#;

#[test]
fn a_production_that_never_stands_still_is_certified_as_of_its_snapshot() {
    let scene = Scene::new("disk/production", "standby");
    let disk = Subvolume::new(&scene);
    let hook = scene.path("hook");
    fs::write(&hook, HOOK).unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    for number in 0..200 {
        scene.file(&format!("d/{number}"), format!("content {number}"));
    }
    let tables = TABLES.replace("HOOK", &hook.display().to_string());
    let ended = AtomicBool::new(false);
    let (first, second) = std::thread::scope(|scope| {
        // Rewrites a file again and again, and adds others, all the while.
        scope.spawn(|| {
            let mut number = 0;
            while !ended.load(Relaxed) {
                scene.file("d/restless", format!("written {number}"));
                scene.file(&format!("late/{number}"), "taken in");
                number += 1;
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
        });
        let first = scene.pass_with(&tables);
        let second = scene.pass_with(&tables);
        ended.store(true, Relaxed);
        (first, second)
    });
    for answer in [&first, &second] {
        assert_eq!(answer.document["congruent"], true, "{answer}");
        assert_eq!(answer.document["unsettled"], 0, "{answer}");
    }
    assert!(
        first.document["changes"]["created"].as_u64().unwrap() > 200,
        "{first}"
    );
    // What was not changed is known by its inode and its times in the next snapshot, too, and is not read again.
    assert!(
        second.document["bytes_read"].as_u64().unwrap() < 100_000,
        "{second}"
    );
    let said = fs::read_to_string(scene.path("said")).unwrap();
    let words: Vec<&str> = said.lines().collect();
    assert_eq!(
        words,
        ["hold", "take", "release", "drop"].repeat(2),
        "held for the moment of the snapshot alone"
    );
    let left = fs::read_dir(&disk.at).unwrap().count();
    assert_eq!(left, 1, "no snapshot stays behind");
    // Now that it stands still, rsync agrees with the last pass.
    let third = scene.pass_with(&tables);
    scene.congruent(third);
}
