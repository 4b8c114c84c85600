//! Standbys that hold less than production does: times of two seconds, names without case.

use crate::fuse_disk::FuseDisk;
use crate::scene::Scene;

#[test]
fn a_standby_with_coarse_times_is_congruent_and_stays_so() {
    let scene = Scene::new("production", "standby");
    let _disk = FuseDisk::new(&scene, "standby", &["coarse"]);
    for number in 0..20 {
        scene.file(&format!("a/{number}"), format!("content {number}"));
    }
    let first = scene.mirror().with_code(0);
    assert_eq!(first.document["congruent"], true, "{first}");
    for _ in 0..2 {
        let answer = scene.mirror().with_code(0);
        assert_eq!(answer.document["congruent"], true, "{answer}");
        assert_eq!(answer.document["bytes_sent"], 0, "{answer}");
        let changes = answer.document["changes"].as_object().unwrap();
        assert!(changes.values().all(|count| *count == 0), "{answer}");
    }
    for number in 0..20 {
        let path = format!("a/{number}");
        let copy = std::fs::read_to_string(scene.s(&path)).unwrap();
        assert_eq!(copy, format!("content {number}"));
    }
}

#[test]
fn names_that_a_standby_without_case_would_make_one_are_told_and_left() {
    let scene = Scene::new("production", "standby");
    let _disk = FuseDisk::new(&scene, "standby", &["case_insensitive"]);
    scene.file("Scan.dcm", "one");
    scene.file("scan.dcm", "another");
    scene.file("other", "content");
    for _ in 0..2 {
        let answer = scene.mirror().with_code(1);
        let expected = ["name-collision Scan.dcm", "name-collision scan.dcm"];
        assert_eq!(answer.findings(), expected, "{answer}");
        let names: Vec<_> = scene.standby().into_keys().collect();
        assert_eq!(names, ["", "other"].map(std::path::PathBuf::from), "{answer}");
        assert_eq!(std::fs::read_to_string(scene.s("other")).unwrap(), "content");
    }
    std::fs::remove_file(scene.p("scan.dcm")).unwrap();
    scene.congruent(scene.mirror());
}

#[test]
fn a_standby_that_keeps_no_times_says_so_and_is_congruent_in_the_rest() {
    let scene = Scene::new("production", "standby");
    let _disk = FuseDisk::new(&scene, "standby", &["timeless"]);
    for number in 0..5 {
        scene.file(&format!("a/{number}"), format!("content {number}"));
    }
    for bytes in [45, 0] {
        let answer = scene.mirror().with_code(0);
        assert_eq!(answer.document["congruent"], true, "{answer}");
        assert_eq!(answer.document["bytes_sent"], bytes, "{answer}");
        assert_eq!(answer.document["declared"], 1, "{answer}");
        let file = answer.document["certificate"].as_str().unwrap();
        let certificate: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let classes = certificate["scope"]["metadata"].as_array().unwrap();
        let mtime = classes.iter().find(|class| class["class"] == "mtime").unwrap();
        assert_eq!(mtime["standing"], "not-supported", "{answer}");
    }
}
