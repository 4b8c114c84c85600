//! Renames: done at the standby, so that nothing is sent.

use crate::harness::*;
use std::fs;

#[test]
fn a_retired_page_is_renamed_and_called_so() {
    let world = World::new().configured("[pair.p.tree]\nretired = \"X{name}\"");
    world.file("pages/0842/0060002", vec![7; 40_000]);
    world.file("pages/0842/0060003", vec![8; 40_000]);
    world.congruent_pass();
    fs::rename(world.s("pages/0842/0060002"), world.s("pages/0842/X0060002")).unwrap();
    let outcome = world.congruent_pass().sent(0);
    assert_eq!(outcome.document["changes"]["renamed"], 1, "{outcome}");
    let entries = world.log(&outcome);
    let renamed = entries.iter().find(|entry| entry["from"].is_string()).unwrap();
    assert_eq!(renamed["path"], "pages/0842/X0060002");
    assert_eq!(renamed["from"], "pages/0842/0060002");
    assert!(
        renamed["words"].as_str().unwrap().contains("retired"),
        "{renamed:#}"
    );
    let (_, said) = world.say(&["log", "p"]);
    assert!(said.contains("retired"), "{said}");
}

#[test]
fn a_renamed_directory_of_three_hundred_files_sends_nothing() {
    let world = World::new();
    world.files("studies/2025/old", 300);
    world.files("studies/other", 300);
    world.congruent_pass();
    fs::rename(world.s("studies/2025/old"), world.s("studies/renamed")).unwrap();
    let outcome = world.congruent_pass().sent(0);
    assert!(
        outcome.document["changes"]["renamed"].as_u64().unwrap() >= 1,
        "{outcome}"
    );
    world.congruent_pass().changed_nothing();
}

#[test]
fn a_file_that_is_renamed_and_edited_arrives_as_it_is() {
    let world = World::new();
    world.file("old", [1; 10_000]);
    world.file("other", [2; 10_000]);
    world.congruent_pass();
    fs::rename(world.s("old"), world.s("new")).unwrap();
    let (seconds, nanos) = mtime(&world.s("new"));
    fs::write(world.s("new"), [3; 10_000]).unwrap();
    world.congruent_pass();
    assert_eq!(fs::read(world.d("new")).unwrap(), [3; 10_000]);
    // Behind the same size and time: only its content says that it is another one.
    fs::rename(world.s("new"), world.s("newer")).unwrap();
    fs::write(world.s("newer"), [4; 10_000]).unwrap();
    set_mtime(&world.s("newer"), seconds, nanos);
    world.congruent_pass();
    assert_eq!(fs::read(world.d("newer")).unwrap(), [4; 10_000]);
}

#[test]
fn two_names_are_swapped() {
    let world = World::new();
    world.file("one", "first content");
    world.file("two", "other content");
    world.file("a/x", "in a");
    world.file("b/y", "in b");
    world.congruent_pass();
    for (first, second) in [("one", "two"), ("a", "b")] {
        fs::rename(world.s(first), world.s("between")).unwrap();
        fs::rename(world.s(second), world.s(first)).unwrap();
        fs::rename(world.s("between"), world.s(second)).unwrap();
    }
    world.congruent_pass();
    assert_eq!(fs::read(world.d("one")).unwrap(), b"other content");
    assert_eq!(fs::read(world.d("a/y")).unwrap(), b"in b");
    world.congruent_pass().changed_nothing();
}

#[test]
fn a_file_is_renamed_onto_a_name_that_was_deleted() {
    let world = World::new();
    world.file("keeps", "its name");
    world.file("from", [5; 5_000]);
    world.file("onto", [6; 5_001]);
    world.congruent_pass();
    fs::rename(world.s("from"), world.s("onto")).unwrap();
    world.congruent_pass();
    assert_eq!(fs::read(world.d("onto")).unwrap(), [5; 5_000]);
    assert!(world.versions("onto").len() == 1 && !world.d("from").exists());
    world.congruent_pass().changed_nothing();
}

#[test]
fn the_case_of_a_name_changes() {
    let world = World::new();
    world.file("stays", "as it is");
    world.file("Image.DCM", [1; 9_000]);
    world.file("Study/file", "in it");
    world.congruent_pass();
    fs::rename(world.s("Image.DCM"), world.s("image.dcm")).unwrap();
    fs::rename(world.s("Study"), world.s("STUDY")).unwrap();
    world.congruent_pass().sent(0);
    assert!(world.d("image.dcm").exists() && !world.d("Image.DCM").exists());
    world.congruent_pass().changed_nothing();
}

#[test]
fn a_chain_of_renames_and_a_rename_into_a_new_directory() {
    let world = World::new();
    for name in ["a", "b", "c"] {
        world.file(name, name.repeat(4_000));
    }
    world.congruent_pass();
    fs::rename(world.s("c"), world.s("d")).unwrap();
    fs::rename(world.s("b"), world.s("c")).unwrap();
    fs::rename(world.s("a"), world.s("b")).unwrap();
    world.congruent_pass();
    assert_eq!(fs::read(world.d("d")).unwrap(), "c".repeat(4_000).as_bytes());
    fs::create_dir_all(world.s("new/deeper")).unwrap();
    fs::rename(world.s("d"), world.s("new/deeper/d")).unwrap();
    let outcome = world.congruent_pass().sent(0);
    assert_eq!(outcome.document["changes"]["renamed"], 1, "{outcome}");
    world.congruent_pass().changed_nothing();
}

#[test]
fn a_nested_directory_that_moves_leaves_nothing_in_the_manifest() {
    let world = World::new();
    world.file("always", "there");
    world.file("old/inner/file", vec![1; 1_000]);
    world.congruent_pass();
    fs::create_dir(world.s("new")).unwrap();
    fs::rename(world.s("old"), world.s("new/old")).unwrap();
    world.congruent_pass().sent(0);
    world.congruent_pass().changed_nothing();
}
