//! The site's rows as they are now: the last manifest with everything learned since, from any path on.

use crate::changes::{Changes, nothing};
use crate::opening::OpenPass;
use crate::scan::blank_row;
use counterpart_model::{EntryPath, Failure, How, Kind, Row, Standing};
use counterpart_port::{KnownFile, Stream};
use counterpart_store::RowChange;
use counterpart_store::manifest::Rows;
use std::cmp::Ordering;

pub(crate) fn files(pass: &OpenPass, from: &EntryPath) -> Result<Box<dyn Stream<KnownFile>>, Failure> {
    let changes = Changes::new(&pass.scan()?.delta, &pass.learned.batches()?)?;
    Ok(Box::new(FileStream {
        rows: CurrentRows {
            base: pass.base.as_ref().map(|base| base.rows_from(from)),
            row: blank_row(),
            row_waiting: false,
            changes: Some(changes),
            change: nothing(),
            change_waiting: false,
            dropped: None,
        },
        row: blank_row(),
        from: from.clone(),
    }))
}

struct FileStream {
    rows: CurrentRows,
    row: Row,
    from: EntryPath,
}

impl Stream<KnownFile> for FileStream {
    fn next_into(&mut self, item: &mut KnownFile) -> Result<bool, Failure> {
        while self.rows.next_into(&mut self.row)? {
            let fact = &self.row.fact;
            if fact.kind == Kind::File && fact.standing == Standing::Compared && self.row.path >= self.from {
                item.path.set(self.row.path.as_bytes());
                item.size_bytes = fact.size_bytes;
                item.digest = fact.digest();
                item.read_seconds = self.row.seen.obtained.at_seconds;
                item.written = self.row.seen.obtained.how == How::Written;
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The merge of a manifest's rows and changes to them.
struct CurrentRows {
    base: Option<Rows>,
    row: Row,
    row_waiting: bool,
    changes: Option<Changes>,
    change: RowChange,
    change_waiting: bool,
    /// A path of which everything beneath is gone.
    dropped: Option<EntryPath>,
}

impl CurrentRows {
    fn next_into(&mut self, row: &mut Row) -> Result<bool, Failure> {
        loop {
            self.fill()?;
            let order = match (self.row_waiting, self.change_waiting) {
                (false, false) => return Ok(false),
                (true, false) => Ordering::Less,
                (false, true) => Ordering::Greater,
                (true, true) => self.row.path.cmp(&self.change.path),
            };
            if order.is_le() {
                self.row_waiting = false;
            }
            if order.is_lt() {
                if self.is_dropped(&self.row.path) {
                    continue;
                }
                std::mem::swap(row, &mut self.row);
                return Ok(true);
            }
            self.change_waiting = false;
            // Within a tree that is gone the outer one stays: it covers the inner.
            if self.change.whole && !self.is_dropped(&self.change.path) {
                self.dropped = Some(self.change.path.clone());
            }
            if let Some(changed) = self.change.row.take() {
                *row = changed;
                return Ok(true);
            }
        }
    }

    fn is_dropped(&self, path: &EntryPath) -> bool {
        self.dropped.as_ref().is_some_and(|above| path.is_beneath(above))
    }

    fn fill(&mut self) -> Result<(), Failure> {
        if let (false, Some(rows)) = (self.row_waiting, &mut self.base) {
            self.row_waiting = rows.next_into(&mut self.row)?;
            if !self.row_waiting {
                self.base = None;
            }
        }
        if let (false, Some(changes)) = (self.change_waiting, &mut self.changes) {
            self.change.whole = false;
            self.change_waiting = changes.next(&mut self.change)?;
            if !self.change_waiting {
                self.changes = None;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
