//! Every kind of entry, and every name.

use crate::harness::*;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{FileExt as _, MetadataExt as _, symlink};
use std::process::Command;

#[test]
fn empty_files_and_directories_and_what_is_nested_arrive() {
    let world = World::new();
    world.file("empty", "");
    world.file("a/b/c/d/deep", "deep");
    fs::create_dir_all(world.s("a/nothing/in/here")).unwrap();
    let first = world.congruent_pass().changed([9, 0, 0, 0, 1]).sent(4);
    assert_eq!(first.document["production"]["files"], 2);
    assert_eq!(first.document["standby"]["directories"], 7);
    assert_eq!(
        first.document["production"]["root"],
        first.document["standby"]["root"]
    );
    let again = world.congruent_pass().changed_nothing().sent(0);
    assert_eq!(
        again.document["production"]["root"],
        first.document["production"]["root"]
    );
}

#[test]
fn symbolic_links_are_kept_byte_for_byte_and_never_followed() {
    let world = World::new();
    world.file("real/file", "content");
    symlink("nowhere/at/all", world.s("dangling")).unwrap();
    symlink("real", world.s("to-directory")).unwrap();
    symlink("/etc/passwd", world.s("absolute")).unwrap();
    symlink("../../../..", world.s("real/out")).unwrap();
    symlink(OsStr::from_bytes(b"odd \xff\n\x1b[31m\\ target"), world.s("odd")).unwrap();
    let outcome = world.congruent_pass();
    assert_eq!(outcome.document["standby"]["symlinks"], 5);
    let target = fs::read_link(world.d("odd")).unwrap();
    assert_eq!(target.as_os_str().as_bytes(), b"odd \xff\n\x1b[31m\\ target");
    fs::remove_file(world.s("to-directory")).unwrap();
    symlink("real/file", world.s("to-directory")).unwrap();
    world.congruent_pass().changed([0, 1, 0, 0, 1]);
    world.congruent_pass().changed_nothing();
}

#[test]
fn holes_stay_holes() {
    let world = World::new();
    let hole = fs::File::create(world.s("sparse")).unwrap();
    hole.set_len(64 << 20).unwrap();
    hole.write_all_at(b"in the middle", 32 << 20).unwrap();
    fs::File::create(world.s("all-hole"))
        .unwrap()
        .set_len(8 << 20)
        .unwrap();
    world.congruent_pass();
    let blocks = |path| fs::metadata(path).unwrap().blocks();
    assert!(
        blocks(world.d("sparse")) <= blocks(world.s("sparse")) + 256,
        "{}",
        blocks(world.d("sparse"))
    );
    assert_eq!(blocks(world.d("all-hole")), 0);
    hole.write_all_at(b"elsewhere", 48 << 20).unwrap();
    world.congruent_pass().changed([0, 1, 0, 0, 0]);
    assert!(blocks(world.d("sparse")) <= blocks(world.s("sparse")) + 256);
}

#[test]
fn more_than_four_gibibytes_arrive_at_both_ends() {
    let world = World::new();
    let end = (4_u64 << 30) + 12_345;
    let file = fs::File::create(world.s("large")).unwrap();
    file.write_all_at(b"the beginning", 0).unwrap();
    file.write_all_at(b"the end", end).unwrap();
    // The oracles would read 4 GiB of nothing four times in a debug build's time: the digests are compared instead.
    let outcome = world.bare_pass().congruent();
    assert_eq!(outcome.number("bytes_sent"), end + 7);
    let copy = fs::File::open(world.d("large")).unwrap();
    let mut tail = [0; 8];
    assert_eq!(copy.metadata().unwrap().len(), end + 7);
    assert_eq!(copy.read_at(&mut tail, end - 1).unwrap(), 8);
    assert_eq!(&tail, b"\0the end");
    assert!(copy.metadata().unwrap().blocks() < 1024);
    done(Command::new("cmp").arg(world.s("large")).arg(world.d("large")));
    world.assert_list(&outcome.pair(), "standby", &world.dst());
}

#[test]
fn hard_links_are_kept_where_they_are_carried() {
    let world = World::carrying("mode,mtime,hardlink");
    world.file("b/leader", "one content");
    fs::create_dir(world.s("z")).unwrap();
    fs::hard_link(world.s("b/leader"), world.s("z/second")).unwrap();
    fs::hard_link(world.s("b/leader"), world.s("b/third")).unwrap();
    world.congruent_pass().sent(11);
    let inode = |path: &str| fs::metadata(world.d(path)).unwrap().ino();
    assert_eq!(inode("b/leader"), inode("z/second"));
    assert_eq!(inode("b/leader"), inode("b/third"));
    world.congruent_pass().changed_nothing();
    // The content of all names changes at once.
    fs::write(world.s("z/second"), "another content").unwrap();
    world.congruent_pass();
    assert_eq!(fs::metadata(world.d("b/leader")).unwrap().nlink(), 3);
    // One name becomes a file of its own.
    fs::remove_file(world.s("z/second")).unwrap();
    fs::write(world.s("z/second"), "its own").unwrap();
    world.congruent_pass();
    assert_ne!(inode("b/leader"), inode("z/second"));
    assert_eq!(inode("b/leader"), inode("b/third"));
    // The leader goes; an earlier name comes.
    fs::remove_file(world.s("b/leader")).unwrap();
    world.congruent_pass();
    fs::hard_link(world.s("b/third"), world.s("a-first")).unwrap();
    world.congruent_pass();
    assert_eq!(inode("a-first"), inode("b/third"));
    world.congruent_pass().changed_nothing();
}

#[test]
fn hard_links_are_files_of_their_own_where_they_are_not_carried() {
    let world = World::new();
    world.file("first", "content");
    fs::hard_link(world.s("first"), world.s("second")).unwrap();
    world.congruent_pass().sent(14);
    assert_eq!(fs::metadata(world.d("first")).unwrap().nlink(), 1);
    fs::write(world.s("second"), "changed").unwrap();
    world.congruent_pass().changed([0, 2, 0, 0, 0]);
}

#[test]
fn devices_sockets_and_fifos_are_declared_not_compared() {
    let world = World::new().comparing(&["--no-D"]);
    world.file("file", "content");
    on("mkfifo", &[], &world.s("fifo"));
    done(Command::new("mknod").arg(world.s("device")).args(["c", "1", "3"]));
    let _socket = std::os::unix::net::UnixListener::bind(world.s("socket")).unwrap();
    let outcome = world.congruent_pass();
    assert_eq!(
        (outcome.number("not_compared"), outcome.number("declared")),
        (3, 3)
    );
    assert!(!world.d("fifo").exists() && !world.d("device").exists() && !world.d("socket").exists());
    let again = world.congruent_pass().changed_nothing();
    assert_eq!(again.number("declared"), 3);
    let told = world
        .log(&again)
        .iter()
        .filter(|entry| entry["finding"]["code"] == "special")
        .count();
    assert_eq!(told, 3);
}

#[test]
fn a_name_changes_its_kind() {
    let world = World::new();
    let kinds = ["file", "directory", "symlink"];
    for (from, to) in kinds
        .iter()
        .flat_map(|from| kinds.map(|to| (*from, to)))
        .filter(|(from, to)| from != to)
    {
        make(&world, &format!("{from}-{to}"), from);
    }
    world.congruent_pass();
    for (from, to) in kinds
        .iter()
        .flat_map(|from| kinds.map(|to| (*from, to)))
        .filter(|(from, to)| from != to)
    {
        let name = format!("{from}-{to}");
        on("rm", &["-r"], &world.s(&name));
        make(&world, &name, to);
    }
    world.congruent_pass();
    assert!(world.versions(".").len() >= 6);
    world.congruent_pass().changed_nothing();
}

fn make(world: &World, name: &str, kind: &str) {
    match kind {
        "file" => fs::write(world.s(name), format!("file {name}")).unwrap(),
        "directory" => {
            world.file(format!("{name}/inside/one"), "1");
            world.file(format!("{name}/two"), "2");
        }
        _ => symlink(format!("target of {name}"), world.s(name)).unwrap(),
    }
}

#[test]
fn a_file_that_becomes_a_fifo_is_left_at_the_standby_and_declared() {
    let world = World::new().comparing(&["--no-D", "--exclude=/turns"]);
    world.file("turns", "a file");
    world.file("stays", "here");
    world.congruent_pass();
    fs::remove_file(world.s("turns")).unwrap();
    on("mkfifo", &[], &world.s("turns"));
    let outcome = world.bare_pass();
    assert_eq!(outcome.code, 0, "{outcome}");
    assert_eq!(outcome.number("declared"), 1, "{outcome}");
    fs::remove_file(world.s("turns")).unwrap();
    fs::write(world.s("turns"), "a file again").unwrap();
    world.congruent_pass();
}

#[test]
fn names_are_bytes() {
    let world = World::new().with_odd_names();
    let long = [b'x'; 255];
    let names: [&[u8]; 12] = [
        b"not-utf8-\xff\xfe",
        b"new\nline",
        b"esc\x1b[31mred",
        b"back\\slash",
        b"-dash",
        b" space ",
        b"...",
        b"*?[a]{b}",
        b"\x01\x7f",
        "gr\u{00fc}n \u{0301}".as_bytes(),
        b"CON.txt.",
        &long,
    ];
    for name in names {
        world.file([b"files/", name].concat(), name);
        world.file([b"dirs/", name, b"/", name].concat(), name);
    }
    let outcome = world.congruent_pass();
    assert_eq!(outcome.document["standby"]["files"], 24);
    for name in names {
        assert_eq!(fs::read(world.d([b"files/", name].concat())).unwrap(), name);
        fs::write(world.s([b"files/", name].concat()), b"changed").unwrap();
        on("rm", &["-r"], &world.s([b"dirs/", name].concat()));
    }
    world.congruent_pass().changed([0, 12, 24, 0, 1]);
    world.congruent_pass().changed_nothing();
    // What a person sees has no control byte; what history lists brings it back.
    let (_, said) = world.say(&["log"]);
    assert!(!said.contains('\x1b') && !said.contains("new\nline"), "{said:?}");
    let version = world.versions("files/esc\\x1b[31mred");
    assert_eq!(version.len(), 1, "{version:?}");
}

#[test]
fn a_path_may_be_longer_than_the_system_takes_at_once() {
    let world = World::new();
    let deep = |directory: &std::path::Path, what: &str| {
        done(
            Command::new("python3")
                .args(["-c", PYTHON_DEEP, what])
                .current_dir(directory),
        );
    };
    deep(&world.src(), "make");
    let outcome = world.bare_pass().congruent();
    assert_eq!(outcome.document["standby"]["directories"], 30);
    deep(&world.dst(), "check");
    deep(&world.src(), "change");
    world.bare_pass().congruent().changed([0, 1, 0, 0, 0]);
    let (code, said) = world.say(&["verify", "--reread"]);
    assert_eq!(code, 0, "{said}");
    // The temporary directory is removed by path, which cannot reach it.
    done(Command::new("rm").arg("-rf").arg(world.src()).arg(world.dst()));
}

/// Makes, checks or changes a file thirty directories of two hundred letters down, each entered from the one above.
const PYTHON_DEEP: &str = r"
import os, sys
name = 'd' * 200
for _ in range(30):
    if sys.argv[1] == 'make':
        os.mkdir(name)
    os.chdir(name)
if sys.argv[1] == 'check':
    assert open('file').read() == 'make'
else:
    open('file', 'w').write(sys.argv[1])
";

#[test]
fn one_directory_of_twenty_thousand_names() {
    let world = World::new();
    world.files("many", 20_000);
    world.file("other", "x");
    world.congruent_pass().changed([20_002, 0, 0, 0, 1]);
    fs::write(world.s("many/f10000"), "changed").unwrap();
    fs::remove_file(world.s("many/f19999")).unwrap();
    world.file("many/g", "new");
    world.congruent_pass().changed([1, 1, 1, 0, 1]);
    world.congruent_pass().changed_nothing();
}
