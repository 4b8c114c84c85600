//! Metadata by class: carried, and not carried.

use crate::harness::*;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown, lchown, symlink};

#[test]
fn modes_are_carried() {
    let world = World::new();
    for (name, bits) in [
        ("usual", 0o644),
        ("closed", 0o000),
        ("set-user", 0o4755),
        ("set-group", 0o2750),
    ] {
        world.file(name, name);
        chmod(&world.s(name), bits);
    }
    world.file("read-only/inside", "inside");
    world.file("shared/inside", "inside");
    chmod(&world.s("read-only"), 0o555);
    chmod(&world.s("shared"), 0o3777);
    world.congruent_pass();
    assert_eq!(mode(&world.d("set-user")), 0o4755);
    assert_eq!(mode(&world.d("closed")), 0);
    assert_eq!(mode(&world.d("shared")), 0o3777);
    chmod(&world.s("usual"), 0o600);
    chmod(&world.s("set-user"), 0o755);
    chmod(&world.s("read-only"), 0o700);
    world.congruent_pass().changed([0, 0, 0, 0, 3]).sent(0);
    // A name within a directory that may not be written.
    chmod(&world.s("shared"), 0o500);
    world.file("shared/inside", "changed");
    world.file("shared/new", "new");
    world.congruent_pass();
    world.congruent_pass().changed_nothing();
}

#[test]
fn modes_that_are_not_carried_are_the_targets_own() {
    let world = World::new()
        .with(&["--carry", "mtime"])
        .comparing(&["--no-perms"]);
    world.file("file", "content");
    chmod(&world.s("file"), 0o4711);
    world.congruent_pass();
    assert_ne!(mode(&world.d("file")), 0o4711);
    let before = mode(&world.d("file"));
    chmod(&world.s("file"), 0o600);
    world.congruent_pass().changed_nothing();
    assert_eq!(mode(&world.d("file")), before);
    chmod(&world.d("file"), 0o640);
    world.congruent_pass().changed_nothing();
}

#[test]
fn times_are_carried_to_the_nanosecond() {
    let world = World::new();
    let times = [
        ("past", -1, 999_999_999),
        ("long-ago", -2_000_000_000, 1),
        ("epoch", 0, 0),
        ("exact", 1_600_000_000, 123_456_789),
        ("future", 4_000_000_000, 5),
    ];
    for (name, seconds, nanos) in times {
        world.file(name, name);
        set_mtime(&world.s(name), seconds, nanos);
    }
    symlink("target", world.s("link")).unwrap();
    set_mtime(&world.s("link"), 1_500_000_000, 7);
    world.file("directory/inside", "inside");
    set_mtime(&world.s("directory"), 1_400_000_000, 11);
    world.congruent_pass();
    for (name, seconds, nanos) in times {
        assert_eq!(mtime(&world.d(name)), (seconds, nanos), "{name}");
    }
    assert_eq!(mtime(&world.d("link")), (1_500_000_000, 7));
    assert_eq!(mtime(&world.d("directory")), (1_400_000_000, 11));
    // A file within is replaced; the directory keeps its time where production's does.
    world.file("directory/inside", "another");
    world.congruent_pass();
    assert_eq!(mtime(&world.d("directory")), (1_400_000_000, 11));
}

#[test]
fn a_touch_alone_sends_nothing() {
    let world = World::new();
    world.files("files", 20);
    world.congruent_pass();
    for number in 0..20 {
        set_mtime(
            &world.s(format!("files/f{number:05}")),
            1_700_000_000 + number,
            42,
        );
    }
    tick();
    world.congruent_pass().changed([0, 0, 0, 0, 20]).sent(0);
    assert_eq!(world.versions(".").len(), 0, "nothing is replaced by a time");
    world.congruent_pass().changed_nothing();
}

#[test]
fn times_that_are_not_carried_do_not_matter() {
    let world = World::new()
        .with(&["--carry", "mode"])
        .comparing(&["--no-times", "--omit-dir-times"]);
    world.file("file", "content");
    set_mtime(&world.s("file"), 1_000_000_000, 0);
    world.congruent_pass();
    assert_ne!(mtime(&world.d("file")).0, 1_000_000_000);
    set_mtime(&world.s("file"), 1_100_000_000, 0);
    tick();
    world.congruent_pass().changed_nothing().sent(0);
    fs::write(world.s("file"), "changed").unwrap();
    world.congruent_pass().changed([0, 1, 0, 0, 0]);
}

#[test]
fn owners_are_carried_by_name_and_by_number() {
    let world = World::carrying("mode,mtime,owner");
    owned_files(&world);
    world.congruent_pass();
    assert_owner(&world, "known", 1, 2);
    assert_owner(&world, "unknown", 54_321, 54_322);
    assert_owner(&world, "link", 7, 8);
    assert_eq!(
        mode(&world.d("set-user")),
        0o4755,
        "a change of owner must not clear setuid"
    );
    chown(world.s("known"), Some(3), Some(4)).unwrap();
    chown(world.s("set-user"), Some(12), None).unwrap();
    chmod(&world.s("set-user"), 0o4755);
    world.congruent_pass().changed([0, 0, 0, 0, 2]).sent(0);
    assert_owner(&world, "known", 3, 4);
    world.congruent_pass().changed_nothing();

    let by_number = World::new()
        .configured("[pair.p.tree]\ncarry = [\"mode\", \"mtime\", \"owner\"]\nowner = \"number\"");
    owned_files(&by_number);
    by_number.congruent_pass();
    assert_owner(&by_number, "known", 1, 2);
    assert_owner(&by_number, "unknown", 54_321, 54_322);
}

fn owned_files(world: &World) {
    for name in ["known", "unknown", "set-user", "directory/inside"] {
        world.file(name, name);
    }
    symlink("known", world.s("link")).unwrap();
    chown(world.s("known"), Some(1), Some(2)).unwrap();
    chown(world.s("unknown"), Some(54_321), Some(54_322)).unwrap();
    chown(world.s("set-user"), Some(11), Some(12)).unwrap();
    chmod(&world.s("set-user"), 0o4755);
    chown(world.s("directory"), Some(5), Some(6)).unwrap();
    lchown(world.s("link"), Some(7), Some(8)).unwrap();
}

fn assert_owner(world: &World, path: &str, uid: u32, gid: u32) {
    let stat = fs::symlink_metadata(world.d(path)).unwrap();
    assert_eq!((stat.uid(), stat.gid()), (uid, gid), "{path}");
}

#[test]
fn owners_that_are_not_carried_are_left() {
    let world = World::new().comparing(&["--no-owner", "--no-group"]);
    world.file("file", "content");
    chown(world.s("file"), Some(1), Some(2)).unwrap();
    world.congruent_pass();
    assert_owner(&world, "file", 0, 0);
    chown(world.s("file"), Some(3), Some(4)).unwrap();
    tick();
    world.congruent_pass().changed_nothing().sent(0);
}

#[test]
fn extended_attributes_are_carried() {
    let world = World::carrying("mode,mtime,xattr");
    world.file("file", "content");
    world.file("closed", "content");
    fs::create_dir(world.s("directory")).unwrap();
    for name in ["file", "directory", "closed"] {
        on(
            "setfattr",
            &["-n", "user.study", "-v", "0x00ff0a"],
            &world.s(name),
        );
    }
    chmod(&world.s("closed"), 0o400);
    world.congruent_pass();
    let held = || {
        ask(
            "getfattr",
            &["-d", "--absolute-names", "-e", "hex"],
            &world.d("file"),
        )
    };
    assert!(held().contains("user.study=0x00ff0a"), "{}", held());
    on(
        "setfattr",
        &["-n", "user.study", "-v", "changed"],
        &world.s("file"),
    );
    on("setfattr", &["-n", "user.more", "-v", "added"], &world.s("file"));
    on("setfattr", &["-x", "user.study"], &world.s("directory"));
    tick();
    world.congruent_pass().changed([0, 0, 0, 0, 2]).sent(0);
    fs::write(world.s("file"), "new content").unwrap();
    world.congruent_pass().changed([0, 1, 0, 0, 0]);
    world.congruent_pass().changed_nothing();
}

#[test]
fn extended_attributes_that_are_not_carried_are_not_copied() {
    let world = World::new();
    world.file("file", "content");
    on("setfattr", &["-n", "user.study", "-v", "value"], &world.s("file"));
    world.congruent_pass();
    assert_eq!(ask("getfattr", &["-d", "--absolute-names"], &world.d("file")), "");
}

#[test]
fn access_control_lists_are_carried() {
    let world = World::carrying("mode,mtime,acl");
    world.file("file", "content");
    world.file("directory/inside", "content");
    on("setfacl", &["-m", "u:daemon:rw,g:bin:r,m:rw"], &world.s("file"));
    on(
        "setfacl",
        &["-m", "u:daemon:rwx,d:u:daemon:rwx,d:g:bin:rx,d:o:---"],
        &world.s("directory"),
    );
    world.file("directory/later", "inherits");
    world.congruent_pass();
    assert!(ask("getfacl", &["-p"], &world.d("file")).contains("user:daemon:rw-"));
    assert!(ask("getfacl", &["-p"], &world.d("directory")).contains("default:group:bin:r-x"));
    on("setfacl", &["-m", "u:daemon:r"], &world.s("file"));
    on("setfacl", &["-k"], &world.s("directory"));
    on("setfacl", &["-b"], &world.s("directory/later"));
    tick();
    world.congruent_pass().sent(0);
    assert!(!ask("getfacl", &["-p"], &world.d("directory")).contains("default:"));
    fs::write(world.s("file"), "changed").unwrap();
    world.congruent_pass().changed([0, 1, 0, 0, 0]);
    world.congruent_pass().changed_nothing();
}

#[test]
fn a_mode_without_its_access_control_list_is_never_more_open_than_its_source() {
    let world = World::new().comparing(&["--no-perms"]);
    world.file("file", "content");
    // The group may nothing; the mask, which stat shows as the group's bits, is rw.
    chmod(&world.s("file"), 0o600);
    on("setfacl", &["-m", "u:daemon:rw,g::---,m:rw"], &world.s("file"));
    assert_eq!(mode(&world.s("file")) & 0o070, 0o060);
    world.pass();
    assert_eq!(
        mode(&world.d("file")) & 0o070,
        0,
        "the owning group got what only the mask says"
    );
    assert!(!ask("getfacl", &["-p"], &world.d("file")).contains("daemon"));
    world.pass().changed_nothing();
}
