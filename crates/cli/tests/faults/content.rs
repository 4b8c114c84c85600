//! A production of about four hundred entries, and random changes of every kind to it.

use std::fs::FileType;
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

/// The seed that a test was told to replay, or one that no run had before.
pub(crate) fn seed() -> u64 {
    let told = std::env::var("COUNTERPART_SEED").ok();
    told.and_then(|text| text.parse().ok()).unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        u64::from(now.subsec_nanos()) * 1_000 + u64::from(std::process::id()) % 1_000
    })
}

/// How often a loop runs: so many times as often in a soak.
pub(crate) fn times(usual: u32) -> u32 {
    let factor = std::env::var("COUNTERPART_SOAK")
        .ok()
        .and_then(|text| text.parse::<u32>().ok());
    usual.saturating_mul(factor.unwrap_or(1).max(1))
}

/// A file that no change touches, so that a test may.
pub(crate) const SPARED: &str = "spared";

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

    /// The paths of one kind, in order. No content is read: every change asks.
    fn paths(&self, of: impl Fn(FileType) -> bool) -> Vec<PathBuf> {
        let mut found = Vec::new();
        list(&self.root, Path::new(""), &mut found);
        found.retain(|(path, _)| path != Path::new(SPARED));
        found.sort_by(|(one, _), (other, _)| one.as_os_str().cmp(other.as_os_str()));
        let of_kind = found.into_iter().filter(|(_, kind)| of(*kind));
        of_kind.map(|(path, _)| path).collect()
    }

    fn some_file(&mut self) -> PathBuf {
        let files = self.paths(|kind| kind.is_file());
        self.random.pick(&files).clone()
    }

    fn some_folder(&mut self) -> PathBuf {
        let folders = self.paths(|kind| kind.is_dir());
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
        let links = self.paths(|kind| kind.is_symlink());
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
            let (folder, all) = (self.some_folder(), self.paths(|_| true));
            let beneath = all.iter().filter(|path| path.starts_with(&folder)).count();
            if all.len() < ENTRIES {
                break;
            }
            if beneath < 60 {
                std::fs::remove_dir_all(self.at(&folder)).unwrap();
            }
        }
    }
}

fn list(root: &Path, beneath: &Path, found: &mut Vec<(PathBuf, FileType)>) {
    for entry in std::fs::read_dir(root.join(beneath)).unwrap() {
        let entry = entry.unwrap();
        let (path, kind) = (beneath.join(entry.file_name()), entry.file_type().unwrap());
        if kind.is_dir() {
            list(root, &path, found);
        }
        found.push((path, kind));
    }
}

/// Sleeps until everything that was changed lies in an earlier second than what begins now.
pub(crate) fn let_a_second_pass() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    std::thread::sleep(
        Duration::from_millis(1_020).saturating_sub(Duration::from_nanos(u64::from(now.subsec_nanos()))),
    );
}
