//! Paths: their order is that of a walk, and what could leave a root is refused.

use crate::names::components;
use counterpart_model::EntryPath;
use counterpart_model::path::{MAX_NAME_BYTES, PathError, check_name, common_prefix, compare, split};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A tree as a walk sees it: names in order of their bytes, each followed at once by what it holds.
#[derive(Default)]
struct Tree(BTreeMap<Vec<u8>, Tree>);

impl Tree {
    fn insert(&mut self, names: &[Vec<u8>]) {
        if let Some((first, rest)) = names.split_first() {
            self.0.entry(first.clone()).or_default().insert(rest);
        }
    }

    fn walk(&self, above: &EntryPath, out: &mut Vec<EntryPath>) {
        out.push(above.clone());
        for (name, tree) in &self.0 {
            tree.walk(&above.join(name), out);
        }
    }
}

fn path(names: &[Vec<u8>]) -> EntryPath {
    EntryPath::checked(&names.join(&b'/')).unwrap()
}

proptest! {
    #[test]
    fn the_order_of_paths_is_that_of_a_walk(all in proptest::collection::vec(components(), 0..40)) {
        let mut tree = Tree::default();
        for names in &all {
            tree.insert(names);
        }
        let mut walked = Vec::new();
        tree.walk(&EntryPath::root(), &mut walked);
        let mut sorted = walked.clone();
        sorted.reverse();
        sorted.sort();
        prop_assert_eq!(sorted, walked);
    }

    #[test]
    fn beneath_means_that_the_components_begin_alike(left in components(), right in components()) {
        let beneath = left.len() > right.len() && left.starts_with(&right);
        prop_assert_eq!(path(&left).is_beneath(&path(&right)), beneath);
        prop_assert!(path(&left).is_beneath(&EntryPath::root()));
    }

    #[test]
    fn a_path_is_its_components(names in components()) {
        let whole = path(&names);
        prop_assert_eq!(whole.components().map(<[u8]>::to_vec).collect::<Vec<_>>(), names.clone());
        let (directory, last) = split(whole.as_bytes());
        prop_assert_eq!(last, whole.name());
        let parent = whole.parent().unwrap();
        prop_assert_eq!(parent.as_bytes(), directory);
        prop_assert_eq!(parent.join(last), whole);
    }

    #[test]
    fn the_shared_beginning_is_found_whatever_its_length(shared in proptest::collection::vec(any::<u8>(), 0..40), left: Vec<u8>, right: Vec<u8>) {
        let (left, right) = ([shared.clone(), left].concat(), [shared, right].concat());
        let plain = left.iter().zip(&right).take_while(|(left, right)| left == right).count();
        prop_assert_eq!(common_prefix(&left, &right), plain);
        prop_assert_eq!(compare(&left, &right), compare(&right, &left).reverse());
    }

    #[test]
    fn a_path_survives_json(names in components()) {
        let whole = path(&names);
        let json = serde_json::to_string(&whole).unwrap();
        prop_assert_eq!(serde_json::from_str::<EntryPath>(&json).unwrap(), whole);
    }

    #[test]
    fn what_is_checked_never_leaves_the_root(bytes: Vec<u8>) {
        if let Ok(path) = EntryPath::checked(&bytes) {
            for name in path.components() {
                prop_assert!(check_name(name).is_ok());
            }
            prop_assert!(!bytes.contains(&0));
            prop_assert!(!bytes.starts_with(b"/") && !bytes.ends_with(b"/"));
        }
    }
}

#[test]
fn a_folder_is_followed_by_what_it_holds() {
    let sorted: [&[u8]; 9] = [
        b"", b"a", b"a/b", b"a/b/c", b"a/\xff", b"a\x01", b"a b", b"a.b", b"b",
    ];
    for pair in sorted.windows(2) {
        assert_eq!(compare(pair[0], pair[1]), std::cmp::Ordering::Less, "{pair:?}");
    }
}

#[test]
fn every_bad_path_is_refused_by_its_rule() {
    let long = vec![b'x'; MAX_NAME_BYTES + 1];
    let cases: [(&[u8], PathError); 14] = [
        (b"/", PathError::Component),
        (b"/a", PathError::Component),
        (b"a/", PathError::Component),
        (b"a//b", PathError::Component),
        (b".", PathError::Component),
        (b"..", PathError::Component),
        (b"a/.", PathError::Component),
        (b"a/../b", PathError::Component),
        (b"../etc/passwd", PathError::Component),
        (b"a\0b", PathError::Nul),
        (b"a/\0", PathError::Nul),
        (&long, PathError::TooLong),
        (b".counterpart", PathError::Reserved),
        (b".counterpart/history/x", PathError::Reserved),
    ];
    for (bytes, error) in cases {
        assert_eq!(
            EntryPath::checked(bytes),
            Err(error),
            "{:?}",
            String::from_utf8_lossy(bytes)
        );
    }
}

#[test]
fn names_that_only_look_bad_are_paths() {
    for good in [
        &b"..."[..],
        b".a",
        b"a/.counterpart",
        b".counterpart2",
        b"-",
        b" ",
        b"\\",
        b"\xff\xfe",
        &[b'x'; 255],
    ] {
        assert_eq!(EntryPath::checked(good).unwrap().as_bytes(), good);
    }
    assert!(EntryPath::checked(b"").unwrap().is_root());
    assert_eq!(EntryPath::root().to_string(), ".");
    assert_eq!(EntryPath::root().parent(), None);
}

#[test]
fn a_path_that_arrives_as_text_is_checked() {
    for text in [
        "\"../x\"",
        "\"a\\\\x00b\"",
        "\".counterpart/identity\"",
        "\"a//b\"",
    ] {
        assert!(serde_json::from_str::<EntryPath>(text).is_err(), "{text}");
    }
    assert!(serde_json::from_str::<EntryPath>("\".\"").unwrap().is_root());
}
