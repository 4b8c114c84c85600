//! Any fact that can stand in a manifest.

use crate::names::{components, name};
use counterpart_model::{Content, Digest, EntryPath, Fact, Kind, Metadata, Owner, Standing, Timestamp};
use proptest::option;
use proptest::prelude::*;

pub(crate) fn digest() -> impl Strategy<Value = Digest> {
    any::<[u8; 32]>().prop_map(Digest)
}

pub(crate) fn time() -> impl Strategy<Value = Timestamp> {
    (any::<i64>(), 0_u32..1_000_000_000).prop_map(|(seconds, nanos)| Timestamp::new(seconds, nanos))
}

fn owner() -> impl Strategy<Value = Owner> {
    prop_oneof!["[a-z -]{1,5}:[a-z \\\\]{1,5}", Just("-".to_owned()), "\\PC{1,6}"]
        .prop_map(|text| Owner(text.into()))
}

fn metadata() -> impl Strategy<Value = Metadata> {
    (
        option::of(0_u32..0o10000),
        option::of(time()),
        option::of(owner()),
        option::of(digest()),
        option::of(digest()),
    )
        .prop_map(|(mode, mtime, owner, xattr, acl)| Metadata {
            mode,
            mtime,
            owner,
            xattr,
            acl,
        })
}

pub(crate) fn fact() -> impl Strategy<Value = Fact> {
    let kinds = vec![Kind::File, Kind::Directory, Kind::Symlink, Kind::HardLink];
    (
        proptest::sample::select(kinds),
        any::<u64>(),
        option::of(digest()),
        name(),
        components(),
        metadata(),
    )
        .prop_map(|(kind, size, digest, link, leader, metadata)| Fact {
            kind,
            standing: Standing::Compared,
            size_bytes: if kind == Kind::File { size } else { 0 },
            content: match kind {
                Kind::File => digest.map_or(Content::Unread, Content::Digest),
                _ => Content::None,
            },
            target: match kind {
                Kind::Symlink => link,
                Kind::HardLink => leader.join(&b'/'),
                _ => Vec::new(),
            },
            metadata,
        })
}

pub(crate) fn path() -> impl Strategy<Value = EntryPath> {
    prop_oneof![
        9 => components().prop_map(|names| EntryPath::checked(&names.join(&b'/')).unwrap()),
        1 => Just(EntryPath::root()),
    ]
}

fn file(size_bytes: u64, content: Content) -> Fact {
    Fact {
        size_bytes,
        content,
        ..Fact::of(Kind::File)
    }
}

#[test]
fn contents_agree_differ_or_are_not_known() {
    let [one, two] = [1, 2].map(|byte| Content::Digest(Digest([byte; 32])));
    let cases = [
        (file(5, one), file(5, one), Some(true)),
        (file(5, one), file(5, two), Some(false)),
        (file(5, one), file(6, one), Some(false)),
        (file(5, one), file(5, Content::Unread), None),
        (file(5, Content::Unread), file(5, Content::Unread), None),
        (file(5, Content::Unread), file(6, Content::Unread), Some(false)),
        (Fact::of(Kind::Directory), Fact::of(Kind::Directory), Some(true)),
        (Fact::of(Kind::Directory), Fact::of(Kind::File), Some(false)),
        (
            Fact {
                target: b"a".to_vec(),
                ..Fact::of(Kind::Symlink)
            },
            Fact::of(Kind::Symlink),
            Some(false),
        ),
    ];
    for (left, right, agree) in cases {
        assert_eq!(left.same_content(&right), agree, "{left:?} {right:?}");
        assert_eq!(right.same_content(&left), agree);
    }
}

#[test]
fn every_kind_has_its_word() {
    for kind in [
        Kind::File,
        Kind::Directory,
        Kind::Symlink,
        Kind::HardLink,
        Kind::Special,
    ] {
        assert_eq!(Kind::from_word(kind.word()), Some(kind));
    }
    assert_eq!(Kind::from_word("File"), None);
}
