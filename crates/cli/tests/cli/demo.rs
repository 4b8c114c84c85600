//! The demo: it shows what it says, its DICOM files are read by others, and it never builds where something is.

use crate::program::Place;
use counterpart_cli::reference::schemas;
use std::process::Command;

#[test]
fn the_demo_shows_the_main_job() {
    let place = Place::new();
    let ran = place.run(&["demo", "here"]).with_code(0);
    for sentence in [
        "CONGRUENT as of",
        "1 renamed, 1 deleted",
        "(retired 035/pages/0842/0060002 as ",
        "Refused: source-empty",
        "Exit code 3: refused. The standby was not touched",
        "COUNTERPART CERTIFICATE 2",
        "Good \"counterpart\" signature",
    ] {
        assert!(ran.out.contains(sentence), "{sentence} in {}", ran.out);
    }
    let wide = ran.out.lines().find(|line| {
        line.len() > 4 && line.starts_with(|first: char| first.is_alphabetic()) && line.chars().count() > 96
    });
    assert_eq!(wide, None);
    place.run(&["demo", "here"]).with_code(2);
    place
        .run(&[
            "--config",
            "here/counterpart.toml",
            "--state",
            "here/state",
            "verify",
            "--reread",
        ])
        .with_code(0);
}

#[test]
fn the_demo_is_one_document_too() {
    let place = Place::new();
    let (code, document) = place.json(&["demo", "here"]);
    assert_eq!(code, 0);
    let (_, text) = schemas()
        .into_iter()
        .find(|(name, _)| name == "demo.json")
        .unwrap();
    let schema = serde_json::from_str(&text).unwrap();
    assert!(jsonschema::is_valid(&schema, &document), "{document}");
    assert_eq!(document["emptied"]["exit"], 3);
    assert_eq!(document["accepted"], true);
}

#[test]
fn the_demo_writes_the_same_valid_dicom_every_time() {
    let place = Place::new();
    for directory in ["one", "two"] {
        place.run(&["demo", directory]).with_code(0);
    }
    let image = |directory: &str| {
        place
            .path(directory)
            .join("production/images/20260304/A1004-MR/IM0018.dcm")
    };
    assert_eq!(
        std::fs::read(image("one")).unwrap(),
        std::fs::read(image("two")).unwrap()
    );
    let dumped = Command::new("dcmdump")
        .arg("-q")
        .arg(image("one"))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&dumped.stdout);
    assert!(dumped.status.success() && dumped.stderr.is_empty(), "{text}");
    for line in ["=MRImageStorage", "[Demo^Clara]", "(7fe0,0010) OW", "MONOCHROME2"] {
        assert!(text.contains(line), "{line} in {text}");
    }
}
