//! The status file: what `status --json` prints, readable by all, replaced whole.

use super::scene::Scene;
use std::fs;
use std::os::unix::fs::MetadataExt as _;

#[test]
fn the_status_file_is_the_document_of_status() {
    let scene = Scene::new();
    scene.configure("", "[notify]\nstatus_file = \"status.json\"");
    scene.congruent();
    let file = scene.path("status.json");
    let read = || serde_json::from_slice::<serde_json::Value>(&fs::read(&file).unwrap()).unwrap();
    assert_eq!(read(), scene.run(&["status"]).document);
    assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o644);
    scene.empty_production();
    scene.run(&["run"]);
    assert_eq!(read()["pairs"][0]["refused"][0], "source-empty");
    let strays = fs::read_dir(scene.path("")).unwrap().filter(|entry| {
        entry
            .as_ref()
            .unwrap()
            .file_name()
            .to_string_lossy()
            .starts_with(".tmp")
    });
    assert_eq!(strays.count(), 0);
}

#[test]
fn a_status_file_that_cannot_be_written_is_a_warning() {
    let scene = Scene::new();
    scene.configure("", "[notify]\nstatus_file = \"nowhere/status.json\"");
    let pass = scene.congruent();
    assert!(
        pass.messages.contains("writing the status file") && pass.messages.contains("status_file"),
        "{}",
        pass.messages
    );
}
