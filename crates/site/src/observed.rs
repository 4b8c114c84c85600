//! What a scan saw, as the port's stream: the changes, or everything, with what was learned since put in.

use crate::changes::{Changes, nothing};
use crate::moves::Hint;
use crate::opening::OpenPass;
use crate::scan::{Delta, blank_row};
use counterpart_model::{Content, Digest, EntryPath, Failure, Row};
use counterpart_port::{ExcludedEntry, Extent, Observed, SegmentRoot, Stream};
use counterpart_store::manifest::{PathRange, Rows};
use counterpart_store::spool::SpoolReader;
use counterpart_store::{Manifest, RowChange};
use std::cmp::Ordering;

pub(crate) fn observed(pass: &OpenPass, extent: Extent) -> Result<Box<dyn Stream<Observed>>, Failure> {
    let base = match extent {
        Extent::Changes => None,
        Extent::Everything => pass.base.as_ref().map(Manifest::rows),
    };
    stream(pass, extent, base, Vec::new())
}

/// Everything, but of segments with these roots only what changed.
pub(crate) fn observed_unlike(
    pass: &OpenPass,
    shared: &[Digest],
) -> Result<Box<dyn Stream<Observed>>, Failure> {
    let roots = shared.iter().copied().collect();
    let parts = pass.base.as_ref().map(|base| base.rows_without(&roots));
    let (base, mut shared) = parts.map_or((None, Vec::new()), |(rows, shared)| (Some(rows), shared));
    shared.reverse();
    stream(pass, Extent::Everything, base, shared)
}

/// The roots of the last manifest's segments.
pub(crate) fn segments(pass: &OpenPass) -> Box<dyn Stream<SegmentRoot>> {
    let roots = pass
        .base
        .iter()
        .flat_map(Manifest::segments)
        .map(|segment| segment.root);
    Box::new(Roots(roots.collect::<Vec<_>>().into_iter()))
}

struct Roots(std::vec::IntoIter<Digest>);

impl Stream<SegmentRoot> for Roots {
    fn next_into(&mut self, item: &mut SegmentRoot) -> Result<bool, Failure> {
        let next = self.0.next();
        *item = SegmentRoot(next.unwrap_or(item.0));
        Ok(next.is_some())
    }
}

fn stream(
    pass: &OpenPass,
    extent: Extent,
    base: Option<Rows>,
    shared: Vec<PathRange>,
) -> Result<Box<dyn Stream<Observed>>, Failure> {
    let scanned = pass.scan()?;
    let learned = pass.learned.batches()?;
    let changes = Changes::new(&scanned.delta, &learned)?;
    let algorithm = pass.request.policy.algorithm;
    let other_algorithm = |base: &Manifest| base.header().algorithm != algorithm;
    Ok(Box::new(ObservedStream {
        extent,
        shared,
        other_algorithm: pass.base.as_ref().is_some_and(other_algorithm),
        base: BaseHead::new(base),
        delta: DeltaHead::new(scanned.delta.reader()?),
        changes: ChangeHead {
            changes,
            change: nothing(),
            waiting: false,
            ended: false,
        },
        hints: HintHead {
            hints: scanned.hints.reader()?,
            next: None,
            ended: false,
        },
    }))
}

pub(crate) fn excluded(pass: &OpenPass) -> Result<Box<dyn Stream<ExcludedEntry>>, Failure> {
    Ok(Box::new(ExcludedStream(pass.scan()?.excluded.reader()?)))
}

struct ExcludedStream(SpoolReader<ExcludedEntry>);

impl Stream<ExcludedEntry> for ExcludedStream {
    fn next_into(&mut self, item: &mut ExcludedEntry) -> Result<bool, Failure> {
        self.0.next_into(item)
    }
}

/// Merges the base, the scan's delta and everything learned.
struct ObservedStream {
    extent: Extent,
    /// What the other site's manifest says, too, in order; the last comes next. The base passes it over.
    shared: Vec<PathRange>,
    /// The last manifest's digests are of another algorithm: they say nothing of this pass's.
    other_algorithm: bool,
    base: BaseHead,
    delta: DeltaHead,
    changes: ChangeHead,
    hints: HintHead,
}

impl Stream<Observed> for ObservedStream {
    fn next_into(&mut self, item: &mut Observed) -> Result<bool, Failure> {
        loop {
            self.base.fill()?;
            self.delta.fill()?;
            self.changes.fill()?;
            let heads = [self.base.path(), self.delta.path(), self.changes.path()];
            let Some(path) = heads.into_iter().flatten().min().cloned() else {
                return Ok(false);
            };
            let base = self.base.take_if(&path);
            let delta = self.delta.take_if(&path);
            let change = self.changes.take_if(&path);
            let shared = self.shares(&path);
            if delta.is_none() && base.is_none() && (self.extent == Extent::Changes || shared) {
                // Learned of an entry that did not change: nothing that the other site must hear.
                continue;
            }
            fill(item, path, base, delta, change);
            item.shared = item.before.is_some() && (shared || self.extent == Extent::Changes);
            if let Some(before) = item
                .before
                .as_mut()
                .filter(|fact| self.other_algorithm && fact.digest().is_some())
            {
                before.content = Content::Unread;
            }
            item.moved_from = self.hints.for_path(&item.path)?;
            return Ok(true);
        }
    }
}

impl ObservedStream {
    /// True for a path in what both manifests say. To be asked in path order.
    fn shares(&mut self, path: &EntryPath) -> bool {
        let is_over = |range: &mut PathRange| range.end.as_ref().is_some_and(|end| end <= path);
        while self.shared.pop_if(is_over).is_some() {}
        self.shared.last().is_some_and(|range| range.first <= *path)
    }
}

fn fill(
    item: &mut Observed,
    path: EntryPath,
    base: Option<Row>,
    delta: Option<Delta>,
    change: Option<RowChange>,
) {
    item.path = path;
    item.withheld = delta.as_ref().is_some_and(|delta| delta.withheld);
    item.times_same = delta.as_ref().is_none_or(|delta| delta.times_same);
    let of_base = base.map(|row| row.fact);
    item.before = delta
        .as_ref()
        .map_or_else(|| of_base.clone(), |delta| delta.before.clone());
    item.now = match (change, delta) {
        (Some(change), _) => change.row.map(|row| row.fact),
        (None, Some(delta)) => delta.now.map(|(fact, _)| fact),
        (None, None) => of_base,
    };
}

struct BaseHead {
    rows: Option<Rows>,
    row: Row,
    waiting: bool,
}

impl BaseHead {
    fn new(rows: Option<Rows>) -> Self {
        Self {
            rows,
            row: blank_row(),
            waiting: false,
        }
    }

    fn fill(&mut self) -> Result<(), Failure> {
        if let (false, Some(rows)) = (self.waiting, &mut self.rows) {
            self.waiting = rows.next_into(&mut self.row)?;
            if !self.waiting {
                self.rows = None;
            }
        }
        Ok(())
    }

    fn path(&self) -> Option<&EntryPath> {
        self.waiting.then_some(&self.row.path)
    }

    fn take_if(&mut self, path: &EntryPath) -> Option<Row> {
        (self.path() == Some(path)).then(|| {
            self.waiting = false;
            std::mem::replace(&mut self.row, blank_row())
        })
    }
}

struct DeltaHead {
    reader: SpoolReader<Delta>,
    next: Option<Delta>,
    ended: bool,
}

impl DeltaHead {
    fn new(reader: SpoolReader<Delta>) -> Self {
        Self {
            reader,
            next: None,
            ended: false,
        }
    }

    fn fill(&mut self) -> Result<(), Failure> {
        if self.next.is_none() && !self.ended {
            self.next = self.reader.next()?;
            self.ended = self.next.is_none();
        }
        Ok(())
    }

    fn path(&self) -> Option<&EntryPath> {
        self.next.as_ref().map(|delta| &delta.path)
    }

    fn take_if(&mut self, path: &EntryPath) -> Option<Delta> {
        self.next.take_if(|delta| delta.path == *path)
    }
}

struct ChangeHead {
    changes: Changes,
    change: RowChange,
    waiting: bool,
    ended: bool,
}

impl ChangeHead {
    fn fill(&mut self) -> Result<(), Failure> {
        if !self.waiting && !self.ended {
            self.change.whole = false;
            self.waiting = self.changes.next(&mut self.change)?;
            self.ended = !self.waiting;
        }
        Ok(())
    }

    fn path(&self) -> Option<&EntryPath> {
        self.waiting.then_some(&self.change.path)
    }

    fn take_if(&mut self, path: &EntryPath) -> Option<RowChange> {
        (self.path() == Some(path)).then(|| {
            self.waiting = false;
            std::mem::replace(&mut self.change, nothing())
        })
    }
}

struct HintHead {
    hints: SpoolReader<Hint>,
    next: Option<Hint>,
    ended: bool,
}

impl HintHead {
    fn for_path(&mut self, path: &EntryPath) -> Result<Option<EntryPath>, Failure> {
        loop {
            if self.next.is_none() && !self.ended {
                self.next = self.hints.next()?;
                self.ended = self.next.is_none();
            }
            let Some((to, _)) = &self.next else {
                return Ok(None);
            };
            match to.cmp(path) {
                Ordering::Less => self.next = None,
                Ordering::Equal => return Ok(self.next.take().map(|(_, from)| from)),
                Ordering::Greater => return Ok(None),
            }
        }
    }
}
