//! Everything that differs from a site's last manifest: what the scan saw, and over it what was learned since.

use crate::learned::keep_digest;
use counterpart_model::{EntryPath, Failure, Row};
use counterpart_store::spool::{Spool, SpoolReader};
use counterpart_store::{RowChange, RowChanges};
use std::sync::Arc;

/// A sorted source of changes; a later source wins over an earlier one.
enum Source {
    Scan(SpoolReader<crate::scan::Delta>),
    Learned(SpoolReader<RowChange>),
}

struct Head {
    source: Source,
    change: RowChange,
    waiting: bool,
    ended: bool,
}

/// The merge of all sources.
pub(crate) struct Changes {
    heads: Vec<Head>,
    /// Everything beneath these paths, each in the one before, is gone from the sources before the one of the number.
    dropping: Vec<(EntryPath, usize)>,
}

/// A change to be filled in.
pub(crate) fn nothing() -> RowChange {
    RowChange {
        path: EntryPath::root(),
        row: None,
        whole: false,
    }
}

impl Changes {
    /// The changes of a scan, and over them what was learned.
    pub(crate) fn new(
        scan: &Spool<crate::scan::Delta>,
        learned: &[Arc<Spool<RowChange>>],
    ) -> Result<Self, Failure> {
        let mut heads = vec![Head::new(Source::Scan(scan.reader()?))];
        for batch in learned {
            heads.push(Head::new(Source::Learned(batch.reader()?)));
        }
        Ok(Self {
            heads,
            dropping: Vec::new(),
        })
    }

    /// Fills in the next change; `false` at the end.
    pub(crate) fn next(&mut self, change: &mut RowChange) -> Result<bool, Failure> {
        loop {
            self.fill()?;
            let waiting = self.heads.iter().filter(|head| head.waiting);
            let Some(path) = waiting.map(|head| &head.change.path).min().cloned() else {
                return Ok(false);
            };
            while self
                .dropping
                .pop_if(|(above, _)| !path.is_beneath(above))
                .is_some()
            {}
            if self.take(&path, change) {
                return Ok(true);
            }
        }
    }

    fn fill(&mut self) -> Result<(), Failure> {
        self.heads.iter_mut().try_for_each(Head::fill)
    }

    /// Takes the path from every source that has it; the last one that counts fills `change`. False when none counts.
    fn take(&mut self, path: &EntryPath, change: &mut RowChange) -> bool {
        let gone_before = self.dropping.iter().map(|(_, by)| *by).max().unwrap_or(0);
        let (mut counts, mut whole_by) = (false, None);
        for (number, head) in self.heads.iter_mut().enumerate() {
            if !head.waiting || head.change.path != *path {
                continue;
            }
            head.waiting = false;
            if number < gone_before {
                continue;
            }
            if counts {
                keep_digest(&mut head.change, change);
            }
            std::mem::swap(change, &mut head.change);
            counts = true;
            if change.whole {
                // What is gone takes with it what the same source says of entries in it: they were touched before, as
                // their own entries left them. What came in its place has entries of its own.
                whole_by = Some(number + usize::from(change.row.is_none()));
            }
        }
        if counts {
            change.whole = whole_by.is_some();
        }
        self.dropping
            .extend(whole_by.map(|number| (path.clone(), number)));
        counts
    }
}

impl RowChanges for Changes {
    fn next_into(&mut self, change: &mut RowChange) -> Result<bool, Failure> {
        change.whole = false;
        self.next(change)
    }
}

impl Head {
    fn new(source: Source) -> Self {
        Self {
            source,
            change: nothing(),
            waiting: false,
            ended: false,
        }
    }

    fn fill(&mut self) -> Result<(), Failure> {
        if self.waiting || self.ended {
            return Ok(());
        }
        self.waiting = match &mut self.source {
            Source::Scan(reader) => next_of_scan(reader, &mut self.change)?,
            Source::Learned(reader) => reader.next_into(&mut self.change)?,
        };
        self.ended = !self.waiting;
        Ok(())
    }
}

/// The next entry of a scan that changes the manifest; one that is only withheld does not.
fn next_of_scan(
    reader: &mut SpoolReader<crate::scan::Delta>,
    change: &mut RowChange,
) -> Result<bool, Failure> {
    while let Some(delta) = reader.next()? {
        if delta.withheld {
            continue;
        }
        let row = delta.now.map(|(fact, seen)| Row {
            path: delta.path.clone(),
            fact,
            seen,
        });
        *change = RowChange {
            path: delta.path,
            row,
            whole: false,
        };
        return Ok(true);
    }
    Ok(false)
}
