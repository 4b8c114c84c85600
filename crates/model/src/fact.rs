//! Facts: what is true of an entry and must be equal at both sites. Only facts are in a root, and only facts travel.
//!
//! What a site knows besides (inode, exact times, how a digest was got) is an [`crate::Observation`] and stays there.

use crate::{Digest, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What an entry is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link; its target is kept byte for byte and never followed.
    Symlink,
    /// A further name of a file whose first name, in path order, is the link's leader. Only where `hardlink` is carried.
    HardLink,
    /// A device, socket or FIFO.
    Special,
}

/// Whether an entry takes part in the comparison.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub enum Standing {
    /// It does.
    #[default]
    Compared,
    /// A stub of hierarchical storage: its content lies elsewhere, and it is not opened.
    Stub,
    /// A device, socket or FIFO: nothing of it can be compared.
    Special,
}

/// What is known of a file's content.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub enum Content {
    /// The entry has none: it is not a file.
    #[default]
    None,
    /// A file whose present content has not been read.
    Unread,
    /// The digest of the content.
    Digest(Digest),
}

/// User and group of an entry as `user:group`, by name or by number as the policy says.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Owner(pub Box<str>);

/// The metadata classes that the pair carries; a class that is not carried is `None`, so that it never differs.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Metadata {
    /// Permission bits (the low twelve); `None` for symbolic links.
    pub mode: Option<u32>,
    /// Time of last modification, at the pair's grain.
    pub mtime: Option<Timestamp>,
    /// User and group.
    pub owner: Option<Owner>,
    /// Digest of the carried extended attributes, as `tree` writes them out; `None` when there are none.
    pub xattr: Option<Digest>,
    /// Digest of the access control lists; `None` when there are none.
    pub acl: Option<Digest>,
}

/// What is true of one entry.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Fact {
    /// What it is.
    pub kind: Kind,
    /// Whether it takes part in the comparison.
    pub standing: Standing,
    /// Length of a file's content in bytes; 0 for every other kind.
    pub size_bytes: u64,
    /// A file's content.
    pub content: Content,
    /// Target of a symbolic link, or leader's path of a hard link; empty otherwise.
    #[serde(with = "serde_bytes")]
    pub target: Vec<u8>,
    /// Carried metadata.
    pub metadata: Metadata,
}

impl Fact {
    /// A fact of a kind with nothing else said yet.
    pub fn of(kind: Kind) -> Self {
        let content = if kind == Kind::File {
            Content::Unread
        } else {
            Content::None
        };
        let standing = if kind == Kind::Special {
            Standing::Special
        } else {
            Standing::Compared
        };
        Self {
            kind,
            standing,
            size_bytes: 0,
            content,
            target: Vec::new(),
            metadata: Metadata::default(),
        }
    }

    /// The digest of the content, where it is known.
    pub const fn digest(&self) -> Option<Digest> {
        match self.content {
            Content::Digest(digest) => Some(digest),
            Content::None | Content::Unread => None,
        }
    }

    /// True when the content exists and was not read.
    pub fn is_unread(&self) -> bool {
        self.content == Content::Unread
    }

    /// True when kind, size and target agree: all that a stat can say of the content but its times.
    pub fn same_shape(&self, other: &Self) -> bool {
        self.kind == other.kind && self.size_bytes == other.size_bytes && self.target == other.target
    }

    /// Whether the contents are known to agree (`Some(true)`), known to differ, or not known (`None`).
    pub fn same_content(&self, other: &Self) -> Option<bool> {
        if !self.same_shape(other) {
            return Some(false);
        }
        match (self.content, other.content) {
            (Content::None, Content::None) => Some(true),
            (Content::Digest(left), Content::Digest(right)) => Some(left == right),
            _ => None,
        }
    }
}

impl Kind {
    /// The word in fact lines and exports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Directory => "directory",
            Self::Symlink => "symlink",
            Self::HardLink => "hardlink",
            Self::Special => "special",
        }
    }

    /// The kind of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        let all = [
            Self::File,
            Self::Directory,
            Self::Symlink,
            Self::HardLink,
            Self::Special,
        ];
        all.into_iter().find(|kind| kind.word() == word)
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}
