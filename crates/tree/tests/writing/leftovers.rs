//! What an interrupted pass brought is used again, and what nobody claims is cleared.

use crate::support::*;
use counterpart_model::Action;
use counterpart_port::{Apply, Arrived, Attributes};
use counterpart_tree::Leftover;
use std::os::unix::fs::MetadataExt;

/// A pass that is interrupted with one finished file in an unpublished directory; where the file lies.
fn interrupted(scene: &Scene) -> Vec<u8> {
    let applier = scene.start("p1");
    run(&applier, &create("d", directory(0o755, time(1))), b"").unwrap();
    run(
        &applier,
        &create("d/a", file(b"content", 0o600, time(2))),
        b"content",
    )
    .unwrap();
    std::mem::forget(applier);
    scene.memory.last_of("d/a").incoming.unwrap()
}

fn offer(scene: &Scene, path: &str, location: Vec<u8>) {
    let left = Leftover {
        digest: digest(b"content"),
        location,
    };
    scene.memory.leftovers.lock().unwrap().insert(at(path), left);
}

#[test]
fn content_that_arrived_before_takes_its_place_without_being_written_again() {
    for replaced in [false, true] {
        let scene = Scene::new();
        let location = interrupted(&scene);
        offer(&scene, "d/a", location.clone());
        let on_disk = scene
            .on_disk(".counterpart/incoming")
            .join(String::from_utf8(location).unwrap());
        let inode = on_disk.metadata().unwrap().ino();
        if replaced {
            scene.mkdir("d", 0o755, time(1));
            scene.write("d/a", b"old", 0o600, time(1));
        }
        let applier = scene.start("p2");
        if !replaced {
            run(&applier, &create("d", directory(0o755, time(1))), b"").unwrap();
        }
        let wanted = file(b"content", 0o640, time(2));
        let mut step = create("d/a", wanted.clone());
        step.action = if replaced { Action::Modify } else { Action::Create };
        let mut place = applier.place(&step).unwrap();
        assert_eq!(place.arrived_before(), Some(digest(b"content")));
        place
            .commit(Some(&wanted), &Attributes::default(), Arrived::Before)
            .unwrap();
        drop(place);
        applier.finish().unwrap();
        assert_eq!(scene.on_disk("d/a").metadata().unwrap().ino(), inode);
        assert_eq!(
            (scene.read("d/a"), scene.mode("d/a"), scene.mtime("d/a")),
            (b"content".to_vec(), 0o640, time(2))
        );
        assert!(
            scene
                .on_disk(".counterpart/incoming")
                .read_dir()
                .unwrap()
                .next()
                .is_none()
        );
    }
}

#[test]
fn what_has_another_size_or_time_or_place_is_not_offered() {
    let scene = Scene::new();
    let location = interrupted(&scene);
    offer(&scene, "d/a", location);
    offer(&scene, "d/b", b"../identity.json".to_vec());
    offer(&scene, "d/c", b"".to_vec());
    let applier = scene.start("p2");
    run(&applier, &create("d", directory(0o755, time(1))), b"").unwrap();
    for (path, wanted) in [
        ("d/a", file(b"content!", 0o600, time(2))),
        ("d/a", file(b"content", 0o600, time(3))),
        ("d/b", file(b"content", 0o600, time(2))),
        ("d/c", file(b"content", 0o600, time(2))),
    ] {
        let place = applier.place(&create(path, wanted)).unwrap();
        assert_eq!(place.arrived_before(), None, "{path}");
    }
    applier.finish().unwrap();
}

#[test]
fn a_second_start_in_one_pass_has_a_directory_of_its_own() {
    let scene = Scene::new();
    let location = interrupted(&scene);
    offer(&scene, "d/a", location);
    let applier = scene.start("p1");
    run(&applier, &create("d", directory(0o755, time(1))), b"").unwrap();
    let step = create("d/a", file(b"content", 0o600, time(2)));
    let mut place = applier.place(&step).unwrap();
    assert!(place.arrived_before().is_some());
    place
        .commit(step.wanted.as_ref(), &Attributes::default(), Arrived::Before)
        .unwrap();
    drop(place);
    applier.finish().unwrap();
    assert_eq!(scene.read("d/a"), b"content");
}
