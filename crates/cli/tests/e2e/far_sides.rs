//! What a far site keeps, for its caller and against it: history and its retention, and the head of the chain.

use crate::harness::*;
use std::fs;
use std::path::Path;

/// Two passes of a pair that keeps history for so long, as does the far site.
fn replaced_once(history: &str) -> World {
    let world = World::new().configured(&tables(history));
    agent_keeps(&world, history);
    world.file("file", "first");
    world.file("other", "stays");
    world.congruent_pass();
    world.file("file", "second");
    world.congruent_pass();
    world
}

/// Has the agent started so that it keeps history for so long.
fn agent_keeps(world: &World, history: &str) {
    let file = world.path("counterpart.toml");
    let text = fs::read_to_string(&file).unwrap();
    let told = text.replace("/far-state\"", &format!("/far-state --history {history}\""));
    assert_ne!(told, text);
    fs::write(file, told).unwrap();
}

fn tables(history: &str) -> String {
    format!("[pair.p.tree]\nhistory = \"{history}\"")
}

#[test]
fn history_whose_time_has_come_is_pruned_and_only_then() {
    let world = replaced_once("1s");
    std::thread::sleep(std::time::Duration::from_secs(3));
    let listed = world.run(&["prune", "p"]);
    assert_eq!(
        (listed.code, &listed.document["removed"]),
        (0, &false.into()),
        "{listed}"
    );
    assert_eq!(listed.document["passes"].as_array().unwrap().len(), 1, "{listed}");
    assert_eq!(world.versions(".").len(), 1);
    let pruned = world.run(&["prune", "p", "--yes"]);
    assert_eq!(
        (pruned.code, &pruned.document["removed"]),
        (0, &true.into()),
        "{pruned}"
    );
    assert!(world.versions(".").is_empty());
    world.congruent_pass().changed_nothing();
}

#[test]
fn production_cannot_shorten_what_the_standby_keeps() {
    let world = replaced_once("400d");
    // Whoever has production has its configuration, its certificates and its journal.
    world.configure(&tables("0"));
    agent_keeps(&world, "400d");
    let certificates = world.state().join("pairs/p/certificates");
    for entry in fs::read_dir(certificates).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    std::thread::sleep(std::time::Duration::from_secs(2));
    let (code, said) = world.say(&["prune", "p", "--yes"]);
    if Far::wanted() == Far::Standby {
        assert_eq!((code, world.versions(".").len()), (0, 1), "{said}");
        assert!(said.contains("keeps history for 400d"), "{said}");
    } else {
        // The standby is of this host, and so is who asks.
        assert_eq!((code, world.versions(".").len()), (0, 0), "{said}");
    }
}

fn copy_of(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    done(std::process::Command::new("cp").arg("-a").arg(from).arg(to));
}

fn far_head(world: &World) -> serde_json::Value {
    let side = match Far::wanted() {
        Far::Production => "production",
        _ => "standby",
    };
    let file = world.path("far-state/pairs/p").join(side).join("chain-head.json");
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

#[test]
fn a_journal_that_was_put_back_shows_by_the_head_at_the_far_site() {
    let world = replaced_once("400d");
    let (state, kept) = (world.state(), world.path("kept-state"));
    copy_of(&state, &kept);
    let third = world.congruent_pass();
    assert_eq!(far_head(&world)["pass"], third.document["pass"]);
    let verified = world.run(&["certificate", "verify", "p"]);
    assert_eq!(verified.code, 0, "{verified}");
    assert_eq!(verified.document["far"][0]["sequence"], 4, "{verified}");
    let newest = world.path("newest-state");
    copy_of(&state, &newest);

    copy_of(&kept, &state);
    let verified = world.run(&["certificate", "verify", "p"]);
    verified.failed(1, "evidence-broken");
    for _ in 0..2 {
        let behind = world.pass();
        assert_eq!(behind.code, 1, "{behind}");
        assert_eq!(behind.findings(), ["journal-behind ."], "{behind}");
        assert_eq!(far_head(&world)["sequence"], 4, "the head stays");
    }
    copy_of(&newest, &state);
    assert_eq!(world.run(&["certificate", "verify", "p"]).code, 0);
    world.congruent_pass();
    assert_eq!(far_head(&world)["sequence"], 5);
}

#[test]
fn a_change_of_keys_that_was_cut_off_shows_by_the_head_at_the_far_site() {
    let world = replaced_once("400d");
    let (state, kept) = (world.state(), world.path("kept-state"));
    copy_of(&state, &kept);
    let rotated = world.run(&["key", "rotate", "p"]);
    assert_eq!(
        (rotated.code, &rotated.document["record"]),
        (0, &4.into()),
        "{rotated}"
    );
    assert_eq!(far_head(&world)["sequence"], 4, "it is told at once");
    world.congruent_pass();
    assert_eq!(world.run(&["certificate", "verify", "p"]).code, 0);

    // An older journal, in which the old key is in force still.
    copy_of(&kept, &state);
    let verified = world.run(&["certificate", "verify", "p"]);
    verified.failed(1, "evidence-broken");
    let said = verified.document.to_string();
    assert!(
        said.contains("has record 5") && said.contains("ends with record 3"),
        "{said}"
    );
    // Nothing is written on top of it.
    world.run(&["key", "rotate", "p"]).failed(1, "evidence-broken");
    assert_eq!(far_head(&world)["sequence"], 5);
}

#[test]
fn what_counterpart_keeps_beneath_a_standby_is_no_tree() {
    let world = replaced_once("400d");
    let side = if Far::wanted() == Far::Standby {
        "standby"
    } else {
        "production"
    };
    let root = if side == "standby" {
        world.dst()
    } else {
        world.src()
    };
    let inner = root.join(".counterpart/history");
    let file = world.path("counterpart.toml");
    let text = fs::read_to_string(&file).unwrap();
    let far = |path: &Path| format!("{side} = \"far:{}\"", path.display());
    let pointed = text
        .replace("[pair.p", "[pair.q")
        .replace(&far(&root), &far(&inner));
    assert!(pointed.contains(&far(&inner)), "{pointed}");
    fs::write(&file, pointed).unwrap();
    let refused = world.run(&["run", "q"]);
    refused.failed(2, "usage");
    assert!(refused.to_string().contains("is no tree"), "{refused}");
}

#[test]
fn a_far_site_that_is_not_there_says_nothing_against_the_chain() {
    let world = replaced_once("400d");
    fs::write(world.path("ssh/authorized_keys"), "").unwrap();
    let verified = world.run(&["certificate", "verify", "p"]);
    assert_eq!(
        (verified.code, &verified.document["far"]),
        (0, &serde_json::json!([])),
        "{verified}"
    );
    let (_, said) = world.say(&["certificate", "verify", "p"]);
    assert!(said.contains("was not asked for its head"), "{said}");
    let refused = world.run(&[
        "manifest",
        "p",
        "--side",
        if Far::wanted() == Far::Standby {
            "standby"
        } else {
            "production"
        },
    ]);
    refused.failed(4, "site-lost");
}

#[test]
fn what_a_far_site_keeps_is_as_the_document_of_formats_says() {
    let world = replaced_once("400d");
    let side = match Far::wanted() {
        Far::Production => "production",
        _ => "standby",
    };
    let served = world.path("far-state/pairs/p").join(side);
    let head = served.join("chain-head.json");
    let reader = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/e2e/reader/main.py");
    let read = |head: &Path| {
        let mut command = python();
        command.args(["-B", reader]).arg(world.state().join("pairs/p"));
        command
            .args(["--site", side])
            .arg(&served)
            .arg("--head")
            .arg(head);
        command.output().unwrap()
    };
    let output = read(&head);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = fs::read_to_string(&head).unwrap();
    let later = world.path("later-head");
    fs::write(&later, text.replace("\"sequence\": 3", "\"sequence\": 4")).unwrap();
    let said = String::from_utf8_lossy(&read(&later).stderr).into_owned();
    assert_eq!(said, "refused: the journal ends before its head\n");
}
