//! What the walk makes of a listing that tells no kinds, or the wrong one: some filesystems give none.

use super::WalkOptions;
use super::folder::Folder;
use super::look::{Context, Seen};
use super::names::Hint;
use crate::Root;
use crate::exclude::Excluder;
use rustix::fd::AsFd;
use std::ffi::CString;
use std::fs;

/// What is seen of a name, by what the listing says of it; a pattern leaves out directories and another one files.
fn seen(name: &str, hint: Hint) -> &'static str {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("cache")).unwrap();
    fs::create_dir(dir.path().join("x.tar")).unwrap();
    fs::write(dir.path().join("y.tar"), b"x").unwrap();
    fs::write(dir.path().join("plain"), b"x").unwrap();
    let patterns = [
        "*.tar".to_owned(),
        "!x.tar/".to_owned(),
        "cache/".to_owned(),
        "plain/".to_owned(),
    ];
    let excluder = Excluder::new(&patterns).unwrap();
    let context = Context::new(WalkOptions {
        excluder,
        ..WalkOptions::new(dir.path().into())
    });
    let folder = Folder::root(&Root::open(dir.path()).unwrap(), false).unwrap();
    let handle = folder.open().unwrap();
    let name = CString::new(name).unwrap();
    match context.see(&folder, handle.as_fd(), name.to_bytes(), &name, hint) {
        Seen::There(_) => "there",
        Seen::LeftOut(_) => "left out",
        Seen::Gone => "gone",
        Seen::Failed(_) => "failed",
    }
}

#[test]
fn excludes_hold_where_the_listing_tells_no_kinds() {
    for (name, wanted) in [
        ("cache", "left out"),
        ("x.tar", "there"),
        ("y.tar", "left out"),
        ("plain", "there"),
    ] {
        assert_eq!(seen(name, Hint::Unknown), wanted, "{name}");
    }
}

#[test]
fn what_the_stat_says_outweighs_the_listing() {
    assert_eq!(seen("cache", Hint::Other), "left out");
    assert_eq!(seen("cache", Hint::Directory), "left out");
    assert_eq!(seen("x.tar", Hint::Directory), "there");
    assert_eq!(seen("plain", Hint::Other), "there");
    assert_eq!(seen("missing", Hint::Unknown), "gone");
}
