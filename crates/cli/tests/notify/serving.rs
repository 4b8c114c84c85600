//! `serve` sends what waits between passes, and tells of the passes that it runs.

use super::scene::Scene;
use super::sink::{Sink, mail_table, mail_table_at};
use std::fs;
use std::net::TcpListener;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// Far beyond what any of it takes.
const PATIENCE: Duration = Duration::from_secs(120);

struct Serving(Child);

impl Serving {
    fn start(scene: &Scene) -> Self {
        let mut command = scene.command(&["serve"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().unwrap())
    }
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "{what} did not come");
        std::thread::sleep(Duration::from_millis(100));
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Takes the pause off what waits.
fn make_due(scene: &Scene) {
    for entry in fs::read_dir(scene.path("state/pairs/p/notices")).unwrap() {
        let file = entry.unwrap().path();
        if file.to_string_lossy().ends_with(".notice.json") {
            let mut waiting: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
            waiting["next_try_seconds"] = 0.into();
            fs::write(&file, waiting.to_string()).unwrap();
        }
    }
}

#[test]
fn what_waits_is_sent_without_a_pass() {
    let scene = Scene::new();
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    scene.configure("every = \"30d\"", &mail_table_at(port, "plain", ""));
    scene.congruent();
    assert_eq!(scene.messages()["waiting"], 1);
    make_due(&scene);
    let sink = Sink::at(&scene, "plain", port);
    let _serving = Serving::start(&scene);
    until("the mail", || !sink.mail().is_empty());
    until("its end", || scene.messages()["waiting"] == 0);
    assert_eq!(sink.mail().len(), 1);
    assert_eq!(
        scene.run(&["log"]).document["pass"],
        scene.run(&["status"]).document["pairs"][0]["pass"]
    );
}

#[test]
fn a_pass_that_serve_runs_is_told_of_with_the_time_of_the_next() {
    let scene = Scene::new();
    let sink = Sink::start(&scene, "plain");
    scene.configure(
        "every = \"30d\"\ndeadline = \"1h\"",
        &mail_table(&sink, "plain", ""),
    );
    let _serving = Serving::start(&scene);
    until("the mail", || !sink.mail().is_empty());
    let mail = sink.last();
    assert!(
        mail.subject().starts_with("[counterpart] p CONGRUENT as of "),
        "{}",
        mail.subject()
    );
    let promised = scene.messages()["next_promised"]
        .as_str()
        .unwrap()
        .replace('T', " ");
    assert!(
        mail.flat().contains(&format!("due by {promised}")),
        "{promised} in {}",
        mail.text()
    );
}
