//! Interrupted passes, and passes that meet.

use crate::harness::*;
use std::fs;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// How long a child may take to come to where a test wants it; far beyond what it needs.
const PATIENCE: Duration = Duration::from_secs(120);

fn signal(child: &Child, name: &str) {
    done(std::process::Command::new("kill").args(["-s", name, &child.id().to_string()]));
}

/// Starts a pass and waits until it is copying.
fn started(world: &World) -> Child {
    let words = world.pass_arguments(&["--json", "--progress", "none"]);
    let child = world
        .command(&words)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while copied(world) == 0 {
        assert!(began.elapsed() < PATIENCE, "the pass does not begin");
        std::thread::sleep(Duration::from_millis(2));
    }
    child
}

/// Files that are at the standby or on their way there.
fn copied(world: &World) -> usize {
    count(&world.dst())
}

/// Counts files in a tree that is being changed: what is gone before it is looked at does not count.
fn count(directory: &std::path::Path) -> usize {
    let Ok(entries) = fs::read_dir(directory) else {
        return 0;
    };
    let of_entry = |entry: fs::DirEntry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => count(&entry.path()),
        Ok(_) => usize::from(entry.file_name().to_string_lossy().starts_with('f')),
        Err(_) => 0,
    };
    entries.flatten().map(of_entry).sum()
}

fn many() -> World {
    let world = World::new();
    for directory in 0..8 {
        world.files(&format!("d{directory}"), 1_500);
    }
    world.file("large", vec![3; 64 << 20]);
    world
}

#[test]
fn an_interrupted_pass_leaves_with_four_and_is_resumed() {
    let world = many();
    world.file("first", "old");
    world.set_restless(true);
    let child = started_stopped(&world);
    signal(&child, "INT");
    signal(&child, "CONT");
    let output = child.wait_with_output().unwrap();
    let outcome = Outcome::of(&[], &output);
    outcome.failed(4, "interrupted");
    world.set_restless(false);
    world.congruent_pass();
    world.congruent_pass().changed_nothing().sent(0);
}

#[test]
fn a_verification_after_an_interrupted_pass_compares_what_arrived() {
    let world = many();
    world.set_restless(true);
    let mut child = started(&world);
    child.kill().unwrap();
    child.wait().unwrap();
    world.set_restless(false);
    let verified = world.verify(&[]);
    assert!(verified.code <= 1, "{verified}");
    assert!(
        verified
            .findings()
            .iter()
            .all(|found| found.starts_with("only-production") || found.starts_with("differs")),
        "{verified}"
    );
    world.congruent_pass();
    world.congruent_pass().changed_nothing().sent(0);
}

/// A pass that is copying and was stopped there, so that what follows meets it.
fn started_stopped(world: &World) -> Child {
    let child = world
        .command(&world.pass_arguments(&["--json", "--progress", "none"]))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while !world.d(".counterpart/incoming").exists() {
        assert!(began.elapsed() < PATIENCE, "the pass does not begin");
    }
    signal(&child, "STOP");
    child
}

#[test]
fn two_passes_of_one_pair_do_not_run_at_once() {
    let world = many();
    let first = started_stopped(&world);
    world.bare_pass().failed(5, "locked");
    world.verify(&[]).failed(5, "locked");
    signal(&first, "CONT");
    let output = first.wait_with_output().unwrap();
    assert_eq!(Outcome::of(&[], &output).code, 0);
    world.congruent_pass().changed_nothing();
}

/// A caller whose state is somewhere else: another host that has the same standby, or the same under another name.
fn elsewhere(world: &World) -> Outcome {
    let mut words: Vec<std::ffi::OsString> = vec!["--json".into(), "--state".into()];
    words.push(world.path("other-state").into());
    words.extend(world.pass_arguments::<&str>(&[]));
    if let Some(remote) = words.iter().position(|word| word == "--remote") {
        let other = world.path("other-far-state");
        words[remote + 1] = format!("{PROGRAM} agent --state {}", other.display()).into();
    }
    let mut command = std::process::Command::new(PROGRAM);
    world.settle_command(&mut command);
    Outcome::of(&words, &command.args(&words).output().unwrap())
}

#[test]
fn a_caller_with_another_state_does_not_run_at_the_same_standby_at_once() {
    let world = many();
    let mut first = started_stopped(&world);
    let refused = elsewhere(&world);
    refused.failed(5, "locked");
    let said = refused.to_string();
    assert!(said.contains("process ") && said.contains("of pair"), "{refused}");
    first.kill().unwrap();
    first.wait().unwrap();
    world.congruent_pass();
}

#[test]
fn the_lock_of_a_killed_holder_does_not_stand_in_the_way() {
    let world = many();
    let mut child = started_stopped(&world);
    child.kill().unwrap();
    child.wait().unwrap();
    let outcome = world.congruent_pass();
    assert!(outcome.number("bytes_sent") > 0, "{outcome}");
    assert_eq!(world.incoming(), Vec::<String>::new());
}

#[test]
fn a_pass_that_is_killed_many_times_comes_to_its_end() {
    let world = World::new().with(&["--max-change", "100%", "--max-delete", "100%"]);
    world.files("a", 300);
    world.file("file", "before");
    world.congruent_pass();
    let kept = fs::read(world.d("file")).unwrap();
    for round in 0..times(12) {
        world.file("file", format!("round {round}"));
        for number in 0..30 {
            world.file(
                format!("a/f{:05}", (round * 7 + number) % 300),
                format!("round {round} {number}"),
            );
        }
        let _ = fs::remove_file(world.s(format!("a/f{:05}", 299 - round % 200)));
        world.file(format!("new{round}/file"), vec![1; 300_000]);
        let mut child = world
            .command(&world.pass_arguments(&["--quiet"]))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(u64::from(round * 13 % 120)));
        child.kill().unwrap();
        child.wait().unwrap();
        let held = String::from_utf8(fs::read(world.d("file")).unwrap()).unwrap();
        assert!(
            held.as_bytes() == kept || held.starts_with("round "),
            "half a file: {held}"
        );
    }
    world.congruent_pass();
    world.congruent_pass().changed_nothing().sent(0);
    world.pass_with(&["--reread"]).congruent();
}

#[test]
fn a_started_pass_is_seen() {
    // The helper of the others: a pass that nothing disturbs comes to its end.
    let world = many();
    let output = started(&world).wait_with_output().unwrap();
    assert_eq!(Outcome::of(&[], &output).code, 0);
    world.congruent_pass().changed_nothing();
}
