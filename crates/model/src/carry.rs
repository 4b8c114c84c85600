//! Which classes of metadata a pair carries, and so compares.

use serde::{Deserialize, Serialize};

/// One class of metadata.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MetadataClass {
    /// Permission bits, with set-user-id, set-group-id and sticky.
    Mode,
    /// Time of last modification.
    Mtime,
    /// User and group, by name or by number.
    Owner,
    /// Extended attributes of the `user.` name space.
    Xattr,
    /// POSIX access control lists, access and default.
    Acl,
    /// Which names are one file.
    Hardlink,
}

/// A set of metadata classes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Carry(u8);

impl MetadataClass {
    /// Every class, in the order in which documents list them.
    pub const ALL: [Self; 6] = [
        Self::Mode,
        Self::Mtime,
        Self::Owner,
        Self::Xattr,
        Self::Acl,
        Self::Hardlink,
    ];

    /// The word in configuration and certificates.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mode => "mode",
            Self::Mtime => "mtime",
            Self::Owner => "owner",
            Self::Xattr => "xattr",
            Self::Acl => "acl",
            Self::Hardlink => "hardlink",
        }
    }

    /// The class of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.word() == word)
    }
}

impl Carry {
    /// No class at all.
    pub const NOTHING: Self = Self(0);

    /// A set of classes.
    pub fn of(classes: &[MetadataClass]) -> Self {
        Self(classes.iter().fold(0, |bits, class| bits | bit(*class)))
    }

    /// True when the class is in the set.
    pub const fn has(self, class: MetadataClass) -> bool {
        self.0 & bit(class) != 0
    }

    /// The set with one class more.
    pub const fn with(self, class: MetadataClass) -> Self {
        Self(self.0 | bit(class))
    }

    /// The set without one class.
    pub const fn without(self, class: MetadataClass) -> Self {
        Self(self.0 & !bit(class))
    }

    /// The classes in the set, in documents' order.
    pub fn classes(self) -> impl Iterator<Item = MetadataClass> {
        MetadataClass::ALL
            .into_iter()
            .filter(move |class| self.has(*class))
    }
}

const fn bit(class: MetadataClass) -> u8 {
    1 << class as u8
}

impl Default for Carry {
    /// `mode` and `mtime`.
    fn default() -> Self {
        Self::of(&[MetadataClass::Mode, MetadataClass::Mtime])
    }
}

impl Serialize for Carry {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Binary formats write the length first.
        self.classes().collect::<Vec<_>>().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Carry {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<MetadataClass>::deserialize(deserializer).map(|classes| Self::of(&classes))
    }
}
