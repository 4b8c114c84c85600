//! A production of about four hundred entries, and random changes of every kind to it.

use crate::snapshot::{self, Node, Tree};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Longest file, in bytes.
pub(crate) const LONGEST: u64 = 40_000;
/// About how many entries there are.
const ENTRIES: usize = 400;

/// A small deterministic generator; its seed is printed by the tests that use one.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 16).unwrap() % bound.max(1)
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// A production that is written and changed.
pub(crate) struct Archive {
    root: PathBuf,
    random: Random,
    /// Makes every name and content unlike all others.
    count: u64,
}

impl Archive {
    pub(crate) fn new(root: &Path, seed: u64) -> Self {
        let mut archive = Self {
            root: root.to_owned(),
            random: Random::new(seed),
            count: 0,
        };
        for folder in 0..16 {
            let folder = PathBuf::from(format!("study-{folder:02}"));
            archive.mkdir(&folder);
            archive.new_files(&folder, 22);
        }
        archive
    }

    /// One day of changes of every kind.
    pub(crate) fn change(&mut self) {
        for _ in 0..14 {
            self.rewrite();
        }
        (0..6).for_each(|_| self.rename_file());
        self.rename_folder();
        (0..3).for_each(|_| self.new_folder());
        (0..3).for_each(|_| self.change_kind());
        (0..3).for_each(|_| self.link());
        (0..3).for_each(|_| self.touch());
        for _ in 0..8 {
            let folder = self.some_folder();
            self.new_files(&folder, 1);
        }
        self.remove_some();
    }

    fn tree(&self) -> Tree {
        snapshot::take(&self.root)
    }

    fn paths(&self, of: impl Fn(&Node) -> bool) -> Vec<PathBuf> {
        self.tree()
            .into_iter()
            .filter(|(_, node)| of(node))
            .map(|(path, _)| path)
            .collect()
    }

    fn some_file(&mut self) -> PathBuf {
        let files = self.paths(|node| node.content().is_some());
        self.random.pick(&files).clone()
    }

    fn some_folder(&mut self) -> PathBuf {
        let folders = self.paths(|node| *node == Node::Directory);
        self.random.pick(&folders).clone()
    }

    fn at(&self, path: &Path) -> PathBuf {
        self.root.join(path)
    }

    fn fresh(&mut self, what: &str) -> String {
        self.count += 1;
        format!("{what}-{:05}", self.count)
    }

    fn mkdir(&self, path: &Path) {
        std::fs::create_dir(self.at(path)).unwrap();
    }

    fn new_files(&mut self, folder: &Path, number: usize) {
        for _ in 0..number {
            let name = self.fresh("image");
            self.write(&folder.join(name));
        }
    }

    /// Writes content that no other file ever had.
    fn write(&mut self, path: &Path) {
        self.count += 1;
        let len = self.random.below(usize::try_from(LONGEST).unwrap() - 40) + 40;
        let mut bytes = format!("{:020} {}\n", self.count, path.display()).into_bytes();
        while bytes.len() < len {
            bytes.extend_from_slice(&self.random.next().to_le_bytes());
        }
        let path = self.at(path);
        std::fs::write(&path, bytes).unwrap();
        let mode = *self.random.pick(&[0o644, 0o600, 0o640, 0o444]);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    fn rewrite(&mut self) {
        let path = self.some_file();
        self.write(&path);
    }

    fn rename_file(&mut self) {
        let (from, folder) = (self.some_file(), self.some_folder());
        let to = folder.join(self.fresh("moved"));
        std::fs::rename(self.at(&from), self.at(&to)).unwrap();
    }

    fn rename_folder(&mut self) {
        let from = self.some_folder();
        let to = PathBuf::from(self.fresh("folder"));
        std::fs::rename(self.at(&from), self.at(&to)).unwrap();
    }

    fn new_folder(&mut self) {
        let above = if self.random.below(2) == 0 {
            PathBuf::new()
        } else {
            self.some_folder()
        };
        let folder = above.join(self.fresh("new"));
        self.mkdir(&folder);
        self.new_files(&folder, 6);
        self.mkdir(&folder.join("inner"));
        self.new_files(&folder.join("inner"), 4);
        self.mkdir(&folder.join("empty"));
        symlink("inner/somewhere", self.at(&folder.join("link"))).unwrap();
    }

    /// A file becomes a link or a folder; a link becomes a file.
    fn change_kind(&mut self) {
        let file = self.some_file();
        std::fs::remove_file(self.at(&file)).unwrap();
        if self.random.below(2) == 0 {
            symlink(self.fresh("nowhere"), self.at(&file)).unwrap();
        } else {
            self.mkdir(&file);
            self.new_files(&file, 2);
        }
        let links = self.paths(|node| matches!(node, Node::Link(_)));
        if !links.is_empty() {
            let link = self.random.pick(&links).clone();
            std::fs::remove_file(self.at(&link)).unwrap();
            self.write(&link);
        }
    }

    fn link(&mut self) {
        let (from, folder) = (self.some_file(), self.some_folder());
        let to = folder.join(self.fresh("linked"));
        std::fs::hard_link(self.at(&from), self.at(&to)).unwrap();
    }

    /// Metadata alone changes.
    fn touch(&mut self) {
        let (first, second) = (self.some_file(), self.some_file());
        std::fs::set_permissions(self.at(&first), std::fs::Permissions::from_mode(0o660)).unwrap();
        let time = UNIX_EPOCH + Duration::from_secs(1_000_000_000 + self.count);
        std::fs::File::open(self.at(&second))
            .unwrap()
            .set_modified(time)
            .unwrap();
    }

    /// Removes some files and whole folders, so that there are about as many entries as ever.
    fn remove_some(&mut self) {
        for _ in 0..6 {
            let file = self.some_file();
            std::fs::remove_file(self.at(&file)).unwrap();
        }
        for _ in 0..100 {
            let (folder, tree) = (self.some_folder(), self.tree());
            let beneath = tree.keys().filter(|path| path.starts_with(&folder)).count();
            if tree.len() < ENTRIES {
                break;
            }
            if beneath < 60 {
                std::fs::remove_dir_all(self.at(&folder)).unwrap();
            }
        }
    }
}

/// Sleeps until everything that was changed lies in an earlier second than what begins now.
pub(crate) fn let_a_second_pass() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    std::thread::sleep(
        Duration::from_millis(1_020).saturating_sub(Duration::from_nanos(u64::from(now.subsec_nanos()))),
    );
}
