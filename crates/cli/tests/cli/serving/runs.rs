//! When `serve` runs a pair, what it leaves out and why, and how it ends.

use super::{Serving, over_link, records, slow_archive, speed_up};
use crate::program::Place;
use std::os::unix::process::ExitStatusExt as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[test]
fn a_pair_runs_at_its_interval_and_status_tells_the_next_run() {
    let place = Place::new();
    place.small_archive("every = \"2s\"\n");
    let mut serving = Serving::start(&place);
    let first = serving.until("ended", |event| event["result"] == "congruent");
    place.write("production/four", "four");
    serving.until("ended", |event| event["pass"] != first["pass"]);
    let (code, status) = place.json(&["status"]);
    assert_eq!(code, 0, "{status}");
    assert_eq!(status["pairs"][0]["schedule"], "every 2s");
    assert!(status["pairs"][0]["next_due"].is_string(), "{status}");
    assert!(status["serve"]["pid"].is_u64(), "{status}");
    let events = serving.end();
    assert_eq!(events.last().unwrap()["event"], "stopped");
    assert_eq!(std::fs::read(place.path("standby/four")).unwrap(), b"four");
    let (_, status) = place.json(&["status"]);
    assert!(status["serve"].is_null(), "{status}");
}

#[test]
fn a_certificate_says_that_a_schedule_asked_for_the_pass() {
    let place = Place::new();
    place.small_archive("every = \"1h\"\n");
    let mut serving = Serving::start(&place);
    serving.until("ended", |_| true);
    serving.end();
    let (_, shown) = place.json(&["certificate", "show"]);
    assert_eq!(shown["certificate"]["actor"]["schedule"], "every 1h", "{shown}");
}

#[test]
fn without_a_schedule_there_is_nothing_to_serve() {
    let place = Place::new();
    place.small_archive("");
    let ran = place.run(&["serve"]).with_code(2);
    assert!(ran.err.contains("no pair in it has a schedule"), "{}", ran.err);
    assert!(ran.err.contains("Add `every`, `at` or `cron`"), "{}", ran.err);
}

#[test]
fn one_state_directory_has_one_serve() {
    let place = Place::new();
    place.small_archive("every = \"1h\"\n");
    let mut serving = Serving::start(&place);
    serving.until("started", |_| true);
    let second = place.run(&["serve"]).with_code(5);
    assert!(second.err.contains("serves it since"), "{}", second.err);
    serving.end();
}

#[test]
fn a_pass_that_is_ended_with_serve_is_resumed_by_the_next_one() {
    let place = slow_archive("every = \"1h\"\n");
    let mut serving = Serving::with(&place, |command| over_link(&place, command));
    let first = serving.until("began", |_| true);
    let events = serving.end();
    let told = events
        .iter()
        .find(|event| event["event"] == "interrupted")
        .unwrap();
    assert_eq!(told["reason"], "stopping");
    speed_up(&place);
    let mut serving = Serving::with(&place, |command| over_link(&place, command));
    let began = serving.until("began", |_| true);
    assert_eq!(began["due"], first["due"], "{began}");
    serving.until("ended", |event| event["result"] == "congruent");
    serving.end();
}

#[test]
fn a_killed_serve_makes_up_for_its_pass_once() {
    let place = slow_archive("at = \"00:00\"\n");
    // What ran last was three days ago.
    let three_days_ago = days_ago(3);
    let memory = format!(
        "{{\"schedule\":\"at 00:00\",\"began_seconds\":{three_days_ago},\"settled_seconds\":{three_days_ago}}}"
    );
    place.write("state/pairs/archive/schedule/memory.json", memory);
    let mut serving = Serving::with(&place, |command| over_link(&place, command));
    let began = serving.until("began", |_| true);
    assert_eq!(
        (began["reason"].as_str(), began["runs"].as_u64()),
        (Some("missed"), Some(3)),
        "{began}"
    );
    serving.signal("KILL");
    let (status, _) = serving.wait();
    assert_eq!(status.signal(), Some(9));
    speed_up(&place);
    let mut serving = Serving::with(&place, |command| over_link(&place, command));
    serving.until("ended", |event| event["result"] == "congruent");
    std::thread::sleep(Duration::from_secs(3));
    let events = serving.end();
    let passes = events.iter().filter(|event| event["event"] == "began").count();
    assert_eq!(passes, 1, "{events:#?}");
}

fn seconds_now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap().as_secs()
}

/// Noon of a day so long ago, in seconds since 1970: a midnight since then is no matter of seconds.
fn days_ago(days: u64) -> u64 {
    (seconds_now() / 86_400 - days) * 86_400 + 43_200
}

#[test]
fn a_run_that_comes_while_one_still_runs_is_skipped_and_recorded() {
    let place = slow_archive("every = \"2s\"\n");
    let mut serving = Serving::with(&place, |command| over_link(&place, command));
    let skipped = serving.until("skipped", |_| true);
    assert_eq!(skipped["reason"], "still-running");
    let kept = records(&place, "archive");
    assert_eq!(
        kept.iter().filter(|record| record["event"] == "skipped").count(),
        1,
        "{kept:#?}"
    );
    serving.end();
}

#[test]
fn a_pair_that_a_person_runs_is_left_to_them() {
    let place = slow_archive("every = \"2s\"\n");
    let mut by_hand = over_link(&place, &mut place.command(&["run", "--quiet"]))
        .spawn()
        .unwrap();
    let lock = place.path("state/pairs/archive/lock");
    while std::fs::metadata(&lock).map_or(0, |found| found.len()) == 0 {
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut serving = Serving::with(&place, |command| over_link(&place, command));
    let skipped = serving.until("skipped", |_| true);
    assert_eq!(skipped["reason"], "still-running");
    assert!(
        skipped["message"].as_str().unwrap().contains("holds it"),
        "{skipped}"
    );
    by_hand.kill().unwrap();
    by_hand.wait().unwrap();
    serving.end();
}

#[test]
fn outside_of_its_window_a_run_waits_and_the_record_says_until_when() {
    let place = Place::new();
    // A window of one hour that opens in twelve; the clock of the tests is UTC's.
    let from = (seconds_now() / 3_600 + 12) % 24;
    place.small_archive(&format!(
        "every = \"1h\"\nwindow = [\"{from:02}:00-{:02}:00\"]\n",
        (from + 1) % 24
    ));
    let mut serving = Serving::start(&place);
    let waits = serving.until("waits", |_| true);
    assert_eq!(waits["reason"], "outside-window");
    assert!(waits["until"].is_string(), "{waits}");
    assert!(serving.end().iter().all(|event| event["event"] != "began"));
    let (_, status) = place.json(&["status"]);
    assert_eq!(status["pairs"][0]["last_run"]["reason"], "outside-window");
    assert_eq!(status["pairs"][0]["next_due"], waits["until"]);
}

#[test]
fn no_more_passes_run_at_once_than_are_allowed() {
    let place = slow_archive("every = \"1h\"\n");
    let text = std::fs::read_to_string(place.path("counterpart.toml")).unwrap();
    place.write("production-2/one", "one");
    place.configure(&format!(
        "{text}[pair.second]\nproduction = \"production-2\"\nstandby = \"standby-2\"\nevery = \"1h\"\n[serve]\nat_once = 1\n"
    ));
    let mut serving = Serving::with(&place, |command| over_link(&place, command));
    serving.until("began", |event| event["pair"] == "archive");
    std::thread::sleep(Duration::from_secs(2));
    assert!(records(&place, "second").is_empty());
    place.configure(
        &std::fs::read_to_string(place.path("counterpart.toml"))
            .unwrap()
            .replace("at_once = 1", "at_once = 2"),
    );
    serving.signal("HUP");
    serving.until("ended", |event| {
        event["pair"] == "second" && event["result"] == "congruent"
    });
    serving.end();
}

#[test]
fn a_pass_that_fails_is_recorded_and_the_next_run_is_the_next_one() {
    let place = Place::new();
    place.small_archive("every = \"1h\"\n");
    std::fs::rename(place.path("production"), place.path("elsewhere")).unwrap();
    let mut serving = Serving::start(&place);
    let failed = serving.until("failed", |_| true);
    assert_eq!(failed["result"], "source-missing", "{failed}");
    std::thread::sleep(Duration::from_secs(2));
    let events = serving.end();
    assert_eq!(
        events.iter().filter(|event| event["event"] == "began").count(),
        1,
        "{events:#?}"
    );
}

#[test]
fn what_has_had_its_time_goes_at_the_time_that_serve_is_told() {
    let place = Place::new();
    place.small_archive("every = \"1h\"\n[serve]\nprune = \"* * * * *\"\n");
    let old = place.write("state/pairs/archive/schedule/records-2020-01.ndjson", "{}\n");
    let mut serving = Serving::start(&place);
    let pruned = serving.until("pruned", |_| true);
    assert!(pruned["message"].as_str().unwrap().contains("1 runs"), "{pruned}");
    assert!(!old.exists());
    serving.end();
}
