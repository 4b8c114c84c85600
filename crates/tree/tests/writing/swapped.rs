//! A symbolic link put in the way: nothing outside the root is ever written.

use crate::support::*;
use counterpart_model::Action;
use counterpart_port::{Apply, Arrived, Attributes};
use std::os::unix::fs::symlink as link;

#[test]
fn a_directory_swapped_for_a_link_between_place_and_commit_leads_nowhere() {
    let scene = Scene::new();
    let outside = tempfile::tempdir().unwrap();
    scene.mkdir("d", 0o755, time(1));
    let applier = scene.start("p1");
    let step = create("d/a", file(b"a", 0o644, time(1)));
    let mut place = applier.place(&step).unwrap();
    place.write(b"a").unwrap();
    std::fs::rename(scene.on_disk("d"), scene.on_disk("moved")).unwrap();
    link(outside.path(), scene.on_disk("d")).unwrap();
    place
        .commit(step.wanted.as_ref(), &Attributes::default(), Arrived::Written)
        .unwrap();
    drop(place);
    applier.finish().unwrap();
    assert_eq!(scene.names(), ["d", "moved", "moved/a"]);
    assert!(outside.path().read_dir().unwrap().next().is_none());
}

#[test]
fn a_link_in_the_way_is_not_entered() {
    let scene = Scene::new();
    let outside = tempfile::tempdir().unwrap();
    std::fs::create_dir(outside.path().join("e")).unwrap();
    link(outside.path(), scene.on_disk("d")).unwrap();
    let applier = scene.start("p1");
    for path in ["d/a", "d/e/a"] {
        assert!(
            applier.place(&create(path, file(b"a", 0o644, time(1)))).is_err(),
            "{path}"
        );
    }
    let wanted = file(b"a", 0o600, time(9));
    assert!(run(&applier, &rename("d/e", "x", directory(0o755, time(1))), b"").is_err());
    std::fs::write(outside.path().join("target"), b"target").unwrap();
    link(outside.path().join("target"), scene.on_disk("l")).unwrap();
    run(
        &applier,
        &change(Action::Modify, "l", wanted.clone(), wanted.clone()),
        b"a",
    )
    .unwrap();
    link(outside.path().join("target"), scene.on_disk("m")).unwrap();
    run(
        &applier,
        &change(Action::Metadata, "m", wanted.clone(), wanted),
        b"",
    )
    .unwrap();
    applier.finish().unwrap();
    assert_eq!(std::fs::read(outside.path().join("target")).unwrap(), b"target");
    assert_ne!(Scene::at(outside.path()).mtime("target"), time(9));
    assert_eq!(outside.path().join("e").read_dir().unwrap().count(), 0);
}

#[test]
fn a_link_in_the_place_of_our_own_directory_is_refused() {
    let scene = Scene::new();
    let outside = tempfile::tempdir().unwrap();
    link(outside.path(), scene.on_disk(".counterpart")).unwrap();
    assert!(scene.try_start("p1").is_err());
    assert!(counterpart_tree::probe::measure(&scene.root).is_err());
    assert!(counterpart_tree::history::versions(&scene.root, &at("a")).is_err());
    assert!(outside.path().read_dir().unwrap().next().is_none());
}
