//! What is done around the tree by real programs: in which order, and that all is put back after a hang, a kill, a mistake.

use crate::harness::*;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// Far beyond what anything here takes.
const PATIENCE: Duration = Duration::from_secs(120);

/// Writes down what it was asked for; what its file in `then/` says is done then.
const HOOK: &str = r#"#!/bin/sh
echo "$*" >> "$(dirname "$0")/said"
[ -e "$(dirname "$0")/then/$1" ] && . "$(dirname "$0")/then/$1"
exit 0
"#;

struct Scene {
    world: World,
}

impl Scene {
    /// A pair with a hold and an application, and these tables besides.
    fn new(tables: &str) -> Self {
        let scene = Self { world: World::new() };
        fs::create_dir(scene.path("then")).unwrap();
        fs::write(scene.path("hook"), HOOK).unwrap();
        chmod(&scene.path("hook"), 0o755);
        let text = scene.filled(tables);
        Self {
            world: scene.world.configured(&text),
        }
    }

    fn usual() -> Self {
        let scene = Self::new(&format!("deadline = \"10m\"\n{HOLD}{APPLICATION}"));
        scene.world.file("one", "first");
        scene
    }

    fn path(&self, name: &str) -> PathBuf {
        self.world.path(name)
    }

    /// With the place of the hook.
    fn filled(&self, tables: &str) -> String {
        tables.replace("HOOK", &self.path("hook").display().to_string())
    }

    /// What is done when the hook is asked for this.
    fn then(&self, word: &str, script: &str) {
        fs::write(self.path("then").join(word), script).unwrap();
    }

    /// What was asked for, and forgets it.
    fn said(&self) -> Vec<String> {
        let said = fs::read_to_string(self.path("said")).unwrap_or_default();
        drop(fs::remove_file(self.path("said")));
        said.lines().map(str::to_owned).collect()
    }

    fn start(&self) -> Child {
        let words = self.world.pass_arguments(&["--json", "--progress", "none"]);
        let mut command = self.world.command(&words);
        command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn wait_for(&self, word: &str) {
        until(word, || {
            let said = fs::read_to_string(self.path("said")).unwrap_or_default();
            said.lines().any(|line| line.split(' ').next() == Some(word))
        });
    }
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "{what} does not come");
        std::thread::sleep(Duration::from_millis(5));
    }
}

const HOLD: &str = r#"
[pair.p.production-hold]
method = "read-only"
begin = ["HOOK", "hold", "{site} {pair}", "{root}"]
end = ["HOOK", "release"]
timeout = "2s"
"#;
const APPLICATION: &str = r#"
[pair.p.standby-application]
stop = ["HOOK", "stop"]
start = ["HOOK", "start"]
ready = ["HOOK", "ready"]
timeout = "60s"
[[pair.p.readiness]]
name = "licence"
run = ["HOOK", "licence"]
expect = "valid until"
"#;

#[test]
fn the_steps_come_in_their_order_and_production_is_held_for_the_second_round_only() {
    let scene = Scene::usual();
    scene.then("licence", "echo valid until 2030");
    let late = scene.world.src().join("late");
    scene.then("hold", &format!("echo taken in until now > {}", late.display()));
    scene.world.set_restless(true);
    let outcome = scene.world.pass().congruent();
    let root = scene.world.src().display().to_string();
    assert_eq!(
        scene.said(),
        [
            "stop",
            &format!("hold production p {root}"),
            "release",
            "start",
            "ready",
            "licence"
        ]
    );
    assert!(scene.world.dst().join("late").exists());
    assert_eq!(outcome.document["changes"]["created"], 2);
    assert_eq!(
        (&outcome.document["clean"], &outcome.document["hold"]),
        (&true.into(), &"read-only".into()),
        "{outcome}"
    );
    assert!(outcome.document["held_seconds"].is_number());
    scene.world.set_restless(false);
    // Nothing is stopped for nothing, and what is not as it should be is told.
    fs::remove_file(scene.path("then/hold")).unwrap();
    scene.then("licence", "echo expired");
    let outcome = scene.world.pass().congruent();
    assert_eq!(scene.said()[1..], ["release", "licence"]);
    assert_eq!(outcome.document["clean"], false);
    let status = scene.world.run(&["status"]);
    assert_eq!(status.document["pairs"][0]["not_ready"], 1, "{status}");
}

#[test]
fn a_hook_that_hangs_is_ended_with_its_children_and_named() {
    let scene = Scene::usual();
    let child = scene.path("child");
    scene.then(
        "hold",
        &format!(
            "trap '' TERM; sh -c 'trap \"\" TERM; echo $$ > {}; while :; do sleep 1; done' & wait; sleep 600",
            child.display()
        ),
    );
    let outcome = scene.world.pass();
    assert_eq!(outcome.code, 4, "{outcome}");
    outcome.failed(4, "hook-failed");
    let text = outcome.to_string();
    assert!(
        text.contains("hook hold") && text.contains("its time was over"),
        "{text}"
    );
    let number = fs::read_to_string(child).unwrap();
    let stat = format!("/proc/{}/stat", number.trim());
    until("the end of the child", || {
        fs::read_to_string(&stat).map_or(true, |stat| stat.contains(") Z "))
    });
    let said = scene.said();
    assert_eq!(said[said.len() - 2..], ["release", "start"], "{said:?}");
    // The next pass is as any other.
    fs::remove_file(scene.path("then/hold")).unwrap();
    scene.then("licence", "echo valid until 2030");
    scene.world.congruent_pass();
}

#[test]
fn the_deadline_ends_a_hook_and_what_was_held_is_released() {
    let scene = Scene::new(&format!("deadline = \"3s\"\n{HOLD}{APPLICATION}"));
    scene.world.file("one", "first");
    scene.then("stop", "sleep 600");
    let outcome = scene.world.pass();
    assert_eq!(outcome.code, 4, "{outcome}");
    assert!(
        outcome.to_string().contains("the deadline of the pair"),
        "{outcome}"
    );
    assert_eq!(scene.said(), ["stop", "start"]);
}

#[test]
fn what_a_killed_pass_held_is_released_by_the_next_or_by_hand() {
    let scene = Scene::usual();
    scene.then("licence", "echo valid until 2030");
    for by_hand in [false, true] {
        scene.world.file("more", if by_hand { "second" } else { "first" });
        scene.then("hold", "sleep 1.5");
        let mut child = scene.start();
        scene.wait_for("hold");
        child.kill().unwrap();
        child.wait().unwrap();
        fs::remove_file(scene.path("then/hold")).unwrap();
        if Far::wanted() != Far::Neither {
            // A far site does it by itself, for its caller is gone.
            scene.wait_for(if Far::wanted() == Far::Production {
                "release"
            } else {
                "start"
            });
        }
        scene.said();
        if by_hand {
            let released = scene.world.run(&["release", "--reason", "tested"]);
            assert_eq!(released.code, 0, "{released}");
            let undone = released.document["undone"].as_array().unwrap();
            assert!(undone.contains(&"production is held".into()), "{released}");
            assert_eq!(scene.said(), ["release", "start"]);
            assert_eq!(
                scene.world.run(&["release"]).document["undone"],
                serde_json::json!([])
            );
        } else {
            scene.world.congruent_pass();
            assert_eq!(scene.said()[..2], ["release", "start"]);
        }
    }
    scene.world.congruent_pass();
}

#[test]
fn a_busy_production_is_not_observed() {
    let scene = Scene::new(
        "\n[pair.p.production-hold]\nmethod = \"check-idle\"\nidle = [\"HOOK\", \"idle\"]\nquiet = \"1h\"\n",
    );
    scene.world.file("one", "first");
    scene.then("idle", "echo 3 users are logged in >&2; exit 1");
    let outcome = scene.world.pass();
    outcome.failed(4, "production-busy");
    assert!(outcome.to_string().contains("3 users are logged in"), "{outcome}");
    scene.then("idle", "exit 0");
    let outcome = scene.world.pass();
    outcome.failed(4, "production-busy");
    assert!(
        outcome.to_string().contains("`quiet` asks for 3600 s"),
        "{outcome}"
    );
    assert!(!scene.world.dst().join("one").exists());
    scene.world.configure(&scene.filled(
        "\n[pair.p.production-hold]\nmethod = \"check-idle\"\nidle = [\"HOOK\", \"idle\"]\nquiet = \"1s\"\nwait = \"2m\"\n",
    ));
    scene.world.congruent_pass();
}

#[test]
fn production_is_held_by_hand_and_released() {
    let scene = Scene::usual();
    scene.then("licence", "echo valid until 2030");
    let held = scene.world.run(&["hold", "--reason", "moving the cache"]);
    assert_eq!(held.code, 0, "{held}");
    assert_eq!(held.document["holders"][0]["reason"], "moving the cache");
    scene.said();
    scene.world.congruent_pass();
    assert_eq!(
        scene.said(),
        ["stop", "start", "ready", "licence"],
        "held by somebody else all the while"
    );
    scene.world.run(&["release"]);
    assert_eq!(scene.said(), ["release"]);
    let without = Scene::new("");
    without.world.run(&["hold"]).failed(2, "usage");
}

#[test]
fn mistakes_in_the_tables_are_told_with_what_to_write() {
    let scene = Scene::new("");
    for (table, told) in [
        ("[pair.p.production-hold]\nbegin = [\"a\"]", "it does not say how"),
        (
            "[pair.p.production-hold]\nmethod = \"stopped\"",
            "none, check-idle, read-only or stop",
        ),
        (
            "[pair.p.production-hold]\nmethod = \"stop\"\nbegin = [\"a\"]",
            "needs `begin` and `end`",
        ),
        (
            "[pair.p.production-hold]\nmethod = \"stop\"\nbegin = [\"a\"]\nend = [\"a\"]\nquiet = \"1h\"",
            "`quiet` is of `check-idle`",
        ),
        (
            "[pair.p.production-hold]\nmethod = \"check-idle\"",
            "needs `idle` or `quiet`",
        ),
        ("[pair.p.standby-application]\nstop = [\"a\"]", "belong together"),
        (
            "[pair.p.standby-application]\nstop = [\"a\"]\nstart = []",
            "names no program",
        ),
        (
            "[pair.p.standby-application]\nready = \"tcp://127.0.0.1\"",
            "tcp://host:port",
        ),
        ("[pair.p.snapshot]\npath = \"/a\"", "`take` is missing"),
        ("[pair.p.snapshot]\ntake = [\"a\"]\npath = \"a\"", "absolute path"),
        ("[[pair.p.readiness]]\nname = \"a\"", "nothing is to be run"),
        (
            "[[pair.p.readiness]]\nname = \"a\"\nrun = [\"a\"]\nexpect = \"(\"",
            "regular expression",
        ),
        (
            "[[pair.p.readiness]]\nrun = [\"a\"]\nget = \"http://a/\"",
            "exclude each other",
        ),
    ] {
        scene.world.configure(table);
        let outcome = scene.world.run(&["check"]);
        assert_eq!(outcome.code, 2, "{table}: {outcome}");
        assert!(outcome.to_string().contains(told), "{table}: {outcome}");
    }
}
