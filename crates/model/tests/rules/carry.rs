//! Sets of metadata classes.

use counterpart_model::{Carry, MetadataClass};

#[test]
fn a_set_holds_what_it_was_given() {
    for bits in 0..64_u32 {
        let chosen: Vec<MetadataClass> = MetadataClass::ALL
            .into_iter()
            .enumerate()
            .filter(|(at, _)| bits >> at & 1 == 1)
            .map(|(_, class)| class)
            .collect();
        let carry = Carry::of(&chosen);
        assert_eq!(carry.classes().collect::<Vec<_>>(), chosen);
        let text = serde_json::to_string(&carry).unwrap();
        assert_eq!(serde_json::from_str::<Carry>(&text).unwrap(), carry);
        for class in MetadataClass::ALL {
            assert!(!carry.without(class).has(class));
            assert_eq!(carry.has(class), chosen.contains(&class));
        }
    }
    assert_eq!(
        Carry::default(),
        Carry::of(&[MetadataClass::Mtime, MetadataClass::Mode])
    );
}

#[test]
fn every_class_has_its_word() {
    for class in MetadataClass::ALL {
        assert_eq!(MetadataClass::from_word(class.word()), Some(class));
    }
    assert_eq!(MetadataClass::from_word("Mode"), None);
}
