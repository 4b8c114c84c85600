//! What a site learned in this pass: digests that were read, entries that were written, moved or removed.
//!
//! Records come in any order and from any thread; they leave in path order, the youngest of a path last.

use counterpart_model::{EntryPath, Failure, Row};
use counterpart_store::spool::{Spool, SpoolWriter};
use counterpart_store::{PathSorter, RowChange};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Memory for what was learned since it was last put in order, in bytes.
const MEMORY_BYTES: usize = 8 << 20;

/// What a site learned.
pub(crate) struct Learned {
    dir: PathBuf,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// Put in order, one record a path; oldest batch first.
    batches: Vec<Arc<Spool<RowChange>>>,
    fresh: Option<PathSorter<RowChange>>,
}

impl Learned {
    pub(crate) fn new(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
            inner: Mutex::default(),
        }
    }

    /// Remembers what an entry is now.
    pub(crate) fn row(&self, row: Row) -> Result<(), Failure> {
        self.change(&RowChange {
            path: row.path.clone(),
            row: Some(row),
            whole: false,
        })
    }

    /// Remembers that an entry is gone; with `whole`, everything beneath it, too.
    pub(crate) fn gone(&self, path: &EntryPath, whole: bool) -> Result<(), Failure> {
        self.change(&RowChange {
            path: path.clone(),
            row: None,
            whole,
        })
    }

    pub(crate) fn change(&self, change: &RowChange) -> Result<(), Failure> {
        let mut inner = self.lock();
        let fresh = inner
            .fresh
            .get_or_insert_with(|| PathSorter::new(&self.dir, MEMORY_BYTES));
        fresh.push(&change.path, change)
    }

    /// Everything learned so far, put in order, oldest batch first.
    pub(crate) fn batches(&self) -> Result<Vec<Arc<Spool<RowChange>>>, Failure> {
        let mut inner = self.lock();
        if let Some(fresh) = inner.fresh.take() {
            let batch = self.put_in_order(fresh)?;
            inner.batches.push(Arc::new(batch));
        }
        Ok(inner.batches.clone())
    }

    fn put_in_order(&self, fresh: PathSorter<RowChange>) -> Result<Spool<RowChange>, Failure> {
        let mut sorted = fresh.finish()?;
        let mut writer = SpoolWriter::temporary(&self.dir)?;
        let (mut path, mut change) = (EntryPath::root(), crate::changes::nothing());
        let mut last: Option<RowChange> = None;
        while sorted.next_into(&mut path, &mut change)? {
            if let Some(last) = last.take() {
                if last.path == path {
                    change.whole |= last.whole;
                    keep_digest(&mut change, &last);
                } else {
                    writer.push(&last)?;
                }
            }
            last = Some(change.clone());
        }
        last.map_or(Ok(()), |last| writer.push(&last))?;
        writer.finish()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was learned later of the same file may be its metadata alone: a further name changes the stamp of a file that
/// this pass wrote. Its digest stays.
pub(crate) fn keep_digest(later: &mut RowChange, earlier: &RowChange) {
    let (Some(later), Some(earlier)) = (&mut later.row, &earlier.row) else {
        return;
    };
    let same_file = later.seen.inode == earlier.seen.inode
        && later.seen.mtime == earlier.seen.mtime
        && later.fact.size_bytes == earlier.fact.size_bytes;
    if later.fact.is_unread() && earlier.fact.digest().is_some() && same_file {
        later.fact.content = earlier.fact.content;
        later.seen.obtained = earlier.seen.obtained;
    }
}
