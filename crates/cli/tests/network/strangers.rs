//! Ends that do not fit each other: another revision of the link, and keys and programs that are not the right ones.

use crate::scene::{BOTH, PROGRAM, Scene};
use counterpart_link::REVISION;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// What a program of another revision says first: the mark, the revision, and of itself the version and no digest.
fn greeting(revision: u32, version: &str) -> Vec<u8> {
    let mut program = vec![u8::try_from(version.len()).unwrap()];
    program.extend(version.as_bytes());
    program.push(0);
    let mut said = b"counterpart-link".to_vec();
    said.extend(revision.to_le_bytes());
    said.extend(u32::try_from(program.len()).unwrap().to_le_bytes());
    said.extend(program);
    said
}

#[test]
fn an_agent_of_another_revision_is_told_apart_with_both_versions_and_the_remedy() {
    for way in BOTH {
        for (revision, version) in [(REVISION - 1, "0.0.9"), (REVISION + 1, "9.9.9")] {
            let mut scene = Scene::here(way);
            std::fs::write(scene.production.join("file"), b"content").unwrap();
            let said = scene.path("greeting");
            std::fs::write(&said, greeting(revision, version)).unwrap();
            scene.remote.0 = format!("cat {}; exec sleep 60; ", said.display());
            let ended = scene.run();
            ended.assert_lost(&format!("{way:?}, revision {revision}"));
            for word in [
                version,
                env!("CARGO_PKG_VERSION"),
                "Install the same version at both ends",
            ] {
                assert!(ended.stdout.contains(word), "{word}: {ended}");
            }
            assert!(!scene.standby.exists());
            scene.remote.0.clear();
            scene.run_congruent("with the right agent");
        }
    }
}

#[test]
fn an_agent_tells_a_caller_of_another_revision_the_same_and_ends() {
    let state = tempfile::tempdir().unwrap();
    let mut agent = Command::new(PROGRAM);
    agent.arg("agent").arg("--state").arg(state.path());
    agent
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut agent = agent.spawn().unwrap();
    let mut to_agent = agent.stdin.take().unwrap();
    to_agent.write_all(&greeting(REVISION + 1, "9.9.9")).unwrap();
    let output = agent.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(4), "{said}");
    for word in [
        "9.9.9",
        env!("CARGO_PKG_VERSION"),
        "Install the same version at both ends",
    ] {
        assert!(said.contains(word), "{word}: {said}");
    }
    drop(to_agent);
}
