//! `serve` as a service manager meets it: the program itself, its lines, its signals, what it keeps. No test asserts a time;
//! each waits for a line that must come.

mod pauses;
mod runs;
mod service;
mod unit;

use crate::program::Place;
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Far beyond what any line takes to come.
const PATIENCE: Duration = Duration::from_secs(120);

/// A `serve` that runs, with the events that it printed.
pub(super) struct Serving {
    child: Child,
    lines: Receiver<String>,
    errors: Receiver<String>,
    pub(super) events: Vec<Value>,
}

impl Serving {
    pub(super) fn start(place: &Place) -> Self {
        Self::with(place, |command| command)
    }

    pub(super) fn with(place: &Place, more: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        let mut command = place.command(&["serve", "--json"]);
        more(&mut command).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (tell, lines) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        let (tell, errors) = channel();
        let mut err = child.stderr.take().unwrap();
        std::thread::spawn(move || {
            let mut text = String::new();
            let _ = err.read_to_string(&mut text);
            let _ = tell.send(text);
        });
        Self {
            child,
            lines,
            errors,
            events: Vec::new(),
        }
    }

    /// Waits for an event of a kind, of which more may be wanted; it may have come before.
    #[track_caller]
    pub(super) fn until(&mut self, event: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let fits = |value: &&Value| value["event"] == event && wanted(value);
            if let Some(found) = self.events.iter().find(fits) {
                return found.clone();
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left);
            let Ok(line) = line else {
                let errors = self.errors.try_recv();
                panic!("no such `{event}` came: {:#?} {errors:?}", self.events);
            };
            self.events.push(serde_json::from_str(&line).unwrap());
        }
    }

    /// Forgets what came until now, so that only later events count.
    pub(super) fn forget(&mut self) {
        while let Ok(line) = self.lines.try_recv() {
            drop(line);
        }
        self.events.clear();
    }

    pub(super) fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([format!("-{name}"), self.child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }

    /// Waits for its end.
    pub(super) fn wait(mut self) -> (ExitStatus, Vec<Value>) {
        let status = self.child.wait().unwrap();
        while let Ok(line) = self.lines.recv_timeout(Duration::from_secs(5)) {
            self.events.push(serde_json::from_str(&line).unwrap());
        }
        (status, std::mem::take(&mut self.events))
    }

    /// Ends it as a service manager does.
    #[track_caller]
    pub(super) fn end(self) -> Vec<Value> {
        self.signal("TERM");
        let (status, events) = self.wait();
        assert_eq!((status.code(), status.signal()), (Some(0), None), "{events:#?}");
        events
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An archive with one file that takes minutes to bring, since its link is slow: the pair `archive`, and a standby that an
/// agent serves, which a program in the place of ssh starts.
pub(super) fn slow_archive(more: &str) -> Place {
    let place = Place::new();
    place.write("production/small", "small");
    // It does not compress, so that the link's limit is felt.
    let mut state = 1_u64;
    let mut noise = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        state.to_be_bytes()[0]
    };
    let large: Vec<u8> = std::iter::repeat_with(&mut noise).take(24_000_000).collect();
    place.write("production/large", large);
    std::fs::create_dir_all(place.path("standby")).unwrap();
    let program = env!("CARGO_BIN_EXE_counterpart");
    let far = place.path("far-state");
    executable(&place.write(
        "bin/ssh",
        format!(
            "#!/bin/sh\nCOUNTERPART_STATE='{}' exec '{program}' agent\n",
            far.display()
        ),
    ));
    place.configure(&format!(
        "[pair.archive]\nproduction = \"production\"\nstandby = \"far:{}\"\nbandwidth = [\"200 KiB\"]\n{more}",
        place.path("standby").display()
    ));
    place
}

/// With that program in the place of ssh.
pub(super) fn over_link<'a>(place: &Place, command: &'a mut Command) -> &'a mut Command {
    let path = std::env::var("PATH").unwrap();
    command.env("PATH", format!("{}:{path}", place.path("bin").display()))
}

/// The link is slow no more.
pub(super) fn speed_up(place: &Place) {
    let text = std::fs::read_to_string(place.path("counterpart.toml")).unwrap();
    place.configure(&text.replace("bandwidth = [\"200 KiB\"]\n", ""));
}

pub(super) fn executable(path: &Path) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// What the pair's state says of its schedule.
pub(super) fn records(place: &Place, pair: &str) -> Vec<Value> {
    let Ok(files) = std::fs::read_dir(place.path(&format!("state/pairs/{pair}/schedule"))) else {
        return Vec::new();
    };
    let files = files.map(|file| file.unwrap().path());
    let records = files.filter(|file| file.to_string_lossy().contains("records-"));
    let text: String = records
        .map(|file| std::fs::read_to_string(file).unwrap())
        .collect();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The journal's records of a kind.
pub(super) fn journal(place: &Place, kind: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(place.path("state/pairs/archive/journal/journal.ndjson")).unwrap();
    let records = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    records.filter(|record| record["kind"] == kind).collect()
}
