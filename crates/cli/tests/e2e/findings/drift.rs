//! A standby that something else changed is put back, and the report says so.

use crate::harness::*;
use std::fs;

fn codes(outcome: &Outcome, code: &str) -> Vec<String> {
    outcome
        .findings()
        .into_iter()
        .filter_map(|found| found.strip_prefix(&format!("{code} ")).map(str::to_owned))
        .collect()
}

#[test]
fn changed_content_is_put_back_and_kept_in_history() {
    let world = World::new();
    world.file("directory/file", "certified");
    world.file("directory/other", "certified too");
    world.congruent_pass();
    tick();
    fs::write(world.d("directory/file"), "written by somebody").unwrap();
    world.verify(&[]).not_congruent();
    let outcome = world.congruent_pass();
    assert_eq!(codes(&outcome, "drift"), ["directory/file"], "{outcome}");
    assert_eq!(fs::read(world.d("directory/file")).unwrap(), b"certified");
    let versions = world.versions("directory/file");
    assert_eq!(versions.len(), 1);
    assert_eq!(versions[0]["why"], "drifted", "{versions:?}");
    assert_eq!(world.kept(&versions[0]), b"written by somebody");
    assert_eq!(
        codes(&world.congruent_pass().changed_nothing(), "drift"),
        Vec::<String>::new()
    );
}

#[test]
fn an_extra_file_and_an_extra_directory_go_to_history() {
    let world = World::new();
    world.file("directory/file", "certified");
    world.congruent_pass();
    fs::write(world.d("directory/extra"), "extra").unwrap();
    fs::create_dir_all(world.d("more/of/it")).unwrap();
    fs::write(world.d("more/of/it/file"), "extra").unwrap();
    let outcome = world.congruent_pass();
    let drifted = codes(&outcome, "drift");
    assert!(drifted.contains(&"directory/extra".to_owned()), "{outcome}");
    assert!(drifted.iter().any(|path| path.starts_with("more")), "{outcome}");
    assert!(!world.d("directory/extra").exists() && !world.d("more").exists());
    assert_eq!(world.versions("directory/extra").len(), 1);
    world.congruent_pass().changed_nothing();
}

#[test]
fn a_deleted_file_and_a_deleted_directory_come_back() {
    let world = World::new();
    world.files("directory", 5);
    world.files("gone/whole", 5);
    world.congruent_pass();
    fs::remove_file(world.d("directory/f00002")).unwrap();
    fs::remove_dir_all(world.d("gone")).unwrap();
    let outcome = world.congruent_pass();
    let drifted = codes(&outcome, "drift");
    assert!(drifted.contains(&"directory/f00002".to_owned()), "{outcome}");
    assert!(world.d("gone/whole/f00004").exists());
    world.congruent_pass().changed_nothing();
}

#[test]
fn a_changed_kind_and_changed_metadata_come_back() {
    let world = World::new();
    world.file("a", "file");
    world.file("b/inside", "in a directory");
    std::os::unix::fs::symlink("target", world.s("c")).unwrap();
    world.congruent_pass();
    fs::remove_file(world.d("a")).unwrap();
    fs::create_dir(world.d("a")).unwrap();
    fs::write(world.d("a/strange"), "strange").unwrap();
    fs::remove_dir_all(world.d("b")).unwrap();
    fs::write(world.d("b"), "a file").unwrap();
    fs::remove_file(world.d("c")).unwrap();
    std::os::unix::fs::symlink("elsewhere", world.d("c")).unwrap();
    world.congruent_pass();
    chmod(&world.d("a"), 0o777);
    set_mtime(&world.d("b/inside"), 1_000_000_000, 0);
    world.congruent_pass();
    world.congruent_pass().changed_nothing();
}

#[test]
fn metadata_that_somebody_changed_is_put_back_and_told() {
    let world = World::new();
    for name in ["loose", "touched", "left", "directory/inside", "production"] {
        world.file(name, name);
    }
    world.congruent_pass();
    tick();
    chmod(&world.d("loose"), 0o777);
    set_mtime(&world.d("touched"), 1_000_000_000, 0);
    chmod(&world.d("directory"), 0o777);
    chmod(&world.s("production"), 0o600);
    world.verify(&[]).not_congruent();
    let outcome = world.congruent_pass().changed([0, 0, 0, 0, 4]).sent(0);
    assert_eq!(
        codes(&outcome, "drift"),
        ["directory", "loose", "touched"],
        "{outcome}"
    );
    assert!(world.versions("loose").is_empty());
    let told = codes(&world.congruent_pass().changed_nothing(), "drift");
    assert!(told.is_empty(), "{told:?}");
}

#[test]
fn metadata_that_drifted_is_no_change_to_a_guard() {
    let world = World::new().configured("[pair.p.guard]\nmax_change = 1");
    world.files("a", 60);
    world.congruent_pass();
    tick();
    for number in 0..60 {
        let file = world.d(format!("a/f{number:05}"));
        if number % 2 == 0 {
            chmod(&file, 0o600);
        } else {
            set_mtime(&file, 1_000_000_000, 0);
        }
    }
    let outcome = world.congruent_pass();
    assert_eq!(codes(&outcome, "drift").len(), 60, "{outcome}");
}

#[test]
fn drift_where_production_changed_too_loses_nothing() {
    let world = World::new();
    world.file("file", "certified");
    world.congruent_pass();
    tick();
    fs::write(world.d("file"), "the standby's").unwrap();
    world.file("file", "production's new");
    world.congruent_pass();
    assert_eq!(fs::read(world.d("file")).unwrap(), b"production's new");
    let versions = world.versions("file");
    assert_eq!(versions.len(), 1);
    assert_eq!(world.kept(&versions[0]), b"the standby's");
}

#[test]
fn nothing_but_the_tree_and_its_own_folder_is_at_the_standby() {
    let world = World::new();
    world.file("directory/file", "content");
    world.congruent_pass();
    world.file("directory/file", "changed");
    world.congruent_pass();
    let mut names: Vec<String> = fs::read_dir(world.dst())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, [".counterpart", "directory"]);
    assert_eq!(
        fs::read_dir(world.s(".")).unwrap().count(),
        1,
        "nothing is kept beneath production"
    );
}
