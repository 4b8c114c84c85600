//! What the tests of the observing half share: trees to walk, and a walk's outcome in a form to compare.

#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "each test file uses a part"
)]

use counterpart_model::{EntryPath, Kind, path};
use counterpart_tree::exclude::Excluder;
use counterpart_tree::{Root, WalkOptions, Walked, Walker, What};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A tree to be walked and a folder for spools, both removed at the end.
pub struct Ground {
    pub dir: TempDir,
}

impl Ground {
    pub fn new() -> Self {
        let ground = Self {
            dir: TempDir::new().unwrap(),
        };
        fs::create_dir(ground.tree()).unwrap();
        fs::create_dir(ground.spool()).unwrap();
        ground
    }

    pub fn tree(&self) -> PathBuf {
        self.dir.path().join("tree")
    }

    pub fn spool(&self) -> PathBuf {
        self.dir.path().join("spool")
    }

    pub fn root(&self) -> Root {
        Root::open(&self.tree()).unwrap()
    }

    pub fn at(&self, path: impl AsRef<[u8]>) -> PathBuf {
        self.tree().join(OsStr::from_bytes(path.as_ref()))
    }

    /// Makes a directory with all above it.
    pub fn folder(&self, path: impl AsRef<[u8]>) {
        fs::create_dir_all(self.at(path)).unwrap();
    }

    /// Makes a file with all above it.
    pub fn file(&self, path: impl AsRef<[u8]>, content: &[u8]) {
        let at = self.at(path);
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        fs::write(at, content).unwrap();
    }

    pub fn options(&self) -> WalkOptions {
        WalkOptions::new(self.spool())
    }

    pub fn excluding(&self, patterns: &[&str]) -> WalkOptions {
        WalkOptions {
            excluder: excluder(patterns),
            ..self.options()
        }
    }

    pub fn walk(&self, options: WalkOptions) -> Vec<Walked> {
        walk(&self.root(), options)
    }
}

pub fn excluder(patterns: &[&str]) -> Excluder {
    let patterns: Vec<String> = patterns.iter().map(|&pattern| pattern.to_owned()).collect();
    Excluder::new(&patterns).unwrap()
}

/// Everything that a walk meets.
pub fn walk(root: &Root, options: WalkOptions) -> Vec<Walked> {
    let mut walker = Walker::new(root, options);
    let mut met = Walked::default();
    let mut all = Vec::new();
    while walker.next_into(&mut met).unwrap() {
        all.push(met.clone());
    }
    assert!(!walker.next_into(&mut met).unwrap(), "the end stays the end");
    all
}

/// The paths of entries with their kinds, in the order of the walk.
pub fn entries(all: &[Walked]) -> Vec<(Vec<u8>, Kind)> {
    let entry = |walked: &Walked| match &walked.what {
        What::Entry(stat) => Some((walked.path.as_bytes().to_vec(), stat.kind)),
        _ => None,
    };
    all.iter().filter_map(entry).collect()
}

/// The same found by the standard library, sorted by the model's rule.
pub fn expected(tree: &Path) -> Vec<(Vec<u8>, Kind)> {
    let mut found = vec![(Vec::new(), Kind::Directory)];
    collect(tree, &EntryPath::root(), &mut found);
    found.sort_by(|left, right| path::compare(&left.0, &right.0));
    found
}

fn collect(at: &Path, beneath: &EntryPath, found: &mut Vec<(Vec<u8>, Kind)>) {
    for entry in fs::read_dir(at).unwrap() {
        let entry = entry.unwrap();
        let kind = match entry.file_type().unwrap() {
            kind if kind.is_dir() => Kind::Directory,
            kind if kind.is_file() => Kind::File,
            kind if kind.is_symlink() => Kind::Symlink,
            _ => Kind::Special,
        };
        let path = beneath.join(&entry.file_name().into_vec());
        found.push((path.as_bytes().to_vec(), kind));
        if kind == Kind::Directory {
            collect(&entry.path(), &path, found);
        }
    }
}

pub fn path(bytes: impl AsRef<[u8]>) -> EntryPath {
    EntryPath::trusted(bytes.as_ref())
}

/// One line an event, for comparing whole walks: `E path`, `X path`, `U path code`, `S path code`, `M path`.
pub fn lines(all: &[Walked]) -> Vec<String> {
    let line = |walked: &Walked| match &walked.what {
        What::Entry(stat) => format!("E {} {} {}", walked.path, stat.kind.word(), stat.inode),
        What::Excluded(stat) => format!("X {} {}", walked.path, stat.is_some()),
        What::Unlisted(failure) => format!("U {} {}", walked.path, failure.code),
        What::Unstatable(failure) => format!("S {} {}", walked.path, failure.code),
        What::Mount(mounted) => format!("M {} {}", walked.path, mounted.kind),
    };
    all.iter().map(line).collect()
}
