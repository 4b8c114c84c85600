//! The journal: chained, append-only, and mended after a crash without losing a record.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests make and damage files, and stop at the first surprise"
)]

use counterpart_model::{Code, Timestamp};
use counterpart_store::Journal;
use std::path::Path;

fn filled(dir: &Path, count: i64) -> Vec<u8> {
    let mut journal = Journal::open(dir).unwrap();
    for number in 0..count {
        let body = serde_json::json!({"zeta": number, "alpha": "é\n", "half": 0.5});
        journal
            .append("certificate", Timestamp::new(1_700_000_000 + number, 5), body)
            .unwrap();
    }
    std::fs::read(dir.join("journal.ndjson")).unwrap()
}

#[test]
fn records_are_chained() {
    let dir = tempfile::tempdir().unwrap();
    let text = filled(dir.path(), 3);
    let journal = Journal::open(dir.path()).unwrap();
    journal.check().unwrap();
    let records: Vec<_> = journal.records().unwrap().map(Result::unwrap).collect();
    assert_eq!(
        records.iter().map(|record| record.sequence).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert_eq!(records[1].previous, records[0].hash);
    assert_eq!(records[0].previous.0, [0; 32]);
    assert_eq!(journal.head(), records.last());
    assert_eq!(records[2].at, "2023-11-14T22:13:22Z");
    assert!(text.starts_with(br#"{"at":"2023-11-14T22:13:20Z","at_seconds":1700000000,"body":{"alpha""#));
}

#[test]
fn an_empty_journal_is_sound() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    journal.check().unwrap();
    assert!(journal.head().is_none());
}

#[test]
fn a_torn_line_is_set_aside_and_no_record_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.ndjson");
    let whole = filled(dir.path(), 3);
    let second_end = whole
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
        .nth(1)
        .unwrap()
        .0
        + 1;
    for cut in second_end..whole.len() {
        std::fs::write(&path, &whole[..cut]).unwrap();
        let journal = Journal::open(dir.path()).unwrap();
        journal.check().unwrap();
        // Without its newline alone, the last record is whole.
        let expected = if cut + 1 == whole.len() { 3 } else { 2 };
        assert_eq!(journal.head().unwrap().sequence, expected);
    }
    let kept = std::fs::read(dir.path().join("journal.torn-1")).unwrap();
    assert_eq!(kept, whole[second_end..=second_end]);
    assert_eq!(Journal::open(dir.path()).unwrap().records().unwrap().count(), 3);
}

#[test]
fn zeros_after_a_power_loss_are_set_aside() {
    let dir = tempfile::tempdir().unwrap();
    let mut text = filled(dir.path(), 2);
    text.extend_from_slice(&vec![0; 100_000]);
    std::fs::write(dir.path().join("journal.ndjson"), text).unwrap();
    let mut journal = Journal::open(dir.path()).unwrap();
    journal
        .append("approval", Timestamp::new(1, 0), serde_json::Value::Null)
        .unwrap();
    journal.check().unwrap();
    assert_eq!(journal.head().unwrap().sequence, 3);
}

#[test]
fn the_first_broken_record_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.ndjson");
    let text = String::from_utf8(filled(dir.path(), 4)).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let forged = lines[1].replace("\"zeta\":1", "\"zeta\":9");
    let cases = [
        (vec![lines[0], &forged, lines[2], lines[3]], "record 2"),
        (vec![lines[0], lines[2], lines[3]], "record 2"),
        (vec![lines[1], lines[2], lines[3]], "record 1"),
        (vec![lines[0], lines[1], lines[2], "", lines[3]], "record 4"),
    ];
    for (lines, named) in cases {
        std::fs::write(&path, lines.join("\n") + "\n").unwrap();
        let failure = Journal::open(dir.path()).unwrap().check().unwrap_err();
        assert_eq!(failure.code, Code::EvidenceBroken);
        assert!(failure.doing.contains(named), "{failure}");
    }
}

#[test]
fn records_that_come_together_are_chained_as_well() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = Journal::open(dir.path()).unwrap();
    let bodies = (0..5)
        .map(|number| serde_json::json!({ "number": number }))
        .collect();
    journal
        .append_all("imported-run", Timestamp::new(7, 0), bodies)
        .unwrap();
    journal
        .append_all("imported-run", Timestamp::new(7, 0), Vec::new())
        .unwrap();
    assert_eq!(journal.head().unwrap().sequence, 5);
    journal.check().unwrap();
}

#[test]
fn writers_at_once_take_turns() {
    let dir = tempfile::tempdir().unwrap();
    let append = |kind: &'static str| {
        let path = dir.path().to_owned();
        std::thread::spawn(move || {
            let mut journal = Journal::open(&path).unwrap();
            for number in 0..20 {
                let body = serde_json::json!({ "number": number });
                journal.append(kind, Timestamp::new(number, 0), body).unwrap();
            }
        })
    };
    for writer in [append("certificate"), append("imported-run")] {
        writer.join().unwrap();
    }
    let journal = Journal::open(dir.path()).unwrap();
    journal.check().unwrap();
    assert_eq!(journal.records().unwrap().count(), 40);
    assert!(!dir.path().join("journal.torn-1").exists());
}

#[test]
fn each_record_has_the_root_of_those_before_it_whatever_became_of_the_tree_that_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let tree = dir.path().join("journal.tree");
    filled(dir.path(), 5);
    let old = std::fs::read(&tree).unwrap();
    for kept in [Some(&b"{"[..]), Some(&old), None, Some(b"null"), Some(&old)] {
        match kept {
            Some(kept) => std::fs::write(&tree, kept).unwrap(),
            None => std::fs::remove_file(&tree).unwrap(),
        }
        filled(dir.path(), 2);
    }
    let journal = Journal::open(dir.path()).unwrap();
    journal.check().unwrap();
    let mut by_hand = counterpart_evidence::merkle::MerkleTree::new();
    for record in journal.records().unwrap() {
        let record = record.unwrap();
        assert_eq!(record.root, by_hand.root(), "record {}", record.sequence);
        by_hand.push(&record.hash.0);
    }
    assert_eq!(by_hand.leaves(), 15);
}

#[test]
fn a_record_with_another_root_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.ndjson");
    let text = String::from_utf8(filled(dir.path(), 3)).unwrap();
    let mut last: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    last["root"] = serde_json::Value::String("0".repeat(64));
    last.as_object_mut().unwrap().remove("hash");
    let bare = counterpart_evidence::canonical::to_vec(&last).unwrap();
    last["hash"] = counterpart_evidence::canonical::sha256_hex(&bare).into();
    let forged = counterpart_evidence::canonical::to_vec(&last).unwrap();
    let before: String = text.lines().take(2).map(|line| line.to_owned() + "\n").collect();
    std::fs::write(&path, before + std::str::from_utf8(&forged).unwrap() + "\n").unwrap();
    let mut journal = Journal::open(dir.path()).unwrap();
    let failure = journal.check().unwrap_err();
    assert!(
        failure.doing.contains("record 3") && failure.why.contains("root"),
        "{failure}"
    );
    let added = journal.append("approval", Timestamp::new(1, 0), serde_json::Value::Null);
    assert_eq!(
        added.unwrap_err().code,
        Code::EvidenceBroken,
        "nothing follows a forgery"
    );
}
