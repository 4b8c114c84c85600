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
use counterpart_evidence::{page, quantity};
use std::path::{Path, PathBuf};
use std::process::Command;

fn page_of(certificate: &Certificate) -> String {
    let signed = certificate.to_signed(&fixture::key()).unwrap();
    let examples = if certificate.failures.count == 0 {
        fixture::examples()
    } else {
        fixture::refused_examples()
    };
    page::text(certificate, &signed.sha256, Some(&examples))
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
    compare_with_golden("refused.txt", &page_of(&fixture::refused()));
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
            let typed = line.contains("ssh-ed25519");
            assert!(typed || line.chars().count() <= 80, "{line}");
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
    let text = page::text(&certificate, &signed.sha256, None);
    let line = text.lines().find(|line| line.contains("ssh-ed25519")).unwrap();
    std::fs::write(
        directory.path().join("allowed_signers"),
        line.trim().to_owned() + "\n",
    )
    .unwrap();
    std::fs::write(directory.path().join("CERT.json"), &signed.json).unwrap();
    std::fs::write(directory.path().join("CERT.json.sig"), &signed.signature).unwrap();
    let output = commands(directory.path(), &text);
    assert!(
        output.contains("Good \"counterpart\" signature for counterpart"),
        "{output}"
    );
    assert!(output.contains(&signed.sha256), "{output}");
}

/// Runs what the page prints between `ssh-keygen` and `sha256sum`, as a reader would paste it.
fn commands(directory: &Path, text: &str) -> String {
    let start = text.find("  ssh-keygen -Y verify").unwrap();
    let end = start + text[start..].find("sha256sum CERT.json").unwrap() + "sha256sum CERT.json".len();
    let output = Command::new("sh")
        .args(["-e", "-c", &text[start..end]])
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
