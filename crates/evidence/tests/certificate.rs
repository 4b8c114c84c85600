//! A certificate goes to JSON and back, is refused when one bit of it changed, and cannot contradict itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

mod fixture;

use counterpart_evidence::certificate::{Certificate, Moment, Sentences, check};
use counterpart_evidence::{SigningKey, canonical};
use counterpart_model::{Code, Verdict};
use serde_json::Value;

fn refused_for(certificate: &Certificate, word: &str) {
    let failure = certificate
        .clone()
        .with_sentences()
        .to_signed(&fixture::key())
        .unwrap_err();
    assert_eq!(failure.code, Code::EvidenceBroken);
    assert!(failure.why.contains(word), "{failure}");
}

#[test]
fn a_certificate_goes_to_json_and_back() {
    for certificate in [fixture::congruent(), fixture::refused()] {
        let signed = certificate.to_signed(&fixture::key()).unwrap();
        assert_eq!(Certificate::from_json(&signed.json).unwrap(), certificate);
        assert_eq!(
            check(&signed.json, &signed.signature, &fixture::public()).unwrap(),
            certificate
        );
        assert_eq!(signed.sha256, canonical::sha256_hex(&signed.json));
    }
}

#[test]
fn every_flipped_bit_of_a_certificate_is_refused() {
    let signed = fixture::congruent().to_signed(&fixture::key()).unwrap();
    let public = fixture::public();
    for position in 0..signed.json.len() {
        let mut json = signed.json.clone();
        json[position] ^= 1 << (position % 8);
        let failure = check(&json, &signed.signature, &public).unwrap_err();
        assert_eq!(failure.code, Code::EvidenceBroken, "byte {position}");
    }
    for length in (0..signed.json.len()).step_by(97) {
        assert!(check(&signed.json[..length], &signed.signature, &public).is_err());
    }
}

#[test]
fn nothing_is_left_out_of_the_json() {
    let signed = fixture::congruent().to_signed(&fixture::key()).unwrap();
    let json: Value = serde_json::from_slice(&signed.json).unwrap();
    assert!(json["actor"]["reason"].is_null() && json["actor"].as_object().unwrap().contains_key("reason"));
    assert!(json["scope"]["excluded"].as_object().unwrap()["standby"].is_null());
    assert_eq!(json["probes"], serde_json::json!([]));
    assert_eq!(
        json["times"]["as_of"],
        serde_json::json!({ "utc": "2026-11-22T02:14:07Z", "offset": "+01:00" })
    );
    assert_eq!(json["scope"]["metadata"].as_array().unwrap().len(), 6);
}

#[test]
fn a_document_that_says_more_or_less_than_the_format_is_refused() {
    let signed = fixture::congruent().to_signed(&fixture::key()).unwrap();
    let whole: Value = serde_json::from_slice(&signed.json).unwrap();
    let refuse = |document: &Value, word: &str| {
        let failure = Certificate::from_json(&canonical::to_vec(document).unwrap()).unwrap_err();
        assert_eq!(failure.code, Code::EvidenceBroken);
        assert!(failure.why.contains(word), "{failure}");
    };
    let mut more = whole.clone();
    more["note"] = "trust me".into();
    refuse(&more, "unknown field");
    let mut deep = whole.clone();
    deep["production"]["holds"]["note"] = "trust me".into();
    refuse(&deep, "canonical");
    let mut less = whole.clone();
    less["actor"].as_object_mut().unwrap().remove("reason");
    refuse(&less, "canonical");
    let mut newer = whole.clone();
    newer["format"]["version"] = 2.into();
    refuse(&newer, "version 2");
    let mut verdict = whole.clone();
    verdict["verdicts"]["layers"][0]["verdict"] = "FINE".into();
    refuse(&verdict, "FINE");
    let pretty = serde_json::to_vec_pretty(&whole).unwrap();
    assert!(
        Certificate::from_json(&pretty)
            .unwrap_err()
            .why
            .contains("canonical")
    );
    assert!(
        Certificate::from_json(&vec![b' '; 17 << 20])
            .unwrap_err()
            .why
            .contains("longer")
    );
}

#[test]
fn a_green_word_needs_its_grounds() {
    let good = fixture::congruent();
    let with = |change: fn(&mut Certificate)| {
        let mut certificate = good.clone();
        change(&mut certificate);
        certificate
    };
    refused_for(&with(|bad| bad.verdicts.layers[0].equal = 0), "nothing was equal");
    refused_for(&with(|bad| bad.verdicts.layers[0].unsettled = 1), "UNSETTLED");
    refused_for(
        &with(|bad| bad.verdicts.layers[0].verdict = Verdict::NotCompared),
        "a layer is not",
    );
    refused_for(&with(|bad| bad.verdicts.layers.clear()), "one verdict for each");
    refused_for(&with(|bad| bad.scope.layers.clear()), "one verdict for each");
    refused_for(
        &with(|bad| bad.not_compared[0].declared = false),
        "does not declare",
    );
    refused_for(
        &with(|bad| bad.findings[0].verdict = Verdict::Different),
        "a finding is DIFFERENT",
    );
    refused_for(&with(|bad| bad.not_compared.clear()), "does not say what");
    refused_for(&with(|bad| bad.standby = None), "no manifest");
    refused_for(&with(|bad| bad.identity.previous = None), "only the first");
    refused_for(&with(|bad| bad.changes.bytes_read = u64::MAX), "2^53");
    refused_for(&with(|bad| bad.failures.count = 1), "sum of those");
    refused_for(
        &with(|bad| bad.examples.as_mut().unwrap().name = "../x.examples.json".to_owned()),
        "named after its pass",
    );
}

#[test]
fn what_is_excepted_was_accepted() {
    let good = fixture::congruent();
    let with = |change: fn(&mut Certificate)| {
        let mut certificate = good.clone();
        change(&mut certificate);
        certificate
    };
    let excepted = |code| {
        move |bad: &mut Certificate| {
            (bad.findings[0].verdict, bad.findings[0].code) = (Verdict::Excepted, code);
        }
    };
    refused_for(
        &with(|bad| bad.verdicts.layers[0].verdict = Verdict::Equal),
        "EQUAL though something is EXCEPTED",
    );
    refused_for(
        &with(|bad| bad.verdicts.layers[0].excepted = 0),
        "nothing in it is",
    );
    refused_for(
        &with(|bad| bad.verdicts.layers[0].excepted = 2),
        "than its exceptions covered",
    );
    refused_for(&with(|bad| bad.exceptions.clear()), "than its exceptions covered");
    refused_for(
        &with(|bad| bad.exceptions[0].expires = bad.times.began),
        "had ended",
    );
    refused_for(&with(|bad| bad.exceptions[0].owner.clear()), "nobody who answers");
    refused_for(&with(|bad| bad.exceptions[0].reason.clear()), "no reason");
    refused_for(
        &with(|bad| bad.exceptions.push(bad.exceptions[0].clone())),
        "two exceptions of one name",
    );
    let mut rotten = good.clone();
    excepted(Code::RotStandby)(&mut rotten);
    refused_for(&rotten, "rot is EXCEPTED");
    let mut told = good.clone();
    excepted(Code::Unreadable)(&mut told);
    told.examples = None;
    assert!(told.with_sentences().to_signed(&fixture::key()).is_ok());
}

#[test]
fn roots_that_differ_need_a_reason() {
    let mut bare = fixture::congruent();
    bare.standby.as_mut().unwrap().root = bare.tool.policy;
    assert!(bare.clone().with_sentences().to_signed(&fixture::key()).is_ok());
    bare.exceptions.clear();
    let layer = &mut bare.verdicts.layers[0];
    (layer.excepted, layer.not_compared, layer.verdict) = (0, 0, Verdict::Equal);
    refused_for(&bare, "the roots differ");
}

#[test]
fn sentences_and_key_must_be_those_of_the_certificate() {
    let mut silent = fixture::congruent();
    silent.sentences = Sentences::default();
    assert!(
        silent
            .to_signed(&fixture::key())
            .unwrap_err()
            .why
            .contains("sentences")
    );
    let other = SigningKey::generate("other").unwrap();
    assert_eq!(
        fixture::congruent().to_signed(&other).unwrap_err().code,
        Code::Key
    );
}

#[test]
fn the_two_sentences_say_what_an_auditor_must_read() {
    let Sentences {
        compared,
        not_checked,
    } = fixture::congruent().sentences;
    assert!(
        compared.starts_with("At 2026-11-22 02:14:07Z (+01:00) production was 12 001 files"),
        "{compared}"
    );
    assert!(
        compared.contains("at 2026-11-22 02:15:18Z (+01:00) the standby was"),
        "{compared}"
    );
    assert!(compared.contains("How each was measured"), "{compared}");
    assert!(
        not_checked.starts_with("This is what was not checked: database, probes, studies and services"),
        "{not_checked}"
    );
}

#[test]
fn moments_are_utc_with_the_offset_beside() {
    let shown = |seconds, offset| Moment::from_seconds(seconds, offset).to_string();
    assert_eq!(shown(0, 0), "1970-01-01 00:00:00Z (+00:00)");
    assert_eq!(shown(-1, -(3 * 3600 + 1800)), "1969-12-31 23:59:59Z (-03:30)");
    let read = |utc: &str, offset: &str| {
        serde_json::from_value::<Moment>(serde_json::json!({ "utc": utc, "offset": offset }))
    };
    assert_eq!(
        read("2026-11-22T02:14:07Z", "-03:30").unwrap(),
        Moment::from_seconds(1_795_313_647, -12_600)
    );
    for (utc, offset) in [
        ("2026-11-22T02:14:07.5Z", "+01:00"),
        ("2026-11-22T03:14:07+01:00", "+01:00"),
        ("2026-11-22 02:14:07Z", "+01:00"),
        ("2026-11-22T02:14:07Z", "01:00"),
        ("2026-11-22T02:14:07Z", "+1:00"),
        ("2026-11-22T02:14:07Z", "-00:00"),
        ("2026-11-22T02:14:07Z", "+99:99"),
        ("2026-11-22T02:14:07Z", "é"),
    ] {
        assert!(read(utc, offset).is_err(), "{utc} {offset}");
    }
}
