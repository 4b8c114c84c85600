//! Logs that come again: the same, packed, grown, put together, and after an import that was killed.

use super::{imported, lines, place, runs};

const FIRST: &str = "2012/05/01 02:00:03 [7] building file list\n2012/05/01 02:00:03 [7] <f+++++++++ a/one\n\
                     2012/05/01 02:00:04 [7] sent 1 bytes  received 2 bytes  total size 3\n";
const SECOND: &str =
    "2012/05/02 02:00:03 [9] building file list\n2012/05/02 02:00:03 [9] *deleting   a/one\n";
const REST: &str = "2012/05/02 02:00:09 [9] <f+++++++++ a/two\n2012/05/02 02:00:09 [9] sent 1 bytes  received 2 bytes  total size 3\n";

#[test]
fn the_same_log_is_known_by_its_digest() {
    let place = place();
    place.write("a.log", FIRST);
    place.write("b.log", FIRST);
    assert_eq!(imported(&place, &["a.log"])["state"], "imported");
    let before = std::fs::read(place.path("state/pairs/archive/journal/journal.ndjson")).unwrap();
    for name in ["a.log", "b.log"] {
        let log = imported(&place, &[name]);
        assert_eq!(
            (&log["state"], &log["runs"], &log["runs_known"]),
            (&"known".into(), &0.into(), &1.into())
        );
    }
    let out = place.run(&["import", "a.log"]).with_code(0).out;
    assert!(
        out.contains("known: it was imported before, with 1 run; --again imports it anew"),
        "{out}"
    );
    assert_eq!(
        std::fs::read(place.path("state/pairs/archive/journal/journal.ndjson")).unwrap(),
        before
    );
}

#[test]
fn a_packed_log_has_the_runs_of_the_plain_one() {
    for (packer, packing) in [("gzip", "gzip"), ("zstd -q", "zstd"), ("xz", "xz")] {
        let place = place();
        place.write("a.log", FIRST.to_owned() + SECOND);
        assert!(
            place
                .shell(&format!("{packer} -c a.log > packed"))
                .status
                .success(),
            "{packer}"
        );
        assert_eq!(imported(&place, &["packed"])["runs"], 2);
        let log = imported(&place, &["a.log"]);
        assert_eq!(
            (&log["state"], &log["runs_known"]),
            (&"known".into(), &2.into()),
            "{log}"
        );
        let journal =
            std::fs::read_to_string(place.path("state/pairs/archive/journal/journal.ndjson")).unwrap();
        assert!(
            journal.contains(&format!("\"packing\":\"{packing}\"")),
            "{journal}"
        );
    }
}

#[test]
fn of_a_log_that_grew_only_what_is_new_is_recorded() {
    let place = place();
    place.write("a.log", FIRST.to_owned() + SECOND);
    assert_eq!(imported(&place, &["a.log"])["runs"], 2);
    assert_eq!(runs(&place)[1]["finished"], false);
    place.write("a.log", FIRST.to_owned() + SECOND + REST);
    let log = imported(&place, &["a.log"]);
    assert_eq!(
        (&log["runs"], &log["runs_known"], &log["runs_replaced"]),
        (&1.into(), &1.into(), &1.into()),
        "{log}"
    );
    // The beginning that was recorded first is in the journal still, and shown no more.
    let shown = runs(&place);
    assert_eq!(
        (shown.len(), &shown[1]["finished"], &shown[1]["changes"]),
        (2, &true.into(), &2.into())
    );
    assert_eq!(lines(&place).len(), 3);
    let journal = std::fs::read_to_string(place.path("state/pairs/archive/journal/journal.ndjson")).unwrap();
    assert_eq!(journal.lines().count(), 3);
    place.run(&["run"]).with_code(0);
    place.run(&["certificate", "verify"]).with_code(0);
}

#[test]
fn a_run_that_stands_twice_in_a_log_is_recorded_once() {
    let place = place();
    place.write("a.log", FIRST.repeat(3));
    let log = imported(&place, &["a.log"]);
    assert_eq!(
        (&log["runs"], &log["runs_known"]),
        (&1.into(), &2.into()),
        "{log}"
    );
    assert_eq!(imported(&place, &["a.log"])["runs"], 0);
}

#[test]
fn what_was_imported_wrongly_is_imported_again_in_its_place() {
    let place = place();
    place.write("a.log", FIRST);
    imported(&place, &["a.log", "--zone", "UTC"]);
    let log = imported(
        &place,
        &["a.log", "--zone", "-05:00", "--beneath", "035", "--again"],
    );
    assert_eq!(
        (&log["runs"], &log["runs_replaced"]),
        (&1.into(), &1.into()),
        "{log}"
    );
    // The same once more: it has another name, for the one before is in the journal.
    imported(
        &place,
        &["a.log", "--zone", "-05:00", "--beneath", "035", "--again"],
    );
    let shown = runs(&place);
    assert_eq!(
        (shown.len(), shown[0]["began"].as_str()),
        (1, Some("2012-05-01T07:00:03Z"))
    );
    assert!(shown[0]["run"].as_str().unwrap().ends_with("-2"), "{shown:?}");
    assert_eq!(lines(&place)[0]["path"], "035/a/one");
    assert_eq!(imported(&place, &["a.log"])["state"], "known");
}

#[test]
fn what_a_killed_import_left_goes() {
    let place = place();
    place.write("a.log", FIRST);
    let stray = place.write("state/pairs/archive/imports/reading-1.ndjson.zst", "half");
    let kept = place.write("state/pairs/archive/imports/of-somebody-else", "kept");
    imported(&place, &["a.log"]);
    assert!(!stray.exists() && kept.exists());
}

#[test]
fn lines_that_are_not_those_of_the_journal_are_not_believed() {
    let place = place();
    place.write("a.log", FIRST);
    imported(&place, &["a.log"]);
    let name = format!(
        "state/pairs/archive/imports/{}.ndjson.zst",
        runs(&place)[0]["run"].as_str().unwrap()
    );
    let mut bytes = std::fs::read(place.path(&name)).unwrap();
    bytes[20] ^= 1;
    std::fs::write(place.path(&name), bytes).unwrap();
    for arguments in [&["where", "a/one"][..], &["log", "--imported", "--match", "**"]] {
        let ran = place.run(arguments).with_code(1);
        assert!(ran.err.contains("error[evidence-broken]"), "{}", ran.err);
        assert!(
            ran.err.contains("is not the one that the journal names"),
            "{}",
            ran.err
        );
    }
    std::fs::remove_file(place.path(&name)).unwrap();
    let ran = place.run(&["where", "a/one"]).with_code(1);
    assert!(ran.err.contains("it is gone"), "{}", ran.err);
}
