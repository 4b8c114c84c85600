//! Rows whose every field may hold anything that its type can; only a path has no NUL, which no filesystem knows and
//! which the order of paths does not tell from `/`.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests make and damage files, and stop at the first surprise"
)]

mod common;

use common::{read_all, rounds, write};
use counterpart_model::{
    Content, Digest, EntryPath, Fact, How, Kind, Metadata, Observation, Obtained, Owner, Row, Standing,
    Timestamp,
};
use counterpart_store::Manifest;
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

fn digest() -> impl Strategy<Value = Digest> {
    any::<[u8; 32]>().prop_map(Digest)
}

fn time() -> impl Strategy<Value = Timestamp> {
    (any::<i64>(), any::<u32>()).prop_map(|(seconds, nanos)| Timestamp::new(seconds, nanos))
}

fn metadata() -> impl Strategy<Value = Metadata> {
    let owner = option::of(".{0,20}".prop_map(|text| Owner(text.into())));
    (
        option::of(any::<u32>()),
        option::of(time()),
        owner,
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

fn fact() -> impl Strategy<Value = Fact> {
    let kind = prop::sample::select(
        &[
            Kind::File,
            Kind::Directory,
            Kind::Symlink,
            Kind::HardLink,
            Kind::Special,
        ][..],
    );
    let standing = prop::sample::select(&[Standing::Compared, Standing::Stub, Standing::Special][..]);
    let content = prop_oneof![
        Just(Content::None),
        Just(Content::Unread),
        digest().prop_map(Content::Digest)
    ];
    let fields = (
        kind,
        standing,
        any::<u64>(),
        content,
        vec(any::<u8>(), 0..40),
        metadata(),
    );
    fields.prop_map(|(kind, standing, size_bytes, content, target, metadata)| Fact {
        kind,
        standing,
        size_bytes,
        content,
        target,
        metadata,
    })
}

fn observation() -> impl Strategy<Value = Observation> {
    let how = prop::sample::select(&[How::Unread, How::Read, How::Written, How::Moved][..]);
    (any::<u64>(), time(), time(), how, any::<i64>(), any::<bool>()).prop_map(
        |(inode, mtime, ctime, how, at_seconds, racy)| Observation {
            inode,
            mtime,
            ctime,
            obtained: Obtained { how, at_seconds },
            racy,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(rounds(64)))]

    #[test]
    fn any_row_is_read_as_it_was_written(
        rows in btree_map(vec(1..=u8::MAX, 0..30).prop_map(EntryPath::trusted), (fact(), observation()), 0..40)
    ) {
        let rows: Vec<Row> =
            rows.into_iter().map(|(path, (fact, seen))| Row { path, fact, seen }).collect();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("manifest");
        write(&path, &rows, 0);
        prop_assert_eq!(read_all(&Manifest::open(&path).unwrap()).unwrap(), rows);
    }
}
