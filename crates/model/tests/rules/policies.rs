//! The hash of a policy tells every setting that a fact depends on.

use counterpart_model::policy::{OwnerBy, StubPolicy};
use counterpart_model::{Algorithm, Carry, Digest, Grain, MetadataClass, Policy};
use std::collections::HashSet;

fn with(change: impl Fn(&mut Policy)) -> Digest {
    let mut policy = Policy::default();
    change(&mut policy);
    policy.hash(Grain::NANOSECOND)
}

fn list(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn every_setting_changes_the_hash() {
    let stubs = |patterns: &[&str]| StubPolicy {
        patterns: list(patterns),
        ..StubPolicy::default()
    };
    let mut all = vec![
        Policy::default().hash(Grain::NANOSECOND),
        Policy::default().hash(Grain::TWO_SECONDS),
        with(|policy| policy.algorithm = Algorithm::Sha256),
        with(|policy| policy.owner_by = OwnerBy::Number),
        with(|policy| policy.exclude = list(&["a"])),
        with(|policy| policy.exclude = list(&["a", "b"])),
        with(|policy| policy.exclude = list(&["b", "a"])),
        with(|policy| policy.exclude = list(&["a\nexclude \"b\""])),
        with(|policy| policy.exclude = list(&["a\"\nexclude \"b"])),
        with(|policy| policy.stubs = stubs(&["a"])),
        with(|policy| policy.stubs = stubs(&["a", "b"])),
        with(|policy| policy.stubs.no_blocks = true),
        with(|policy| policy.stubs.recall = true),
    ];
    for class in MetadataClass::ALL {
        all.push(with(|policy| policy.carry = Carry::of(&[class])));
    }
    all.push(with(|policy| policy.carry = Carry::NOTHING));
    let distinct: HashSet<&Digest> = all.iter().collect();
    assert_eq!(distinct.len(), all.len());
}

#[test]
fn the_hash_is_the_same_tomorrow() {
    assert_eq!(Policy::default().hash(Grain::NANOSECOND), with(|_| {}));
    let text = "counterpart policy 1\ngrain 1\ndigest blake3\ncarry mode\ncarry mtime\nowner name\nstub-no-blocks false\nstub-recall false\n";
    assert_eq!(with(|_| {}), Algorithm::Sha256.of(text.as_bytes()));
}
