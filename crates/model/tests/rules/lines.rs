//! Fact lines: one way to write a fact, and only that is read.

use crate::facts::{fact, path};
use counterpart_model::line::{parse, push};
use counterpart_model::{Content, Digest, EntryPath, Fact, Kind, Owner, Timestamp};
use proptest::prelude::*;

fn line(path: &EntryPath, fact: &Fact) -> String {
    let mut out = String::new();
    push(path.as_bytes(), fact, &mut out);
    out
}

proptest! {
    #[test]
    fn a_line_gives_its_fact_back(path in path(), fact in fact()) {
        let text = line(&path, &fact);
        prop_assert_eq!(text.split(' ').count(), 10);
        prop_assert!(text.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
        prop_assert_eq!(parse(&text), Some((path, fact)));
    }

    #[test]
    fn two_facts_never_share_a_line(left in (path(), fact()), right in (path(), fact())) {
        prop_assert_eq!(line(&left.0, &left.1) == line(&right.0, &right.1), left == right);
    }

    #[test]
    fn a_line_with_one_byte_changed_is_another_fact_or_none(path in path(), fact in fact(), at: prop::sample::Index, byte in 0x20_u8..0x7f) {
        let text = line(&path, &fact);
        let mut bytes = text.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let changed = String::from_utf8(bytes).unwrap();
        if let Some((other_path, other)) = parse(&changed) {
            prop_assert_eq!(line(&other_path, &other), changed.clone());
            prop_assert_eq!((other_path, other) == (path, fact), changed == text);
        }
    }
}

#[test]
fn lines_are_as_the_format_document_says() {
    let mut file = Fact::of(Kind::File);
    file.size_bytes = 5;
    file.content = Content::Digest(Digest([0xab; 32]));
    file.metadata.mode = Some(0o640);
    file.metadata.mtime = Some(Timestamp::new(-1, 5));
    file.metadata.owner = Some(Owner("dicom:users".into()));
    let digest = "ab".repeat(32);
    assert_eq!(
        line(&EntryPath::checked(b"a b/\xff").unwrap(), &file),
        format!("file a\\x20b/\\xff 5 {digest} - 0640 -1.000000005 dicom:users - -")
    );
    assert_eq!(
        line(&EntryPath::root(), &Fact::of(Kind::Directory)),
        "directory . - - - - - - - -"
    );
    let link = Fact {
        target: b"-".to_vec(),
        ..Fact::of(Kind::Symlink)
    };
    assert_eq!(
        line(&EntryPath::checked(b"-").unwrap(), &link),
        "symlink \\x2d - - \\x2d - - - - -"
    );
    let unread = line(&EntryPath::checked(b"x").unwrap(), &Fact::of(Kind::File));
    assert_eq!(unread, "file x 0 unread - - - - - -");
}

#[test]
fn what_is_no_line_is_refused() {
    let good = "file x 0 unread - 0644 1.000000000 - - -";
    assert!(parse(good).is_some());
    let bad = [
        "",
        "file x 0 unread - 0644 1.000000000 - -",
        "file x 0 unread - 0644 1.000000000 - - - ",
        "file  x 0 unread - 0644 1.000000000 - - -",
        "File x 0 unread - 0644 1.000000000 - - -",
        "file ../x 0 unread - 0644 1.000000000 - - -",
        "file .counterpart 0 unread - 0644 1.000000000 - - -",
        "file x/ 0 unread - 0644 1.000000000 - - -",
        "file x 00 unread - 0644 1.000000000 - - -",
        "file x +0 unread - 0644 1.000000000 - - -",
        "file x - unread - 0644 1.000000000 - - -",
        "file x 0 unread - 644 1.000000000 - - -",
        "file x 0 unread - 0648 1.000000000 - - -",
        "file x 0 unread - 0644 1.0 - - -",
        "file x 0 unread - 0644 +1.000000000 - - -",
        "file x 0 unread - 0644 1.1000000000 - - -",
        "file \\x78 0 unread - 0644 1.000000000 - - -",
        "file x 0 UNREAD - 0644 1.000000000 - - -",
        "file x 18446744073709551616 unread - 0644 1.000000000 - - -",
        "directory x 5 - - 0755 1.000000000 - - -",
        "file - 0 unread - 0644 1.000000000 - - -",
    ];
    for text in bad {
        assert_eq!(parse(text), None, "{text:?}");
    }
}
