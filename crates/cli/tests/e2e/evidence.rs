//! Certificates and the journal: they hold, and anything changed in them shows.

use crate::harness::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn three_passes() -> (World, Outcome) {
    let world = World::new();
    world.file("file", "first");
    world.congruent_pass();
    world.file("file", "second");
    world.congruent_pass();
    world.file("file", "third");
    let last = world.congruent_pass();
    (world, last)
}

fn accepts(check: &str) -> bool {
    Command::new("sh")
        .arg("-c")
        .arg(check)
        .output()
        .unwrap()
        .status
        .success()
}

#[test]
fn a_certificate_is_rejected_after_any_one_changed_byte() {
    let (world, last) = three_passes();
    let check = world.certificate_check(&last);
    let file = PathBuf::from(last.document["certificate"].as_str().unwrap());
    let content = fs::read(&file).unwrap();
    chmod(&file, 0o600);
    assert!(accepts(&check));
    let step = (content.len() / 40).max(1);
    for at in (0..content.len()).step_by(step).chain([content.len() - 1]) {
        let mut changed = content.clone();
        changed[at] ^= 1;
        fs::write(&file, changed).unwrap();
        assert!(!accepts(&check), "a changed byte at {at} is accepted");
    }
    fs::write(&file, [&content[..], b" "].concat()).unwrap();
    assert!(!accepts(&check), "one more byte is accepted");
    fs::write(&file, &content).unwrap();
    assert!(accepts(&check));
}

#[test]
fn certificates_are_listed_shown_and_chained() {
    let (world, last) = three_passes();
    let pair = last.pair();
    let listed = world.run(&["certificate", "list", &pair]);
    let lines = listed.document["certificates"].as_array().unwrap();
    assert_eq!(lines.len(), 3, "{listed}");
    for (number, line) in lines.iter().enumerate() {
        assert_eq!(line["sequence"], number as u64 + 1);
        let sum = ask("sha256sum", &[], Path::new(line["file"].as_str().unwrap()));
        assert!(sum.starts_with(line["sha256"].as_str().unwrap()), "{sum}");
    }
    let shown = world.run(&["certificate", "show", lines[1]["pass"].as_str().unwrap()]);
    assert_eq!(
        shown.document["certificate"]["identity"]["previous"], lines[0]["sha256"],
        "{shown}"
    );
    let verified = world.run(&["certificate", "verify"]);
    assert_eq!(
        (verified.code, &verified.document["holds"]),
        (0, &true.into()),
        "{verified}"
    );
    assert_eq!(verified.document["head"], lines[2]["sha256"]);
    // The page is for people: it has the verdict and the time.
    let (_, page) = world.say(&["certificate", "show"]);
    assert!(
        page.contains("CONGRUENT as of 20") && page.contains("(+00:00)"),
        "{page}"
    );
}

#[test]
fn a_changed_certificate_is_named() {
    let (world, last) = three_passes();
    let listed = world.run(&["certificate", "list"]);
    let second = listed.document["certificates"][1].clone();
    let file = PathBuf::from(second["file"].as_str().unwrap());
    let text = fs::read_to_string(&file).unwrap();
    chmod(&file, 0o600);
    fs::write(&file, text.replacen("true", "fals", 1)).unwrap();
    let verified = world.run(&["certificate", "verify", &last.pair()]);
    verified.failed(1, "evidence-broken");
    let said = verified.document.to_string();
    assert!(said.contains(second["pass"].as_str().unwrap()), "{verified}");
}

#[test]
fn a_missing_certificate_is_named() {
    let (world, _) = three_passes();
    let listed = world.run(&["certificate", "list"]);
    let second = listed.document["certificates"][1].clone();
    fs::remove_file(second["file"].as_str().unwrap()).unwrap();
    let verified = world.run(&["certificate", "verify"]);
    assert_eq!(verified.code, 1, "{verified}");
    assert!(
        verified
            .document
            .to_string()
            .contains(second["pass"].as_str().unwrap()),
        "{verified}"
    );
}

fn journal_files(world: &World, pair: &str) -> Vec<PathBuf> {
    let directory = world.state().join("pairs").join(pair).join("journal");
    let mut files: Vec<PathBuf> = fs::read_dir(&directory)
        .unwrap_or_else(|error| panic!("{}: {error}", directory.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "ndjson"))
        .collect();
    files.sort();
    files
}

#[test]
fn a_journal_that_was_cut_or_changed_is_found() {
    let (world, last) = three_passes();
    let pair = last.pair();
    let journal = journal_files(&world, &pair).pop().expect("a journal");
    let content = fs::read(&journal).unwrap();
    chmod(&journal, 0o600);
    // A record's byte.
    for at in [content.len() / 5, content.len() / 2, content.len() - 20] {
        let mut changed = content.clone();
        changed[at] ^= 1;
        fs::write(&journal, changed).unwrap();
        let verified = world.run(&["certificate", "verify", &pair]);
        assert_eq!(verified.code, 1, "byte {at}: {verified}");
    }
    // The last record, cut at the end of a line.
    let lines: Vec<&[u8]> = content.split_inclusive(|&byte| byte == b'\n').collect();
    assert!(lines.len() >= 3, "a record a line");
    fs::write(&journal, lines[..lines.len() - 1].concat()).unwrap();
    let verified = world.run(&["certificate", "verify", &pair]);
    assert_eq!(verified.code, 1, "cut: {verified}");
    // A record from the middle.
    fs::write(&journal, [&lines[..1], &lines[2..]].concat().concat()).unwrap();
    let verified = world.run(&["certificate", "verify", &pair]);
    assert_eq!(verified.code, 1, "a record taken out: {verified}");
    fs::write(&journal, content).unwrap();
    assert_eq!(world.run(&["certificate", "verify", &pair]).code, 0);
}

#[test]
fn a_journal_whose_last_record_was_torn_by_a_crash_goes_on() {
    let (world, last) = three_passes();
    let journal = journal_files(&world, &last.pair()).pop().unwrap();
    let content = fs::read(&journal).unwrap();
    fs::write(&journal, [&content[..], b"{\"half\": \"a rec"].concat()).unwrap();
    world.file("file", "fourth");
    let outcome = world.congruent_pass();
    assert_eq!(world.run(&["certificate", "verify", &outcome.pair()]).code, 0);
}

#[test]
fn the_key_is_its_owners_alone() {
    let (world, last) = three_passes();
    let mut closed = 0;
    let paths = listing(&world.state()).paths();
    for path in paths.iter().map(|path| world.state().join(path)) {
        if path.is_file()
            && fs::read(&path)
                .unwrap()
                .starts_with(b"-----BEGIN OPENSSH PRIVATE KEY")
        {
            assert_eq!(mode(&path) & 0o077, 0, "{}", path.display());
            closed += 1;
        }
    }
    assert_eq!(closed, 1, "{last}");
}

/// A pass with a finding that has a name, and the files of its certificate and of its examples.
fn with_examples() -> (World, PathBuf, PathBuf) {
    let world = World::new();
    world.file("study-036/page", "content");
    world.congruent_pass();
    fs::write(world.d("study-036/page"), "drifted").unwrap();
    let last = world.congruent_pass();
    let certificate = PathBuf::from(last.document["certificate"].as_str().unwrap());
    let examples = certificate.with_extension("examples.json");
    (world, certificate, examples)
}

#[test]
fn the_names_of_what_was_found_are_beside_the_certificate_and_not_in_it() {
    let (world, certificate, examples) = with_examples();
    let said = fs::read_to_string(&certificate).unwrap();
    assert!(
        said.contains("\"drift\"") && !said.contains("study-036"),
        "{said}"
    );
    let named = fs::read_to_string(&examples).unwrap();
    assert!(named.contains("study-036/page"), "{named}");
    let sum = ask("sha256sum", &[], &examples);
    let (digest, _) = sum.split_once(' ').unwrap();
    assert!(said.contains(digest), "{sum} {said}");
    let (_, page) = world.say(&["certificate", "show"]);
    assert!(page.contains("- study-036/page: "), "{page}");
    let listed = world.run(&["certificate", "list"]);
    assert_eq!(listed.document["certificates"].as_array().unwrap().len(), 2);
    assert_eq!(world.run(&["certificate", "verify"]).code, 0);
}

#[test]
fn examples_that_are_not_the_certificates_are_refused_and_missing_ones_are_said_to_be() {
    let (world, _, examples) = with_examples();
    let named = fs::read_to_string(&examples).unwrap();
    fs::write(&examples, named.replace("study-036", "study-037")).unwrap();
    let shown = world.run(&["certificate", "show"]);
    shown.failed(1, "evidence-broken");
    assert!(shown.document.to_string().contains("examples.json"), "{shown}");
    world.run(&["certificate", "verify"]).failed(1, "evidence-broken");
    fs::remove_file(&examples).unwrap();
    world.run(&["certificate", "verify"]).failed(1, "evidence-broken");
    let (code, page) = world.say(&["certificate", "show"]);
    assert_eq!(code, 0, "{page}");
    assert!(
        page.contains("are not here") && !page.contains("study-036"),
        "{page}"
    );
}

#[test]
fn the_page_of_html_is_valid_and_shows_hostile_names_as_text() {
    let world = World::new();
    let hostile = "<script>alert(1)<\u{202e}\n--><style>\"'&amp;";
    world.file(hostile, "content");
    world.congruent_pass();
    fs::write(world.d(hostile), "drifted").unwrap();
    let last = world.congruent_pass();
    let out = world.state().join("page.html");
    let to = out.to_str().unwrap();
    let (code, said) = world.say(&["certificate", "show", "--html", "--out", to]);
    assert!(code == 0 && said.contains("The page is in"), "{said}");
    let html = fs::read_to_string(&out).unwrap();
    assert!(
        html.contains("&lt;script&gt;alert(1)&lt;\\xe2\\x80\\xae\\x0a--&gt;"),
        "{html}"
    );
    assert!(!html.contains("<script"), "{html}");
    let sum = ask(
        "sha256sum",
        &[],
        Path::new(last.document["certificate"].as_str().unwrap()),
    );
    assert!(html.contains(sum.split(' ').next().unwrap()), "{html}");
    let strict = "import sys, html5lib; html5lib.HTMLParser(strict=True).parse(open(sys.argv[1], 'rb'))";
    let checked = python().args(["-c", strict, to]).output().unwrap();
    assert!(
        checked.status.success(),
        "{}",
        String::from_utf8_lossy(&checked.stderr)
    );
    // The same goes to standard output, and no file is overwritten.
    let (_, printed) = world.say(&["certificate", "show", "--html"]);
    assert_eq!(printed, html);
    let again = world.run(&["certificate", "show", "--html", "--out", to]);
    again.failed(2, "usage");
}

#[test]
fn status_of_one_pair_shows_trends() {
    let (world, last) = three_passes();
    let (_, said) = world.say(&["status", &last.pair()]);
    assert!(said.contains("Over the last 3 certificates:"), "{said}");
    assert!(said.contains("last rehearsal    none yet"), "{said}");
    let (_, all) = world.say(&["status"]);
    assert_eq!(all.lines().count(), 1, "{all}");
    let document = world.run(&["status"]).document;
    assert_eq!(document["pairs"][0]["trends"]["withheld_deletes"]["now"], 0);
}
