//! Where things lie in the state directory.

use crate::failing::{damaged, io_at};
use counterpart_model::{Algorithm, Failure, SiteRole};
use std::fmt::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// Longest directory name that is made of a pair's name as it is; longer ones end in a digest.
const MAX_NAME_BYTES: usize = 120;

/// The directory that holds the state of all pairs of this host.
#[derive(Clone, Debug)]
pub struct StateDir {
    path: PathBuf,
}

/// The directory of one pair.
#[derive(Clone, Debug)]
pub struct PairDir {
    path: PathBuf,
}

impl StateDir {
    /// Opens the state directory, and makes it when it is not there.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        make(path, true)?;
        Ok(Self {
            path: path.to_owned(),
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The directory of a pair, made when it is not there.
    pub fn pair(&self, name: &str) -> Result<PairDir, Failure> {
        let pairs = child(&self.path, "pairs")?;
        let path = child(&pairs, &file_name(name))?;
        Ok(PairDir { path })
    }
}

impl PairDir {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What one site of the pair keeps.
    pub fn site(&self, role: SiteRole) -> Result<PathBuf, Failure> {
        child(&self.path, role.word())
    }

    /// The journal.
    pub fn journal_dir(&self) -> Result<PathBuf, Failure> {
        child(&self.path, "journal")
    }

    /// Certificates with their signatures.
    pub fn certificates_dir(&self) -> Result<PathBuf, Failure> {
        child(&self.path, "certificates")
    }

    /// Requests for time-stamps, and the answers to them.
    pub fn timestamps_dir(&self) -> Result<PathBuf, Failure> {
        child(&self.path, "timestamps")
    }

    /// Spools and runs of the sorter.
    pub fn spool_dir(&self) -> Result<PathBuf, Failure> {
        child(&self.path, "spool")
    }

    /// Approvals of refused plans.
    pub fn approvals_dir(&self) -> Result<PathBuf, Failure> {
        child(&self.path, "approvals")
    }

    /// Itemised logs of passes.
    pub fn logs_dir(&self) -> Result<PathBuf, Failure> {
        child(&self.path, "logs")
    }

    /// Outputs of probes, in a directory for each pass.
    pub fn probes_dir(&self) -> Result<PathBuf, Failure> {
        child(&self.path, "probes")
    }

    /// What was imported from the logs of other programs.
    pub fn imports_dir(&self) -> Result<PathBuf, Failure> {
        child(&self.path, "imports")
    }

    /// What is kept of the pair's schedule: what ran last, what was left out and why.
    pub fn schedule_dir(&self) -> Result<PathBuf, Failure> {
        child(&self.path, "schedule")
    }

    /// Messages about passes, and what is remembered of them. Nothing is made: most pairs have none.
    pub fn notices_path(&self) -> PathBuf {
        self.path.join("notices")
    }

    /// The lock's file.
    pub fn lock_path(&self) -> PathBuf {
        self.path.join("lock")
    }
}

fn child(parent: &Path, name: &str) -> Result<PathBuf, Failure> {
    let path = parent.join(name);
    make(&path, false)?;
    let found = std::fs::symlink_metadata(&path).map_err(|error| io_at("looking at", &path, &error))?;
    if !found.is_dir() {
        return Err(damaged(&path, "it is not a directory"));
    }
    Ok(path)
}

/// Makes a private directory, its parents too; one that is there is no failure.
pub fn make_dir(path: &Path) -> Result<(), Failure> {
    make(path, true)
}

fn make(path: &Path, with_parents: bool) -> Result<(), Failure> {
    let made = std::fs::DirBuilder::new()
        .mode(0o700)
        .recursive(with_parents)
        .create(path);
    match made {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(io_at("making", path, &error)),
        _ => Ok(()),
    }
}

/// A pair's name as one file name; different names give different file names.
fn file_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for (at, byte) in name.bytes().enumerate() {
        let plain = byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' || (byte == b'.' && at > 0);
        if plain {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    if out.is_empty() {
        out.push('%');
    }
    if out.len() > MAX_NAME_BYTES {
        out.truncate(MAX_NAME_BYTES);
        let _ = write!(out, "%{}", Algorithm::Sha256.of(name.as_bytes()));
    }
    out
}
