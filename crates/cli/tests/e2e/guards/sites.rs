//! Is production the tree of the last pass?

use super::refused_until_approved;
use crate::harness::*;
use std::fs;

#[test]
fn a_missing_production_is_refused() {
    let world = World::new();
    world.file("file", "content");
    world.congruent_pass();
    let before = listing(&world.dst());
    fs::rename(world.src(), world.path("away")).unwrap();
    world.pass().failed(3, "source-missing");
    before.assert_same(&listing(&world.dst()), "a refusal changed the standby");
}

#[test]
fn a_production_that_is_missing_at_the_first_pass_makes_no_standby() {
    let world = World::new();
    fs::remove_dir(world.src()).unwrap();
    world.pass().failed(3, "source-missing");
    assert!(!world.dst().exists());
}

#[test]
fn an_emptied_production_is_refused() {
    let world = World::new();
    world.files("a", 3);
    world.congruent_pass();
    fs::remove_dir_all(world.s("a")).unwrap();
    let refused = world.refused(&[], &["source-empty"]);
    let outcome = world.pass_with(&["--approve", refused.approve()]);
    // Approved, all goes to history; two empty trees prove nothing.
    assert_eq!(outcome.code, 1, "{outcome}");
    assert!(!world.d("a").exists());
    assert!(!world.versions("a/f00000").is_empty() || !world.versions("a").is_empty());
}

#[test]
fn another_filesystem_in_the_place_of_production_is_refused() {
    let world = World::new();
    let (one, other) = (world.path("one.img"), world.path("other.img"));
    let mounted = Mounted::ext4(&one, &world.src());
    world.files("a", 20);
    world.congruent_pass();
    mounted.unmount();
    let mounted = Mounted::ext4(&other, &world.src());
    world.files("a", 20);
    let hash = world.refused(&[], &["source-identity"]).approve().to_owned();
    mounted.unmount();
    // The first one is back: nothing was lost, nothing is refused.
    let mounted = Mounted::ext4(&one, &world.src());
    world.congruent_pass().changed_nothing();
    mounted.unmount();
    let _mounted = Mounted::ext4(&other, &world.src());
    world.pass_with(&["--approve", &hash]).congruent();
    world.congruent_pass().changed_nothing();
}

#[test]
fn a_tree_of_which_nothing_is_known_is_refused() {
    let world = World::new();
    world.files("a", 20);
    world.congruent_pass();
    fs::rename(world.src(), world.path("away")).unwrap();
    fs::create_dir(world.src()).unwrap();
    world.files("quite-another", 20);
    let outcome = world.pass();
    assert_eq!(outcome.code, 3, "{outcome}");
    assert!(outcome.refused().contains(&"source-identity"), "{outcome}");
}

#[test]
fn an_archive_whose_top_directory_was_renamed_is_renamed_at_the_standby() {
    let world = World::new().configured("");
    world.files("studies/a", 10);
    world.files("studies/b", 10);
    world.congruent_pass();
    fs::rename(world.s("studies"), world.s("archive")).unwrap();
    let plan = world.run(&["plan", "p"]);
    assert_eq!(plan.code, 0, "{plan}");
    let outcome = world.congruent_pass().sent(0);
    assert_eq!(outcome.document["changes"]["renamed"], 20, "{outcome}");
    assert!(world.d("archive/b/f00009").exists() && !world.d("studies").exists());
    // The same names and contents, and yet others: nobody can say that they were renamed.
    fs::remove_dir_all(world.s("archive")).unwrap();
    world.files("another/a", 10);
    world.files("another/b", 10);
    let outcome = world.pass();
    assert_eq!(outcome.code, 3, "{outcome}");
    assert!(outcome.refused().contains(&"source-identity"), "{outcome}");
}

#[test]
fn a_vanished_mount_beneath_production_is_refused() {
    let world = World::new();
    let image = world.path("volume.img");
    let mounted = Mounted::ext4(&image, &world.s("volumes/one"));
    world.file("volumes/one/file", "on the volume");
    world.file("volumes/two/file", "beside it");
    let first = world.pass().congruent();
    assert!(world.d("volumes/one/file").exists(), "{first}");
    mounted.unmount();
    let outcome = world.pass();
    assert_eq!(outcome.code, 3, "{outcome}");
    assert!(outcome.refused().contains(&"mount-missing"), "{outcome}");
    assert!(world.d("volumes/one/file").exists());
    // Mounted again, all is as before.
    let mounted = Mounted::ext4(&image, &world.s("volumes/one"));
    world.congruent_pass();
    // Retired on purpose.
    mounted.unmount();
    refused_until_approved(&world, &[], &["mount-missing"]);
    world.congruent_pass().changed_nothing();
}

#[test]
fn a_production_that_vanishes_while_a_pass_runs_deletes_nothing() {
    let world = World::new();
    world.files("a", 10);
    world.file("stays", "here");
    world.congruent_pass();
    fs::remove_dir_all(world.s("a")).unwrap();
    world.files("b", 2_000);
    world.set_restless(true);
    let mut pass = world
        .command(&world.pass_arguments(&["--progress", "none"]))
        .spawn()
        .unwrap();
    while !world.d("b/f00000").exists() && !world.d(".counterpart/incoming").exists() {
        if pass.try_wait().unwrap().is_some() {
            break;
        }
    }
    let _ = fs::rename(world.src(), world.path("away"));
    let code = pass.wait().unwrap().code().unwrap();
    // Whatever it had come to: a pass that ended before sees nothing amiss, any other deletes nothing.
    if code != 0 {
        assert!(world.d("a").exists(), "exit {code}");
    }
    fs::rename(world.path("away"), world.src()).unwrap();
    world.set_restless(false);
    world.congruent_pass();
}
