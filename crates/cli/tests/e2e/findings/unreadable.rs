//! What the account may not read.

use crate::harness::*;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::chown;
use std::process::Command;

const NOBODY: u32 = 65_534;

/// Runs a pass as an account without rights of its own.
pub(super) fn as_nobody(world: &World, arguments: &[&str]) -> Outcome {
    nobodys_with(world, &[], &world.pass_arguments(arguments))
}

/// Runs a command as that account.
pub(super) fn nobodys(world: &World, words: &[&str]) -> Outcome {
    let words: Vec<OsString> = words.iter().map(Into::into).collect();
    nobodys_with(world, &[], &words)
}

/// The same with variables of the environment.
pub(super) fn nobodys_with(world: &World, variables: &[(&str, &str)], words: &[OsString]) -> Outcome {
    // The build's own directory may be closed to that account.
    let program = world.path("program");
    if !program.exists() && fs::hard_link(PROGRAM, &program).is_err() {
        fs::copy(PROGRAM, &program).unwrap();
    }
    chmod(&program, 0o755);
    let mut command = Command::new("setpriv");
    world.settle_command(&mut command);
    let account = NOBODY.to_string();
    command.args(["--reuid", &account, "--regid", &account, "--clear-groups", "--"]);
    // Only the program itself has them: what a library keeps of an account that came before would be closed to it.
    command.arg("env");
    let variables = variables.iter().map(|(name, value)| format!("{name}={value}"));
    command.args(variables).arg(program);
    let words: Vec<OsString> = ["--json", "--state"]
        .map(Into::into)
        .into_iter()
        .chain([world.state().into()])
        .chain(words.iter().cloned())
        .collect();
    Outcome::of(&words, &command.args(&words).output().unwrap())
}

/// A world in which that account owns its standby and its state.
pub(super) fn of_nobody() -> World {
    let world = World::new().comparing(&["--no-owner", "--no-group"]);
    for path in [world.dst(), world.state()] {
        fs::create_dir(&path).unwrap();
        chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    world
}

#[test]
fn an_unreadable_file_is_told_with_its_reason_and_the_rest_is_mirrored() {
    let world = of_nobody();
    world.file("open", "content");
    world.file("closed", "secret");
    chmod(&world.s("closed"), 0o600);
    let outcome = as_nobody(&world, &[]).not_congruent();
    assert_eq!(outcome.findings(), ["unreadable closed"], "{outcome}");
    let message = outcome.document["failures"][0]["message"]
        .as_str()
        .unwrap()
        .to_lowercase();
    assert!(message.contains("permission denied"), "{message}");
    assert_eq!(fs::read(world.d("open")).unwrap(), b"content");
    assert!(!world.d("closed").exists());
    as_nobody(&world, &[]).not_congruent();
    chmod(&world.s("closed"), 0o644);
    as_nobody(&world, &[]).congruent();
    assert_eq!(fs::read(world.d("closed")).unwrap(), b"secret");
}

#[test]
fn a_file_that_becomes_unreadable_keeps_its_copy() {
    let world = of_nobody();
    world.file("file", "content");
    as_nobody(&world, &[]).congruent();
    fs::write(world.s("file"), "changed").unwrap();
    chmod(&world.s("file"), 0o600);
    for _ in 0..2 {
        as_nobody(&world, &[]).not_congruent();
        assert_eq!(fs::read(world.d("file")).unwrap(), b"content");
    }
}

#[test]
fn deletes_are_withheld_only_beneath_an_unreadable_directory() {
    let world = of_nobody();
    world.file("closed/kept", "kept");
    world.file("closed/deeper/kept", "kept");
    world.file("open/gone", "gone");
    world.file("open/stays", "stays");
    as_nobody(&world, &[]).congruent();
    fs::remove_file(world.s("closed/kept")).unwrap();
    fs::remove_file(world.s("open/gone")).unwrap();
    chmod(&world.s("closed"), 0o700);
    for _ in 0..2 {
        let outcome = as_nobody(&world, &[]).not_congruent();
        assert!(
            outcome
                .findings()
                .contains(&"unreadable-directory closed".to_owned()),
            "{outcome}"
        );
        assert!(world.d("closed/deeper/kept").exists(), "{outcome}");
        assert!(!world.d("open/gone").exists(), "{outcome}");
    }
    chmod(&world.s("closed"), 0o755);
    as_nobody(&world, &[]).congruent();
    assert!(!world.d("closed/kept").exists() && world.d("closed/deeper/kept").exists());
}

#[test]
fn a_first_pass_over_an_unreadable_directory_says_so_in_every_pass() {
    let world = of_nobody();
    world.file("closed/file", "content");
    world.file("open", "content");
    chmod(&world.s("closed"), 0o700);
    for _ in 0..2 {
        let outcome = as_nobody(&world, &[]).not_congruent();
        assert!(
            outcome
                .findings()
                .contains(&"unreadable-directory closed".to_owned()),
            "{outcome}"
        );
    }
    assert!(world.d("open").exists() && !world.d("closed/file").exists());
}
