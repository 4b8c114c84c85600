//! Directories that are entered and left: their times and bits come back, and untouched ones are not touched.

use crate::support::*;
use counterpart_model::{Action, Step};
use counterpart_port::{Apply, Arrived, Attributes};
use counterpart_tree::Why;
use std::os::unix::fs::MetadataExt;

#[test]
fn an_existing_directory_keeps_its_times_through_every_kind_of_change() {
    let scene = Scene::new();
    scene.mkdir("d/e", 0o2755, time(10));
    scene.write("d/e/m", b"m", 0o644, time(1));
    scene.write("d/e/r", b"r", 0o644, time(1));
    scene.stamp("d/e", 0o2755, time(10));
    scene.stamp("d", 0o700, time(11));
    let steps = [
        (create("d/e/c", file(b"c", 0o644, time(2))), &b"c"[..]),
        (
            change(
                Action::Modify,
                "d/e/m",
                file(b"m", 0o644, time(1)),
                file(b"n", 0o644, time(2)),
            ),
            b"n",
        ),
        (create("d/e/new", directory(0o755, time(2))), b""),
        (remove("d/e/r", file(b"r", 0o644, time(1))), b""),
    ];
    scene.apply("p1", &steps);
    assert_eq!(scene.names(), ["d", "d/e", "d/e/c", "d/e/m", "d/e/new"]);
    assert_eq!((scene.mtime("d"), scene.mode("d")), (time(11), 0o700));
    assert_eq!((scene.mtime("d/e"), scene.mode("d/e")), (time(10), 0o2755));
    assert_eq!(scene.memory.last_of("d/e").why, Why::Directory);
}

#[test]
fn the_root_keeps_its_times() {
    let scene = Scene::new();
    scene.stamp("", 0o755, time(10));
    scene.apply("p1", &[(create("a", file(b"a", 0o644, time(1))), b"a")]);
    assert_eq!(scene.mtime(""), time(10));
    scene.apply(
        "p2",
        &[(
            Step {
                wanted: Some(directory(0o711, time(20))),
                ..Step::of(at(""), Action::Metadata)
            },
            b"",
        )],
    );
    assert_eq!((scene.mtime(""), scene.mode("")), (time(20), 0o711));
}

#[test]
fn a_directorys_own_metadata_is_set_after_its_entries() {
    let scene = Scene::new();
    scene.mkdir("d", 0o755, time(10));
    let steps = [
        (
            change(
                Action::Metadata,
                "d",
                directory(0o755, time(10)),
                directory(0o710, time(12)),
            ),
            &b""[..],
        ),
        (create("d/c", file(b"c", 0o644, time(2))), b"c"),
    ];
    scene.apply("p1", &steps);
    assert_eq!((scene.mtime("d"), scene.mode("d")), (time(12), 0o710));
    assert_eq!(scene.memory.last_of("d").why, Why::Metadata);
}

#[test]
fn a_directory_that_is_only_passed_through_is_not_touched() {
    let scene = Scene::new();
    scene.mkdir("d/e", 0o755, time(10));
    scene.stamp("d", 0o755, time(10));
    let ctime = |path: &str| {
        let stat = scene.on_disk(path).metadata().unwrap();
        (stat.ctime(), stat.ctime_nsec())
    };
    let before = ctime("d");
    scene.apply("p1", &[(create("d/e/c", file(b"c", 0o644, time(2))), b"c")]);
    assert_eq!(ctime("d"), before);
    assert!(
        scene
            .memory
            .touched
            .lock()
            .unwrap()
            .iter()
            .all(|touched| touched.path != at("d"))
    );
}

#[test]
fn directories_close_when_their_last_place_is_done() {
    let scene = Scene::new();
    let applier = scene.start("p1");
    run(&applier, &create("d", directory(0o755, time(1))), b"").unwrap();
    let step = create("d/late", file(b"late", 0o644, time(2)));
    let mut late = applier.place(&step).unwrap();
    run(&applier, &create("e", file(b"e", 0o644, time(1))), b"e").unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            late.write(b"late").unwrap();
            late.commit(step.wanted.as_ref(), &Attributes::default(), Arrived::Written)
                .unwrap();
        });
    });
    applier.rest().unwrap();
    assert_eq!(scene.names(), ["d", "d/late", "e"]);
    applier.finish().unwrap();
}

#[test]
fn a_new_directory_whose_step_was_given_up_is_not_made() {
    let scene = Scene::new();
    let applier = scene.start("p1");
    drop(applier.place(&create("d", directory(0o755, time(1)))).unwrap());
    drop(applier.place(&create("d/e", directory(0o755, time(1)))).unwrap());
    applier.finish().unwrap();
    assert!(scene.names().is_empty());
}

#[test]
fn many_threads_fill_places_while_directories_close_behind_them() {
    let scene = Scene::new();
    let applier = scene.start("p1");
    let (sender, receiver) =
        crossbeam_channel::bounded::<(Box<dyn counterpart_port::Place + '_>, Step, Vec<u8>)>(32);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            let receiver = receiver.clone();
            scope.spawn(move || {
                for (mut place, step, content) in receiver {
                    fill(place.as_mut(), &step, &content).unwrap();
                }
            });
        }
        for outer in 0..20 {
            let name = format!("d{outer:02}");
            let made = create(&name, directory(0o555, time(9)));
            sender
                .send((applier.place(&made).unwrap(), made, Vec::new()))
                .unwrap();
            for inner in 0..50 {
                let content = format!("{outer}-{inner}").into_bytes();
                let step = create(&format!("{name}/f{inner:02}"), file(&content, 0o444, time(8)));
                sender
                    .send((applier.place(&step).unwrap(), step, content))
                    .unwrap();
            }
        }
        drop((sender, receiver));
    });
    applier.rest().unwrap();
    assert_eq!(scene.names().len(), 20 * 51);
    for outer in 0..20 {
        assert_eq!(
            (
                scene.mtime(&format!("d{outer:02}")),
                scene.mode(&format!("d{outer:02}"))
            ),
            (time(9), 0o555)
        );
        assert_eq!(
            scene.read(&format!("d{outer:02}/f49")),
            format!("{outer}-49").into_bytes()
        );
    }
    applier.finish().unwrap();
}
