//! `verify` changes nothing and finds everything.

use crate::harness::*;
use std::fs;
use std::process::Command;

#[test]
fn a_verification_finds_what_is_missing_extra_and_different() {
    let world = World::new();
    world.files("a", 10);
    world.congruent_pass();
    assert_eq!(world.verify(&[]).congruent().number("different"), 0);
    fs::remove_file(world.d("a/f00001")).unwrap();
    fs::write(world.d("a/extra"), "extra").unwrap();
    fs::write(world.d("a/f00002"), "another length").unwrap();
    chmod(&world.d("a/f00003"), 0o600);
    fs::write(world.s("a/new"), "new").unwrap();
    let outcome = world.verify(&[]).not_congruent();
    let found = outcome.findings();
    for expected in [
        "only-production a/f00001",
        "only-standby a/extra",
        "differs a/f00002",
        "differs a/f00003",
        "only-production a/new",
    ] {
        assert!(found.contains(&expected.to_owned()), "{expected}: {outcome}");
    }
    // A verification leaves the next pass as it was.
    world.congruent_pass();
    world.verify(&["--reread"]).congruent();
}

#[test]
fn reading_finds_what_size_and_times_hide() {
    let world = World::new();
    world.files("a", 10);
    world.congruent_pass();
    tick();
    rot(&world.d("a/f00004"), b"a X");
    assert_eq!(world.verify(&["--reread"]).not_congruent().number("different"), 1);
    rot(&world.d("a/f00004"), b"a 4");
    let outcome = world.verify(&["--reread"]).congruent();
    assert_eq!(
        outcome.number("bytes_read"),
        2 * 10 * 3,
        "every byte of both: {outcome}"
    );
}

#[test]
fn two_trees_that_counterpart_never_saw_are_verified() {
    let world = World::new();
    world.files("a", 10);
    done(Command::new("cp").arg("-a").arg(world.src()).arg(world.dst()));
    let outcome = world.verify(&["--reread"]).congruent();
    assert!(!world.d(".counterpart").exists(), "{outcome}");
    fs::write(world.d("a/f00009"), "a X").unwrap();
    set_mtime(
        &world.d("a/f00009"),
        mtime(&world.s("a/f00009")).0,
        mtime(&world.s("a/f00009")).1,
    );
    assert_eq!(world.verify(&["--reread"]).not_congruent().number("different"), 1);
    assert_eq!(world.verify(&[]).not_congruent().number("different"), 1);
}

#[test]
fn zero_compared_is_never_equal() {
    let world = World::new();
    fs::create_dir(world.dst()).unwrap();
    let verified = world.verify(&[]).not_congruent();
    assert!(
        verified
            .findings()
            .iter()
            .any(|found| found.starts_with("nothing-compared")),
        "{verified}"
    );
    let mirrored = world.pass().not_congruent();
    assert!(
        mirrored
            .findings()
            .iter()
            .any(|found| found.starts_with("nothing-compared")),
        "{mirrored}"
    );
    // All that there is, is excluded.
    world.file("only.tmp", "content");
    world.pass_with(&["--exclude", "*"]).not_congruent();
}
