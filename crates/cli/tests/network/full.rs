//! The far end has no room left: on the standby's disk, or on that of the agent's state.

use crate::content::{Archive, seed};
use crate::done;
use crate::scene::{BOTH, Scene, Way};
use crate::snapshot::{Tree, assert_old_or_new};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A small ext4 in a file, mounted; unmounted with the value.
struct Disk(PathBuf);

impl Disk {
    fn new(scene: &Scene, name: &str, mebibytes: u64) -> Self {
        let (image, at) = (scene.path(&format!("{name}.img")), scene.path(name));
        std::fs::create_dir_all(&at).unwrap();
        let file = std::fs::File::create(&image).unwrap();
        file.set_len(mebibytes << 20).unwrap();
        done(Command::new("mkfs.ext4").args(["-q", "-m", "0"]).arg(&image));
        done(Command::new("mount").args(["-o", "loop"]).arg(&image).arg(&at));
        Self(at)
    }

    /// Leaves this much room on it.
    fn leave(&self, kibibytes: u64) {
        let free = done(Command::new("stat").args(["-f", "-c", "%a %S"]).arg(&self.0)).stdout;
        let free = String::from_utf8(free).unwrap();
        let words: Vec<u64> = free
            .split_whitespace()
            .map(|word| word.parse().unwrap())
            .collect();
        let len = (words[0] * words[1]).saturating_sub(kibibytes << 10).to_string();
        // What does not fit any more is left out.
        let mut fallocate = Command::new("fallocate");
        fallocate.args(["-l", &len]).arg(self.filler());
        drop(fallocate.output().unwrap());
    }

    fn empty(&self) {
        std::fs::remove_file(self.filler()).unwrap();
    }

    fn filler(&self) -> PathBuf {
        self.0.join("filler")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        unmount(&self.0);
    }
}

fn unmount(path: &Path) {
    let plain = Command::new("umount").arg(path).output();
    if !plain.is_ok_and(|output| output.status.success()) {
        // A failed test may still hold it; it must not be left behind.
        drop(Command::new("umount").arg("--lazy").arg(path).output());
    }
}

/// The room that the plan sees goes while the pass runs: others write there, too.
#[test]
fn a_far_standby_that_fills_up_keeps_what_it_has_and_the_next_pass_goes_on() {
    let seed = seed();
    let mut scene = Scene::here(Way::Push);
    let disk = Disk::new(&scene, "disk", 64);
    scene.standby = scene.path("disk/standby");
    let mut archive = Archive::new(&scene.production, seed);
    scene.run_congruent("first pass");
    let mut unfinished = 0;
    for leave_kib in [0, 256, 700, 1_000] {
        let what = format!("seed {seed}, with {leave_kib} KiB left");
        let old = scene.production_tree();
        archive.change();
        disk.leave(leave_kib);
        let ended = scene.run();
        assert!(matches!(ended.code, Some(0 | 3 | 4)), "{what}: {ended}");
        if !ended.was_congruent() {
            unfinished += 1;
            assert!(ended.stdout.contains("no-space"), "{what}: {ended}");
        }
        assert_old_or_new(&what, &old, &scene.production_tree(), &scene.standby_tree());
        scene.wait_for_agents_to_end(&what);
        disk.empty();
        scene.run_congruent(&what);
    }
    assert!(unfinished > 0, "the disk was never full");
    drop(scene_then_disk(scene, disk));
}

#[test]
fn a_far_standby_that_fills_up_during_a_pass_says_so() {
    let mut scene = Scene::here(Way::Push);
    let disk = Disk::new(&scene, "disk", 64);
    scene.standby = scene.path("disk/standby");
    std::fs::write(scene.production.join("grows"), b"small").unwrap();
    let noise: Vec<u8> = (0..24_u32 << 18)
        .flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes())
        .collect();
    std::fs::write(scene.production.join("large"), &noise).unwrap();
    disk.leave(30 << 10);
    let running = scene.start();
    crate::scene::until("nothing arrives", || {
        scene.standby.join(".counterpart/incoming").exists()
    });
    disk_is_taken(&disk);
    let ended = running.wait();
    assert!(matches!(ended.code, Some(3 | 4)), "{ended}");
    assert!(ended.stdout.contains("no-space"), "{ended}");
    assert_old_or_new(
        "full",
        &Tree::new(),
        &scene.production_tree(),
        &scene.standby_tree(),
    );
    scene.wait_for_agents_to_end("full");
    disk.empty();
    drop(std::fs::remove_file(disk.0.join("more")));
    scene.run_congruent("with room again");
    drop(scene_then_disk(scene, disk));
}

fn disk_is_taken(disk: &Disk) {
    let mut more = Command::new("dd");
    more.args(["if=/dev/zero", "bs=1M", "status=none"]);
    more.arg(format!("of={}", disk.0.join("more").display()));
    // It ends where the disk does.
    drop(more.output().unwrap());
}

/// The disk goes before the directory that it is mounted in, and after whoever uses it.
fn scene_then_disk(scene: Scene, disk: Disk) -> Scene {
    drop(disk);
    scene
}

#[test]
fn a_far_state_without_room_ends_the_pass() {
    for way in BOTH {
        let seed = seed();
        let scene = Scene::here(way);
        let disk = Disk::new(&scene, "far-state", 16);
        let mut archive = Archive::new(&scene.production, seed);
        scene.run_congruent("first pass");
        let mut unfinished = 0;
        for leave_kib in [0, 8, 24, 48, 96] {
            let what = format!("seed {seed}, {way:?}, with {leave_kib} KiB left");
            let old = scene.production_tree();
            archive.change();
            disk.leave(leave_kib);
            let ended = scene.run();
            assert!(matches!(ended.code, Some(0 | 4)), "{what}: {ended}");
            unfinished += u32::from(!ended.was_congruent());
            assert_old_or_new(&what, &old, &scene.production_tree(), &scene.standby_tree());
            scene.wait_for_agents_to_end(&what);
            disk.empty();
            scene.run_congruent(&what);
        }
        assert!(unfinished > 0, "the far state was never full");
        drop(scene_then_disk(scene, disk));
    }
}
