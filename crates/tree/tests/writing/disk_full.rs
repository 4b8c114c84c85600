//! A full disk: the name holds the old file, whole, and the failure says `no-space`.

use crate::disk::{Bound, Disk};
use crate::support::*;
use counterpart_model::{Action, Code};
use counterpart_port::{Apply, Arrived, Attributes};

/// Writes until the disk is full; the first failure.
fn write_until_full(step: &counterpart_model::Step, applier: &counterpart_tree::Applier) -> Code {
    let mut place = applier.place(step).unwrap();
    let block = vec![7; 1 << 16];
    for _ in 0..1000 {
        if let Err(failure) = place.write(&block) {
            return failure.code;
        }
    }
    let committed = place.commit(step.wanted.as_ref(), &Attributes::default(), Arrived::Written);
    drop(place);
    committed.unwrap_err().code
}

#[test]
fn a_full_disk_leaves_the_old_file_and_nothing_half() {
    let disk = Disk::new("ext4", 8, &["-m", "0"]);
    let scene = Scene::at(&disk.path());
    scene.write("a", b"old", 0o644, time(1));
    let mut large = file(b"", 0o644, time(2));
    large.size_bytes = 1000 << 16;
    let applier = scene.start("p1");
    let modify = change(Action::Modify, "a", file(b"old", 0o644, time(1)), large.clone());
    assert_eq!(write_until_full(&modify, &applier), Code::NoSpace);
    run(&applier, &create("d", directory(0o755, time(1))), b"").unwrap();
    assert_eq!(
        write_until_full(&create("d/large", large), &applier),
        Code::NoSpace
    );
    run(&applier, &create("d/small", file(b"s", 0o644, time(1))), b"s").unwrap();
    applier.finish().unwrap();
    applier.sync().unwrap();
    assert_eq!(
        (scene.names(), scene.read("a")),
        (vec!["a".into(), "d".into(), "d/small".into()], b"old".to_vec())
    );
}

#[test]
fn a_disk_without_inodes_is_full_too() {
    let disk = Disk::new("ext4", 8, &["-m", "0", "-N", "32"]);
    let scene = Scene::at(&disk.path());
    let applier = scene.start("p1");
    let mut failures = Vec::new();
    for number in 0..40 {
        let step = create(&format!("f{number:02}"), file(b"x", 0o644, time(1)));
        failures.extend(run(&applier, &step, b"x").err());
    }
    assert!(!failures.is_empty());
    assert!(
        failures.iter().all(|failure| failure.code == Code::NoSpace),
        "{failures:?}"
    );
    assert!(scene.names().iter().all(|name| scene.read(name) == b"x"));
    applier.finish().unwrap();
}

#[test]
fn another_filesystem_beneath_the_root_is_not_entered() {
    let scene = Scene::new();
    let disk = Disk::new("ext4", 8, &["-m", "0"]);
    scene.mkdir("mnt", 0o755, time(1));
    let at = scene.on_disk("mnt");
    let _mounted = Bound::new(&disk.path(), &at);
    let applier = scene.start("p1");
    assert!(
        applier
            .place(&create("mnt/a", file(b"a", 0o644, time(1))))
            .is_err()
    );
    applier.finish().unwrap();
}
