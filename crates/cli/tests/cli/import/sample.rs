//! The log that a user showed on slides.

use super::{imported, place, runs};
use crate::program::Place;

const SAMPLE: &str = include_str!("../../../../oldlog/tests/reading/sample.log");

fn with_sample() -> Place {
    let place = place();
    place.write("rsync.log", SAMPLE);
    let log = imported(
        &place,
        &[
            "rsync.log",
            "--zone",
            "+01:00",
            "--root",
            "/opt/studies",
            "--strict",
        ],
    );
    assert_eq!(
        (&log["runs"], &log["lines"], &log["changes"]),
        (&1.into(), &38.into(), &37.into()),
        "{log}"
    );
    assert_eq!(
        (&log["troubles"], &log["not_understood"]),
        (&1.into(), &0.into()),
        "{log}"
    );
    assert_eq!(
        (&log["done"]["sent"], &log["done"]["deleted"]),
        (&29.into(), &3.into()),
        "{log}"
    );
    place
}

#[test]
fn it_becomes_one_run_in_the_journal() {
    let place = with_sample();
    let run = &runs(&place)[0];
    assert_eq!(run["began"], "2011-11-15T23:08:10Z");
    assert_eq!(run["ended"], "2011-11-15T23:08:11Z");
    assert_eq!(
        (&run["times"], &run["zone"], &run["program"]),
        (&"log".into(), &"+01:00".into(), &"rsync".into())
    );
    // Nothing in it says how it ended.
    assert_eq!(
        (&run["finished"], &run["dry_run"]),
        (&false.into(), &false.into())
    );
    let journal = place.path("state/pairs/archive/journal/journal.ndjson");
    let record: serde_json::Value = serde_json::from_slice(&std::fs::read(journal).unwrap()).unwrap();
    assert_eq!(
        (&record["kind"], &record["body"]["run"]),
        (&"imported-run".into(), &run["run"])
    );
    let lines = place
        .path("state/pairs/archive/imports")
        .join(record["body"]["log"]["name"].as_str().unwrap());
    let sum = place.shell(&format!("sha256sum {}", lines.display())).stdout;
    assert!(
        String::from_utf8(sum)
            .unwrap()
            .starts_with(record["body"]["log"]["sha256"].as_str().unwrap())
    );
    // The log is one run, so the digest of its lines is that of the file.
    let sum = String::from_utf8(place.shell("sha256sum rsync.log").stdout).unwrap();
    assert!(sum.starts_with(record["body"]["sha256"].as_str().unwrap()));
}

#[test]
fn every_line_bears_the_mark() {
    let place = with_sample();
    let out = place.run(&["log", "--pass", "imported-2011"]).with_code(0).out;
    assert_eq!(out.lines().count(), 38);
    assert!(
        out.lines()
            .all(|line| line.contains(" [imported-20111115T230810Z-")),
        "{out}"
    );
    assert!(
        out.contains("] <?+++++++++ 035/dfschema/111115-163212\n"),
        "{out}"
    );
    assert!(out.contains("] <f.st...... 035/lib/DFsetup\n"), "{out}");
    assert!(
        out.contains("035/lib/DFschema.st (or 035/lib/DFschema.st ← Updated Files)\n"),
        "{out}"
    );
    assert!(out.contains("] rsync: send_files failed to open \"/opt/studies/035/lib/batch_edits_test_output.xml\": Permission denied (13)\n"), "{out}");
    let list = place.run(&["log", "--imported"]).with_code(0).out;
    assert!(
        list.starts_with("Imported: claims of old logs, no evidence of Counterpart.\n"),
        "{list}"
    );
}

#[test]
fn where_tells_what_it_claims_and_that_it_is_a_claim() {
    let place = with_sample();
    place.write("production/035/pages/0842/X0060002", "page");
    place.run(&["run"]).with_code(0);
    let out = place.run(&["where", "035/pages/0842/X0060002"]).with_code(0).out;
    assert!(out.contains("archive standby"), "{out}");
    assert!(
        out.contains("1 line of imported logs name it: claims of old logs, no evidence of Counterpart"),
        "{out}"
    );
    assert!(
        out.contains("last brought  2011-11-15 23:08:11Z  <?+++++++++  line 32 of rsync.log\n"),
        "{out}"
    );
    // What was retired: no copy, yet a claim.
    let ran = place.run(&["where", "035/pages/0842/0060002"]).with_code(1);
    assert!(ran.out.starts_with("There is no copy of"), "{}", ran.out);
    assert!(
        ran.out
            .contains("last deleted  2011-11-15 23:08:11Z  *deleting    line 31 of rsync.log\n"),
        "{}",
        ran.out
    );
    // By the root that it had then.
    let ran = place
        .run(&["where", "035/lib/batch_edits_test_output.xml"])
        .with_code(1);
    assert!(
        ran.out
            .contains("last trouble  2011-11-15 23:08:11Z  rsync: send_files failed"),
        "{}",
        ran.out
    );
    // By the root that the pair has now.
    let now = place.path("standby/035/pages/0842/0060002");
    assert!(
        place
            .run(&[std::ffi::OsStr::new("where"), now.as_os_str()])
            .with_code(1)
            .out
            .contains("last deleted")
    );
    let ran = place.run(&["where", "035/lib/DFschema.st"]).with_code(1);
    assert!(
        ran.out.contains("which can be read in another way"),
        "{}",
        ran.out
    );
    // The certificates between which it stands hold, and say nothing of it.
    place.run(&["certificate", "verify"]).with_code(0);
}

#[test]
fn the_log_is_searched_by_globs() {
    let place = with_sample();
    let out = place
        .run(&["log", "--imported", "--match", "035/pages/**"])
        .with_code(0)
        .out;
    assert_eq!(out.lines().count(), 9, "{out}");
    let out = place
        .run(&["log", "--imported", "--match", "*.drf"])
        .with_code(0)
        .out;
    assert_eq!(out.lines().count(), 3, "{out}");
    let ran = place.run(&["log", "--imported", "--match", "a[b"]).with_code(2);
    assert!(ran.err.contains("Write a glob such as"), "{}", ran.err);
}
