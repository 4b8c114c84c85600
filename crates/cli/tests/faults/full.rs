//! Full disks: the standby's, the state's, and a filesystem without inodes.

use crate::content::Archive;
use crate::loop_mount::{Kind, LoopMount};
use crate::scene::Scene;
use crate::snapshot::assert_old_or_new;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// Fills a filesystem until it takes no more, but for about `leave_bytes`.
fn fill(directory: &Path, leave_bytes: u64) {
    let stat = std::process::Command::new("stat")
        .args(["-f", "-c", "%a %S"])
        .arg(directory)
        .output()
        .unwrap();
    let text = String::from_utf8(stat.stdout).unwrap();
    let (blocks, size) = text.trim().split_once(' ').unwrap();
    let free: u64 = blocks.parse::<u64>().unwrap() * size.parse::<u64>().unwrap();
    let filler = directory.join("filler");
    // The last blocks may not be had: a file needs some for itself.
    drop(std::fs::write(
        &filler,
        vec![1; usize::try_from(free.saturating_sub(leave_bytes)).unwrap()],
    ));
    let file = std::fs::File::open(&filler).unwrap();
    drop(file.sync_all());
    assert!(file.metadata().unwrap().blocks() > 0);
}

fn write_big(path: &Path, mebibytes: usize, letter: u8) {
    std::fs::write(path, vec![letter; mebibytes << 20]).unwrap();
}

/// What the plan can foresee is refused before anything changed.
#[test]
fn a_standby_that_is_too_small_is_refused() {
    let mut scene = Scene::new().with_reserve("1 MiB");
    let disk = LoopMount::new(scene.path(), "disk", Kind::Ext4, 24, &[]);
    scene.standby = disk.path().join("standby");
    drop(Archive::new(&scene.production, 1));
    scene.run_congruent("first pass");
    let old = scene.standby_tree();
    write_big(&scene.production.join("huge"), 40, b'h');
    let report = scene.run().report("a plan that does not fit", 3);
    assert_eq!(report["refusal"]["guards"][0]["code"], "no-space", "{report:#}");
    assert_old_or_new("refused", &old, &old, &scene.standby_tree());
    std::fs::remove_file(scene.production.join("huge")).unwrap();
    scene.run_congruent("after it went");
}

/// What cannot be foreseen, for others write there too, ends the pass, and nothing is lost.
#[test]
fn a_standby_that_fills_up_during_a_pass_ends_it() {
    let mut scene = Scene::new();
    let disk = LoopMount::new(scene.path(), "disk", Kind::Ext4, 128, &["-m", "0"]);
    scene.standby = disk.path().join("standby");
    let mut archive = Archive::new(&scene.production, 2);
    scene.run_congruent("first pass");
    for round in 0_u8..3 {
        let what = format!("round {round}");
        let old = scene.production_tree();
        archive.change();
        // It fits by its size as the plan sees it, and grows under the pass's hands.
        let growing = scene.production.join("growing");
        std::fs::write(&growing, b"small").unwrap();
        fill(disk.path(), 3 << 20);
        let running = scene.start();
        write_big(&growing, 24, b'0' + round);
        let ended = running.wait();
        let new = scene.production_tree();
        let mut between = old.clone();
        between.extend(
            scene
                .standby_tree()
                .into_iter()
                .filter(|(path, _)| path.as_os_str() == "growing"),
        );
        ended.assert_code(&what, &[3, 4]);
        assert!(
            ended.stdout.contains("no-space") || ended.stderr.contains("no-space"),
            "{what}: {ended}"
        );
        assert_old_or_new(&what, &between, &new, &scene.standby_tree());
        std::fs::remove_file(disk.path().join("filler")).unwrap();
        scene.run_congruent(&what);
        std::fs::remove_dir_all(scene.standby.join(".counterpart/history")).unwrap();
    }
}

/// With no reserve at all, a plan that just fits by its bytes may still fill the disk.
#[test]
fn a_standby_that_is_full_keeps_what_it_has() {
    let mut scene = Scene::new();
    let disk = LoopMount::new(scene.path(), "disk", Kind::Ext4, 64, &["-m", "0"]);
    scene.standby = disk.path().join("standby");
    let mut archive = Archive::new(&scene.production, 3);
    scene.run_congruent("first pass");
    let mut ended_with = Vec::new();
    for leave_kib in [0, 256, 700, 1_000, 1_200] {
        let what = format!("with {leave_kib} KiB left");
        let old = scene.production_tree();
        archive.change();
        let new = scene.production_tree();
        fill(disk.path(), leave_kib << 10);
        let ended = scene.run();
        ended.assert_code(&what, &[0, 3, 4]);
        ended_with.push(ended.code.unwrap());
        assert_old_or_new(&what, &old, &new, &scene.standby_tree());
        std::fs::remove_file(disk.path().join("filler")).unwrap();
        scene.run_congruent(&what);
    }
    assert!(
        ended_with.iter().any(|code| *code != 0),
        "the disk was never full: {ended_with:?}"
    );
}

#[test]
fn a_standby_without_inodes_keeps_what_it_has() {
    let mut scene = Scene::new();
    let disk = LoopMount::new(scene.path(), "disk", Kind::Ext4, 64, &["-N", "640"]);
    scene.standby = disk.path().join("standby");
    let mut archive = Archive::new(&scene.production, 4);
    scene.run_congruent("first pass");
    let mut ended_with = Vec::new();
    for spare in [1, 20, 45, 60] {
        let what = format!("with {spare} inodes left");
        let old = scene.production_tree();
        archive.change();
        let new = scene.production_tree();
        let fillers = use_inodes(&disk.path().join("fillers"), spare);
        let ended = scene.run();
        ended.assert_code(&what, &[0, 3, 4]);
        ended_with.push(ended.code.unwrap());
        assert_old_or_new(&what, &old, &new, &scene.standby_tree());
        std::fs::remove_dir_all(fillers).unwrap();
        scene.run_congruent(&what);
        std::fs::remove_dir_all(scene.standby.join(".counterpart/history")).unwrap();
    }
    assert!(
        ended_with.iter().any(|code| *code != 0),
        "the inodes never ran out: {ended_with:?}"
    );
}

/// Takes all inodes but so many.
fn use_inodes(directory: &Path, spare: usize) -> std::path::PathBuf {
    std::fs::create_dir(directory).unwrap();
    let mut made = 0_usize;
    while std::fs::write(directory.join(made.to_string()), b"").is_ok() {
        made += 1;
    }
    for number in made.saturating_sub(spare)..made {
        std::fs::remove_file(directory.join(number.to_string())).unwrap();
    }
    directory.to_owned()
}

/// The state's disk fills up: nothing is certified, and nothing is forgotten.
#[test]
fn a_state_without_room_ends_the_pass() {
    let mut scene = Scene::new();
    let disk = LoopMount::new(scene.path(), "disk", Kind::Ext4, 16, &["-m", "0"]);
    scene.state = disk.path().join("state");
    let mut archive = Archive::new(&scene.production, 5);
    scene.run_congruent("first pass");
    let mut unfinished = 0;
    for leave_kib in [0, 4, 12, 20, 32, 48, 64, 96, 128] {
        let what = format!("with {leave_kib} KiB left");
        let old = scene.production_tree();
        archive.change();
        let new = scene.production_tree();
        let certificates = scene.certificates();
        fill(disk.path(), leave_kib << 10);
        let ended = scene.run();
        ended.assert_code(&what, &[0, 4]);
        if ended.code == Some(4) {
            unfinished += 1;
            assert_eq!(
                scene.certificates(),
                certificates,
                "{what}: certified all the same"
            );
        }
        assert_old_or_new(&what, &old, &new, &scene.standby_tree());
        std::fs::remove_file(disk.path().join("filler")).unwrap();
        scene.run_congruent(&what);
    }
    assert!(unfinished > 0, "the state was never full");
}
