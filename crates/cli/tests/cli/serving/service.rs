//! What a service manager hears, on a socket of the test's own: readiness, reloads, signs of life, the end.

use super::Serving;
use crate::program::Place;
use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};

/// A service manager's ear.
struct Manager {
    socket: UnixDatagram,
    heard: Vec<String>,
}

impl Manager {
    fn of(place: &Place) -> Self {
        let socket = UnixDatagram::bind(place.path("notify")).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(120))).unwrap();
        Self {
            socket,
            heard: Vec::new(),
        }
    }

    /// The next message that has such a line.
    #[track_caller]
    fn until(&mut self, line: &str) -> String {
        let deadline = Instant::now() + Duration::from_secs(120);
        while Instant::now() < deadline {
            let mut bytes = [0; 4096];
            let Ok(length) = self.socket.recv(&mut bytes) else {
                break;
            };
            let message = String::from_utf8(bytes[..length].to_vec()).unwrap();
            self.heard.push(message.clone());
            if message.lines().any(|said| said.starts_with(line)) {
                return message;
            }
        }
        panic!("nobody said {line}: {:#?}", self.heard);
    }
}

fn serving(place: &Place) -> Serving {
    Serving::with(place, |command| {
        command
            .env("NOTIFY_SOCKET", place.path("notify"))
            .env("WATCHDOG_USEC", "1000000")
            .env_remove("WATCHDOG_PID")
    })
}

#[test]
fn readiness_life_and_the_end_are_told() {
    let place = Place::new();
    place.small_archive("every = \"1h\"\n");
    let mut manager = Manager::of(&place);
    let serving = serving(&place);
    manager.until("READY=1");
    manager.until("STATUS=next: archive at");
    for _ in 0..3 {
        manager.until("WATCHDOG=1");
    }
    serving.end();
    manager.until("STOPPING=1");
}

#[test]
fn a_new_configuration_is_taken_and_a_broken_one_is_told_of() {
    let place = Place::new();
    place.small_archive("every = \"1h\"\n");
    let mut manager = Manager::of(&place);
    let mut serving = serving(&place);
    manager.until("READY=1");
    serving.until("ended", |_| true);
    place.small_archive("every = \"2h\"\n");
    serving.signal("HUP");
    let reloading = manager.until("RELOADING=1");
    let since: u64 = reloading
        .lines()
        .find_map(|line| line.strip_prefix("MONOTONIC_USEC="))
        .unwrap()
        .parse()
        .unwrap();
    assert!(since > 0);
    manager.until("READY=1");
    let reloaded = serving.until("reloaded", |_| true);
    assert!(
        reloaded["message"].as_str().unwrap().contains("every 2h"),
        "{reloaded}"
    );
    place.small_archive("every = \"soon\"\n");
    serving.signal("HUP");
    manager.until("RELOADING=1");
    manager.until("STATUS=the new configuration is broken, the old one is in force");
    let told = serving.until("not-reloaded", |_| true);
    assert!(
        told["message"]
            .as_str()
            .unwrap()
            .contains("`every` cannot be \"soon\""),
        "{told}"
    );
    place.small_archive("every = \"3h\"\n");
    let status = place.run(&["status"]);
    assert!(
        status
            .out
            .contains("serve goes by the configuration that it had before"),
        "{}",
        status.out
    );
    serving.signal("HUP");
    serving.until("reloaded", |event| {
        event["message"].as_str().is_some_and(|said| said.contains("3h"))
    });
    serving.end();
}

#[test]
fn a_changed_file_is_noticed_at_the_next_run_by_itself() {
    let place = Place::new();
    place.small_archive("every = \"2s\"\n");
    let mut serving = Serving::start(&place);
    serving.until("ended", |_| true);
    place.small_archive("every = \"2 moons\"\n");
    serving.until("not-reloaded", |_| true);
    serving.forget();
    // It goes on by the old one.
    serving.until("ended", |event| event["result"] == "congruent");
    place.small_archive("every = \"4h\"\n");
    serving.until("reloaded", |_| true);
    let events = serving.end();
    assert_eq!(
        events
            .iter()
            .filter(|event| event["event"] == "not-reloaded")
            .count(),
        0,
        "told more than once"
    );
}
