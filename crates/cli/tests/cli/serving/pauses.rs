//! Production's word against a pass: by hand, by a program, and what is recorded of it.

use super::{Serving, executable, journal, over_link, slow_archive, speed_up};
use crate::program::Place;

#[test]
fn a_pause_ends_the_pass_that_runs_and_its_end_makes_it_come_again() {
    let place = slow_archive("every = \"1h\"\n");
    let mut serving = Serving::with(&place, |command| over_link(&place, command));
    serving.until("began", |_| true);
    let ran = place
        .run(&[
            "pause",
            "archive",
            "--until",
            "4h",
            "--reason",
            "the database is being moved",
        ])
        .with_code(0);
    assert!(ran.out.contains("paused until"), "{}", ran.out);
    let interrupted = serving.until("interrupted", |_| true);
    assert_eq!(interrupted["reason"], "paused");
    let waits = serving.until("waits", |_| true);
    assert!(
        waits["message"]
            .as_str()
            .unwrap()
            .contains("the database is being moved"),
        "{waits}"
    );
    let (_, status) = place.json(&["status"]);
    assert_eq!(
        status["pairs"][0]["paused"]["reason"],
        "the database is being moved"
    );
    serving.forget();
    speed_up(&place);
    place.run(&["resume", "--reason", "it is done"]).with_code(0);
    let began = serving.until("began", |_| true);
    assert_eq!(began["reason"], "paused", "{began}");
    serving.until("ended", |event| event["result"] == "congruent");
    serving.end();
    assert_eq!(
        journal(&place, "pause")[0]["body"]["reason"],
        "the database is being moved"
    );
    assert_eq!(journal(&place, "resume")[0]["body"]["reason"], "it is done");
    over_link(&place, &mut place.command(&["certificate", "verify"]))
        .status()
        .unwrap();
}

#[test]
fn a_pause_says_why_and_ends_in_the_future() {
    let place = Place::new();
    place.small_archive("every = \"1h\"\n");
    let told = place.run(&["pause"]).with_code(2).err;
    assert!(told.contains("it needs a reason"), "{told}");
    let told = place
        .run(&["pause", "--until", "2020-01-01", "--reason", "x"])
        .with_code(2)
        .err;
    assert!(told.contains("--until is in the past"), "{told}");
    let told = place
        .run(&["pause", "--until", "soon", "--reason", "x"])
        .with_code(2)
        .err;
    assert!(told.contains("a duration from now such as 4h"), "{told}");
    assert_eq!(place.run(&["resume"]).with_code(0).out, "Nothing was paused.\n");
}

#[test]
fn a_program_that_leaves_with_0_keeps_passes_from_running() {
    let place = slow_archive("every = \"1h\"\n");
    let flag = place.write("busy", "");
    executable(&place.write("bin/busy", format!("#!/bin/sh\ntest -e '{}'\n", flag.display())));
    let text = std::fs::read_to_string(place.path("counterpart.toml")).unwrap();
    let asked = place.path("bin/busy");
    place.configure(&format!(
        "{text}[serve]\npause = [\"{}\"]\npause_every = \"1s\"\n",
        asked.display()
    ));
    let mut serving = Serving::with(&place, |command| over_link(&place, command));
    let waits = serving.until("waits", |_| true);
    assert_eq!(waits["reason"], "paused");
    assert!(
        waits["message"]
            .as_str()
            .unwrap()
            .contains("says that no pass may run"),
        "{waits}"
    );
    std::fs::remove_file(&flag).unwrap();
    serving.until("began", |_| true);
    std::fs::write(&flag, "").unwrap();
    serving.until("interrupted", |event| event["reason"] == "paused");
    assert!(serving.end().iter().all(|event| event["event"] != "ended"));
}

#[test]
fn production_of_one_pair_speaks_for_it_alone_and_who_cannot_be_asked_is_waited_for() {
    let place = Place::new();
    place.small_archive("every = \"1h\"\npause = [\"/nowhere/busy\"]\n");
    let text = std::fs::read_to_string(place.path("counterpart.toml")).unwrap();
    place.configure(&format!(
        "{text}[pair.second]\nproduction = \"production\"\nstandby = \"standby-2\"\nevery = \"1h\"\npause = [\"false\"]\n"
    ));
    let mut serving = Serving::start(&place);
    serving.until("ended", |event| event["pair"] == "second");
    let waits = serving.until("waits", |event| event["pair"] == "archive");
    assert!(
        waits["message"].as_str().unwrap().contains("could not be asked"),
        "{waits}"
    );
    serving.end();
}
