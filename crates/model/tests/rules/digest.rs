//! Digests: both algorithms, in parts and whole.

use counterpart_model::{Algorithm, Digest};
use proptest::prelude::*;

proptest! {
    #[test]
    fn parts_and_holes_digest_as_the_whole(parts in proptest::collection::vec((any::<Vec<u8>>(), 0_u64..200_000), 0..4)) {
        for algorithm in [Algorithm::Blake3, Algorithm::Sha256] {
            let (mut hasher, mut whole) = (algorithm.hasher(), Vec::new());
            for (bytes, hole) in &parts {
                hasher.update(bytes);
                hasher.update_zeros(*hole);
                whole.extend_from_slice(bytes);
                whole.resize(whole.len() + usize::try_from(*hole).unwrap(), 0);
            }
            prop_assert_eq!(hasher.finish(), algorithm.of(&whole));
        }
    }

    #[test]
    fn hexadecimal_gives_the_digest_back(bytes: [u8; 32]) {
        let digest = Digest(bytes);
        prop_assert_eq!(Digest::from_hex(&digest.to_string()), Some(digest));
        prop_assert_eq!(serde_json::from_str::<Digest>(&serde_json::to_string(&digest).unwrap()).unwrap(), digest);
    }
}

#[test]
fn the_digests_are_the_published_ones() {
    let shown = |algorithm: Algorithm| algorithm.of(b"").to_string();
    assert_eq!(
        shown(Algorithm::Blake3),
        "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
    );
    assert_eq!(
        shown(Algorithm::Sha256),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
}

#[test]
fn other_text_is_no_digest() {
    let upper = "AB".repeat(32);
    for text in [
        "",
        "ab",
        &"ab".repeat(33),
        &upper,
        &format!("{}g0", "ab".repeat(31)),
    ] {
        assert_eq!(Digest::from_hex(text), None, "{text}");
    }
}
