//! Probes in a certificate: their verdicts cannot contradict the outputs that they name.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

mod fixture;

use counterpart_evidence::Certificate;
use counterpart_evidence::certificate::{Probe, ProbeDifference, check};
use counterpart_model::Verdict;

#[track_caller]
fn refused_for(change: fn(&mut Certificate), why: &str) {
    let mut certificate = fixture::probed();
    change(&mut certificate);
    let certificate = certificate.with_sentences();
    let failure = certificate.to_signed(&fixture::key()).unwrap_err();
    assert!(failure.why.contains(why), "{failure}");
}

#[track_caller]
fn refused_probe(change: fn(&mut Probe), why: &str) {
    let mut certificate = fixture::probed();
    change(&mut certificate.probes[0]);
    let failure = certificate
        .with_sentences()
        .to_signed(&fixture::key())
        .unwrap_err();
    assert!(failure.why.contains(why), "{failure}");
}

#[test]
fn probes_go_to_json_and_back() {
    let certificate = fixture::probed();
    let signed = certificate.to_signed(&fixture::key()).unwrap();
    let read = check(&signed.json, &signed.signature, &fixture::public()).unwrap();
    assert_eq!(read, certificate);
    assert!(
        read.sentences.compared.ends_with(" Of 1 probe 1 is EQUAL."),
        "{:?}",
        read.sentences
    );
    let names: Vec<&str> = read.probes[0]
        .attachments()
        .map(|file| file.name.as_str())
        .collect();
    assert_eq!(
        names[..2],
        ["DFstatus.production.raw", "DFstatus.production.errors"]
    );
    assert_eq!(names.len(), 6);
}

#[test]
fn a_verdict_needs_its_grounds() {
    refused_for(
        |bad| bad.verdicts.layers[1].equal = 2,
        "not those that their layer counts",
    );
    refused_for(|bad| bad.probes.clear(), "not those that their layer counts");
    refused_for(|bad| bad.verdicts.clean = None, "not clean as its probes are");
    refused_for(
        |bad| bad.verdicts.clean = Some(false),
        "not clean as its probes are",
    );
    let other = "is EQUAL though";
    refused_probe(
        |bad| {
            bad.standby
                .output
                .as_mut()
                .unwrap()
                .normalised
                .as_mut()
                .unwrap()
                .bytes = 1;
        },
        other,
    );
    refused_probe(
        |bad| bad.standby.output.as_mut().unwrap().normalised = None,
        other,
    );
    refused_probe(|bad| bad.standby.output.as_mut().unwrap().status = Some(1), other);
    refused_probe(|bad| bad.production.obstacle = Some("failed".to_owned()), other);
    refused_probe(|bad| bad.standby.output = None, other);
    let counted = |bad: &mut Probe| {
        bad.difference = Some(ProbeDifference {
            only_production: 0,
            only_standby: 1,
            not_compared: 0,
        });
    };
    refused_probe(counted, "counts lines that differ");
}

#[test]
fn clean_is_what_the_outputs_were() {
    refused_probe(|bad| bad.clean = Some(false), "not clean as its outputs are");
    refused_probe(|bad| bad.clean = None, "what was not asked");
    refused_probe(|bad| bad.clean_rule = None, "what was not asked");
    refused_probe(
        |bad| bad.standby.output.as_mut().unwrap().clean = Some(false),
        "not clean as its outputs are",
    );
    refused_probe(
        |bad| bad.standby.output.as_mut().unwrap().clean = None,
        "what was not asked",
    );
}

#[test]
fn a_difference_needs_one_and_a_gap_an_obstacle() {
    let judged = |bad: &mut Certificate, verdict| {
        let layer = &mut bad.verdicts.layers[1];
        (layer.verdict, layer.equal) = (verdict, 0);
        layer.different = u64::from(verdict == Verdict::Different);
        layer.not_compared = u64::from(verdict == Verdict::NotCompared);
        bad.probes[0].verdict = verdict;
        bad.verdicts.congruent = false;
    };
    for (verdict, why) in [
        (Verdict::Different, "is DIFFERENT though"),
        (Verdict::NotCompared, "without an obstacle"),
    ] {
        let mut certificate = fixture::probed();
        judged(&mut certificate, verdict);
        let failure = certificate
            .with_sentences()
            .to_signed(&fixture::key())
            .unwrap_err();
        assert!(failure.why.contains(why), "{failure}");
    }
}
