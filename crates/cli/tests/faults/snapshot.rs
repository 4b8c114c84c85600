//! What a tree holds at one moment, and whether every name is the old or the new entry, whole.

use counterpart_model::{Algorithm, Digest};
use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Path to entry, without `.counterpart` at the root.
pub(crate) type Tree = BTreeMap<PathBuf, Node>;

/// One entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Node {
    File(Content, Bits),
    Directory,
    Link(Vec<u8>),
    Other,
}

/// Content, by length and hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Content {
    pub(crate) len_bytes: u64,
    pub(crate) hash: Digest,
}

/// What else a file has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Bits {
    pub(crate) mode: u32,
    pub(crate) mtime: (i64, i64),
    pub(crate) ctime: (i64, i64),
}

impl Node {
    pub(crate) fn content(&self) -> Option<Content> {
        if let Self::File(content, _) = self {
            Some(*content)
        } else {
            None
        }
    }

    /// The same entry: of a file the content, the mode and the time; of a directory, that it is one.
    pub(crate) fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File(content, bits), Self::File(other, others)) => {
                content == other && bits.mode == others.mode && bits.mtime == others.mtime
            }
            (left, right) => left == right,
        }
    }

    /// A name that goes or changes may be one of several of its file: mode and time of one that stays show under all.
    fn is_old_beside(&self, old: Option<&Self>, new: &Tree) -> bool {
        let is_old = self.content().is_some() && self.content() == old.and_then(Self::content);
        let mut stay = new.values().filter(|other| other.content() == self.content());
        is_old && stay.any(|other| self.is_either(old, Some(other)))
    }

    /// The old entry or the new one. Where the content stays, mode and time may change one after the other.
    fn is_either(&self, old: Option<&Self>, new: Option<&Self>) -> bool {
        if let (Self::File(now, bits), Some(Self::File(before, old)), Some(Self::File(after, new))) =
            (self, old, new)
            && before == after
        {
            let mode = bits.mode == old.mode || bits.mode == new.mode;
            return now == before && mode && (bits.mtime == old.mtime || bits.mtime == new.mtime);
        }
        [old, new].into_iter().flatten().any(|known| self.is(known))
    }
}

pub(crate) fn hash(bytes: &[u8]) -> Content {
    Content {
        len_bytes: bytes.len() as u64,
        hash: Algorithm::Blake3.of(bytes),
    }
}

/// Reads a tree. What goes away meanwhile is left out.
pub(crate) fn take(root: &Path) -> Tree {
    take_without(root, ".counterpart")
}

/// Reads a tree but for one name at its root.
pub(crate) fn take_without(root: &Path, left_out: &str) -> Tree {
    let mut tree = Tree::new();
    enter(root, Path::new(""), left_out, &mut tree);
    tree
}

fn enter(root: &Path, beneath: &Path, left_out: &str, tree: &mut Tree) {
    let Ok(listed) = std::fs::read_dir(root.join(beneath)) else {
        return;
    };
    for found in listed {
        let path = beneath.join(found.unwrap().file_name());
        if path.as_os_str() == left_out {
            continue;
        }
        let Some(node) = node(&root.join(&path)) else {
            continue;
        };
        let is_directory = node == Node::Directory;
        tree.insert(path.clone(), node);
        if is_directory {
            enter(root, &path, left_out, tree);
        }
    }
}

fn node(path: &Path) -> Option<Node> {
    let stat = path.symlink_metadata().ok()?;
    Some(if stat.is_file() {
        let content = match std::fs::read(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
            read => hash(&read.unwrap_or_else(|error| panic!("reading {}: {error}", path.display()))),
        };
        let bits = Bits {
            mode: stat.mode() & 0o7777,
            mtime: (stat.mtime(), stat.mtime_nsec()),
            ctime: (stat.ctime(), stat.ctime_nsec()),
        };
        Node::File(content, bits)
    } else if stat.is_dir() {
        Node::Directory
    } else if stat.is_symlink() {
        Node::Link(std::fs::read_link(path).ok()?.as_os_str().as_bytes().to_vec())
    } else {
        Node::Other
    })
}

/// True when both hold the same entries under the same names.
pub(crate) fn same(one: &Tree, other: &Tree) -> bool {
    let mut pairs = one.iter().zip(other);
    one.len() == other.len() && pairs.all(|((left, one), (right, other))| left == right && one.is(other))
}

/// The regular files of a tree, as paths from where this program stands.
pub(crate) fn files(root: &Path) -> Vec<PathBuf> {
    let tree = take(root);
    let files = tree.iter().filter(|(_, node)| node.content().is_some());
    files.map(|(path, _)| root.join(path)).collect()
}

/// Every name holds the old entry or the new one, whole; what both have is there; and nothing else is.
pub(crate) fn assert_old_or_new(what: &str, old: &Tree, new: &Tree, now: &Tree) {
    let wrong = wrongs(old, new, now);
    assert!(
        wrong.is_empty(),
        "{what}: {} names are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// What is neither old nor new, in words.
pub(crate) fn wrongs(old: &Tree, new: &Tree, now: &Tree) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, node) in now {
        let before = old.get(path);
        if !node.is_either(before, new.get(path)) && !node.is_old_beside(before, new) {
            let (old, new) = (old.get(path), new.get(path));
            wrong.push(format!(
                "{}: {node:?}\n   was {old:?}\n   to be {new:?}",
                path.display()
            ));
        }
    }
    for path in old
        .keys()
        .filter(|path| new.contains_key(*path) && !now.contains_key(*path))
    {
        wrong.push(format!("{}: absent", path.display()));
    }
    wrong
}
