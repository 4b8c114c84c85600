//! `examples/datafax/README.md`, command by command; and what it claims, from the documents of the same passes.

use crate::page::{Exchange, exchanges};
use crate::shell::Shell;
use crate::shown::missing;
use serde_json::{Value, json};
use std::fs;

const UNREADABLE: &str = "035/lib/batch_edits_test_output.xml";

/// What a reader does, from the first line to the last.
fn read(shell: &mut Shell) {
    let page = fs::read_to_string(shell.place().join("datafax/README.md")).unwrap();
    let exchanges = exchanges(&page);
    assert!(exchanges.len() > 12, "the page lost its commands");
    for exchange in &exchanges {
        answered(shell, exchange);
    }
}

fn answered(shell: &mut Shell, exchange: &Exchange) {
    let Exchange { line, commands, .. } = exchange;
    let (exit, printed) = shell.say(commands);
    assert_eq!(exit, exchange.exit, "line {line}: {commands}\n{printed}");
    if let Some(line_shown) = exchange
        .answer
        .as_ref()
        .and_then(|shown| missing(shown, &printed))
    {
        panic!("line {line}: {commands}\nwas not answered as the page shows: {line_shown}\n{printed}");
    }
}

/// The certificates of the pair, the oldest first.
fn certificates(shell: &mut Shell) -> Vec<Value> {
    let listed = shell.document("certificate list");
    let passes = listed["certificates"]
        .as_array()
        .unwrap_or_else(|| panic!("{listed:#}"));
    let mut names: Vec<&str> = passes.iter().map(|one| one["pass"].as_str().unwrap()).collect();
    names.sort_unstable();
    let show = |name: &&str| {
        let shown = shell.document(&format!("certificate show {name}"));
        shown["certificate"].clone()
    };
    names.iter().map(show).collect()
}

/// The verdicts of the four reports.
fn verdicts(certificate: &Value) -> Vec<(String, Value)> {
    let probes = certificate["probes"].as_array().unwrap().iter();
    let one = |probe: &Value| {
        let name = probe["name"].as_str().unwrap().to_owned();
        let verdict = probe["verdict"].as_str().unwrap();
        (format!("{name} {verdict}"), probe["clean"].clone())
    };
    probes.map(one).collect()
}

fn expected(reports: [(&str, Option<bool>); 4]) -> Vec<(String, Value)> {
    let one = |(report, clean): (&str, Option<bool>)| (report.to_owned(), json!(clean));
    reports.into_iter().map(one).collect()
}

fn all_equal(images_are_clean: bool) -> Vec<(String, Value)> {
    expected([
        ("DFstatus EQUAL", None),
        ("DF_ICimages EQUAL", Some(images_are_clean)),
        ("DF_ICqcs EQUAL", Some(true)),
        ("DF_ICrecords EQUAL", Some(true)),
    ])
}

/// What was found, as `code verdict count` of each.
fn findings(certificate: &Value) -> Vec<String> {
    let lists = ["findings", "not_compared"].into_iter();
    let all = lists.flat_map(|list| certificate[list].as_array().unwrap());
    let one = |found: &Value| {
        let word = |member: &str| found[member].as_str().unwrap();
        format!("{} {} {}", word("code"), word("verdict"), found["count"])
    };
    let mut found: Vec<String> = all.map(one).collect();
    found.sort();
    found
}

#[test]
fn the_page_is_true() {
    let mut shell = Shell::new("datafax");
    read(&mut shell);
    let passes = certificates(&mut shell);
    let [first, second, verified, third, repaired, fourth] = passes.as_slice() else {
        panic!("{} certificates", passes.len());
    };
    the_reports_agree_or_not(&passes);
    for pass in [first, second, third, fourth] {
        all_steps_were_taken(pass);
    }
    let denied = "unreadable NOT-COMPARED 1";
    assert_eq!(findings(first), ["not-ready EQUAL 3", denied], "{first:#}");
    let accepted = "unreadable EXCEPTED 1";
    assert_eq!(findings(second), [accepted], "{second:#}");
    let wrong = findings(verified);
    for found in [accepted, "probe-differs DIFFERENT 3", "rot-standby DIFFERENT 1"] {
        assert!(wrong.contains(&found.to_owned()), "{found}: {wrong:?}");
    }
    let congruent = passes.iter().map(|pass| pass["verdicts"]["congruent"] == true);
    let expected = [false, true, false, false, true, true];
    assert!(congruent.eq(expected), "{:#}", json!(passes));
    assert_eq!(repaired["changes"]["modified"], 1);
    the_file_of_its_programmer_is_in_no_copy(fourth);
    retired_pages_are_told_as_such(&mut shell, second);
    let status = shell.document("status");
    assert!(
        status["pairs"][0]["next_due"].to_string().contains("T00:08:00"),
        "{status:#}"
    );
}

/// Steps 3, 4, 8 and 9 of the document, and what *clean* says beside.
fn the_reports_agree_or_not(passes: &[Value]) {
    let wrong = |images| {
        let rest = [
            ("DF_ICqcs EQUAL", Some(true)),
            ("DF_ICrecords DIFFERENT", Some(false)),
        ];
        expected([("DFstatus DIFFERENT", None), images, rest[0], rest[1]])
    };
    let expected = [
        all_equal(true),
        all_equal(true),
        wrong(("DF_ICimages DIFFERENT", Some(false))),
        wrong(("DF_ICimages EQUAL", Some(false))),
        all_equal(false),
        all_equal(true),
    ];
    for (pass, expected) in passes.iter().zip(expected) {
        assert_eq!(verdicts(pass), expected, "{pass:#}");
    }
}

/// The ten steps, as the page's table names them.
fn all_steps_were_taken(pass: &Value) {
    let taken: Vec<&str> = pass["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["step"].as_str().unwrap())
        .collect();
    for step in [
        "lock",
        "hold",
        "observe",
        "stop",
        "compare",
        "plan",
        "judge",
        "apply",
        "release",
        "start",
        "observe-standby",
        "verdict",
    ] {
        assert!(taken.contains(&step), "{step}: {taken:?}");
    }
    assert_eq!(pass["production_state"]["hold"], "read-only");
    assert_eq!(pass["production_state"]["copied_ahead"], true);
}

fn the_file_of_its_programmer_is_in_no_copy(pass: &Value) {
    assert_eq!(pass["exceptions"][0]["matched"], 1, "{pass:#}");
    let holds = |side: &str| pass[side]["holds"]["files"].as_u64().unwrap();
    assert_eq!(holds("production"), holds("standby") + 1, "{pass:#}");
    let excluded = &pass["scope"]["excluded"]["production"]["holds"];
    assert_eq!(excluded["files"], 3, "its settings, who works there, an archive");
}

fn retired_pages_are_told_as_such(shell: &mut Shell, pass: &Value) {
    let name = pass["identity"]["pass"].as_str().unwrap();
    let log = shell.document(&format!("log --pass {name}"));
    let entries = log["entries"].as_array().unwrap();
    for page in ["0842/{}0060002", "0906/{}0050001", "0909/{}0010003"] {
        let [old, new] = ["", "X"].map(|mark| format!("035/pages/{}", page.replace("{}", mark)));
        let told = entries.iter().find(|entry| entry["path"] == new.as_str());
        let words = format!("retired {old} as {new}");
        assert_eq!(told.unwrap()["words"], words, "{log:#}");
    }
    let denied = entries.iter().find(|entry| entry["path"] == UNREADABLE);
    assert_eq!(denied.unwrap()["finding"]["verdict"], "EXCEPTED", "{log:#}");
}
