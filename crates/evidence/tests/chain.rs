//! A chain names the first link that does not hold.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

mod fixture;

use counterpart_evidence::chain::{Chain, Link, verify};
use counterpart_model::{Algorithm, Code, Digest};
use fixture::digest;

fn links(count: u64) -> Vec<Link> {
    let name = |sequence: u64| digest(&format!("certificate {sequence}"));
    let link = |sequence| Link {
        sequence,
        previous: (sequence > 1).then(|| name(sequence - 1)),
        sha256: name(sequence),
    };
    (1..=count).map(link).collect()
}

fn broken_at(links: Vec<Link>, sequence: u64, word: &str) {
    let failure = verify(links).unwrap_err();
    assert_eq!(failure.code, Code::EvidenceBroken);
    assert_eq!(
        failure.doing,
        format!("following the chain to certificate {sequence}")
    );
    assert!(failure.why.contains(word), "{failure}");
}

#[test]
fn a_whole_chain_holds_and_gives_its_head() {
    assert_eq!(verify([]).unwrap(), None);
    assert_eq!(verify(links(9)).unwrap(), links(9).last().copied());
    let mut chain = Chain::after(links(4)[3]);
    links(9)[4..].iter().for_each(|link| chain.push(*link).unwrap());
    assert_eq!(chain.head(), links(9).last().copied());
}

#[test]
fn the_first_broken_link_is_named() {
    let mut removed = links(9);
    removed.remove(4);
    broken_at(removed, 6, "number 5 should stand here");
    broken_at(links(9)[1..].to_vec(), 2, "number 1 should stand here");
    let mut altered = links(9);
    altered[4].sha256 = digest("forged");
    broken_at(altered, 6, "it names");
    let mut swapped = links(9);
    swapped.swap(4, 5);
    broken_at(swapped, 6, "number 5");
    let mut cut = links(9);
    cut[4].previous = None;
    broken_at(cut, 5, "names no certificate before it");
    let mut rooted = links(9);
    rooted[0].previous = Some(Digest([0; 32]));
    broken_at(rooted, 1, "it is the first");
}

#[test]
fn the_link_of_a_certificate_is_over_its_very_bytes() {
    let signed = fixture::congruent().to_signed(&fixture::key()).unwrap();
    let link = Link::of(&signed.json).unwrap();
    assert_eq!(
        (link.sequence, link.previous),
        (42, Some(digest("certificate 41")))
    );
    assert_eq!(link.sha256, Algorithm::Sha256.of(&signed.json));
    assert_eq!(link.sha256.to_string(), signed.sha256);
    assert!(Link::of(b"{}").is_err());
}
