//! The power is lost at random moments, nothing was synced at the end: every name holds the old entry or the new one,
//! whole, and history knows what it holds.
//!
//! The work is done by this binary once more, in a child. Another thread there makes the journal durable over and over,
//! as any program on the same disk may do, so that renames reach the disk before content that nobody flushed.

use crate::crash::{FILES, check, check_history, content, fill_scene, generation, next_random, one_pass};
use crate::disk::Disk;
use crate::support::*;
use counterpart_model::Action;
use counterpart_port::Apply;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

const DISK: &str = "COUNTERPART_TEST_POWER";
const RUN: &str = "COUNTERPART_TEST_POWER_RUN";
const LOSSES: u32 = 24;

/// The two kinds of filesystem that put off the allocation of content.
const EXT4: (&str, u32) = ("ext4", 64);
const XFS: (&str, u32) = ("xfs", 320);

fn disk((kind, size_mib): (&str, u32)) -> Disk {
    let disk = Disk::new(kind, size_mib, &[]);
    std::fs::create_dir(disk.path().join("standby")).unwrap();
    disk
}

fn sync(disk: &Disk) {
    let synced = std::process::Command::new("sync")
        .arg("-f")
        .arg(disk.path())
        .status();
    assert!(synced.unwrap().success());
}

fn at_random_moments(disk: &Disk) {
    let standby = disk.path().join("standby");
    fill_scene(&Scene::at(&standby));
    sync(disk);
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for run in 1..=LOSSES {
        next_random(&mut random);
        let mut command = std::process::Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "power_loss::child", "--nocapture"]);
        let mut child = command
            .env(DISK, disk.path())
            .env(RUN, run.to_string())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros(15_000 + random % 90_000));
        disk.lose_power(run % 2 == 0);
        // It may have failed by itself: its disk is gone.
        let _ = child.kill();
        child.wait().unwrap();
        disk.come_back();
        let scene = Scene::at(&standby);
        check(&scene);
        check_lines(&scene, run);
    }
    let kept = check_history(&Scene::at(&standby));
    assert!(
        kept > LOSSES as usize,
        "only {kept} versions: the child hardly did anything"
    );
}

/// Every number in history has its line, once what waited for its exchange was taken away.
fn check_lines(scene: &Scene, run: u32) {
    drop(scene.start(&format!("settle-{run}")));
    check_history(scene);
    let versions = counterpart_tree::history::versions(&scene.root, &at("")).unwrap();
    let known: Vec<String> = versions.into_iter().map(|version| version.id.0).collect();
    for pass in scene.on_disk(".counterpart/history").read_dir().unwrap() {
        let pass = pass.unwrap();
        if !pass.file_type().unwrap().is_dir() {
            continue;
        }
        for number in pass.path().read_dir().unwrap() {
            let number = number.unwrap().file_name();
            let id = format!(
                "{}/{}",
                pass.file_name().to_string_lossy(),
                number.to_string_lossy()
            );
            assert!(
                number == "index" || known.contains(&id),
                "history lost the line of {id}"
            );
        }
    }
}

#[test]
fn power_lost_at_any_moment_on_ext4() {
    at_random_moments(&disk(EXT4));
}

#[test]
fn power_lost_at_any_moment_on_xfs() {
    at_random_moments(&disk(XFS));
}

#[test]
fn child() {
    let Some(disk) = std::env::var_os(DISK) else {
        return;
    };
    let run: u32 = std::env::var(RUN).unwrap().parse().unwrap();
    let journal = Path::new(&disk).join("journal");
    std::thread::spawn(move || {
        let mut file = std::fs::File::create(journal).unwrap();
        while file.write_all(b".").and_then(|()| file.sync_all()).is_ok() {}
    });
    let scene = Scene::at(&Path::new(&disk).join("standby"));
    for pass in 1.. {
        one_pass(&scene, run, pass);
    }
}

/// All that has its name after a round has its content too, although nothing was synced after it.
fn right_after_publication(disk: &Disk, exchange: bool) {
    let standby = disk.path().join("standby");
    let mut scene = Scene::at(&standby);
    scene.capabilities.exchange = exchange;
    fill_scene(&scene);
    sync(disk);
    let new = content(1, 1);
    let wanted = file(&new, 0o644, time(2));
    let applier = scene.start("p1");
    for path in FILES {
        let old = file(&content(0, 0), 0o644, time(1));
        run(&applier, &change(Action::Modify, path, old, wanted.clone()), &new).unwrap();
    }
    run(&applier, &create("d/new", wanted.clone()), &new).unwrap();
    run(&applier, &create("e", directory(0o755, time(4))), b"").unwrap();
    run(&applier, &create("e/in", directory(0o755, time(4))), b"").unwrap();
    run(&applier, &create("e/in/new", wanted), &new).unwrap();
    applier.rest().unwrap();
    disk.lose_power(true);
    drop(applier);
    drop(scene);
    disk.come_back();
    let scene = Scene::at(&standby);
    for path in FILES.into_iter().chain(["d/new", "e/in/new"]) {
        assert_eq!(generation(&scene.read(path), path), (1, 1));
    }
    assert_eq!(check_history(&scene), FILES.len());
}

#[test]
fn power_lost_right_after_publication() {
    for exchange in [true, false] {
        right_after_publication(&disk(EXT4), exchange);
        right_after_publication(&disk(XFS), exchange);
    }
}

/// What is committed and not published leaves every name as it was.
#[test]
fn power_lost_before_publication() {
    for kind in [EXT4, XFS] {
        let disk = disk(kind);
        let scene = Scene::at(&disk.path().join("standby"));
        fill_scene(&scene);
        sync(&disk);
        let new = content(1, 1);
        let applier = scene.start("p1");
        for path in FILES {
            let old = file(&content(0, 0), 0o644, time(1));
            let step = change(Action::Modify, path, old, file(&new, 0o644, time(2)));
            run(&applier, &step, &new).unwrap();
        }
        disk.lose_power(true);
        drop((applier, scene));
        disk.come_back();
        let scene = Scene::at(&disk.path().join("standby"));
        for path in FILES {
            assert_eq!(generation(&scene.read(path), path), (0, 0));
        }
        assert_eq!(check_history(&scene), 0);
    }
}

/// What was not synced may be gone with the mount: it is known by a number of its own.
#[test]
fn a_disk_that_was_mounted_again_has_another_mount_number() {
    let disk = Disk::new("ext4", 8, &[]);
    let number = || {
        let root = counterpart_tree::Root::open(&disk.path()).unwrap();
        counterpart_tree::stat::mount_number(root.fd()).unwrap()
    };
    let before = number();
    assert_eq!(number(), before);
    disk.come_back();
    assert_ne!(number(), before);
}
