//! What is said of keys: who may say it, where it may stand, and what ssh-keygen makes of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails; ssh-keygen takes files"
)]

mod fixture;

use counterpart_evidence::keys::{After, Event, KeyRecord, Known, Register, Statement, StatementActor};
use counterpart_evidence::{Signer, SigningKey, key, signature};
use counterpart_model::Failure;
use fixture::{at, digest, ssh_keygen};

fn new_key() -> SigningKey {
    SigningKey::generate("").unwrap()
}

fn public(key: &SigningKey) -> String {
    key::bare(&key.public_openssh().unwrap()).unwrap()
}

fn after(record: u64) -> Option<After> {
    (record > 1).then(|| After {
        hash: digest(&format!("record {}", record - 1)),
        sequence: record - 1,
    })
}

fn statement(event: Event, record: u64) -> Statement {
    Statement {
        format: Statement::format(),
        pair: "study-035".to_owned(),
        event,
        at: at(i64::try_from(record).unwrap() * 60),
        actor: StatementActor {
            account: "dfbackup".to_owned(),
            host: "colo".to_owned(),
        },
        after: after(record),
        old: None,
        new: None,
        revoked: None,
        since: None,
        reason: Some("as planned".to_owned()),
    }
}

fn first(record: u64, key: &SigningKey) -> KeyRecord {
    let mut said = statement(Event::First, record);
    said.new = Some(public(key));
    said.signed(None, Some(key)).unwrap()
}

fn rotated(record: u64, old: &SigningKey, new: &SigningKey) -> KeyRecord {
    let mut said = statement(Event::Rotated, record);
    (said.old, said.new) = (Some(public(old)), Some(public(new)));
    said.signed(Some(old), Some(new)).unwrap()
}

fn lost(record: u64, old: &SigningKey, new: &SigningKey) -> KeyRecord {
    let mut said = statement(Event::Lost, record);
    (said.old, said.new) = (Some(public(old)), Some(public(new)));
    said.signed(None, Some(new)).unwrap()
}

fn revoked(record: u64, which: &SigningKey, by: &SigningKey) -> KeyRecord {
    let mut said = statement(Event::Revoked, record);
    said.revoked = Some(public(which));
    said.since = Some(at(90));
    said.signed(Some(by as &dyn Signer), None).unwrap()
}

fn take(register: &mut Register, record: u64, said: &KeyRecord) -> Result<(), Failure> {
    // As it comes from the journal.
    register.take(record, after(record), &KeyRecord::read(&said.to_body()?)?)
}

/// Two keys, of which the second is in force.
fn two() -> (Register, SigningKey, SigningKey) {
    let (one, two) = (new_key(), new_key());
    let mut register = Register::default();
    take(&mut register, 1, &first(1, &one)).unwrap();
    take(&mut register, 3, &rotated(3, &one, &two)).unwrap();
    (register, one, two)
}

#[track_caller]
fn refused(register: &Register, record: u64, said: &KeyRecord, why: &str) {
    let failure = take(&mut register.clone(), record, said).unwrap_err();
    assert!(failure.why.contains(why), "{failure}");
}

#[test]
fn each_key_is_in_force_between_its_records() {
    let (mut register, one, two) = two();
    let three = new_key();
    take(&mut register, 5, &lost(5, &two, &three)).unwrap();
    take(&mut register, 6, &revoked(6, &one, &three)).unwrap();
    let keys = register.keys();
    assert_eq!(register.present().unwrap().public, public(&three));
    let vouched: Vec<bool> = keys.iter().map(|key| key.vouched).collect();
    assert_eq!(vouched, [true, true, false]);
    let times: Vec<_> = keys.iter().map(Known::valid_seconds).collect();
    let second = |offset: i64| Some(at(offset).seconds());
    assert_eq!(
        times[0],
        (second(60), second(90)),
        "revoked before it was replaced"
    );
    assert_eq!(times[1], (second(180), second(300)));
    assert_eq!(times[2], (second(300), None));
    let why = register.why_refused(&one.fingerprint());
    assert!(
        why.contains("replaced by") && why.contains("revoked with record 6: as planned"),
        "{why}"
    );
    let why = register.why_refused(&two.fingerprint());
    assert!(why.contains("given up as lost with record 5 at 2026-"), "{why}");
    let why = register.why_refused(&new_key().fingerprint());
    assert!(why.contains("no record of the journal before it names"), "{why}");
}

#[test]
fn nobody_but_the_key_in_force_speaks_for_the_next_one() {
    let (register, one, two) = two();
    let (three, stranger) = (new_key(), new_key());
    refused(&register, 4, &rotated(4, &one, &three), "not the one in force");
    let mut forged = rotated(4, &two, &three);
    forged.signature = rotated(4, &stranger, &three).signature;
    refused(&register, 4, &forged, "made by another key");
    forged.signature = None;
    refused(&register, 4, &forged, "the key that was in force did not sign it");
    let mut forged = rotated(4, &two, &three);
    forged.possession = rotated(4, &two, &stranger).possession;
    refused(
        &register,
        4,
        &forged,
        "the signature of the new key: it was made by another key",
    );
    forged.possession = None;
    refused(&register, 4, &forged, "the new key did not sign it");
    refused(&register, 4, &rotated(4, &two, &one), "in use before");
    refused(&register, 4, &first(4, &three), "there is one already");
    refused(&register, 4, &revoked(4, &two, &two), "the key in force");
    refused(&register, 4, &revoked(4, &one, &one), "made by another key");
    refused(&register, 4, &revoked(4, &stranger, &two), "does not name");
    let mut again = register.clone();
    take(&mut again, 4, &revoked(4, &one, &two)).unwrap();
    refused(&again, 5, &revoked(5, &one, &two), "once more");
    refused(
        &Register::default(),
        3,
        &rotated(3, &one, &two),
        "not the one in force",
    );
}

#[test]
fn what_was_signed_for_one_place_stands_nowhere_else() {
    let (register, _, two) = two();
    let said = rotated(4, &two, &new_key());
    take(&mut register.clone(), 4, &said).unwrap();
    refused(&register, 5, &said, "another place in the journal");
    let elsewhere = After {
        hash: digest("the same number in another journal"),
        sequence: 3,
    };
    let failure = register.clone().take(4, Some(elsewhere), &said).unwrap_err();
    assert!(failure.why.contains("another place"), "{failure}");
}

#[test]
fn a_signature_for_evidence_says_nothing_of_keys() {
    let (register, _, two) = two();
    let three = new_key();
    let mut forged = rotated(4, &two, &three);
    let bytes = forged.statement.bytes().unwrap();
    forged.signature = Some(signature::sign(&two, &bytes).unwrap());
    refused(&register, 4, &forged, "another purpose");
}

#[test]
fn every_changed_byte_of_a_statement_is_refused() {
    let (register, _, two) = two();
    let text = rotated(4, &two, &new_key()).to_body().unwrap().to_string();
    for index in 0..text.len() {
        let mut changed = text.clone().into_bytes();
        changed[index] ^= 1;
        let read = serde_json::from_slice(&changed)
            .ok()
            .and_then(|body| KeyRecord::read(&body).ok());
        let taken = read.map(|said| register.clone().take(4, after(4), &said));
        assert!(!matches!(taken, Some(Ok(()))), "byte {index} of {text}");
    }
}

#[test]
fn a_key_that_is_older_than_its_record_has_no_beginning() {
    let key = new_key();
    let mut register = Register::default();
    register.saw_certificate();
    take(&mut register, 2, &first(2, &key)).unwrap();
    assert_eq!(register.keys()[0].valid_seconds(), (None, None));
}

/// What ssh-keygen says of a message that a key signed, at a time.
fn accepted(register: &Register, by: &SigningKey, seconds: i64) -> bool {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    std::fs::write(path("allowed_signers"), register.allowed_signers().unwrap()).unwrap();
    std::fs::write(path("m.sig"), signature::sign(by, b"{}").unwrap()).unwrap();
    let time = key::ssh_time(at(seconds).seconds());
    let words =
        format!("-Y verify -f allowed_signers -I counterpart -n counterpart -O verify-time={time} -s m.sig");
    let words: Vec<&str> = words.split(' ').collect();
    ssh_keygen(directory.path(), &words, b"{}").status.success()
}

#[test]
fn ssh_keygen_believes_each_key_at_its_time_and_at_no_other() {
    let (mut register, one, two) = two();
    assert!(accepted(&register, &one, 60) && accepted(&register, &one, 180));
    assert!(!accepted(&register, &one, 59) && !accepted(&register, &one, 181));
    assert!(accepted(&register, &two, 180) && accepted(&register, &two, 1_000_000));
    assert!(!accepted(&register, &two, 179));
    take(&mut register, 4, &revoked(4, &one, &two)).unwrap();
    assert!(accepted(&register, &one, 90) && !accepted(&register, &one, 91));
}

#[test]
fn ssh_keygen_reads_a_key_that_lived_for_less_than_a_second() {
    let (one, two) = (new_key(), new_key());
    let mut register = Register::default();
    let mut begun = statement(Event::First, 1);
    begun.at = at(120);
    begun.new = Some(public(&one));
    take(&mut register, 1, &begun.signed(None, Some(&one)).unwrap()).unwrap();
    take(&mut register, 2, &rotated(2, &one, &two)).unwrap();
    assert!(accepted(&register, &one, 120) && accepted(&register, &two, 120));
    // Revoked since before it began, it is never believed, and the others still are.
    take(&mut register, 3, &revoked(3, &one, &two)).unwrap();
    assert!(!accepted(&register, &one, 120) && accepted(&register, &two, 120));
}

#[test]
fn ssh_keygen_checks_the_statement_itself() {
    let (register, _, two) = two();
    let said = rotated(4, &two, &new_key());
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    std::fs::write(path("allowed_signers"), register.allowed_signers().unwrap()).unwrap();
    std::fs::write(path("s.sig"), said.signature.unwrap()).unwrap();
    let words = "-Y verify -f allowed_signers -I counterpart -n counterpart-key -s s.sig";
    let time = format!("verify-time={}", key::ssh_time(said.statement.at.seconds()));
    let words: Vec<&str> = words.split(' ').chain(["-O", &time]).collect();
    let bytes = said.statement.bytes().unwrap();
    assert!(ssh_keygen(directory.path(), &words, &bytes).status.success());
    assert!(!ssh_keygen(directory.path(), &words, b"{}").status.success());
}
