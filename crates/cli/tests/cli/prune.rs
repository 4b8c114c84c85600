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

/// What else than history prune lists, or removed: how many of each.
fn others(place: &Place, arguments: &[&str]) -> Vec<(String, u64)> {
    let (code, document) = place.json(arguments);
    assert_eq!(code, 0, "{document}");
    let others = document["others"].as_array().unwrap().iter();
    others
        .map(|other| {
            let what = other["what"].as_str().unwrap().to_owned();
            (what, other["things"].as_u64().unwrap())
        })
        .collect()
}

/// Three passes, of which the second removed a file that its certificate promises to keep, and the third changed one.
fn three_passes(retention: &str) -> Place {
    let place = with_a_removal("400d");
    place.write("production/a/one", "one, changed");
    place.run(&["run"]).with_code(0);
    place.small_archive(&format!("[pair.archive.retention]\n{retention}"));
    // That wrote the archive anew, as it was at first.
    std::fs::remove_file(place.path("production/three")).unwrap();
    place.write("production/a/one", "one, changed");
    std::thread::sleep(Duration::from_secs(2));
    place
}

#[test]
fn an_entry_of_an_earlier_pass_is_proven_until_its_manifest_has_had_its_time() {
    let place = three_passes("manifests = \"1s\"\n");
    let prove = ["certificate", "prove", "three", "--pass", "1"];
    let (code, proof) = place.json(&prove);
    assert_eq!(code, 0, "{proof}");
    assert!(
        proof["line"].as_str().unwrap().starts_with("file three 5 "),
        "{proof}"
    );
    let pack = place.path("all.tar").display().to_string();
    let packed = place.run(&["certificate", "pack", "--out", &pack]).with_code(0);
    assert!(!packed.out.contains("not kept"), "{}", packed.out);
    let listed = place.shell("tar tf all.tar | grep -c '\\.lines$'");
    assert_eq!(
        String::from_utf8_lossy(&listed.stdout).trim(),
        "3",
        "one a congruent pass"
    );
    let two = ("manifests".to_owned(), 2);
    assert_eq!(
        others(&place, &["prune", "--dry-run"]),
        [two.clone(), two.clone()]
    );
    assert_eq!(place.run(&prove).with_code(0).code, 0);
    assert_eq!(others(&place, &["prune", "--yes"]), [two.clone(), two]);
    let told = place.run(&prove).with_code(2);
    assert!(
        told.err.contains("its manifest is not kept any more"),
        "{}",
        told.err
    );
    place.run(&["certificate", "prove", "a/two"]).with_code(0);
    place.run(&["certificate", "verify"]).with_code(0);
    assert!(others(&place, &["prune"]).is_empty());
}

#[test]
fn a_log_stays_as_long_as_the_history_that_it_tells_of_is_promised() {
    let place = three_passes("logs = \"1s\"\n");
    let passes = |place: &Place| {
        std::fs::read_dir(place.path("state/pairs/archive/logs"))
            .unwrap()
            .count()
    };
    let before = passes(&place);
    assert_eq!(others(&place, &["prune"]), [("logs".to_owned(), 1)]);
    assert_eq!(passes(&place), before);
    assert_eq!(others(&place, &["prune", "--yes"]), [("logs".to_owned(), 1)]);
    assert_eq!(
        passes(&place),
        before - 2,
        "the log and the report of the first pass"
    );
    place.run(&["log", "--pass", "2"]).with_code(0);
    place.run(&["log"]).with_code(0);
    place.run(&["status"]).with_code(0);
    place.run(&["certificate", "verify"]).with_code(0);
}

#[test]
fn outputs_of_probes_and_records_go_by_their_own_time() {
    let place = with_a_removal("400d");
    for pass in ["20200101T000000000Z", "20200102T000000000Z"] {
        place.write(format!("state/pairs/archive/probes/{pass}/one.raw"), "raw");
    }
    place.write("state/pairs/archive/schedule/records-2020-01.ndjson", "{}\n");
    let old = [("probes".to_owned(), 1), ("runs".to_owned(), 1)];
    assert_eq!(others(&place, &["prune"]), old);
    assert_eq!(others(&place, &["prune", "--yes"]), old);
    assert!(
        place
            .path("state/pairs/archive/probes/20200102T000000000Z/one.raw")
            .exists()
    );
    assert!(
        !place
            .path("state/pairs/archive/probes/20200101T000000000Z")
            .exists()
    );
    assert!(
        !place
            .path("state/pairs/archive/schedule/records-2020-01.ndjson")
            .exists()
    );
}

#[test]
fn listing_and_removing_exclude_each_other() {
    let place = Place::new();
    place.small_archive("");
    place.run(&["prune", "--dry-run", "--yes"]).with_code(2);
}
