//! Trees in memory.

use counterpart_model::{Algorithm, Content, Digest, EntryPath, Fact, Kind, Tally, Timestamp, line};
use std::collections::BTreeMap;

/// A tree without its root.
pub(crate) type Tree = BTreeMap<EntryPath, Node>;

/// One entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) mode: u32,
    pub(crate) mtime: i64,
    pub(crate) bytes: Vec<u8>,
    pub(crate) target: Vec<u8>,
    /// Changes with every change of the entry: inode and time of change in one.
    pub(crate) stamp: u64,
}

pub(crate) fn path(text: &str) -> EntryPath {
    EntryPath::checked(text.as_bytes()).unwrap()
}

fn node(kind: Kind, mtime: i64) -> Node {
    Node {
        kind,
        mode: 0o644,
        mtime,
        bytes: Vec::new(),
        target: Vec::new(),
        stamp: 0,
    }
}

pub(crate) fn file(bytes: &str, mtime: i64) -> Node {
    Node {
        bytes: bytes.into(),
        ..node(Kind::File, mtime)
    }
}

pub(crate) fn dir() -> Node {
    node(Kind::Directory, 1)
}

pub(crate) fn link(target: &str) -> Node {
    Node {
        target: target.into(),
        ..node(Kind::Symlink, 1)
    }
}

/// A further name of a file that holds these bytes.
pub(crate) fn hard_link(target: &str, bytes: &str, mtime: i64) -> Node {
    Node {
        bytes: bytes.into(),
        target: target.into(),
        ..node(Kind::HardLink, mtime)
    }
}

impl Node {
    /// Its fact, with the content unread.
    pub(crate) fn fact(&self) -> Fact {
        let mut fact = Fact::of(self.kind);
        if self.kind != Kind::HardLink {
            fact.size_bytes = self.bytes.len() as u64;
        }
        fact.target.clone_from(&self.target);
        fact.metadata.mode = (self.kind != Kind::Symlink).then_some(self.mode);
        fact.metadata.mtime = Some(Timestamp::new(self.mtime, 0));
        fact
    }

    /// Its fact as a reader sees it, who knows one file, whatever other names it has.
    pub(crate) fn opened(&self) -> Fact {
        let kind = if self.kind == Kind::HardLink {
            Kind::File
        } else {
            self.kind
        };
        let target = Vec::new();
        let node = Self {
            kind,
            target,
            ..self.clone()
        };
        node.fact()
    }

    /// What a standby makes of a fact and bytes.
    pub(crate) fn made(fact: &Fact, bytes: Vec<u8>, stamp: u64) -> Self {
        Self {
            kind: fact.kind,
            mode: fact.metadata.mode.unwrap_or(0o644),
            mtime: fact.metadata.mtime.unwrap_or_default().seconds,
            bytes,
            target: fact.target.clone(),
            stamp,
        }
    }
}

/// A tree as both sites must agree on it: every stamp is the same.
pub(crate) fn plain(tree: &Tree) -> Tree {
    let one = |(path, node): (&EntryPath, &Node)| {
        let node = Node {
            stamp: 0,
            ..node.clone()
        };
        (path.clone(), node)
    };
    tree.iter().map(one).collect()
}

pub(crate) fn tally<'a>(facts: impl Iterator<Item = &'a Fact>) -> Tally {
    let mut tally = Tally::default();
    facts.for_each(|fact| tally.add(fact));
    tally
}

/// A root over facts; any that tells two lists apart will do here.
pub(crate) fn root<'a>(facts: impl Iterator<Item = (&'a EntryPath, &'a Fact)>) -> Digest {
    let mut text = String::new();
    for (path, fact) in facts {
        line::push(path.as_bytes(), fact, &mut text);
        text.push('\n');
    }
    Algorithm::Sha256.of(text.as_bytes())
}

pub(crate) fn unread<'a>(facts: impl Iterator<Item = &'a Fact>) -> Tally {
    tally(facts.filter(|fact| fact.content == Content::Unread))
}
