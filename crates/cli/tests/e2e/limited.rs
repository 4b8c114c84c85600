//! Passes over a link that is limited: they come to the same end, and an interrupted one comes to it at once.
//!
//! How fast they are is told by the tests of the link, which have a clock of their own.

use crate::harness::*;
use std::process::Stdio;
use std::time::Duration;

#[test]
fn a_limited_pass_ends_congruent() {
    let world = World::new();
    world.files("small", 200);
    world.file("large", noise(1, 3 << 20));
    let first = world.pass_with(&["--bandwidth", "4 MiB"]).congruent();
    assert!(first.number("bytes_sent") > 3 << 20, "{first}");
    world.file("large", noise(1, 2 << 20));
    world.file("small/new", "new");
    world
        .pass_with(&["--bandwidth", "00:00-24:00 2MiB", "--bandwidth", "unlimited"])
        .congruent();
    world
        .pass_with(&["--bandwidth", "1 MiB"])
        .congruent()
        .changed_nothing();
}

#[test]
fn an_interrupted_pass_is_not_held_up_by_its_limit() {
    let world = World::new();
    for number in 0..40 {
        world.file(format!("f{number}"), noise(1, 1 << 20));
    }
    world.set_restless(true);
    // It would take most of a day.
    let words = world.pass_arguments(&["--json", "--progress", "none", "--bandwidth", "1 KiB"]);
    let child = world
        .command(&words)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while !world.d(".counterpart/incoming").exists() {
        std::thread::sleep(Duration::from_millis(2));
    }
    done(std::process::Command::new("kill").args(["-s", "INT", &child.id().to_string()]));
    let output = child.wait_with_output().unwrap();
    Outcome::of(&[], &output).failed(4, "interrupted");
    world.set_restless(false);
    world.congruent_pass();
}

#[test]
fn a_configured_limit_is_in_the_plan_and_in_the_check() {
    let world = World::new().configured("bandwidth = [\"20 KiB\", \"00:00-00:00 10 KiB\"]");
    std::fs::create_dir(world.dst()).unwrap();
    world.file("large", noise(1, 1 << 20));
    let plan = world.run(&["plan"]);
    assert_eq!(plan.document["bandwidth"][1], "00:00-00:00 10 KiB", "{plan}");
    // A hundred times 10 KiB and a little more.
    assert!(
        plan.document["seconds_expected"].as_f64().unwrap() > 100.0,
        "{plan}"
    );
    let (code, said) = world.say(&["check"]);
    assert!(
        said.contains("10 240 bytes (10.2 kB) a second now"),
        "{code} {said}"
    );
    let pass = world.run(&["run", "--bandwidth", "10 MiB"]);
    assert_eq!(pass.code, 0, "{pass}");
}
