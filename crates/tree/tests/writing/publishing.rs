//! What is committed gets its name in groups: when, in which order, and what a failure leaves.

use crate::support::*;
use counterpart_model::{Action, Code, MetadataClass, Step};
use counterpart_port::{Apply, Arrived, Attributes};
use counterpart_tree::{GroupLimits, Leftover, Why};
use std::os::unix::fs::MetadataExt;

fn modify(scene: &Scene, path: &str, content: &'static [u8]) -> Step {
    let old = file(&scene.read(path), 0o644, time(1));
    change(Action::Modify, path, old, file(content, 0o644, time(2)))
}

fn limited(limits: GroupLimits) -> Scene {
    let mut scene = Scene::new();
    scene.group = limits;
    scene
}

/// What the keeper was told: the path, and a question mark for what waits.
fn told(scene: &Scene) -> Vec<String> {
    let touched = scene.memory.touched.lock().unwrap();
    touched
        .iter()
        .map(|touched| {
            let mark = if touched.waits { "?" } else { "" };
            format!("{}{mark}", touched.path)
        })
        .collect()
}

#[test]
fn a_group_is_published_in_order_of_arrival_when_it_is_full() {
    let scene = limited(GroupLimits {
        entries: 3,
        ..GroupLimits::default()
    });
    scene.write("b", b"old", 0o644, time(1));
    let applier = scene.start("p1");
    run(&applier, &create("a", file(b"a", 0o644, time(2))), b"a").unwrap();
    let committed = run(&applier, &modify(&scene, "b", b"new"), b"new").unwrap();
    assert_eq!(scene.read("b"), b"old");
    assert!(!scene.exists("a") && committed.history.is_some());
    let waiting = scene.memory.last_of("b");
    assert!(waiting.waits && waiting.incoming.is_some() && waiting.history.is_none());
    run(&applier, &create("c", symlink(b"a", time(2))), b"").unwrap();
    assert_eq!(scene.names(), ["a", "b", "c"]);
    assert_eq!(scene.read("b"), b"new");
    assert_eq!(std::fs::read(scene.kept(&committed)).unwrap(), b"old");
    assert_eq!(told(&scene), ["a?", "b?", "a", "b", "c"]);
    assert_eq!(scene.memory.last_of("b").history, committed.history);
    run(&applier, &create("d", file(b"", 0o644, time(2))), b"").unwrap();
    assert!(!scene.exists("d"));
    applier.rest().unwrap();
    assert!(scene.exists("d"));
    applier.finish().unwrap();
    assert_eq!(applier.failures(), []);
}

#[test]
fn a_group_is_full_by_its_bytes_and_its_directories_too() {
    let mut by_bytes = limited(GroupLimits {
        bytes: 10,
        ..GroupLimits::default()
    });
    let by_directories = limited(GroupLimits {
        directories: 3,
        ..GroupLimits::default()
    });
    by_bytes.mkdir("a", 0o755, time(1));
    for directory in ["a", "b", "c"] {
        by_directories.mkdir(directory, 0o755, time(1));
    }
    let applier = by_bytes.start("p1");
    run(&applier, &create("a/x", file(b"12345", 0o644, time(1))), b"12345").unwrap();
    run(&applier, &create("u", directory(0o755, time(1))), b"").unwrap();
    run(&applier, &create("u/x", file(b"12345", 0o644, time(1))), b"12345").unwrap();
    assert_eq!(by_bytes.names(), ["a"]);
    run(&applier, &create("v", symlink(b"a", time(1))), b"").unwrap();
    assert_eq!(by_bytes.names(), ["a", "a/x", "u", "u/x", "v"]);
    applier.finish().unwrap();
    drop(applier);
    by_bytes.group = GroupLimits::default();
    let applier = by_directories.start("p1");
    for path in ["a/x", "b/x"] {
        run(&applier, &create(path, file(b"x", 0o644, time(1))), b"x").unwrap();
    }
    assert_eq!(by_directories.names(), ["a", "b", "c"]);
    run(&applier, &create("c/x", file(b"x", 0o644, time(1))), b"x").unwrap();
    assert_eq!(by_directories.names(), ["a", "a/x", "b", "b/x", "c", "c/x"]);
    applier.finish().unwrap();
    assert_eq!(by_directories.mtime("a"), time(1));
}

#[test]
fn a_step_on_a_name_that_waits_comes_after_it() {
    let scene = Scene::new().carrying(&[MetadataClass::Mode, MetadataClass::Mtime, MetadataClass::Hardlink]);
    scene.write("l", b"old", 0o644, time(1));
    let applier = scene.start("p1");
    run(&applier, &create("d", directory(0o755, time(1))), b"").unwrap();
    run(&applier, &create("d/a", file(b"a", 0o644, time(1))), b"a").unwrap();
    run(&applier, &modify(&scene, "l", b"new"), b"new").unwrap();
    assert_eq!(scene.names(), ["l"]);
    // The directory is entered again, the file is linked to, a new one is renamed.
    run(&applier, &create("d/b", file(b"b", 0o644, time(1))), b"b").unwrap();
    run(&applier, &modify(&scene, "l", b"newer"), b"newer").unwrap();
    run(&applier, &create("m", hardlink("l")), b"").unwrap();
    assert_eq!(scene.read("l"), b"newer");
    run(&applier, &rename("d/b", "r", file(b"b", 0o600, time(1))), b"").unwrap();
    run(&applier, &remove("d/a", file(b"a", 0o644, time(1))), b"").unwrap();
    applier.finish().unwrap();
    assert_eq!(scene.names(), ["d", "l", "m", "r"]);
    let inode = |path: &str| scene.on_disk(path).metadata().unwrap().ino();
    assert_eq!(inode("l"), inode("m"));
    assert_eq!((scene.read("r"), scene.mode("r")), (b"b".to_vec(), 0o600));
    assert_eq!(scene.memory.last_of("l").why, Why::Metadata);
}

#[test]
fn what_cannot_be_published_is_told_with_its_path_and_leaves_the_old_one() {
    let scene = Scene::new();
    for path in ["a", "b", "c"] {
        scene.write(path, b"old", 0o644, time(1));
    }
    let applier = scene.start("p1");
    for path in ["a", "b", "c"] {
        run(&applier, &modify(&scene, path, b"new"), b"new").unwrap();
    }
    let waiting = String::from_utf8(scene.memory.last_of("b").incoming.unwrap()).unwrap();
    std::fs::remove_file(scene.on_disk(".counterpart/incoming").join(waiting)).unwrap();
    applier.rest().unwrap();
    let failures = applier.failures();
    assert_eq!(failures.len(), 1);
    assert_eq!((&failures[0].0, failures[0].1.code), (&at("b"), Code::Vanished));
    assert_eq!(
        [scene.read("a"), scene.read("b"), scene.read("c")],
        [&b"new"[..], b"old", b"new"]
    );
    assert!(scene.memory.last_of("b").waits);
    let versions = counterpart_tree::history::versions(&scene.root, &at("")).unwrap();
    assert_eq!(versions.len(), 2);
    assert_eq!(applier.failures(), []);
    applier.finish().unwrap();
}

#[test]
fn a_failure_that_nobody_asked_for_ends_the_pass() {
    let scene = Scene::new();
    let applier = scene.start("p1");
    run(&applier, &create("a", file(b"a", 0o644, time(1))), b"a").unwrap();
    std::fs::remove_dir_all(scene.on_disk(".counterpart/incoming/p1")).unwrap();
    assert!(applier.finish().is_err());
}

#[test]
fn a_new_directory_that_cannot_be_published_ends_the_round() {
    let scene = Scene::new();
    let applier = scene.start("p1");
    run(&applier, &create("d", directory(0o755, time(1))), b"").unwrap();
    run(&applier, &create("d/a", file(b"a", 0o644, time(1))), b"a").unwrap();
    run(&applier, &create("e", file(b"e", 0o644, time(1))), b"e").unwrap();
    std::fs::remove_dir_all(scene.on_disk(".counterpart/incoming/p1/u-1")).unwrap();
    assert!(applier.rest().is_err());
    assert_eq!(scene.names(), ["e"]);
}

#[test]
fn what_waited_when_it_was_killed_is_used_again() {
    for kind in ["a", "d/a"] {
        let scene = Scene::new();
        scene.mkdir("d", 0o755, time(1));
        scene.write(kind, b"old", 0o644, time(1));
        let applier = scene.start("p1");
        run(&applier, &modify(&scene, kind, b"new"), b"new").unwrap();
        std::mem::forget(applier);
        assert_eq!(scene.read(kind), b"old");
        assert_eq!(
            counterpart_tree::history::versions(&scene.root, &at("")).unwrap(),
            []
        );
        let location = scene.memory.last_of(kind).incoming.unwrap();
        let lies = scene
            .on_disk(".counterpart/incoming")
            .join(String::from_utf8(location.clone()).unwrap());
        let inode = lies.metadata().unwrap().ino();
        let digest = digest(b"new");
        let left = Leftover { digest, location };
        scene.memory.leftovers.lock().unwrap().insert(at(kind), left);
        let applier = scene.start("p2");
        let step = modify(&scene, kind, b"new");
        let mut place = applier.place(&step).unwrap();
        assert_eq!(place.arrived_before(), Some(digest));
        place
            .commit(step.wanted.as_ref(), &Attributes::default(), Arrived::Before)
            .unwrap();
        drop(place);
        // It waits again, and is known where it waits now.
        assert_eq!(scene.read(kind), b"old");
        let location = scene.memory.last_of(kind).incoming.unwrap();
        assert!(location.starts_with(b"p2/"));
        applier.finish().unwrap();
        assert_eq!(scene.read(kind), b"new");
        assert_eq!(scene.on_disk(kind).metadata().unwrap().ino(), inode);
    }
}

#[test]
fn an_applier_that_is_dropped_publishes_nothing_and_puts_directories_back() {
    let scene = Scene::new();
    scene.mkdir("d", 0o755, time(1));
    let applier = scene.start("p1");
    run(&applier, &create("d/a", file(b"a", 0o644, time(2))), b"a").unwrap();
    run(&applier, &create("u", directory(0o755, time(2))), b"").unwrap();
    run(&applier, &create("u/a", file(b"a", 0o644, time(2))), b"a").unwrap();
    let held = std::sync::Arc::downgrade(&scene.memory);
    drop(applier);
    assert_eq!((scene.names(), scene.mtime("d")), (vec!["d".to_owned()], time(1)));
    // Nothing of it is left in memory either.
    assert_eq!(held.strong_count(), 1);
}

#[test]
fn without_exchange_a_group_waits_all_the_same() {
    let mut scene = Scene::new();
    scene.capabilities.exchange = false;
    scene.write("a", b"old", 0o644, time(1));
    scene.mkdir("b", 0o755, time(1));
    let applier = scene.start("p1");
    let committed = run(&applier, &modify(&scene, "a", b"new"), b"new").unwrap();
    let replace = change(
        Action::Replace,
        "b",
        directory(0o755, time(1)),
        file(b"file", 0o644, time(2)),
    );
    run(&applier, &replace, b"file").unwrap();
    assert!(scene.read("a") == b"old" && scene.on_disk("b").is_dir());
    applier.finish().unwrap();
    assert_eq!(
        (scene.read("a"), scene.read("b")),
        (b"new".to_vec(), b"file".to_vec())
    );
    assert_eq!(std::fs::read(scene.kept(&committed)).unwrap(), b"old");
}
