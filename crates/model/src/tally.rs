//! Counts that go with every list: how many files, directories and links, how many bytes.

use crate::{Fact, Kind};
use serde::{Deserialize, Serialize};

/// How much a stream of entries holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Regular files; a hard link counts as its own file.
    pub files: u64,
    /// Directories, without the root.
    pub directories: u64,
    /// Symbolic links.
    pub symlinks: u64,
    /// Devices, sockets and FIFOs.
    pub specials: u64,
    /// Bytes of content of the regular files, holes included.
    pub bytes: u64,
}

impl Tally {
    /// Adds one entry.
    pub fn add(&mut self, fact: &Fact) {
        self.shift(fact, 1);
        self.bytes += fact.size_bytes;
    }

    /// Takes one entry away that was added before.
    pub fn subtract(&mut self, fact: &Fact) {
        self.shift(fact, u64::MAX);
        self.bytes = self.bytes.wrapping_sub(fact.size_bytes);
    }

    /// Adds all of another tally.
    pub fn merge(&mut self, other: &Self) {
        self.files += other.files;
        self.directories += other.directories;
        self.symlinks += other.symlinks;
        self.specials += other.specials;
        self.bytes += other.bytes;
    }

    /// All entries, of whatever kind.
    pub fn entries(&self) -> u64 {
        self.files + self.directories + self.symlinks + self.specials
    }

    fn shift(&mut self, fact: &Fact, by: u64) {
        let count = match fact.kind {
            Kind::File | Kind::HardLink => &mut self.files,
            Kind::Directory => &mut self.directories,
            Kind::Symlink => &mut self.symlinks,
            Kind::Special => &mut self.specials,
        };
        *count = count.wrapping_add(by);
    }
}
