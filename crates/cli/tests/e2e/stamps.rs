//! Time-stamps of the journal's head, with a local authority; `openssl ts` is the oracle of both ways.

mod authority;

use crate::harness::*;
use authority::Authority;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn pair_dir(world: &World) -> PathBuf {
    let mut pairs = fs::read_dir(world.state().join("pairs")).unwrap();
    pairs.next().unwrap().unwrap().path()
}

fn one_pass() -> World {
    let world = World::new();
    world.file("file", "one");
    world.congruent_pass();
    world
}

/// A request of the only pair, as a file.
fn request(world: &World, name: &str) -> PathBuf {
    let out = world.path(name);
    let requested = world.run(&["timestamp", "request", "--out", out.to_str().unwrap()]);
    assert_eq!(requested.code, 0, "{requested}");
    out
}

fn take(world: &World, answer: &Path) -> Outcome {
    world.run(&["timestamp", "take", answer.to_str().unwrap()])
}

#[track_caller]
fn refused(world: &World, answer: &Path, why: &str) {
    let before = fs::read(pair_dir(world).join("journal/journal.ndjson")).unwrap();
    let taken = take(world, answer);
    taken.failed(1, "timestamp");
    assert!(taken.document.to_string().contains(why), "{taken}");
    let after = fs::read(pair_dir(world).join("journal/journal.ndjson")).unwrap();
    assert_eq!(before, after, "nothing is recorded");
}

/// Runs the command that is printed, with the authority's certificate.
fn openssl_accepts(check: &str, authority: &Authority) -> bool {
    let check = check.replace("AUTHORITY.pem", authority.certificate().to_str().unwrap());
    let output = Command::new("sh").arg("-c").arg(check).output().unwrap();
    output.status.success()
}

#[test]
fn a_request_is_one_for_openssl_and_names_the_head() {
    let world = one_pass();
    let requested = world.run(&[
        "timestamp",
        "request",
        "--out",
        world.path("a.tsq").to_str().unwrap(),
    ]);
    let read = Command::new("openssl")
        .args(["ts", "-query", "-text", "-in"])
        .arg(world.path("a.tsq"))
        .output()
        .unwrap();
    let text = String::from_utf8(read.stdout).unwrap();
    for part in [
        "Version: 1",
        "Hash Algorithm: sha256",
        "Certificate required: yes",
        "Nonce: 0x",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let printed: String = text
        .lines()
        .filter_map(|line| line.trim().split_once(" - "))
        .flat_map(|(_, bytes)| bytes.chars().take(48))
        .filter(char::is_ascii_hexdigit)
        .collect();
    assert!(
        printed.starts_with(requested.document["hash"].as_str().unwrap()),
        "{text}"
    );
    let head = world.run(&["certificate", "verify"]).document["journal"].clone();
    let asked = format!(
        "{}:{}",
        requested.document["sequence"],
        requested.document["hash"].as_str().unwrap()
    );
    assert_eq!(head, asked);
    // What is there is not overwritten; each request has a number of its own.
    let again = world.run(&[
        "timestamp",
        "request",
        "--out",
        world.path("a.tsq").to_str().unwrap(),
    ]);
    again.failed(2, "usage");
    let other = request(&world, "b.tsq");
    assert_ne!(fs::read(world.path("a.tsq")).unwrap(), fs::read(other).unwrap());
}

#[test]
fn an_answer_is_taken_in_kept_and_verified() {
    let world = one_pass();
    for (settings, digest) in [("", "sha256"), ("clock_precision_digits = 3\n", "sha512")] {
        let authority = Authority::new(&world.path(digest), digest, settings);
        let asked = request(&world, &format!("{digest}.tsq"));
        // The journal goes on before the answer comes.
        world.file("file", format!("more {digest}"));
        world.congruent_pass();
        let answer = authority.answer(&asked);
        let taken = take(&world, &answer);
        assert_eq!(taken.code, 0, "{taken}");
        let stamp = &taken.document["timestamp"];
        let check = stamp["check"].as_str().unwrap();
        assert!(openssl_accepts(check, &authority), "{check}");
        let stranger = Authority::new(&world.path(&format!("{digest}-stranger")), digest, "");
        assert!(!openssl_accepts(check, &stranger));
        // The request lies beside it, which openssl checks too.
        let kept = PathBuf::from(stamp["file"].as_str().unwrap());
        done(
            Command::new("openssl")
                .args(["ts", "-verify", "-queryfile"])
                .arg(kept.with_extension("tsq"))
                .arg("-in")
                .arg(&kept)
                .arg("-CAfile")
                .arg(authority.certificate()),
        );
        refused(&world, &answer, "already");
    }
    let pack = world.path("pack.tar");
    let packed = world.run(&["certificate", "pack", "--out", pack.to_str().unwrap()]);
    assert_eq!(packed.code, 0, "{packed}");
    let checked = "tar xf pack.tar && ls */data/timestamps/*.tsr && python3 */data/verify.py";
    let said = done(
        Command::new("sh")
            .args(["-c", checked])
            .current_dir(pack.parent().unwrap()),
    );
    assert_eq!(
        String::from_utf8_lossy(&said.stdout).matches(".tsr").count(),
        2,
        "{said:?}"
    );
    let reader = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/e2e/reader/pack.py");
    done(python().args(["-B", reader]).arg(&pack));
    let verified = world.run(&["certificate", "verify"]);
    assert_eq!(verified.code, 0, "{verified}");
    let stamps = verified.document["timestamps"].as_array().unwrap();
    let stamped: Vec<u64> = stamps
        .iter()
        .map(|stamp| stamp["sequence"].as_u64().unwrap())
        .collect();
    assert_eq!(stamped, [2, 4]);
    assert!(stamps[1]["time"].as_str().unwrap().ends_with('Z'), "{verified}");
    let (_, said) = world.say(&["certificate", "verify"]);
    for part in [
        "records 1 to 2 were there then",
        "are not checked here",
        "openssl ts -verify -digest",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
}

#[test]
fn an_answer_to_somebody_else_is_refused() {
    let world = one_pass();
    let authority = Authority::new(&world.path("tsa"), "sha256", "");
    let asked = request(&world, "head.tsq");
    // The same record, with another number: openssl's own request.
    let hash = world.run(&["certificate", "verify"]).document["journal"]
        .as_str()
        .unwrap()[2..]
        .to_owned();
    let mut query = Command::new("openssl");
    query.args(["ts", "-query", "-sha256", "-cert", "-digest", &hash, "-out"]);
    done(query.arg(world.path("own.tsq")));
    refused(
        &world,
        &authority.answer(&world.path("own.tsq")),
        "answers no request that was made here",
    );
    // Another pair's.
    let other = one_pass();
    let theirs = authority.answer(&request(&other, "head.tsq"));
    refused(&world, &theirs, "it stamps something else");
    // Without the certificate that was asked for, and without a number.
    let mut query = Command::new("openssl");
    query.args(["ts", "-query", "-sha256", "-digest", &hash, "-out"]);
    done(query.arg(world.path("bare.tsq")));
    refused(
        &world,
        &authority.answer(&world.path("bare.tsq")),
        "certificate, which was asked for",
    );
    let mut query = Command::new("openssl");
    query.args([
        "ts",
        "-query",
        "-sha256",
        "-cert",
        "-no_nonce",
        "-digest",
        &hash,
        "-out",
    ]);
    done(query.arg(world.path("plain.tsq")));
    refused(
        &world,
        &authority.answer(&world.path("plain.tsq")),
        "does not repeat the number",
    );
    // No answer at all.
    refused(&world, &asked, "it is not one, or was damaged");
    fs::write(world.path("empty"), "").unwrap();
    refused(&world, &world.path("empty"), "it is not one, or was damaged");
    fs::write(world.path("long"), vec![0x30; 2 << 20]).unwrap();
    refused(&world, &world.path("long"), "longer than");
    take(&world, &world.path("nowhere")).failed(2, "not-found");
    assert_eq!(take(&world, &authority.answer(&asked)).code, 0);
}

#[test]
fn what_the_authority_refused_is_told_in_its_words() {
    let world = one_pass();
    let authority = Authority::new(&world.path("tsa"), "sha256", "");
    let refusing = Authority::new(&world.path("picky"), "sha256", "digests = sha512\n");
    let asked = request(&world, "head.tsq");
    refused(
        &world,
        &refusing.answer(&asked),
        "the authority refused (status 02):",
    );
    assert_eq!(take(&world, &authority.answer(&asked)).code, 0);
}

/// Where the part that the authority says of the time lies in an answer: between its first and its last byte.
fn said(answer: &[u8]) -> std::ops::Range<usize> {
    // Its version and the policy of the tests, and the number of the request at its end.
    let policy = [0x02, 0x01, 0x01, 0x06, 0x04, 0x2a, 0x03, 0x04, 0x01];
    let begin = answer
        .windows(policy.len())
        .position(|bytes| bytes == policy)
        .unwrap();
    let len = usize::from(answer[begin - 1]);
    begin..begin + len
}

#[test]
fn every_changed_byte_of_what_was_stamped_is_refused() {
    let world = one_pass();
    let authority = Authority::new(&world.path("tsa"), "sha256", "");
    let good = fs::read(authority.answer(&request(&world, "head.tsq"))).unwrap();
    let file = world.path("changed.tsr");
    for at in said(&good) {
        let mut changed = good.clone();
        changed[at] ^= 1;
        fs::write(&file, changed).unwrap();
        let taken = take(&world, &file);
        assert_eq!(taken.code, 1, "byte {at}: {taken}");
    }
    // Of the rest, what neither this program nor the command that it prints refuses says the same of the same time.
    let (state, kept) = (world.state(), world.path("kept-state"));
    done(Command::new("cp").arg("-a").arg(&state).arg(&kept));
    fs::write(&file, &good).unwrap();
    let wanted = take(&world, &file).document["timestamp"].clone();
    let hash = wanted["hash"].as_str().unwrap().to_owned();
    for at in (0..good.len()).step_by(29).chain([good.len() - 1]) {
        let mut changed = good.clone();
        changed[at] ^= 1;
        fs::write(&file, changed).unwrap();
        let shown = file.display();
        let check = format!("openssl ts -verify -digest {hash} -in '{shown}' -CAfile AUTHORITY.pem");
        if openssl_accepts(&check, &authority) {
            fs::remove_dir_all(&state).unwrap();
            done(Command::new("cp").arg("-a").arg(&kept).arg(&state));
            let taken = take(&world, &file);
            assert!(
                taken.code == 1 || taken.document["timestamp"] == wanted,
                "byte {at}: {taken}"
            );
        }
    }
}

#[test]
fn an_answer_that_was_changed_or_lost_later_is_named_with_its_record() {
    let world = one_pass();
    let authority = Authority::new(&world.path("tsa"), "sha256", "");
    let taken = take(&world, &authority.answer(&request(&world, "head.tsq")));
    let file = PathBuf::from(taken.document["timestamp"]["file"].as_str().unwrap());
    let good = fs::read(&file).unwrap();
    let mut changed = good.clone();
    *changed.last_mut().unwrap() ^= 1;
    fs::write(&file, changed).unwrap();
    let says = |why: &str| {
        let verified = world.run(&["certificate", "verify"]);
        verified.failed(1, "evidence-broken");
        let said = verified.document.to_string();
        assert!(
            said.contains("verifying record 3, a time-stamp") && said.contains(why),
            "{said}"
        );
    };
    says("changed or replaced");
    fs::remove_file(&file).unwrap();
    says("its file is gone");
    fs::write(&file, good).unwrap();
    assert_eq!(world.run(&["certificate", "verify"]).code, 0);
}

#[test]
fn a_stamp_of_a_record_that_was_cut_off_is_refused() {
    let world = one_pass();
    let authority = Authority::new(&world.path("tsa"), "sha256", "");
    let journal = pair_dir(&world).join("journal/journal.ndjson");
    let before = fs::read(&journal).unwrap();
    world.file("file", "two");
    world.congruent_pass();
    let answer = authority.answer(&request(&world, "head.tsq"));
    fs::write(&journal, before).unwrap();
    let taken = take(&world, &answer);
    taken.failed(1, "evidence-broken");
    assert!(
        taken.document.to_string().contains("does not have the record"),
        "{taken}"
    );
}

#[test]
fn a_pair_without_a_pass_has_nothing_to_stamp() {
    let world = World::new().configured("");
    let requested = world.run(&[
        "timestamp",
        "request",
        "--out",
        world.path("a.tsq").to_str().unwrap(),
    ]);
    requested.failed(2, "not-found");
    assert!(!world.path("a.tsq").exists());
}
