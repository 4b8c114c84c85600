//! Content that changed behind unchanged size and times.

use crate::harness::*;
use std::fs;

fn archive() -> World {
    let world = World::new();
    world.file("images/one", "0123456789");
    world.file("images/two", "abcdefghij");
    world.congruent_pass();
    tick();
    world
}

#[test]
fn rot_at_production_is_told_in_every_pass_and_never_mirrored() {
    let world = archive();
    rot(&world.s("images/one"), b"01234X6789");
    for _ in 0..3 {
        world
            .pass()
            .not_congruent()
            .found(&["rot-production images/one"])
            .changed_nothing();
        assert_eq!(fs::read(world.d("images/one")).unwrap(), b"0123456789");
    }
    world.verify(&[]).not_congruent();
    world.verify(&["--reread"]).not_congruent();
    // Other changes are mirrored meanwhile.
    world.file("images/three", "new");
    world.pass().not_congruent();
    assert!(world.d("images/three").exists());
    world
        .pass_with(&["--reread"])
        .not_congruent()
        .found(&["rot-production images/one"]);
    // Repair never writes production: it exports the standby's good copy, or says where that is.
    let before = listing(&world.src());
    let repair = world.run(&["repair", "images/one"]);
    assert_ne!(repair.code, 0, "{repair}");
    let exported = world.run(&["repair", "images/one", "--to", "good"]);
    assert_eq!(
        (exported.code, &exported.document["not_held"]["count"]),
        (0, &0.into()),
        "{exported}"
    );
    assert_eq!(fs::read(world.path("good/one")).unwrap(), b"0123456789");
    before.assert_same(&listing(&world.src()), "repair wrote production");
    // Put right by hand.
    rot(&world.s("images/one"), b"0123456789");
    world.congruent_pass().changed_nothing();
}

#[test]
fn rot_at_production_is_found_by_reading_where_even_the_inode_tells_nothing() {
    let world = World::new();
    let image = world.path("production.img");
    let mounted = Mounted::ext4(&image, &world.src());
    world.file("one", "CERTIFIED CONTENT OF ONE FILE");
    world.congruent_pass();
    mounted.unmount();
    // One byte on the disk itself: no time of any kind moves.
    let mut disk = fs::read(&image).unwrap();
    let wanted = b"CERTIFIED CONTENT OF ONE FILE";
    let at = disk
        .windows(wanted.len())
        .position(|window| window == wanted)
        .unwrap();
    disk[at] = b'X';
    fs::write(&image, disk).unwrap();
    let _mounted = Mounted::ext4(&image, &world.src());
    assert_eq!(fs::read(world.s("one")).unwrap()[0], b'X');
    let outcome = world.pass_with(&["--reread"]).not_congruent();
    assert_eq!(outcome.findings(), ["rot-production one"], "{outcome}");
    assert_eq!(fs::read(world.d("one")).unwrap(), wanted);
    world
        .pass_with(&["--reread"])
        .not_congruent()
        .found(&["rot-production one"]);
    // A pass that does not read it again must not forget it.
    world.pass().not_congruent();
}

#[test]
fn rot_at_the_standby_is_repaired_after_approval() {
    let world = archive();
    rot(&world.d("images/two"), b"abcdeXghij");
    world
        .pass()
        .not_congruent()
        .found(&["rot-standby images/two"])
        .changed_nothing();
    world.pass().not_congruent().found(&["rot-standby images/two"]);
    let asked = world.run(&["repair", "images/two"]);
    assert_eq!(asked.code, 3, "{asked}");
    assert_eq!(
        fs::read(world.d("images/two")).unwrap(),
        b"abcdeXghij",
        "nothing is done without approval"
    );
    let repaired = world.run(&["repair", "images/two", "--approve", asked.approve()]);
    let certificate = world.run(&["certificate", "show"]).document["certificate"].to_string();
    assert!(certificate.contains("repair PATH --approve") && !certificate.contains("images/two"));
    assert_eq!(repaired.code, 0, "{repaired}");
    assert_eq!(fs::read(world.d("images/two")).unwrap(), b"abcdefghij");
    assert_eq!(world.versions("images/two").len(), 1, "the rotten file is kept");
    world.congruent_pass().changed_nothing();
}

#[test]
fn rot_at_both_sides_is_no_reason_to_call_them_equal() {
    let world = archive();
    rot(&world.s("images/one"), b"01234X6789");
    rot(&world.d("images/one"), b"01234Y6789");
    world.pass().not_congruent();
    assert_eq!(
        fs::read(world.d("images/one")).unwrap(),
        b"01234Y6789",
        "nobody knows which is right"
    );
}

#[test]
fn a_restore_that_changes_inode_and_change_time_alone_is_read_and_equal() {
    let world = archive();
    let (seconds, nanos) = mtime(&world.s("images/one"));
    fs::copy(world.s("images/one"), world.s("images/copy")).unwrap();
    fs::rename(world.s("images/copy"), world.s("images/one")).unwrap();
    set_mtime(&world.s("images/one"), seconds, nanos);
    set_mtime(
        &world.s("images"),
        mtime(&world.d("images")).0,
        mtime(&world.d("images")).1,
    );
    let outcome = world.congruent_pass().changed_nothing().sent(0);
    assert!(outcome.number("bytes_read") >= 10, "{outcome}");
}

#[test]
fn a_byte_that_changed_with_the_time_moved_on_is_a_change() {
    let world = archive();
    fs::write(world.s("images/one"), "01234X6789").unwrap();
    world.congruent_pass().changed([0, 1, 0, 0, 0]).sent(10);
}
