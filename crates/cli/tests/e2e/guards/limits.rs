//! Guards by number.

use super::refused_until_approved;
use crate::harness::*;
use std::fs;

fn remove(world: &World, directory: &str, numbers: std::ops::Range<usize>) {
    for number in numbers {
        fs::remove_file(world.s(format!("{directory}/f{number:05}"))).unwrap();
    }
}

#[test]
fn more_deletions_than_max_delete_are_refused() {
    let world = World::new().with(&["--max-delete", "10"]);
    world.files("a", 40);
    world.congruent_pass();
    remove(&world, "a", 0..10);
    world.congruent_pass().changed([0, 0, 10, 0, 1]);
    remove(&world, "a", 10..21);
    refused_until_approved(&world, &[], &["max-delete"]).changed([0, 0, 11, 0, 1]);
    assert_eq!(world.versions("a").len(), 21);
}

#[test]
fn a_percentage_allows_at_least_fifty() {
    let world = World::new();
    world.files("a", 200);
    world.congruent_pass();
    remove(&world, "a", 0..50);
    world.congruent_pass();
    remove(&world, "a", 50..101);
    world.refused(&[], &["max-delete"]);
}

#[test]
fn an_approval_covers_a_smaller_set_and_no_larger_one() {
    let world = World::new().with(&["--max-delete", "5"]);
    world.files("a", 60);
    world.congruent_pass();
    remove(&world, "a", 0..20);
    let approved = world.refused(&[], &["max-delete"]).approve().to_owned();
    // One more than was approved.
    remove(&world, "a", 20..21);
    let larger = world
        .refused(&["--approve", &approved], &["max-delete"])
        .approve()
        .to_owned();
    assert_ne!(larger, approved);
    // Other entries, though no more of them.
    fs::write(world.s("a/f00020"), "back").unwrap();
    fs::write(world.s("a/f00000"), "back").unwrap();
    remove(&world, "a", 21..22);
    world.refused(&["--approve", &approved], &["max-delete"]);
    // Fewer than were approved.
    fs::write(world.s("a/f00021"), "back").unwrap();
    fs::write(world.s("a/f00001"), "back").unwrap();
    let outcome = world.pass_with(&["--approve", &approved]).congruent();
    assert_eq!(outcome.document["changes"]["deleted"], 18, "{outcome}");
}

#[test]
fn more_changes_than_max_change_are_refused() {
    let world = World::new().with(&["--max-change", "5"]);
    world.files("a", 40);
    world.congruent_pass();
    for number in 0..6 {
        fs::write(world.s(format!("a/f{number:05}")), format!("changed {number}")).unwrap();
    }
    refused_until_approved(&world, &[], &["max-change"]).changed([0, 6, 0, 0, 0]);
    // Metadata does not count.
    for number in 0..40 {
        chmod(&world.s(format!("a/f{number:05}")), 0o600);
    }
    world.congruent_pass().changed([0, 0, 0, 0, 40]);
}

#[test]
fn deleting_everything_is_refused_whatever_max_delete_says() {
    let world = World::new().with(&["--max-delete", "100%"]);
    world.files("a", 5);
    world.congruent_pass();
    fs::remove_dir_all(world.s("a")).unwrap();
    world.file("other", "only this");
    let outcome = world.pass();
    assert_eq!(outcome.code, 3, "{outcome}");
    assert!(outcome.refused().contains(&"delete-everything"), "{outcome}");
}

#[test]
fn too_little_room_is_refused_before_anything_is_written() {
    let world = World::new().configured("[pair.p.guard]\nreserve = \"1 MB\"");
    let _small = Mounted::tmpfs(&world.dst(), "8m");
    world.file("small", "fits");
    world.congruent_pass();
    world.file("large", vec![1; 10 << 20]);
    let outcome = world.refused(&[], &["no-space"]);
    assert_eq!(outcome.document["refusal"]["guards"][0]["approvable"], false);
    fs::remove_file(world.s("large")).unwrap();
    world.congruent_pass();
}

#[test]
fn a_plan_is_refused_where_a_run_would_be_and_changes_nothing() {
    let world = World::new().configured("[pair.p.guard]\nmax_delete = 3");
    world.files("a", 40);
    world.congruent_pass();
    remove(&world, "a", 0..10);
    world.file("new", "content");
    let before = listing(&world.dst());
    let plan = world.run(&["plan", "p"]);
    assert_eq!(plan.code, 3, "{plan}");
    assert_eq!(plan.document["changes"]["deleted"], 10, "{plan}");
    assert_eq!(plan.document["changes"]["created"], 1, "{plan}");
    before.assert_same(&listing(&world.dst()), "a plan changed the standby");
    // What a plan prints approves a run.
    world.pass_with(&["--approve", plan.approve()]).congruent();
}
