//! One key takes the place of another, by its signature or without it, and what that makes of certificates.

use super::*;
use counterpart_evidence::canonical;
use counterpart_model::Timestamp;
use std::process::Command;

fn keys(world: &World) -> Vec<serde_json::Value> {
    let listed = world.run(&["key", "list"]);
    assert_eq!(listed.code, 0, "{listed}");
    listed.document["keys"].as_array().unwrap().clone()
}

fn rotate(world: &World) {
    let rotated = world.run(&["key", "rotate"]);
    assert_eq!(rotated.code, 0, "{rotated}");
}

fn standings(world: &World) -> Vec<String> {
    let keys = keys(world);
    keys.iter()
        .map(|key| key["standing"].as_str().unwrap().to_owned())
        .collect()
}

/// Whether ssh-keygen accepts the certificate of a pass at a time, or at its own.
fn accepted(world: &World, pass: &Outcome, time: Option<&str>) -> bool {
    let mut check = world.certificate_check(pass);
    if let Some(time) = time {
        let (before, rest) = check.split_once("verify-time=").unwrap();
        let (_, after) = rest.split_once(' ').unwrap();
        check = format!("{before}verify-time={time} {after}");
    }
    let output = Command::new("sh").arg("-c").arg(check).output().unwrap();
    output.status.success()
}

/// The certificate of a pass, with its signature, made elsewhere and put behind the journal's end.
fn put_behind(world: &World, elsewhere: &Path, pass: &str) {
    let from = elsewhere.join("pairs").join(pair_dir(world).file_name().unwrap());
    for ending in [".json", ".json.sig"] {
        let name = format!("certificates/{pass}{ending}");
        fs::copy(from.join(&name), pair_dir(world).join(&name)).unwrap();
    }
    let json = fs::read(pair_dir(world).join(format!("certificates/{pass}.json"))).unwrap();
    let body = serde_json::json!({ "pass": pass, "sha256": canonical::sha256_hex(&json) });
    let mut journal = Journal::open(&journal_dir(world)).unwrap();
    journal
        .append("certificate", Timestamp::new(1_900_000_000, 0), body)
        .unwrap();
}

#[test]
fn each_certificate_is_believed_at_its_time_and_an_old_key_at_no_later_one() {
    let world = World::new();
    let first = passes(&world, &["one"]);
    rotate(&world);
    let second = passes(&world, &["two"]);
    for pass in [&first, &second] {
        assert!(accepted(&world, pass, None));
    }
    assert!(!accepted(&world, &first, Some("20990101")));
    assert!(accepted(&world, &second, Some("20990101")));
    assert!(!accepted(&world, &second, Some("20200101")));
    let verified = holds(&world, &[]);
    assert_eq!(
        verified.document["keys"].as_array().unwrap().len(),
        2,
        "{verified}"
    );
    assert_eq!(standings(&world), ["replaced", "in-force"]);
    // What is printed is what lies beside the certificates.
    let (_, printed) = world.say(&["key", "allowed-signers"]);
    let file = pair_dir(&world).join("certificates/allowed_signers");
    assert_eq!(printed, fs::read_to_string(file).unwrap());
    assert_eq!(world.run(&["certificate", "list"]).code, 0);
}

#[test]
fn the_journal_names_both_keys_and_both_signed_for_it() {
    let world = World::new();
    passes(&world, &["one"]);
    let before = keys(&world);
    rotate(&world);
    let records = records(&world);
    let kinds: Vec<&str> = records.iter().map(|record| record.kind.as_str()).collect();
    assert_eq!(kinds, ["key", "certificate", "key"]);
    let body = &records[2].body;
    let statement = &body["statement"];
    assert_eq!(statement["event"], "rotated");
    assert_eq!(statement["old"], before[0]["public_key"]);
    assert_eq!(statement["new"], keys(&world)[1]["public_key"]);
    assert_eq!(statement["after"]["hash"], records[1].hash.to_string());
    // As a stranger checks it, by the time that the statement itself says.
    fs::write(world.path("statement"), canonical::to_vec(statement).unwrap()).unwrap();
    let file = pair_dir(&world).join("certificates/allowed_signers");
    let utc = statement["at"]["utc"]
        .as_str()
        .unwrap()
        .replace(['-', ':', 'T'], "");
    for by in ["signature", "possession"] {
        fs::write(world.path("sig"), body[by].as_str().unwrap()).unwrap();
        let check = format!(
            "ssh-keygen -Y verify -f '{}' -I counterpart -n counterpart-key -O verify-time={utc} -s sig < statement",
            file.display()
        );
        done(
            Command::new("sh")
                .arg("-c")
                .arg(check)
                .current_dir(world.path("")),
        );
    }
}

#[test]
fn what_a_replaced_key_signs_later_is_refused_with_the_record_that_ended_it() {
    let world = World::new();
    passes(&world, &["one"]);
    // Somebody who copied the state goes on with the old key.
    let (state, here, thief) = (world.state(), world.path("here"), world.path("thief"));
    copy_of(&state, &here);
    let forged = passes(&world, &["forged"]);
    copy_of(&state, &thief);
    copy_of(&here, &state);
    rotate(&world);
    let forged = forged.document["pass"].as_str().unwrap();
    put_behind(&world, &thief, forged);
    let said = broken(&world, &[]);
    let old = keys(&world)[0]["fingerprint"].as_str().unwrap().to_owned();
    for part in [
        "verifying record 4, the certificate of pass",
        &format!("it is signed by {old}, which was replaced by SHA256:"),
        "with record 3 at 20",
        ".json.sig",
        "Records 1 to 3 hold.",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    // Nor is it shown.
    let shown = world.run(&["certificate", "show", forged]);
    shown.failed(1, "evidence-broken");
}

#[test]
fn a_key_that_no_record_names_signs_nothing() {
    let world = World::new();
    passes(&world, &["one"]);
    let file = pair_dir(&world).join("signing-key");
    let kept = fs::read(&file).unwrap();
    fs::remove_file(&file).unwrap();
    done(
        Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-f"])
            .arg(&file),
    );
    let refused = world.bare_pass();
    refused.failed(4, "key");
    let said = refused.document.to_string();
    assert!(
        said.contains("the key that the journal has in force") && said.contains("key rotate"),
        "{said}"
    );
    holds(&world, &[]);
    fs::write(&file, kept).unwrap();
    passes(&world, &["two"]);
    holds(&world, &[]);
}

#[test]
fn a_lost_key_is_replaced_in_the_open_and_believed_only_by_name() {
    let world = World::new();
    passes(&world, &["one"]);
    let file = pair_dir(&world).join("signing-key");
    world
        .run(&["key", "rotate", "--lost", "--reason", "x"])
        .failed(2, "usage");
    fs::write(&file, "was a key once").unwrap();
    world.bare_pass().failed(4, "key");
    world.run(&["key", "rotate"]).failed(4, "key");
    world.run(&["key", "rotate", "--lost"]).failed(2, "usage");
    let rotated = world.run(&["key", "rotate", "--lost", "--reason", "the disk broke"]);
    assert_eq!(rotated.code, 0, "{rotated}");
    // What lay there is not thrown away.
    let aside = pair_dir(&world).join("signing-key.set-aside-1");
    assert_eq!(fs::read(aside).unwrap(), b"was a key once");
    passes(&world, &["two"]);
    assert_eq!(standings(&world), ["lost", "in-force"]);
    let said = broken(&world, &[]);
    let new = rotated.document["new"].as_str().unwrap();
    for part in [
        "record 3",
        new,
        "without the signature of the key before (the disk broke)",
        "--trust",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    holds(&world, &["--trust", new]);
    let other = keys(&world)[0]["fingerprint"].as_str().unwrap().to_owned();
    broken(&world, &["--trust", &other]);
    world
        .run(&["certificate", "verify", "--trust", "SHA256:short"])
        .failed(2, "usage");
}

#[test]
fn a_revoked_key_is_named_with_what_it_signed_too_late() {
    let world = World::new();
    passes(&world, &["one"]);
    let old = keys(&world)[0]["fingerprint"].as_str().unwrap().to_owned();
    let revoke = |words: &[&str]| world.run(&[&["key", "revoke"], words].concat());
    revoke(&[&old, "--reason", "stolen"]).failed(2, "usage");
    rotate(&world);
    revoke(&[&old]).failed(2, "usage");
    revoke(&[&old, "--reason", "x", "--since", "2099-01-01"]).failed(2, "usage");
    revoke(&[&old, "--reason", "x", "--since", "soon"]).failed(2, "usage");
    revoke(&[
        "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "--reason",
        "x",
    ])
    .failed(2, "not-found");
    assert_eq!(holds(&world, &[]).document["doubtful"], serde_json::json!([]));
    let revoked = revoke(&[&old, "--reason", "a tape was stolen", "--since", "2020-01-01"]);
    assert_eq!(revoked.code, 0, "{revoked}");
    let verified = holds(&world, &[]);
    assert_eq!(
        verified.document["doubtful"].as_array().unwrap().len(),
        1,
        "{verified}"
    );
    let (_, said) = world.say(&["certificate", "verify"]);
    assert!(said.contains("by place in the journal alone"), "{said}");
    assert_eq!(standings(&world), ["revoked", "in-force"]);
    let (_, listed) = world.say(&["key", "list"]);
    assert!(
        listed.contains("revoked with record 4: a tape was stolen"),
        "{listed}"
    );
    revoke(&[&old, "--reason", "x"]).failed(2, "usage");
}

#[test]
fn a_crash_between_journal_and_file_is_put_right_by_the_next_pass() {
    let world = World::new();
    passes(&world, &["one"]);
    let (file, next) = (
        pair_dir(&world).join("signing-key"),
        pair_dir(&world).join("signing-key.next"),
    );
    let old = fs::read(&file).unwrap();
    rotate(&world);
    assert_ne!(fs::read(&file).unwrap(), old);
    fs::rename(&file, &next).unwrap();
    fs::write(&file, &old).unwrap();
    chmod(&file, 0o600);
    passes(&world, &["two"]);
    assert!(!next.exists());
    assert_ne!(
        fs::read(&file).unwrap(),
        old,
        "the private half of the old key is gone"
    );
    // Before the journal names it, a new key is nothing.
    fs::write(&next, &old).unwrap();
    passes(&world, &["three"]);
    rotate(&world);
    passes(&world, &["four"]);
    assert!(!next.exists());
    assert_eq!(holds(&world, &[]).document["certificates"], 4);
}

#[test]
fn a_journal_that_is_older_than_its_first_statement_goes_on() {
    let world = World::new();
    passes(&world, &["one"]);
    let before = records(&world);
    fs::remove_file(journal(&world)).unwrap();
    let mut journal = Journal::open(&journal_dir(&world)).unwrap();
    let time = Timestamp::new(before[1].at_seconds, 0);
    journal
        .append("certificate", time, before[1].body.clone())
        .unwrap();
    drop(journal);
    let first = passes(&world, &["two"]);
    let kinds: Vec<String> = records(&world).into_iter().map(|record| record.kind).collect();
    assert_eq!(kinds, ["certificate", "key", "certificate"]);
    assert_eq!(holds(&world, &[]).document["certificates"], 2);
    let (_, signers) = world.say(&["key", "allowed-signers"]);
    assert!(!signers.contains("valid-after"), "{signers}");
    assert!(accepted(&world, &first, None) && accepted(&world, &first, Some("20200101")));
}

#[test]
fn keys_are_changed_while_no_pass_runs() {
    let world = World::new();
    passes(&world, &["one"]);
    let lock = pair_dir(&world).join("lock");
    let state = world.state();
    let mut held = Command::new("flock");
    held.arg(&lock)
        .arg(PROGRAM)
        .arg("--state")
        .arg(state)
        .args(["key", "rotate"]);
    world.settle_command(&mut held);
    let output = held.output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    assert_eq!(records(&world).len(), 2);
}

#[test]
fn a_pair_without_a_pass_has_no_key_and_says_so() {
    let world = World::new().configured("");
    let (code, said) = world.say(&["key", "list"]);
    assert!(code == 0 && said.contains("its first pass makes one"), "{said}");
    world.run(&["key", "rotate"]).failed(2, "not-found");
    let (code, said) = world.say(&["key", "allowed-signers"]);
    assert!(code == 0 && said.contains("no key yet"), "{said}");
    let verified = world.run(&["certificate", "verify"]);
    verified.failed(1, "evidence-broken");
}
