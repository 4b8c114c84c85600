//! A full listing of a tree: everything that stat tells but the time of access, and what files hold.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hasher as _};
use std::io::Read as _;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

/// Larger files are listed without their content: their times tell.
const MAX_HASHED_BYTES: u64 = 64 << 20;

/// One line an entry.
#[derive(PartialEq, Eq, Debug)]
pub struct Listing(BTreeMap<PathBuf, String>);

/// Lists a tree, the root included; nothing where it is not there.
pub fn listing(root: &Path) -> Listing {
    let mut lines = BTreeMap::new();
    if fs::symlink_metadata(root).is_ok() {
        add(root, Path::new(""), &mut lines);
    }
    Listing(lines)
}

fn add(root: &Path, path: &Path, lines: &mut BTreeMap<PathBuf, String>) {
    let at = root.join(path);
    let stat = fs::symlink_metadata(&at).unwrap();
    lines.insert(path.to_owned(), line(&at, &stat));
    if !stat.is_dir() {
        return;
    }
    for entry in fs::read_dir(&at).unwrap() {
        let path = path.join(entry.unwrap().file_name());
        // Who holds a standby writes its name there, and takes it out again, also where a guard then refuses.
        if path != Path::new(".counterpart/lock") {
            add(root, &path, lines);
        }
    }
}

fn line(at: &Path, stat: &fs::Metadata) -> String {
    let kind = stat.file_type();
    let content = if kind.is_symlink() {
        format!("{}", fs::read_link(at).unwrap().display())
    } else if kind.is_file() && stat.len() <= MAX_HASHED_BYTES {
        digest(at)
    } else if kind.is_char_device() || kind.is_block_device() {
        format!("{}", stat.rdev())
    } else {
        String::new()
    };
    format!(
        "mode {:o} owner {}:{} size {} links {} inode {} mtime {}.{} ctime {}.{} {content}",
        stat.mode(),
        stat.uid(),
        stat.gid(),
        stat.size(),
        stat.nlink(),
        stat.ino(),
        stat.mtime(),
        stat.mtime_nsec(),
        stat.ctime(),
        stat.ctime_nsec()
    )
}

fn digest(at: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    let mut file = fs::File::open(at).unwrap();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer).unwrap() {
            0 => return format!("{:016x}", hasher.finish()),
            len => hasher.write(&buffer[..len]),
        }
    }
}

impl Listing {
    /// Fails with the lines that differ.
    pub fn assert_same(&self, after: &Self, what: &str) {
        if self == after {
            return;
        }
        let paths: std::collections::BTreeSet<&PathBuf> = self.0.keys().chain(after.0.keys()).collect();
        let lines: Vec<String> = paths
            .into_iter()
            .filter(|path| self.0.get(*path) != after.0.get(*path))
            .map(|path| {
                format!(
                    "{}\n  before: {:?}\n  after:  {:?}",
                    path.display(),
                    self.0.get(path),
                    after.0.get(path)
                )
            })
            .collect();
        panic!("{what}:\n{}", lines.join("\n"));
    }

    /// The paths, without the root.
    pub fn paths(&self) -> Vec<String> {
        self.0
            .keys()
            .map(|path| path.display().to_string())
            .filter(|path| !path.is_empty())
            .collect()
    }
}
