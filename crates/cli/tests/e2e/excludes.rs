//! Excludes: which entries they leave out, and what becomes of those.

use crate::harness::*;
use std::fs;

#[test]
fn the_last_pattern_that_matches_decides() {
    let world = World::new().with(&[
        "--exclude",
        "*.tmp",
        "--exclude",
        "!keep.tmp",
        "--exclude",
        "/top",
        "--exclude",
        "logs/",
        "--exclude",
        "!logs/in",
        "--exclude",
        "a/**/z",
    ]);
    let files = [
        ("x.tmp", false),
        ("deep/down/x.tmp", false),
        ("deep/keep.tmp", true),
        ("top", false),
        ("deep/top", true),
        ("deep/logs/in", false),
        ("deep/more/logs", true),
        ("a/z", false),
        ("a/b/c/z", false),
        ("b/a/z", true),
    ];
    for (path, _) in files {
        world.file(path, path);
    }
    let outcome = world.bare_pass().congruent();
    for (path, taken) in files {
        assert_eq!(world.d(path).exists(), taken, "{path}");
    }
    assert_eq!(world.incoming(), Vec::<String>::new());
    let shown = certificate(&world, &outcome);
    let excluded = &shown["scope"]["excluded"]["production"];
    assert!(
        excluded.to_string().contains('6') || excluded.is_object(),
        "{shown:#}"
    );
    assert_eq!(shown["scope"]["excluded"]["patterns"][1], "!keep.tmp");
}

fn certificate(world: &World, outcome: &Outcome) -> serde_json::Value {
    let shown = world.run(&["certificate", "show", "--pair", &outcome.pair()]);
    assert_eq!(shown.code, 0, "{shown}");
    shown.document["certificate"].clone()
}

#[test]
fn what_is_excluded_is_left_alone_at_the_standby() {
    let world = World::new()
        .with(&["--exclude", "*.tmp", "--exclude", "cache/"])
        .comparing(&["--exclude=*.tmp", "--exclude=cache/"]);
    world.file("file", "content");
    world.congruent_pass();
    fs::write(world.d("own.tmp"), "the standby's own").unwrap();
    fs::create_dir(world.d("cache")).unwrap();
    fs::write(world.d("cache/own"), "the standby's own").unwrap();
    set_mtime(&world.dst(), 1_600_000_000, 0);
    set_mtime(&world.src(), 1_600_000_000, 0);
    world.congruent_pass();
    world.file("file", "changed");
    world.congruent_pass().changed([0, 1, 0, 0, 0]);
    assert_eq!(fs::read(world.d("own.tmp")).unwrap(), b"the standby's own");
    assert_eq!(fs::read(world.d("cache/own")).unwrap(), b"the standby's own");
}

#[test]
fn what_is_excluded_at_both_sites_and_differs_is_reported() {
    let world = World::new()
        .with(&["--exclude", "server.cf"])
        .comparing(&["--exclude=server.cf"]);
    world.file("file", "content");
    world.file("server.cf", "production's");
    world.congruent_pass();
    fs::write(world.d("server.cf"), "the standby's own settings").unwrap();
    set_mtime(&world.src(), 1_600_000_000, 0);
    set_mtime(&world.dst(), 1_600_000_000, 0);
    // Excluded entries are looked at again when everything is.
    let outcome = world.pass_with(&["--reread"]).congruent();
    let told: Vec<_> = world
        .log(&outcome)
        .into_iter()
        .filter(|entry| entry["finding"]["code"] == "excluded-differs")
        .collect();
    assert_eq!(told.len(), 1, "{outcome}");
    assert_eq!(told[0]["path"], "server.cf");
    assert_eq!(
        fs::read(world.d("server.cf")).unwrap(),
        b"the standby's own settings"
    );
}

#[test]
fn what_is_excluded_beneath_a_deleted_directory_is_left() {
    let world = World::new()
        .with(&["--exclude", "*.tmp"])
        .comparing(&["--exclude=*.tmp"]);
    world.file("gone/file", "content");
    world.file("gone/further/file", "content");
    world.file("stays", "content");
    world.congruent_pass();
    fs::write(world.d("gone/further/own.tmp"), "the standby's own").unwrap();
    fs::remove_dir_all(world.s("gone")).unwrap();
    let outcome = world.bare_pass();
    assert_eq!(
        fs::read(world.d("gone/further/own.tmp")).unwrap(),
        b"the standby's own"
    );
    assert!(!world.d("gone/file").exists() && !world.d("gone/further/file").exists());
    let told = world.log(&outcome);
    assert!(
        told.iter()
            .any(|entry| entry["finding"]["code"] == "excluded-beneath"),
        "{told:#?}"
    );
    // Once it is removed by hand, the directories go, too.
    fs::remove_file(world.d("gone/further/own.tmp")).unwrap();
    world.congruent_pass();
    assert!(!world.d("gone").exists());
}

#[test]
fn the_list_of_excludes_may_change_between_passes() {
    let world = World::new().comparing(&["--exclude=*.tmp"]);
    world.file("file", "content");
    world.file("x.tmp", "first");
    world.congruent_pass();
    assert!(world.d("x.tmp").exists());
    // Newly excluded: left alone at the standby.
    world.file("x.tmp", "second");
    world.pass_with(&["--exclude", "*.tmp"]).congruent();
    assert_eq!(fs::read(world.d("x.tmp")).unwrap(), b"first");
    // No longer excluded: compared and brought again.
    let outcome = world.congruent_pass();
    assert_eq!(fs::read(world.d("x.tmp")).unwrap(), b"second", "{outcome}");
    world.congruent_pass().changed_nothing().sent(0);
}
