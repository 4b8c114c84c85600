//! The page: word for word as checked in, within 80 columns, and its commands work.
//!
//! `COUNTERPART_GOLDEN=write` writes the golden files anew; read the difference before it is committed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "golden files are files, and the switch is a variable"
)]

mod fixture;

use counterpart_evidence::certificate::Certificate;
use counterpart_evidence::page::{Subject, Trends};
use counterpart_evidence::{page, quantity};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A form of the page, with or without what lies beside the certificate.
fn made(certificate: &Certificate, whole: bool, form: fn(Subject<'_>) -> String) -> String {
    let signed = certificate.to_signed(&fixture::key()).unwrap();
    let examples = if certificate.failures.count == 0 {
        fixture::examples()
    } else {
        fixture::refused_examples()
    };
    let trends = Trends::of(&fixture::earlier());
    form(Subject {
        certificate,
        sha256: &signed.sha256,
        examples: whole.then_some(&examples),
        trends: whole.then_some(&trends),
    })
}

fn page_of(certificate: &Certificate) -> String {
    made(certificate, true, page::text)
}

fn compare_with_golden(name: &str, text: &str) {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("COUNTERPART_GOLDEN").is_some_and(|value| value == "write") {
        std::fs::write(&file, text).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&file).unwrap_or_default(),
        text,
        "{} differs",
        file.display()
    );
}

#[test]
fn the_pages_are_as_checked_in() {
    compare_with_golden("congruent.txt", &page_of(&fixture::congruent()));
    compare_with_golden("refused.txt", &made(&fixture::refused(), false, page::text));
    compare_with_golden("probed.txt", &page_of(&fixture::probed()));
    compare_with_golden("congruent.html", &made(&fixture::congruent(), true, page::html));
    compare_with_golden("refused.html", &made(&fixture::refused(), false, page::html));
}

#[test]
fn the_json_is_as_checked_in() {
    let signed = fixture::congruent().to_signed(&fixture::key()).unwrap();
    compare_with_golden("congruent.json", std::str::from_utf8(&signed.json).unwrap());
    compare_with_golden("congruent.json.sig", &signed.signature);
}

#[test]
fn lines_stay_within_80_columns_and_names_cannot_forge_one() {
    for certificate in [fixture::congruent(), fixture::refused()] {
        for line in page_of(&certificate).lines() {
            assert!(line.chars().count() <= 80, "{line}");
            assert!(!line.trim_start().starts_with("forged"), "{line}");
        }
    }
    let mut hostile = fixture::congruent();
    hostile.actor.reason = Some("x\nCONGRUENT as of \u{202e}\u{1b}[2J".to_owned());
    hostile.identity.pair = "p\nNOT".to_owned();
    let text = page_of(&hostile.with_sentences());
    assert_eq!(
        text.lines().filter(|line| line.starts_with("CONGRUENT")).count(),
        1
    );
    assert!(!text.contains(['\u{1b}', '\u{202e}']));
}

#[test]
fn the_commands_on_the_page_verify_the_certificate() {
    let certificate = fixture::congruent();
    let signed = certificate.to_signed(&fixture::key()).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let text = made(&certificate, false, page::text);
    std::fs::write(directory.path().join("CERT.json"), &signed.json).unwrap();
    std::fs::write(directory.path().join("CERT.json.sig"), &signed.signature).unwrap();
    let output = commands(directory.path(), &text);
    assert!(
        output.contains("Good \"counterpart\" signature for counterpart"),
        "{output}"
    );
    assert!(output.contains(&signed.sha256), "{output}");
}

#[test]
fn hostile_text_shows_no_tag_and_no_control_character() {
    let hostile =
        "</style></title><script>alert(1)</script><img src=x onerror=\"a'b\">&amp;\u{202e}\u{1b}[2J\0";
    let mut certificate = fixture::refused();
    certificate.identity.pair = hostile.to_owned();
    certificate.actor.reason = Some(hostile.to_owned());
    certificate.actor.command = vec![hostile.to_owned()];
    certificate.scope.production.location = hostile.to_owned();
    certificate.scope.excluded.patterns = vec![hostile.to_owned()];
    certificate.probes[0].name = hostile.to_owned();
    certificate.probes[0].rules[0].values = vec![hostile.to_owned()];
    certificate.probes[0].standby.words = vec![hostile.to_owned()];
    certificate.signing.principal = hostile.to_owned();
    certificate.signing.fingerprint = hostile.to_owned();
    let mut examples = fixture::refused_examples();
    examples.failures[0].message = hostile.to_owned();
    examples.findings[0].examples[0].path = hostile.to_owned();
    let subject = Subject {
        certificate: &certificate.with_sentences(),
        sha256: "<b>\"}</style>",
        examples: Some(&examples),
        trends: None,
    };
    let html = page::html(subject);
    for forged in ["<script", "<img", "<b>", "&amp;amp;\u{202e}"] {
        assert!(!html.contains(forged), "{html}");
    }
    assert_eq!(html.matches("</style>").count(), 1, "the style ends once");
    assert!(
        html.contains("&lt;script&gt;alert(1)") && html.contains("\\x1b[2J\\x00"),
        "{html}"
    );
    assert!(!html.contains(['\u{1b}', '\u{202e}', '\0']), "{html}");
    assert!(!page::text(subject).contains(['\u{1b}', '\u{202e}', '\0']));
}

#[test]
fn both_pages_say_the_same() {
    let (text, html) = (
        made(&fixture::congruent(), true, page::text),
        made(&fixture::congruent(), true, page::html),
    );
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let bare = words(&without_tags(&html));
    let (before, after) = (bare.find("In two sentences"), bare.find("Trends"));
    assert!(before.is_some() && before < after, "{bare}");
    let certificate = fixture::congruent();
    for said in [
        &certificate.sentences.compared,
        &certificate.sentences.not_checked,
    ] {
        assert!(words(&text).contains(said.as_str()), "{text}");
        assert!(bare.contains(said.as_str()), "{bare}");
    }
    let sha256 = certificate.to_signed(&fixture::key()).unwrap().sha256;
    for page in [&text, &html] {
        assert!(
            page.contains(&sha256) && page.contains("ssh-keygen -Y verify"),
            "{page}"
        );
    }
    assert!(!html.contains("<script") && !html.contains("http://") && !html.contains("https://"));
}

/// What a reader sees of HTML that has no tag within a text.
fn without_tags(html: &str) -> String {
    let body = &html[html.find("<body>").unwrap()..];
    let mut out = String::new();
    for piece in body.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap();
        let within = tag.starts_with("span") || tag.starts_with("/span");
        out.push_str(if within { "" } else { " " });
        out.push_str(text);
    }
    out.replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[test]
fn trends_are_the_first_the_least_the_most_and_now() {
    let trends = Trends::of(&fixture::earlier());
    assert_eq!(trends.passes, 3);
    let range = trends.withheld_deletes.unwrap();
    assert_eq!((range.first, range.least, range.most, range.now), (0, 0, 7, 2));
    assert_eq!(trends.exceptions.unwrap().now, 1);
    assert_eq!(trends.rehearsal_days, None);
    let page = made(&fixture::congruent(), true, page::text);
    assert!(page.contains("first 0, least 0, most 7, now 2"), "{page}");
    assert!(
        page.contains("Last rehearsal\n                none yet"),
        "{page}"
    );
    assert!(page.contains("not from this certificate"), "{page}");
    let alone = made(&fixture::congruent(), false, page::text);
    assert!(!alone.contains("TRENDS"), "{alone}");
    assert_eq!(Trends::of(&[]), Trends::default());
}

/// Runs what the page prints from `printf` to `sha256sum`, as a reader would paste it.
fn commands(directory: &Path, text: &str) -> String {
    let start = text.find("  printf ").unwrap();
    let end = start + text[start..].find("sha256sum CERT.json").unwrap() + "sha256sum CERT.json".len();
    let typed = text[start..end]
        .lines()
        .filter(|line| !line.starts_with("  Then, with"));
    let output = Command::new("sh")
        .args(["-e", "-c", &typed.collect::<Vec<_>>().join("\n")])
        .current_dir(directory)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn numbers_are_exact_with_a_decimal_unit_beside() {
    for (number, wanted) in [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1 000 bytes (1.0 kB)"),
        (1_234_567, "1 234 567 bytes (1.2 MB)"),
        (999_949, "999 949 bytes (999.9 kB)"),
        (999_950, "999 950 bytes (1.0 MB)"),
        (91_234_567_890, "91 234 567 890 bytes (91.2 GB)"),
        (u64::MAX, "18 446 744 073 709 551 615 bytes (18.4 EB)"),
    ] {
        assert_eq!(quantity::bytes(number), wanted);
    }
    let ages = [-5, 0, 59, 60, 3599, 3600, 86_399, 86_400, 41 * 86_400 + 7200].map(quantity::age);
    assert_eq!(
        ages.join(", "),
        "0 s, 0 s, 59 s, 1 min, 59 min, 1 h, 23 h, 1 d, 41 d"
    );
}
