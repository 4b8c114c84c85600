//! Reading content, attributes, owners, filesystems and stubs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "these are tests: they fail by panicking and build the trees that they look at"
)]

mod support;

use counterpart_model::policy::{OwnerBy, StubPolicy};
use counterpart_model::{Algorithm, Carry, Code, Kind, MetadataClass, Owner};
use counterpart_port::Piece;
use counterpart_tree::attributes::{self, Subject};
use counterpart_tree::stub::StubRule;
use counterpart_tree::{FileReader, OwnerNames, Root, filesystem};
use rustix::fd::AsFd;
use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::symlink;
use std::process::Command;
use support::{Ground, path};

/// Reads a file to its end: its bytes, and the lengths of its holes.
fn read_all(reader: &mut FileReader, name: &str, buffer_bytes: usize) -> (Vec<u8>, Vec<u64>) {
    let stat = reader.open(&path(name)).unwrap();
    let mut buffer = vec![0; buffer_bytes];
    let (mut bytes, mut holes) = (Vec::new(), Vec::new());
    loop {
        match reader.read(&mut buffer).unwrap() {
            Piece::Data(len) => bytes.extend_from_slice(&buffer[..len]),
            Piece::Hole(len) => {
                holes.push(len);
                bytes.resize(bytes.len() + usize::try_from(len).unwrap(), 0);
            }
            Piece::Digested(_) | Piece::End => break,
        }
    }
    assert!(
        reader.restat().unwrap().same_stamp(&stat),
        "{name} stayed as it was"
    );
    (bytes, holes)
}

fn run(program: &str, arguments: &[&std::ffi::OsStr]) {
    let done = Command::new(program).args(arguments).status();
    assert!(
        done.unwrap_or_else(|error| panic!("{program}: {error}"))
            .success(),
        "{program} {arguments:?}"
    );
}

#[test]
fn content_comes_whole_whatever_the_buffer() {
    let ground = Ground::new();
    let content: Vec<u8> = (0..3_000_000_u32).map(|number| (number % 251) as u8).collect();
    ground.file("d/large", &content);
    ground.file("d/small", b"x");
    ground.file("e/empty", b"");
    let mut reader = FileReader::new(ground.root());
    for buffer in [1 << 20, 65_537, 4_096] {
        assert_eq!(
            read_all(&mut reader, "d/large", buffer),
            (content.clone(), vec![])
        );
    }
    assert_eq!(read_all(&mut reader, "d/small", 16).0, b"x");
    assert_eq!(read_all(&mut reader, "e/empty", 16).0, b"");
}

#[test]
fn holes_are_told_and_not_read() {
    let ground = Ground::new();
    let parts: [(u64, &[u8]); 2] = [(1 << 20, b"middle"), (5 << 20, b"near the end")];
    for (name, end) in [("ends-in-data", 0), ("ends-in-a-hole", 9 << 20)] {
        ground.file(name, b"front");
        let mut file = fs::File::options().write(true).open(ground.at(name)).unwrap();
        for (at, bytes) in parts {
            file.seek(SeekFrom::Start(at)).unwrap();
            file.write_all(bytes).unwrap();
        }
        file.set_len(end.max(file.metadata().unwrap().len())).unwrap();
        file.sync_all().unwrap();
        let (bytes, holes) = read_all(&mut FileReader::new(ground.root()), name, 1 << 16);
        assert_eq!(bytes, fs::read(ground.at(name)).unwrap());
        assert_eq!(holes.len(), if end == 0 { 2 } else { 3 }, "{holes:?}");
    }
    let all_hole = fs::File::create(ground.at("all-hole")).unwrap();
    all_hole.set_len(1 << 40).unwrap();
    let mut reader = FileReader::new(ground.root());
    reader.open(&path("all-hole")).unwrap();
    assert_eq!(reader.read(&mut [0; 64]).unwrap(), Piece::Hole(1 << 40));
    assert_eq!(reader.read(&mut [0; 64]).unwrap(), Piece::End);
}

#[test]
fn a_file_that_changes_while_it_is_read_is_seen() {
    let ground = Ground::new();
    let mut reader = FileReader::new(ground.root());
    let mut buffer = [0; 4];
    let changes: [&dyn Fn(); 3] = [
        &|| fs::write(ground.at("f"), b"other content").unwrap(),
        &|| {
            fs::write(ground.at("g"), b"first content").unwrap();
            fs::rename(ground.at("g"), ground.at("f")).unwrap();
        },
        &|| {
            fs::File::options()
                .append(true)
                .open(ground.at("f"))
                .unwrap()
                .write_all(b"+")
                .unwrap();
        },
    ];
    for change in changes {
        ground.file("f", b"first content");
        let stat = reader.open(&path("f")).unwrap();
        assert_eq!(reader.read(&mut buffer).unwrap(), Piece::Data(4));
        change();
        assert!(!reader.restat().unwrap().same_stamp(&stat));
    }
    reader.open(&path("f")).unwrap();
    fs::remove_file(ground.at("f")).unwrap();
    assert_eq!(reader.restat().unwrap_err().code, Code::Vanished);
}

#[test]
fn only_regular_files_are_opened() {
    let ground = Ground::new();
    ground.file("file", b"x");
    ground.folder("folder");
    symlink("file", ground.at("link")).unwrap();
    run("mkfifo", &[ground.at("pipe").as_os_str()]);
    let mut reader = FileReader::new(ground.root());
    for name in ["folder", "link", "pipe", "missing", "file/beneath"] {
        let failure = reader.open(&path(name)).unwrap_err();
        assert_eq!(failure.code, Code::Vanished, "{name}: {failure}");
        assert!(failure.doing.contains(name), "{failure}");
    }
    for name in ["..", "folder/..", "folder/."] {
        assert_eq!(
            reader.open(&path(name)).unwrap_err().code,
            Code::Unreadable,
            "{name}"
        );
    }
    assert!(reader.open(&path("file")).is_ok());
}

#[test]
fn a_directory_that_was_replaced_is_looked_up_again() {
    let ground = Ground::new();
    ground.file("d/one", b"1");
    let mut reader = FileReader::new(ground.root());
    reader.open(&path("d/one")).unwrap();
    fs::rename(ground.at("d"), ground.at("aside")).unwrap();
    ground.file("d/two", b"2");
    assert_eq!(read_all(&mut reader, "d/two", 8).0, b"2");
}

#[test]
fn a_root_must_be_a_directory() {
    let ground = Ground::new();
    ground.file("file", b"x");
    for name in ["file", "missing"] {
        assert_eq!(
            Root::open(&ground.at(name)).unwrap_err().code,
            Code::SourceMissing,
            "{name}"
        );
    }
    symlink(ground.tree(), ground.dir.path().join("link")).unwrap();
    assert!(Root::open(&ground.dir.path().join("link")).is_ok());
}

fn carry() -> Carry {
    Carry::of(&[MetadataClass::Xattr, MetadataClass::Acl])
}

#[test]
fn attributes_are_read_by_handle_and_by_name_alike() {
    let ground = Ground::new();
    ground.file("f", b"x");
    ground.file("plain", b"x");
    let file = ground.at("f");
    for (name, value) in [("user.b", "2"), ("user.a", "1"), ("trusted.t", "t")] {
        rustix::fs::setxattr(&file, name, value.as_bytes(), rustix::fs::XattrFlags::empty()).unwrap();
    }
    let long = vec![7_u8; 3_000];
    rustix::fs::setxattr(&file, "user.long", &long, rustix::fs::XattrFlags::empty()).unwrap();
    let mut reader = FileReader::new(ground.root());
    let by_name = reader.attributes(&path("f"), carry()).unwrap();
    reader.open(&path("f")).unwrap();
    assert_eq!(reader.attributes(&path("f"), carry()).unwrap(), by_name);
    let names: Vec<&[u8]> = by_name
        .attributes
        .xattrs
        .iter()
        .map(|(name, _)| name.as_slice())
        .collect();
    assert_eq!(names, [&b"user.a"[..], b"user.b", b"user.long"]);
    let (xattr, acl) = attributes::digests(&by_name.attributes);
    assert!(xattr.is_some() && acl.is_none());
    let plain = reader.attributes(&path("plain"), carry()).unwrap();
    assert_eq!(attributes::digests(&plain.attributes), (None, None));
    let nothing = reader.attributes(&path("f"), Carry::NOTHING).unwrap();
    assert!(nothing.attributes.xattrs.is_empty());
}

#[test]
fn the_digest_is_over_the_bytes_that_the_documents_name() {
    let attributes = counterpart_port::Attributes {
        xattrs: vec![(b"user.a".to_vec(), b"1".to_vec())],
        acl_access: None,
        acl_default: None,
    };
    let wanted = Algorithm::Sha256.of(b"\x06\0\0\0user.a\x01\0\0\x001");
    assert_eq!(attributes::digests(&attributes), (Some(wanted), None));
}

#[test]
fn access_lists_beyond_the_mode_are_read() {
    let ground = Ground::new();
    ground.folder("d");
    ground.file("d/f", b"x");
    // Version 2; owner rw, user 1000 r, group r, mask r, others none.
    let entries: [(u16, u16, u32); 5] = [(1, 6, !0), (2, 4, 1000), (4, 4, !0), (0x10, 4, !0), (0x20, 0, !0)];
    let list = acl(&entries);
    let minimal = acl(&[(1, 6, !0), (4, 4, !0), (0x20, 0, !0)]);
    let flags = rustix::fs::XattrFlags::empty();
    rustix::fs::setxattr(ground.at("d/f"), attributes::ACL_ACCESS, &list, flags).unwrap();
    rustix::fs::setxattr(ground.at("d"), attributes::ACL_DEFAULT, &list, flags).unwrap();
    ground.file("e", b"x");
    rustix::fs::setxattr(ground.at("e"), attributes::ACL_ACCESS, &minimal, flags).unwrap();
    let mut reader = FileReader::new(ground.root());
    let file = reader.attributes(&path("d/f"), carry()).unwrap().attributes;
    assert_eq!(
        (file.acl_access.as_ref(), file.acl_default.as_ref()),
        (Some(&list), None)
    );
    let folder = reader.attributes(&path("d"), carry()).unwrap().attributes;
    assert_eq!(
        (folder.acl_access.as_ref(), folder.acl_default.as_ref()),
        (None, Some(&list))
    );
    assert!(attributes::digests(&folder).1.is_some());
    let plain = reader.attributes(&path("e"), carry()).unwrap().attributes;
    assert_eq!(attributes::digests(&plain), (None, None));
}

fn acl(entries: &[(u16, u16, u32)]) -> Vec<u8> {
    let mut list = 2_u32.to_le_bytes().to_vec();
    for (tag, permissions, who) in entries {
        list.extend_from_slice(&tag.to_le_bytes());
        list.extend_from_slice(&permissions.to_le_bytes());
        list.extend_from_slice(&who.to_le_bytes());
    }
    list
}

#[test]
fn a_filesystem_without_attributes_is_told() {
    let proc = Root::open("/proc/self".as_ref()).unwrap();
    let name = c"status";
    let found = attributes::read_attributes(Subject::Name(proc.fd(), name), Kind::File, carry()).unwrap();
    assert!(found.acls_unsupported, "{found:?}");
    assert_eq!(attributes::digests(&found.attributes), (None, None));
}

#[test]
fn a_link_has_no_attributes_and_its_target_is_not_asked() {
    let ground = Ground::new();
    ground.file("f", b"x");
    rustix::fs::setxattr(ground.at("f"), "user.a", b"1", rustix::fs::XattrFlags::empty()).unwrap();
    symlink("f", ground.at("l")).unwrap();
    let found = FileReader::new(ground.root())
        .attributes(&path("l"), carry())
        .unwrap();
    assert_eq!(found, attributes::Found::default());
    let root = ground.root();
    let as_file = attributes::read_attributes(Subject::Name(root.fd(), c"l"), Kind::File, carry()).unwrap();
    assert!(as_file.attributes.xattrs.is_empty());
}

#[test]
fn owners_go_by_name_and_back() {
    let ground = Ground::new();
    ground.file(
        "passwd",
        b"root:x:0:0::/:/bin/sh\nbroken\npacs:x:501:20::/:/bin/sh\ntwin:x:501:20::/:/bin/sh\n",
    );
    ground.file("group", b"root:x:0:\nstaff:x:20:pacs\n");
    let read = |by| OwnerNames::from_files(by, &ground.at("passwd"), &ground.at("group"));
    let names = read(OwnerBy::Name);
    assert_eq!(names.owner(501, 20), Owner("pacs:staff".into()));
    assert_eq!(names.owner(77, 0), Owner("77:root".into()));
    assert_eq!(names.numbers(&Owner("twin:staff".into())), Some((501, 20)));
    assert_eq!(names.numbers(&Owner("77:root".into())), Some((77, 0)));
    assert_eq!(names.numbers(&Owner("nobody-here:root".into())), None);
    assert_eq!(read(OwnerBy::Number).owner(501, 20), Owner("501:20".into()));
    let missing = OwnerNames::from_files(OwnerBy::Name, &ground.at("x"), &ground.at("y"));
    assert_eq!(missing.owner(501, 20), Owner("501:20".into()));
}

#[test]
fn a_filesystem_is_known_again() {
    let ground = Ground::new();
    let first = filesystem::identify(ground.root().fd()).unwrap();
    assert_eq!(
        first,
        filesystem::identify(ground.root().directory(&path("")).unwrap().as_fd()).unwrap()
    );
    assert!(!first.identity.is_empty() && first.kind != "unknown", "{first:?}");
    let proc = filesystem::identify(Root::open("/proc".as_ref()).unwrap().fd()).unwrap();
    assert_eq!(proc.kind, "proc");
    assert!(
        filesystem::mounts()
            .unwrap()
            .iter()
            .any(|line| line.at == b"/proc")
    );
    for (kind, network) in [
        ("cifs", true),
        ("nfs4", true),
        ("fuse.sshfs", true),
        ("ext4", false),
        ("fuseblk", false),
    ] {
        assert_eq!(filesystem::is_network(kind), network, "{kind}");
    }
}

fn stub_rule(patterns: &[&str], no_blocks: bool) -> StubRule {
    let patterns = patterns.iter().map(|&pattern| pattern.to_owned()).collect();
    StubRule::new(&StubPolicy {
        patterns,
        no_blocks,
        recall: false,
    })
    .unwrap()
}

#[test]
fn stubs_are_known_before_they_are_opened() {
    let ground = Ground::new();
    ground.file("a/x.lnk", b"x");
    ground.file("a/x.dcm", b"x");
    fs::File::create(ground.at("hollow"))
        .unwrap()
        .set_len(1 << 20)
        .unwrap();
    let root = ground.root();
    let is_stub = |rule: &StubRule, name: &str| rule.is_stub(&path(name), &root.stat(&path(name)).unwrap());
    let rule = stub_rule(&["*.lnk"], false);
    assert!(is_stub(&rule, "a/x.lnk"));
    assert!(!is_stub(&rule, "a/x.dcm") && !is_stub(&rule, "hollow") && !is_stub(&rule, "a"));
    assert!(is_stub(&stub_rule(&[], true), "hollow"));
    assert!(!is_stub(&stub_rule(&[], true), "a/x.dcm"));
    let mut offline = root.stat(&path("a/x.dcm")).unwrap();
    offline.offline = true;
    assert!(stub_rule(&[], false).is_stub(&path("a/x.dcm"), &offline));
    let bad = StubRule::new(&StubPolicy {
        patterns: vec!["a[".to_owned()],
        ..StubPolicy::default()
    });
    assert_eq!(bad.unwrap_err().code, Code::Config);
}

#[test]
fn a_shortcut_must_lead_somewhere() {
    let ground = Ground::new();
    let outside = ground.dir.path().join("tape");
    fs::write(&outside, b"x").unwrap();
    ground.file("inside", b"x");
    symlink("../inside", ground.at("inside-link")).unwrap();
    ground.folder("s");
    let links = [
        ("s/in", "../inside".into(), true),
        ("s/out", outside, true),
        ("s/lost", "../gone".into(), false),
    ];
    let (root, rule) = (ground.root(), stub_rule(&["s/*"], false));
    for (name, target, leads) in links {
        symlink(target, ground.at(name)).unwrap();
        let stat = root.stat(&path(name)).unwrap();
        assert!(rule.is_stub(&path(name), &stat), "{name}");
        let found = rule.resolves(&root, &path(name), &stat);
        assert_eq!(found.is_ok(), leads, "{name}: {found:?}");
        assert!(leads || found.unwrap_err().code == Code::StubBroken);
    }
}
