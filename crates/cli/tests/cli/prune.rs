//! `prune`: history goes when its retention has ended, never before a certificate's promise has.

use crate::program::Place;
use std::time::Duration;

/// An archive of which a pass with this retention has removed a file.
fn with_a_removal(history: &str) -> Place {
    let place = Place::new();
    place.small_archive(&tree(history));
    place.run(&["run"]).with_code(0);
    std::fs::remove_file(place.path("production/three")).unwrap();
    place.run(&["run"]).with_code(0);
    place
}

fn tree(history: &str) -> String {
    format!("[pair.archive.tree]\nhistory = \"{history}\"\n")
}

/// Passes that prune would take, or took.
fn pruned(place: &Place, arguments: &[&str]) -> usize {
    let (code, document) = place.json(arguments);
    assert_eq!(code, 0, "{document}");
    document["passes"].as_array().unwrap().len()
}

#[test]
fn what_a_certificate_promised_stays_though_the_retention_was_shortened() {
    let place = with_a_removal("400d");
    std::thread::sleep(Duration::from_secs(2));
    place.small_archive(&tree("1s"));
    assert_eq!(pruned(&place, &["prune", "--yes"]), 0);
    let (_, history) = place.json(&["history", "three"]);
    assert_eq!(history["versions"].as_array().unwrap().len(), 1, "{history}");
}

#[test]
fn what_nobody_promises_any_more_goes_once_somebody_says_yes() {
    let place = with_a_removal("1s");
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(pruned(&place, &["prune"]), 1);
    assert_eq!(place.run(&["history", "three"]).with_code(0).code, 0);
    assert_eq!(pruned(&place, &["prune", "--yes"]), 1);
    place.run(&["history", "three"]).with_code(1);
    place.run(&["verify"]).with_code(0);
}
