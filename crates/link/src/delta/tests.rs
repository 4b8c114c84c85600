//! Old and new content: what travels, and what comes of it at the other end.

use super::{Matcher, Part, Signature, read_range, sign};
use counterpart_model::Failure;
use counterpart_port::Basis;
use proptest::prelude::*;

struct Bytes(Vec<u8>);

impl Basis for Bytes {
    fn len_bytes(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&mut self, buffer: &mut [u8], at: u64) -> Result<usize, Failure> {
        let rest = &self.0[usize::try_from(at).unwrap().min(self.0.len())..];
        // Never more than a little, so that short reads are met.
        let len = rest.len().min(buffer.len()).min(1000);
        buffer[..len].copy_from_slice(&rest[..len]);
        Ok(len)
    }
}

/// What comes of new content at the other end, and how much of it travelled.
fn rebuilt(old: &[u8], new: &[u8], step: usize) -> (Vec<u8>, usize) {
    let mut basis = Bytes(old.to_vec());
    let signature = Signature::new(&sign(&mut basis).unwrap());
    let mut matcher = Matcher::new(signature);
    let (mut built, mut travelled) = (Vec::new(), 0);
    let mut take = |part: Part<'_>| {
        match part {
            Part::Bytes(bytes) => {
                travelled += bytes.len();
                built.extend_from_slice(bytes);
            }
            Part::Old(range) => read_range(&mut basis, &range, |bytes| {
                built.extend_from_slice(bytes);
                Ok(())
            })?,
        }
        Ok(())
    };
    for piece in new.chunks(step) {
        matcher.feed(piece, &mut take).unwrap();
    }
    matcher.flush(&mut take).unwrap();
    let reused = usize::try_from(matcher.reused_bytes()).unwrap();
    assert_eq!(reused + travelled, new.len());
    (built, travelled)
}

/// Bytes that do not repeat.
fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes());
    hasher.finalize_xof().fill(&mut bytes);
    bytes
}

fn travels(old: &[u8], new: &[u8]) -> usize {
    let (built, travelled) = rebuilt(old, new, 70_001);
    assert!(built == new, "it was rebuilt wrongly");
    travelled
}

const BLOCK: usize = 2 << 10;

#[test]
fn the_same_content_does_not_travel() {
    let old = noise(1, 1_000_003);
    assert_eq!(travels(&old, &old), 0);
}

#[test]
fn what_is_appended_travels() {
    let old = noise(2, 300_000);
    let new = [&old[..], &noise(3, 5_000)].concat();
    let short_block = old.len() % BLOCK;
    assert_eq!(travels(&old, &new), 5_000 + short_block);
}

#[test]
fn what_is_inserted_travels_and_the_block_around_it() {
    let old = noise(4, 300_000);
    let new = [&old[..100_001], b"inserted", &old[100_001..]].concat();
    assert_eq!(travels(&old, &new), BLOCK + 8);
}

#[test]
fn what_is_overwritten_travels_with_its_block() {
    let old = noise(5, 300_000);
    let mut new = old.clone();
    new[150_000..150_010].fill(0);
    assert_eq!(travels(&old, &new), BLOCK);
}

#[test]
fn what_is_cut_off_at_the_front_or_the_end_costs_little() {
    let old = noise(6, 300_000);
    assert!(travels(&old, &old[77_777..]) < BLOCK);
    assert!(travels(&old, &old[..222_222]) < BLOCK);
}

#[test]
fn blocks_that_are_all_alike_are_found() {
    let old = vec![0; 500_000];
    let new = vec![0; 700_000];
    assert!(travels(&old, &new) < BLOCK);
}

#[test]
fn nothing_in_common_travels_whole() {
    let (old, new) = (noise(7, 200_000), noise(8, 300_000));
    assert_eq!(travels(&old, &new), 300_000);
    assert_eq!(travels(&[], &new), 300_000);
    assert_eq!(travels(&old, &[]), 0);
}

#[test]
fn pieces_of_any_length_come_to_the_same() {
    let old = noise(9, 50_000);
    let new = [&old[..20_000], b"x", &old[20_000..]].concat();
    for step in [1, 7, BLOCK - 1, BLOCK, BLOCK + 1, 1 << 20] {
        let (built, travelled) = rebuilt(&old, &new, step);
        assert!(built == new && travelled <= BLOCK + 1, "step {step}: {travelled}");
    }
}

#[test]
fn a_large_content_has_no_more_blocks_than_may_be() {
    for len_bytes in [1, 64 << 20, (64 << 20) + 1, 8 << 30, 1 << 45] {
        let shape = super::signature::Shape::of(len_bytes);
        assert!(shape.blocks() <= 32 << 10, "{len_bytes}: {shape:?}");
    }
}

/// A change of content.
#[derive(Clone, Debug)]
enum Edit {
    Insert(prop::sample::Index, Vec<u8>),
    Delete(prop::sample::Index, usize),
    Overwrite(prop::sample::Index, Vec<u8>),
    /// A range moves to the end.
    Move(prop::sample::Index, usize),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let at = || any::<prop::sample::Index>();
    let bytes = || prop::collection::vec(any::<u8>(), 1..300);
    let edit = prop_oneof![
        (at(), bytes()).prop_map(|(at, bytes)| Edit::Insert(at, bytes)),
        (at(), 1..9_000_usize).prop_map(|(at, len)| Edit::Delete(at, len)),
        (at(), bytes()).prop_map(|(at, bytes)| Edit::Overwrite(at, bytes)),
        (at(), 1..9_000_usize).prop_map(|(at, len)| Edit::Move(at, len)),
    ];
    prop::collection::vec(edit, 0..6)
}

fn edited(content: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut new = content.to_vec();
    for edit in edits {
        let place = |at: &prop::sample::Index| at.index(new.len() + 1);
        match edit {
            Edit::Insert(at, bytes) => {
                let at = place(at);
                new.splice(at..at, bytes.iter().copied());
            }
            Edit::Delete(at, len) => {
                let at = place(at);
                new.drain(at..new.len().min(at + len));
            }
            Edit::Overwrite(at, bytes) => {
                let at = place(at);
                new.splice(at..new.len().min(at + bytes.len()), bytes.iter().copied());
            }
            Edit::Move(at, len) => {
                let at = place(at);
                let moved: Vec<u8> = new.drain(at..new.len().min(at + len)).collect();
                new.extend(moved);
            }
        }
    }
    new
}

proptest! {
    /// Whatever was changed: what comes of it is the new content, and little more than the changes travels.
    #[test]
    fn any_edits_are_rebuilt(seed: u64, len in 0..120_000_usize, edits in edits(), step in 1..200_000_usize) {
        let old = noise(seed, len);
        let new = edited(&old, &edits);
        let (built, travelled) = rebuilt(&old, &new, step);
        prop_assert!(built == new);
        // Each edit breaks up to three runs, each of which costs less than a block at either end.
        prop_assert!(travelled <= (edits.len() + 1) * (6 * BLOCK + 300));
    }

    /// Content of few different bytes has blocks that are alike in many places.
    #[test]
    fn repetitive_content_is_rebuilt(old in prop::collection::vec(0..2_u8, 0..40_000), edits in edits()) {
        let new = edited(&old, &edits);
        prop_assert!(rebuilt(&old, &new, 10_000).0 == new);
    }
}
