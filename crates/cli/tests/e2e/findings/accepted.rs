//! Findings that somebody accepted: the file that only its programmer may read.

use super::unreadable::{as_nobody, nobodys, nobodys_with, of_nobody};
use crate::harness::*;
use crate::reader;
use serde_json::Value;
use std::ffi::OsString;
use std::fs;

const REASON: &str = "readable by its programmer only; rebuilt from the study file";

/// A world with such a file, seen once without an exception.
fn scene() -> World {
    let world = of_nobody();
    world.file("035/lib/open", "content");
    world.file("035/lib/private.key", "secret");
    chmod(&world.s("035/lib/private.key"), 0o600);
    let outcome = as_nobody(&world, &[]).not_congruent();
    assert_eq!(
        outcome.findings(),
        ["unreadable 035/lib/private.key"],
        "{outcome}"
    );
    world
}

fn add(world: &World, options: &[&str]) -> Outcome {
    let words = ["exception", "add", "--reason", REASON, "--owner", "data manager"];
    nobodys(world, &[&words[..], options].concat())
}

fn tomorrow() -> String {
    let output = done(std::process::Command::new("date").args(["-u", "-d", "+1 day", "+%Y-%m-%d"]));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn in_90_days() -> String {
    let output = done(std::process::Command::new("date").args(["-u", "-d", "+90 days", "+%Y-%m-%d"]));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn accepted() -> World {
    let world = scene();
    let until = in_90_days();
    let added = add(
        &world,
        &["035/lib/private.key", "--code", "unreadable", "--until", &until],
    );
    assert_eq!(added.code, 0, "{added}");
    let exception = &added.document["exception"];
    assert_eq!(exception["id"], "x-1", "{added}");
    assert_eq!(exception["expires"], format!("{until}T23:59:59Z"), "{added}");
    assert_eq!(added.document["covered_last"], 1, "{added}");
    world
}

fn list(world: &World) -> Value {
    nobodys(world, &["exception", "list", "--all"]).document["exceptions"].clone()
}

#[test]
fn a_file_that_only_its_programmer_may_read_is_accepted_and_counted() {
    let world = accepted();
    for _ in 0..2 {
        let outcome = as_nobody(&world, &[]).congruent();
        assert_eq!(
            outcome.findings(),
            ["unreadable 035/lib/private.key"],
            "{outcome}"
        );
        let failure = &outcome.document["failures"][0];
        assert_eq!(
            (&failure["verdict"], &failure["exception"]),
            (&"EXCEPTED".into(), &"x-1".into())
        );
        assert_eq!(
            (outcome.number("excepted"), outcome.number("not_compared")),
            (1, 0),
            "{outcome}"
        );
        assert_eq!(outcome.document["exceptions"][0]["matched"], 1, "{outcome}");
        let logged = nobodys(&world, &["log"]).document["entries"].clone();
        let logged = logged.as_array().unwrap();
        assert!(
            logged.iter().any(|entry| entry["finding"]["exception"] == "x-1"),
            "{logged:?}"
        );
    }
    assert_eq!(list(&world)[0]["matched_last"], 1);
    let status = nobodys(&world, &["status"]);
    assert_eq!(status.code, 0, "{status}");
    let line = &status.document["pairs"][0];
    assert_eq!(
        (&line["exceptions"], &line["excepted"]),
        (&1.into(), &1.into()),
        "{status}"
    );
}

#[test]
fn the_evidence_of_an_exception_holds_for_others() {
    let world = accepted();
    let outcome = as_nobody(&world, &[]).congruent();
    let told = reader::read_home(&world, &outcome.pair());
    let certificate = &told["certificates"][1]["certificate"];
    assert_eq!(certificate["exceptions"][0]["reason"], REASON);
    assert_eq!(certificate["verdicts"]["layers"][0]["verdict"], "EXCEPTED");
    let verified = nobodys(&world, &["certificate", "verify"]);
    assert_eq!(verified.code, 0, "{verified}");
    let page = nobodys(&world, &["certificate", "show"]).document["page"].clone();
    let page = page.as_str().unwrap();
    for word in [
        "EXCEPTIONS IN FORCE",
        "x-1",
        "data manager answers for it",
        "accepted for",
    ] {
        assert!(page.contains(word), "{word}: {page}");
    }
}

#[test]
fn a_new_denial_is_a_finding() {
    let world = accepted();
    world.file("035/lib/second.key", "secret");
    chmod(&world.s("035/lib/second.key"), 0o600);
    let outcome = as_nobody(&world, &[]).not_congruent();
    assert_eq!(
        (outcome.number("excepted"), outcome.number("not_compared")),
        (1, 1),
        "{outcome}"
    );
}

#[test]
fn it_is_copied_once_it_can_be_read() {
    let world = accepted();
    as_nobody(&world, &[]).congruent();
    assert!(!world.d("035/lib/private.key").exists());
    chmod(&world.s("035/lib/private.key"), 0o644);
    let outcome = as_nobody(&world, &[]).congruent();
    assert_eq!(outcome.number("excepted"), 0, "{outcome}");
    assert_eq!(fs::read(world.d("035/lib/private.key")).unwrap(), b"secret");
    world.assert_equal(&outcome.pair());
}

#[test]
fn a_verification_heeds_it_with_what_follows_from_it() {
    let world = accepted();
    as_nobody(&world, &[]).congruent();
    let (src, dst) = (world.src_location(), world.dst_location());
    let words = ["verify", src.to_str().unwrap(), dst.to_str().unwrap()];
    let outcome = nobodys(&world, &words).congruent();
    assert_eq!(
        (outcome.number("excepted"), outcome.number("different")),
        (1, 0),
        "{outcome}"
    );
}

#[test]
fn one_that_was_ended_is_a_finding_again() {
    let world = accepted();
    as_nobody(&world, &[]).congruent();
    let refused = nobodys(&world, &["exception", "end", "x-1"]);
    refused.failed(2, "usage");
    let ended = nobodys(
        &world,
        &["exception", "end", "x-1", "--reason", "it is to be mended"],
    );
    assert_eq!(ended.document["exception"]["standing"], "ended", "{ended}");
    let outcome = as_nobody(&world, &[]).not_congruent();
    reader::read_home(&world, &outcome.pair());
    assert_eq!(list(&world)[0]["ended"]["reason"], "it is to be mended");
    nobodys(&world, &["exception", "end", "x-7", "--reason", "a mistake"]).failed(2, "not-found");
}

#[test]
fn one_that_ends_soon_is_told_and_an_expired_one_is_a_finding_again() {
    let world = scene();
    let until = tomorrow();
    add(&world, &["private.key", "--until", &until]);
    let outcome = as_nobody(&world, &[]).congruent();
    assert_eq!(outcome.document["exceptions"][0]["ends_soon"], true, "{outcome}");
    let later = "+3d";
    let outcome = nobodys_at(&world, later, &world.pass_arguments::<&str>(&[])).not_congruent();
    assert_eq!(
        outcome.document["exceptions"],
        Value::Array(Vec::new()),
        "{outcome}"
    );
    let all = nobodys_at(
        &world,
        later,
        &["exception".into(), "list".into(), "--all".into()],
    );
    assert_eq!(all.document["exceptions"][0]["standing"], "expired", "{all}");
    reader::read_home(&world, &outcome.pair());
}

#[test]
fn one_that_covers_nothing_is_told_to_be_unused() {
    let world = scene();
    let added = add(&world, &["035/lib/privat.key", "--until", &in_90_days()]);
    assert_eq!(added.document["covered_last"], 0, "{added}");
    assert_eq!(list(&world)[0]["unused"], false);
    as_nobody(&world, &[]).not_congruent();
    assert_eq!(list(&world)[0]["unused"], true);
}

#[test]
fn what_cannot_be_accepted_is_refused_with_the_reason() {
    let world = scene();
    let until = in_90_days();
    for (options, word) in [
        (vec!["a", "--code", "rot-standby"], "rot or tampering"),
        (vec!["a", "--code", "max-delete"], "guard"),
        (vec!["a", "--code", "source-missing"], "guard"),
        (vec!["**"], "every entry"),
        (vec!["!a"], "brings nothing back"),
    ] {
        let refused = add(&world, &[&options[..], &["--until", &until]].concat());
        refused.failed(2, "usage");
        assert!(
            refused.document["error"]["why"].as_str().unwrap().contains(word),
            "{refused}"
        );
    }
    for until in ["2020-01-01", "2999-01-01", "soon"] {
        add(&world, &["a", "--until", until]).failed(2, "usage");
    }
    assert_eq!(list(&world), Value::Array(Vec::new()));
}

#[test]
fn an_exception_that_somebody_wrote_into_the_journal_is_not_believed() {
    let world = scene();
    add(&world, &["035/other", "--until", &in_90_days()]);
    let outcome = as_nobody(&world, &[]).not_congruent();
    let journal = world
        .state()
        .join("pairs")
        .join(outcome.pair())
        .join("journal/journal.ndjson");
    let text = fs::read_to_string(&journal).unwrap();
    fs::write(&journal, text.replacen("035/other", "035/lib/private.key", 1)).unwrap();
    let outcome = as_nobody(&world, &[]).not_congruent();
    let findings = outcome.findings();
    assert!(findings.contains(&"evidence-broken .".to_owned()), "{outcome}");
    assert!(
        findings.contains(&"unreadable 035/lib/private.key".to_owned()),
        "{outcome}"
    );
    nobodys(&world, &["exception", "list"]).failed(1, "evidence-broken");
    nobodys(&world, &["certificate", "verify"]).failed(1, "evidence-broken");
}

/// The same with a clock that shows another time.
fn nobodys_at(world: &World, offset: &str, words: &[OsString]) -> Outcome {
    let variables = [
        ("NO_FAKE_STAT", "1"),
        ("DONT_FAKE_MONOTONIC", "1"),
        ("LD_PRELOAD", "/usr/$LIB/faketime/libfaketime.so.1"),
        ("FAKETIME", offset),
    ];
    nobodys_with(world, &variables, words)
}
