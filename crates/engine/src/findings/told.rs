//! Which entries were told, so that what was never read is not told of the same entry again. Not what was told.

use crate::plan::draft::path_sorter;
use counterpart_model::{Code, EntryPath, Failure, Finding, SiteRole, Verdict};
use counterpart_port::{KnownFile, Stream};
use counterpart_store::sort::{PathSorter, SortedPaths};
use std::path::{Path, PathBuf};

/// The paths of what was told, with whether all beneath is meant, too.
pub(super) struct Told {
    spool_dir: PathBuf,
    paths: PathSorter<bool>,
    failed: Option<Failure>,
}

impl Told {
    pub(super) fn new(spool_dir: &Path) -> Self {
        Self {
            spool_dir: spool_dir.to_owned(),
            paths: path_sorter(spool_dir),
            failed: None,
        }
    }

    /// Takes in what speaks of one entry and does not call it equal.
    pub(super) fn add(&mut self, finding: &Finding) {
        let equal = matches!(finding.verdict, Verdict::Equal | Verdict::Excepted);
        if equal || finding.declared || finding.path.is_root() {
            return;
        }
        let whole = finding.code == Code::UnreadableDirectory;
        if let Err(failure) = self.paths.push(&finding.path, &whole) {
            self.failed.get_or_insert(failure);
        }
    }

    /// All of it, in path order; what is told from now on is collected anew.
    pub(super) fn take(&mut self) -> Result<SortedPaths<bool>, Failure> {
        let fresh = path_sorter(&self.spool_dir);
        let paths = std::mem::replace(&mut self.paths, fresh);
        self.failed.take().map_or_else(|| paths.finish(), Err)
    }
}

/// How many files of production and of the standby were never read and were told already.
///
/// `files_from` gives a site's files from a path on.
///
/// # Errors
/// A spool or a site failed.
pub(crate) fn unread_and_told<'s>(
    mut told: SortedPaths<bool>,
    files_from: impl Fn(SiteRole, &EntryPath) -> Result<Box<dyn Stream<KnownFile> + 's>, Failure>,
) -> Result<[u64; 2], Failure> {
    let (mut path, mut whole) = (EntryPath::root(), false);
    if !told.next_into(&mut path, &mut whole)? {
        return Ok([0; 2]);
    }
    let mut heads = [
        Head::new(files_from(SiteRole::Production, &path)?),
        Head::new(files_from(SiteRole::Standby, &path)?),
    ];
    loop {
        for head in &mut heads {
            head.count(&path, whole)?;
        }
        if !told.next_into(&mut path, &mut whole)? {
            return Ok(heads.map(|head| head.unread));
        }
    }
}

/// One site's files, in path order.
struct Head<'s> {
    files: Box<dyn Stream<KnownFile> + 's>,
    file: KnownFile,
    waiting: bool,
    unread: u64,
}

impl<'s> Head<'s> {
    fn new(files: Box<dyn Stream<KnownFile> + 's>) -> Self {
        Self {
            files,
            file: KnownFile::default(),
            waiting: false,
            unread: 0,
        }
    }

    /// Counts the files that are unread of those that a path stands for. Asked in path order; a file counts once.
    fn count(&mut self, path: &EntryPath, whole: bool) -> Result<(), Failure> {
        loop {
            if !self.waiting {
                self.waiting = self.files.next_into(&mut self.file)?;
            }
            let meant = self.file.path == *path || whole && self.file.path.is_beneath(path);
            if !self.waiting || !meant && self.file.path > *path {
                return Ok(());
            }
            self.waiting = false;
            self.unread += u64::from(meant && self.file.digest.is_none());
        }
    }
}

#[cfg(test)]
mod tests;
