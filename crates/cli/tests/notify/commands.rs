//! A program that is given the message: what it gets, and that one which hangs is ended with all that it started.

use super::scene::Scene;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

fn with_script(scene: &Scene, script: &str, more: &str) {
    let file = scene.path("hook");
    fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    scene.configure(
        "every = \"1h\"",
        &format!(
            "[notify.command]\nrun = [\"{}\", \"word\"]\n{more}",
            file.display()
        ),
    );
}

#[test]
fn a_command_gets_the_message_as_json() {
    let scene = Scene::new();
    let out = scene.path("got");
    with_script(
        &scene,
        &format!("cat > {0}; echo \"$@\" > {0}.words; env > {0}.env", out.display()),
        "",
    );
    let pass = scene.congruent();
    assert_eq!(pass.messages, "");
    let got: serde_json::Value = serde_json::from_slice(&fs::read(&out).unwrap()).unwrap();
    assert_eq!(
        (&got["format"], &got["pair"], &got["outcome"]),
        (&"counterpart-notice".into(), &"p".into(), &"congruent".into())
    );
    assert_eq!(got["as_of"]["utc"], pass.document["as_of"]);
    assert_eq!(got["promise"], "dated");
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schema/notice.json");
    let schema: serde_json::Value = serde_json::from_slice(&fs::read(schema).unwrap()).unwrap();
    jsonschema::validate(&schema, &got).unwrap();
    assert_eq!(fs::read_to_string(scene.path("got.words")).unwrap(), "word\n");
    let environment = fs::read_to_string(scene.path("got.env")).unwrap();
    assert!(
        !environment.contains("TZ=") && environment.contains("PATH="),
        "{environment}"
    );
}

#[test]
fn a_command_that_does_not_read_or_fails_holds_nobody_up() {
    let scene = Scene::new();
    with_script(&scene, "echo the pager is off >&2; exit 7", "");
    let pass = scene.congruent();
    assert!(
        pass.messages.contains("it ended with 7: the pager is off"),
        "{}",
        pass.messages
    );
    assert_eq!(scene.messages()["waiting"], 1);
    with_script(&scene, "exit 0", "");
    assert_eq!(scene.run(&["notify", "send"]).code, 0);
    assert_eq!(scene.messages()["waiting"], 0);
}

#[test]
fn a_command_that_hangs_is_ended_with_its_children() {
    let scene = Scene::new();
    let numbers = scene.path("numbers");
    let script = format!(
        "sleep 900 & echo $! > {0}; trap '' TERM; echo $$ >> {0}; sleep 901 & echo $! >> {0}; wait; sleep 902",
        numbers.display()
    );
    with_script(&scene, &script, "timeout = \"1s\"");
    let pass = scene.congruent();
    assert!(
        pass.messages
            .contains("longer than 1 s, and was ended with all that it started"),
        "{}",
        pass.messages
    );
    for number in fs::read_to_string(&numbers).unwrap().lines() {
        let status = fs::read_to_string(format!("/proc/{number}/status")).unwrap_or_default();
        assert!(
            status.is_empty() || status.contains("State:\tZ"),
            "{number} lives: {status}"
        );
    }
}

#[test]
fn a_command_that_is_not_there_is_told() {
    let scene = Scene::new();
    scene.configure("", "[notify.command]\nrun = [\"/nowhere/pager\"]");
    let pass = scene.congruent();
    assert!(
        pass.messages.contains("the command `pager`") && pass.messages.contains("No such file"),
        "{}",
        pass.messages
    );
}
