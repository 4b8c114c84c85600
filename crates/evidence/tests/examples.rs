//! The examples beside a certificate: the certificate has no path of an entry, and only its own examples are taken.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

mod fixture;

use counterpart_evidence::certificate::{Collector, Examples};
use counterpart_evidence::page::Subject;
use counterpart_evidence::{Certificate, canonical, page};
use counterpart_model::{Algorithm, Code, EntryPath, Finding, SiteRole, Verdict};

fn json_of(examples: &Examples) -> Vec<u8> {
    examples.to_attached().unwrap().unwrap().1
}

/// The certificate as if it named these bytes, so that what they say is judged and not their digest alone.
fn naming(certificate: &Certificate, json: &[u8]) -> Certificate {
    let mut certificate = certificate.clone();
    let named = certificate.examples.as_mut().unwrap();
    named.bytes = json.len() as u64;
    named.sha256 = Algorithm::Sha256.of(json);
    certificate
}

#[test]
fn a_certificate_and_its_page_without_examples_have_no_path_of_an_entry() {
    for (certificate, examples) in [
        (fixture::congruent(), fixture::examples()),
        (fixture::refused(), fixture::refused_examples()),
    ] {
        let signed = certificate.to_signed(&fixture::key()).unwrap();
        let json = String::from_utf8(signed.json).unwrap();
        let subject = |examples| Subject {
            certificate: &certificate,
            sha256: &signed.sha256,
            examples,
            trends: None,
        };
        let bare = page::text(subject(None)) + &page::html(subject(None));
        let whole = page::text(subject(Some(&examples)));
        for found in ["0007.stub", "pages/0842", "0001\\x0a.dcm"] {
            assert!(!json.contains(found), "{json}");
            assert!(!bare.contains(found), "{bare}");
        }
        assert!(
            whole.contains("0007.stub") && whole.contains("pages/0842"),
            "{whole}"
        );
        assert!(bare.contains("are not here"), "{bare}");
        assert!(!whole.contains("are not here"), "{whole}");
    }
}

#[test]
fn examples_are_the_first_of_each_group() {
    let examples = fixture::examples();
    assert_eq!(examples.findings.len(), 1);
    assert_eq!(examples.findings[0].examples.len(), 20);
    assert_eq!(fixture::congruent().findings[0].count, 25);
    assert_eq!(fixture::congruent().findings[0].bytes, 25_000);
    let nothing = Collector::default().finish();
    assert!(nothing.not_compared.is_empty() && nothing.examples.is_empty());
    assert_eq!(nothing.examples.to_attached().unwrap(), None);
}

#[test]
fn long_names_do_not_make_the_document_too_long() {
    let mut collector = Collector::default();
    let name = EntryPath::checked(&[vec![7; 250], vec![b'/'], vec![b'"'; 250]].concat()).unwrap();
    let long = "y".repeat(1 << 20);
    for _ in 0..20 {
        let finding = Finding::new(
            &name,
            Code::Drift,
            SiteRole::Standby,
            Verdict::Equal,
            long.clone(),
        );
        collector.add(&finding, 1);
    }
    let collected = collector.finish();
    assert_eq!(collected.findings[0].count, 20);
    assert_eq!(collected.examples.findings[0].examples.len(), 1);
}

#[test]
fn every_flipped_bit_of_the_examples_is_refused() {
    let (certificate, json) = (fixture::refused(), json_of(&fixture::refused_examples()));
    assert_eq!(
        Examples::of(&certificate, &json).unwrap(),
        fixture::refused_examples()
    );
    for position in 0..json.len() {
        let mut changed = json.clone();
        changed[position] ^= 1 << (position % 8);
        let failure = Examples::of(&certificate, &changed).unwrap_err();
        assert_eq!(failure.code, Code::EvidenceBroken);
        assert!(failure.why.contains("that the certificate names"), "{failure}");
    }
    assert!(Examples::of(&certificate, &json[1..]).is_err());
    let mut silent = certificate;
    silent.examples = None;
    assert!(Examples::of(&silent, &json).unwrap_err().why.contains("names no"));
}

#[test]
fn examples_that_say_more_than_the_certificate_are_refused() {
    let refuse = |change: fn(&mut Examples), word: &str| {
        let mut examples = fixture::refused_examples();
        change(&mut examples);
        let json = canonical::to_vec(&examples).unwrap();
        let failure = Examples::of(&naming(&fixture::refused(), &json), &json).unwrap_err();
        assert!(failure.why.contains(word), "{failure}");
    };
    refuse(|bad| bad.pass = "another".to_owned(), "another pass");
    refuse(|bad| bad.format.version = 2, "another format");
    refuse(|bad| bad.findings[0].code = Code::Differs, "does not count");
    refuse(|bad| bad.not_compared[0].declared = false, "does not count");
    refuse(|bad| bad.failures[0].code = Code::Differs, "does not count");
    refuse(
        |bad| {
            let one = bad.not_compared[0].examples[0].clone();
            bad.not_compared[0].examples.push(one);
        },
        "does not count",
    );
    let json = json_of(&fixture::refused_examples());
    let spaced = [b" ", &json[..]].concat();
    let failure = Examples::of(&naming(&fixture::refused(), &spaced), &spaced).unwrap_err();
    assert!(failure.why.contains("canonical"), "{failure}");
}
