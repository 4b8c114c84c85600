//! The watchdog: too old, of the future, broken or not there is a complaint; also over a copy and over a pack.

use super::scene::{Scene, done};
use std::fs;
use std::process::Command;
use std::time::Duration;

const FAR_AHEAD: &str = "LD_PRELOAD=/usr/$LIB/faketime/libfaketime.so.1";

fn line(scene: &Scene, arguments: &[&str]) -> (i32, serde_json::Value) {
    let mut words = vec!["watchdog"];
    words.extend(arguments);
    let answer = scene.run(&words);
    assert_eq!(
        answer.code == 0,
        answer.document["ok"] == true,
        "{}",
        answer.document
    );
    (answer.code, answer.document["pairs"][0].clone())
}

fn complaint(scene: &Scene, arguments: &[&str]) -> String {
    let (code, line) = line(scene, arguments);
    assert_eq!(code, 1, "{line}");
    line["why"].as_str().unwrap().to_owned()
}

#[test]
fn a_young_certificate_is_well_and_an_old_one_is_not() {
    let scene = Scene::new();
    scene.configure("every = \"4h\"\ndeadline = \"1h\"", "");
    assert_eq!(complaint(&scene, &[]), "it has no certificate yet");
    scene.congruent();
    let (code, well) = line(&scene, &[]);
    assert_eq!(
        (code, &well["limit_seconds"], &well["congruent"]),
        (0, &(9 * 3_600).into(), &true.into()),
        "{well}"
    );
    std::thread::sleep(Duration::from_millis(1_100));
    assert!(complaint(&scene, &["--max-age", "0s"]).contains("is the limit"));
    scene.configure("every = \"4h\"\nwatchdog = \"0s\"", "");
    assert!(complaint(&scene, &["p"]).contains("is the limit"));
    scene.configure("", "");
    assert!(complaint(&scene, &[]).contains("nothing says how old"));
    let (code, said) = scene.say(&["watchdog", "--max-age", "26h"]);
    assert_eq!(code, 0);
    assert!(said.starts_with("p  ok  CONGRUENT as of 20"), "{said}");
    assert_eq!(said.lines().count(), 1);
}

#[test]
fn a_certificate_of_the_future_is_a_complaint() {
    let scene = Scene::new();
    scene.configure("every = \"4h\"", "");
    scene.congruent();
    let (variable, value) = FAR_AHEAD.split_once('=').unwrap();
    let output = scene
        .command(&["watchdog"])
        .env(variable, value)
        .env("FAKETIME", "-2h")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("ahead of this host's clock"), "{said}");
}

#[test]
fn not_congruent_is_a_complaint_where_that_is_wanted() {
    let scene = Scene::new();
    scene.configure("every = \"4h\"\n[pair.p.tree]\nappend_only = [\"a\"]", "");
    scene.congruent();
    scene.file("a", "rewritten, though it must not be");
    assert_eq!(scene.run(&["run"]).code, 1);
    assert_eq!(line(&scene, &[]).0, 0);
    assert!(complaint(&scene, &["--congruent"]).contains("does not call both sides equal"));
}

#[test]
fn a_copy_is_watched_from_another_host() {
    let scene = Scene::new();
    scene.configure("every = \"4h\"", "");
    scene.congruent();
    done(
        Command::new("cp")
            .arg("-r")
            .arg(scene.path("state/pairs/p"))
            .arg(scene.path("copy")),
    );
    // A host without a configuration and without a state.
    let elsewhere = Scene::new();
    let copy = scene.path("copy").display().to_string();
    let (code, well) = line(&elsewhere, &["--journal", &copy, "--max-age", "26h"]);
    assert_eq!((code, &well["pair"]), (0, &"p".into()), "{well}");
    let other = elsewhere.run(&["watchdog", "other", "--journal", &copy, "--max-age", "26h"]);
    assert_eq!(other.code, 2, "{}", other.document);
    assert_eq!(
        elsewhere
            .run(&["watchdog", "--journal", "/nowhere", "--max-age", "26h"])
            .code,
        2
    );

    let before = super::scene::all_bytes(&scene.path("copy"));
    line(&elsewhere, &["--journal", &copy, "--max-age", "26h"]);
    assert_eq!(
        super::scene::all_bytes(&scene.path("copy")),
        before,
        "it writes nothing"
    );
}

#[test]
fn a_pack_is_watched_too() {
    let scene = Scene::new();
    scene.configure("every = \"4h\"", "");
    scene.congruent();
    assert_eq!(scene.run(&["certificate", "pack", "--out", "pack.tar"]).code, 0);
    done(
        Command::new("tar")
            .arg("-C")
            .arg(scene.path(""))
            .arg("-xf")
            .arg(scene.path("pack.tar")),
    );
    let unpacked = fs::read_dir(scene.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.join("bagit.txt").exists())
        .unwrap();
    let (code, well) = line(&scene, &["--journal", unpacked.to_str().unwrap()]);
    assert_eq!((code, &well["limit_seconds"]), (0, &(8 * 3_600).into()), "{well}");
}

#[test]
fn evidence_that_does_not_hold_is_a_complaint() {
    let scene = Scene::new();
    scene.configure("every = \"4h\"", "");
    scene.congruent();
    let pass = scene.congruent();
    let file = pass.document["certificate"].as_str().unwrap().to_owned();
    let (good, journal) = (
        fs::read_to_string(&file).unwrap(),
        scene.path("state/pairs/p/journal/journal.ndjson"),
    );
    fs::write(&file, good.replace("\"congruent\":true", "\"congruent\":false")).unwrap();
    assert!(complaint(&scene, &[]).contains("is not the one that the record names"));
    fs::remove_file(&file).unwrap();
    assert!(complaint(&scene, &[]).contains("its file is not there"));
    fs::write(&file, &good).unwrap();
    assert_eq!(line(&scene, &[]).0, 0);
    fs::rename(format!("{file}.sig"), scene.path("kept")).unwrap();
    assert!(complaint(&scene, &[]).contains("its signature is not there"));
    fs::rename(scene.path("kept"), format!("{file}.sig")).unwrap();
    let text = fs::read_to_string(&journal).unwrap();
    fs::write(
        &journal,
        text.replacen("\"kind\":\"certificate\"", "\"kind\":\"certificatE\"", 1),
    )
    .unwrap();
    assert!(complaint(&scene, &[]).contains("checking record"));
}
