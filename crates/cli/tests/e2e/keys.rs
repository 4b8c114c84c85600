//! Keys: changed, lost, revoked, in an agent; and a verification that names the first record that does not hold.

mod agent;
mod breaking;
mod changing;

use crate::harness::*;
use counterpart_store::{Journal, Record};
use std::fs;
use std::path::{Path, PathBuf};

/// The directory of the only pair.
fn pair_dir(world: &World) -> PathBuf {
    let mut pairs = fs::read_dir(world.state().join("pairs")).unwrap();
    pairs.next().unwrap().unwrap().path()
}

fn journal_dir(world: &World) -> PathBuf {
    pair_dir(world).join("journal")
}

fn journal(world: &World) -> PathBuf {
    journal_dir(world).join("journal.ndjson")
}

fn records(world: &World) -> Vec<Record> {
    let journal = Journal::open(&journal_dir(world)).unwrap();
    journal.records().unwrap().map(Result::unwrap).collect()
}

fn copy_of(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    done(std::process::Command::new("cp").arg("-a").arg(from).arg(to));
}

/// A pair with one pass more for each text.
fn passes(world: &World, texts: &[&str]) -> Outcome {
    let mut last = None;
    for text in texts {
        world.file("file", text);
        last = Some(world.congruent_pass());
    }
    last.unwrap()
}

/// What verification says when it must fail.
#[track_caller]
fn broken(world: &World, words: &[&str]) -> String {
    let verified = world.run(&[&["certificate", "verify"], words].concat());
    verified.failed(1, "evidence-broken");
    let (code, said) = world.say(&[&["certificate", "verify"], words].concat());
    assert_eq!(code, 1, "{said}");
    said
}

#[track_caller]
fn holds(world: &World, words: &[&str]) -> Outcome {
    let verified = world.run(&[&["certificate", "verify"], words].concat());
    assert_eq!(
        (verified.code, &verified.document["holds"]),
        (0, &true.into()),
        "{verified}"
    );
    verified
}
