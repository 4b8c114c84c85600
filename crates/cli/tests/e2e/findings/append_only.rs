//! Names that never change once certified.

use crate::harness::*;
use std::fs;

fn archive() -> World {
    let world = World::new().configured("[pair.p.tree]\nappend_only = [\"archive/**\"]");
    for name in [
        "archive/2024/one",
        "archive/2024/two",
        "archive/2025/three",
        "work/four",
    ] {
        world.file(name, name);
    }
    world.congruent_pass();
    world
}

#[test]
fn a_deletion_is_told_in_every_pass_and_never_mirrored() {
    let world = archive();
    fs::remove_file(world.s("archive/2024/one")).unwrap();
    fs::remove_file(world.s("work/four")).unwrap();
    for _ in 0..3 {
        world
            .pass()
            .not_congruent()
            .found(&["append-only-delete archive/2024/one"]);
        assert_eq!(
            fs::read(world.d("archive/2024/one")).unwrap(),
            b"archive/2024/one"
        );
    }
    assert!(!world.d("work/four").exists());
    world.verify(&[]).not_congruent();
    // Brought back at production, all is well.
    world.file("archive/2024/one", "archive/2024/one");
    set_mtime(
        &world.s("archive/2024/one"),
        mtime(&world.d("archive/2024/one")).0,
        0,
    );
    world.congruent_pass().sent(0);
    world.congruent_pass().changed_nothing();
}

#[test]
fn a_deleted_directory_keeps_what_is_certified() {
    let world = archive();
    fs::remove_dir_all(world.s("archive/2024")).unwrap();
    for _ in 0..2 {
        let outcome = world.pass().not_congruent();
        let found = outcome.findings();
        assert!(
            found.contains(&"append-only-delete archive/2024/one".to_owned()),
            "{outcome}"
        );
        assert!(
            found.contains(&"append-only-delete archive/2024/two".to_owned()),
            "{outcome}"
        );
        assert!(world.d("archive/2024/two").exists());
    }
}

#[test]
fn a_rewrite_is_told_in_every_pass_and_never_mirrored() {
    let world = archive();
    world.file("archive/2024/one", "something else");
    world.file("archive/2024/two", "ARCHIVE/2024/TWO");
    for _ in 0..3 {
        let outcome = world.pass().not_congruent();
        assert_eq!(
            outcome.findings(),
            [
                "append-only-change archive/2024/one",
                "append-only-change archive/2024/two"
            ],
            "{outcome}"
        );
        assert_eq!(
            fs::read(world.d("archive/2024/one")).unwrap(),
            b"archive/2024/one"
        );
        assert_eq!(
            fs::read(world.d("archive/2024/two")).unwrap(),
            b"archive/2024/two"
        );
    }
    // New names are mirrored meanwhile.
    world.file("archive/2026/five", "new");
    world.pass().not_congruent();
    assert!(world.d("archive/2026/five").exists());
    world.verify(&["--reread"]).not_congruent();
    // The certified contents are brought back.
    world.file("archive/2024/one", "archive/2024/one");
    world.file("archive/2024/two", "archive/2024/two");
    world.congruent_pass();
}

#[test]
fn a_touch_is_no_rewrite() {
    let world = archive();
    set_mtime(&world.s("archive/2024/one"), 1_700_000_000, 0);
    chmod(&world.s("archive/2024/two"), 0o400);
    world.congruent_pass().changed([0, 0, 0, 0, 2]).sent(0);
}

#[test]
fn a_renamed_certified_name_stays_and_the_new_one_comes() {
    let world = archive();
    fs::rename(world.s("archive/2024/one"), world.s("archive/2024/uno")).unwrap();
    for _ in 0..2 {
        world
            .pass()
            .not_congruent()
            .found(&["append-only-delete archive/2024/one"]);
        assert!(world.d("archive/2024/one").exists() && world.d("archive/2024/uno").exists());
    }
}
