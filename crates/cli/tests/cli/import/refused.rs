//! What is not imported, what is said of it, and that nothing of it stays.

use super::{imported, place};
use crate::program::Place;

/// The files of imports, and whether there is anything in the journal.
fn left(place: &Place) -> (usize, usize) {
    let files = std::fs::read_dir(place.path("state/pairs/archive/imports")).map_or(0, Iterator::count);
    let journal = std::fs::read_to_string(place.path("state/pairs/archive/journal/journal.ndjson"));
    (files, journal.unwrap_or_default().lines().count())
}

#[test]
fn a_file_that_is_no_log_is_refused_whole() {
    let place = place();
    place.write("notes", "Dear all,\nthe backup works.\n");
    place.write("empty", "");
    place.write("picture", [&b"\x89PNG\r\n\x1a\n"[..], &[0; 300]].concat());
    for (name, why) in [
        ("notes", "none of its 2 lines"),
        ("empty", "it is empty"),
        ("picture", "none of its 3 lines"),
    ] {
        let out = place.run(&["import", name]).with_code(3).err;
        assert!(
            out.contains("error[log-not-understood]") && out.contains(why),
            "{out}"
        );
    }
    assert_eq!(left(&place), (0, 0));
}

#[test]
fn strict_refuses_what_is_not_understood_and_shows_the_first() {
    let place = place();
    place.write(
        "a.log",
        "sending incremental file list\n>f+++++++++ a\n=== done ===\n\u{1b}[31mred\n",
    );
    let out = place.run(&["import", "--strict", "a.log"]).with_code(3).err;
    assert!(
        out.contains("2 of its 4 lines are not understood; line 3 is: === done ==="),
        "{out}"
    );
    assert!(out.contains("Without --strict it is imported"), "{out}");
    assert_eq!(left(&place), (0, 0));
    let out = place.run(&["import", "a.log"]).with_code(0).out;
    assert!(
        out.contains("4 lines: 1 change, 0 troubles, 1 note, 0 empty, 2 not understood"),
        "{out}"
    );
    assert!(out.contains("not understood, line 4: \\x1b[31mred"), "{out}");
    assert_eq!(left(&place), (1, 1));
}

#[test]
fn a_packed_log_that_was_cut_is_refused() {
    let place = place();
    place.write("a.log", ">f+++++++++ a\n".repeat(1000));
    assert!(
        place
            .shell("gzip a.log; head -c 60 a.log.gz > cut.gz")
            .status
            .success()
    );
    let out = place.run(&["import", "cut.gz"]).with_code(4).err;
    assert!(out.contains("error[unreadable]: reading cut.gz"), "{out}");
    assert_eq!(left(&place), (0, 0));
}

#[test]
fn one_log_that_is_refused_keeps_no_other_back() {
    let place = place();
    place.write("good.log", ">f+++++++++ a\n");
    place.write("bad.log", "what\n");
    let (code, document) = place.json(&["import", "nothere", "bad.log", "good.log"]);
    assert_eq!(code, 3, "{document}");
    let states: Vec<_> = document["logs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|log| log["state"].clone())
        .collect();
    assert_eq!(states, ["failed", "failed", "imported"]);
    assert_eq!(document["logs"][0]["failure"]["code"], "not-found");
    assert_eq!(left(&place), (1, 1));
}

#[test]
fn mistakes_say_what_to_write() {
    let place = place();
    place.write("a.log", ">f+++++++++ a\n");
    let cases: [(&[&str], &str); 5] = [
        (&["a.log", "--zone", "Nowhere"], "Europe/Amsterdam"),
        (&["a.log", "--date", "yesterday"], "2012-05-01"),
        (&["a.log", "--beneath", "../x"], "such as pages/0842/0060002"),
        (&["a.log", "--pair", "archve"], "archive"),
        (&[], "<LOG>"),
    ];
    for (arguments, hint) in cases {
        let ran = place.run(&[&["import"], arguments].concat()).with_code(2);
        assert!(ran.err.contains(hint), "{arguments:?}: {}", ran.err);
    }
    let out = place.run(&["import", "production"]).with_code(2).err;
    assert!(out.contains("it is not a file"), "{out}");
    assert!(place.shell("mkfifo pipe").status.success());
    place.run(&["import", "pipe"]).with_code(2);
    let ran = place.run(&["log", "--pass", "imported-9"]).with_code(2);
    assert!(
        ran.err.contains("`counterpart log --imported` lists them"),
        "{}",
        ran.err
    );
    assert_eq!(left(&place), (0, 0));
}

#[test]
fn while_the_pair_is_held_it_is_locked() {
    let place = place();
    place.write("a.log", ">f+++++++++ a\n");
    imported(&place, &["a.log"]);
    place.write("b.log", ">f+++++++++ b\n");
    let line = format!(
        "flock state/pairs/archive/lock {} import b.log",
        env!("CARGO_BIN_EXE_counterpart")
    );
    let ran = place.shell(&line);
    assert_eq!(ran.status.code(), Some(5));
    let out = String::from_utf8(ran.stderr).unwrap();
    assert!(out.contains("error[locked]"), "{out}");
    assert_eq!(left(&place), (1, 1));
}
