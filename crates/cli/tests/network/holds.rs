//! Hooks at a far site whose link is cut while one of them runs: its own site puts back what was held there, the near end
//! what was held here, and the next pass is as any other. And hooks at a far end that only does what its own file names.

use crate::scene::{BOTH, Scene, Way, until};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::Duration;

/// Writes down what it is asked for, and waits there as long as it is told to.
const HOOK: &str = r#"#!/bin/sh
echo "$1" >> "$(dirname "$0")/said"
while [ -e "$(dirname "$0")/wait-$1" ]; do sleep 0.02; done
exit 0
"#;

const TABLES: &str = r#"
[pair.p.production-hold]
method = "stop"
begin = ["HOOK", "hold"]
end = ["HOOK", "release"]
[pair.p.standby-application]
stop = ["HOOK", "stop"]
start = ["HOOK", "start"]
ready = ["HOOK", "ready"]
[[pair.p.readiness]]
name = "users"
run = ["HOOK", "users"]
"#;

/// What is begun, and what puts it back.
const PAIRS: [(&str, &str); 2] = [("hold", "release"), ("stop", "start")];

fn with_hooks(way: Way, tables: &str) -> Scene {
    let mut scene = Scene::here(way);
    let hook = scene.path("hook");
    fs::write(&hook, HOOK).unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    scene.settings = tables.replace("HOOK", &hook.display().to_string());
    fs::write(scene.production.join("one"), "first").unwrap();
    scene
}

fn said(scene: &Scene) -> Vec<String> {
    let said = fs::read_to_string(scene.path("said")).unwrap_or_default();
    said.lines().map(str::to_owned).collect()
}

fn waits(scene: &Scene, word: &str) -> PathBuf {
    let wait = scene.path(&format!("wait-{word}"));
    fs::write(&wait, "").unwrap();
    wait
}

#[test]
fn a_link_that_is_cut_while_a_hook_runs_leaves_nothing_held() {
    std::thread::scope(|scope| {
        for way in BOTH {
            scope.spawn(move || {
                for word in ["stop", "hold", "release", "start", "ready", "users"] {
                    cut_at(way, word);
                }
            });
        }
    });
}

fn cut_at(way: Way, word: &str) {
    let what = format!("{way:?}, cut at {word}");
    let scene = with_hooks(way, TABLES);
    let proxy = scene.proxy(Duration::ZERO);
    let wait = waits(&scene, word);
    let running = scene.start();
    until(&what, || said(&scene).iter().any(|said| said == word));
    proxy.cut_after(0);
    // A hook that was begun at the cut site is ended with its link; one that puts things back is not.
    fs::remove_file(&wait).unwrap();
    let ended = running.wait();
    scene.wait_for_agents_to_end(&what);
    assert!(!ended.was_congruent(), "{what}: {ended}");
    until(&format!("{what}: all is put back"), || {
        let said = said(&scene);
        let last = |word: &str| said.iter().rposition(|said| said == word);
        PAIRS
            .iter()
            .all(|(begun, undone)| last(begun).is_none() || last(undone) > last(begun))
    });
    proxy.mend();
    scene.run_congruent(&what);
    let status = scene.counterpart(&["status"]).report(&what, 0);
    assert_eq!(status["pairs"][0]["left"], serde_json::json!([]), "{what}");
}

/// A far end that is bound to a root and to a file of commands.
fn confined(way: Way, tables: &str, commands: &str) -> Scene {
    let mut scene = with_hooks(way, tables);
    let hook = scene.path("hook").display().to_string();
    let file = scene.path("commands.toml");
    fs::write(&file, commands.replace("HOOK", &hook)).unwrap();
    let root = match way {
        Way::Push => &scene.standby,
        Way::Pull => &scene.production,
    };
    scene.remote.1 = format!(" --root {} --commands {}", root.display(), file.display());
    scene
}

#[test]
fn a_confined_far_end_does_what_its_own_file_names_and_nothing_else() {
    let commands = "[command.stop-it]\nrun = [\"HOOK\", \"stop\"]\n[command.start-it]\nrun = [\"HOOK\", \"start\"]\n\
         [command.answers]\nconnect = \"127.0.0.1:1\"\n";
    let application = "\n[pair.p.standby-application]\nstop = \"stop-it\"\nstart = \"start-it\"\n";
    let scene = confined(Way::Push, application, commands);
    scene.run_congruent("named");
    assert_eq!(said(&scene), ["stop", "start"]);
    // Nobody listens there; the check says so, and the copy is equal all the same.
    let checked = format!("{application}[[pair.p.readiness]]\nname = \"port\"\ncommand = \"answers\"\n");
    let scene = confined(Way::Push, &checked, commands);
    let report = scene.run_congruent("a port");
    assert_eq!(report["clean"], false);
    for (way, tables) in [
        (Way::Push, TABLES.to_owned()),
        (Way::Pull, TABLES.to_owned()),
        (Way::Push, application.replace("stop-it", "no-such-name")),
        (
            Way::Push,
            application.replace("stop = \"stop-it\"", "stop = \"http://127.0.0.1:1/\""),
        ),
    ] {
        let scene = confined(way, &tables, commands);
        let ended = scene.run();
        let report = ended.report("refused", 4);
        let code = report["error"]["code"].as_str().unwrap_or_default().to_owned();
        assert!(
            ["not-permitted", "hook-failed"].contains(&code.as_str()),
            "{ended}"
        );
        assert!(
            format!("{ended}").contains("stop-it"),
            "what it offers is told: {ended}"
        );
        assert!(
            !scene.standby.join("one").exists(),
            "nothing was changed: {ended}"
        );
    }
}
