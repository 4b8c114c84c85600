//! A host whose clock was wrong for a while: passes keep their order, evidence holds, and what is due is done.

use crate::harness::*;
use std::process::{Command, Stdio};

/// One pass by a clock that is wrong by so much.
fn pass_at(world: &World, by: &str) -> Outcome {
    let words = world.pass_arguments(&["--json"]);
    let mut command: Command = world.command(&words);
    command
        .env("LD_PRELOAD", "/usr/$LIB/faketime/libfaketime.so.1")
        .env("FAKETIME", by)
        .env("NO_FAKE_STAT", "1")
        .env("DONT_FAKE_MONOTONIC", "1")
        .stdin(Stdio::null());
    Outcome::of(&words, &command.output().unwrap())
}

fn year_of(outcome: &Outcome) -> i32 {
    outcome.document["as_of"].as_str().unwrap()[..4].parse().unwrap()
}

#[test]
fn a_clock_that_was_ahead_for_years_and_is_set_back_leaves_the_order_of_passes() {
    let world = World::new().configured("every = \"4h\"\n[pair.p.tree]\nreread = \"20s\"");
    world.file("one", "first");
    // A key that is made while the clock is wrong would not be in force before that time.
    world.congruent_pass();
    world.file("one", "another");
    let wrong = pass_at(&world, "+3000d").congruent();
    world.file("two", "second");
    let right = world.congruent_pass();
    assert!(year_of(&wrong) > year_of(&right) + 7, "{wrong} {right}");
    // The later pass is the last one, though its clock says earlier.
    assert!(
        right.document["pass"].as_str() > wrong.document["pass"].as_str(),
        "{wrong} {right}"
    );
    let status = world.run(&["status"]);
    assert_eq!(status.document["pairs"][0]["pass"], right.document["pass"]);
    assert_eq!(status.document["pairs"][0]["as_of"], right.document["as_of"]);
    assert!(world.log(&right).iter().any(|line| line["path"] == "two"));
    let verified = world.run(&["certificate", "verify"]);
    assert_eq!(
        (verified.code, &verified.document["holds"]),
        (0, &true.into()),
        "{verified}"
    );
    // What was read while the clock was wrong was read nobody knows when: it is read again.
    std::thread::sleep(std::time::Duration::from_secs(2));
    let third = world.congruent_pass();
    assert!(third.number("bytes_read") > 0, "{third}");
    assert!(
        third.document["oldest_read"].as_str().unwrap() < wrong.document["as_of"].as_str().unwrap(),
        "{third}"
    );
}
