//! What a manifest holds in sum, kept in its footer and, in parts, with each block.

use counterpart_model::{Content, Digest, How, Row, Standing, Tally};
use serde::{Deserialize, Serialize};

/// What a manifest holds in sum.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Summary {
    /// Root over the facts of all compared rows.
    pub root: Digest,
    /// Rows of every standing.
    pub rows: u64,
    /// Rows that are compared: the leaves of the root.
    pub leaves: u64,
    /// What the compared rows hold, without the root directory itself.
    pub tally: Tally,
    /// The compared files among them whose content was not read.
    pub unread: Tally,
    /// Rows that are not compared: stubs and specials.
    pub not_compared: Tally,
    /// Digests read in the pass that made the manifest.
    pub read_count: u64,
    /// Digests taken on the way to the disk in that pass.
    pub written_count: u64,
    /// Digests carried from an earlier pass.
    pub carried_count: u64,
    /// Digests carried over a move of storage.
    pub moved_count: u64,
    /// Compared files whose content was not read.
    pub unread_count: u64,
    /// When the digest that is oldest was obtained, in seconds since 1970; `None` when there is none.
    pub oldest_read_seconds: Option<i64>,
}

/// What one block holds in sum, so that a copied block need not be decoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Part {
    /// Rows of every standing.
    pub(super) rows: u64,
    /// Rows that are compared.
    pub(super) leaves: u64,
    tally: Tally,
    unread: Tally,
    not_compared: Tally,
    /// Digests by how they were obtained, whenever.
    how: Counts,
    moved: u64,
    unread_count: u64,
    /// Oldest and newest digest.
    span_seconds: Option<(i64, i64)>,
}

/// Digests that were read and written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Counts {
    read: u64,
    written: u64,
}

/// Parts of blocks, and what of their digests was obtained in the present pass.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Totals {
    /// All blocks so far.
    pub(super) part: Part,
    fresh: Counts,
}

impl Part {
    /// Adds one row.
    pub(super) fn add(&mut self, row: &Row) {
        self.rows += 1;
        let mut one = Tally::default();
        if !row.path.is_root() {
            one.add(&row.fact);
        }
        if row.fact.standing == Standing::Compared {
            self.leaves += 1;
            merge(&mut self.tally, &one);
            self.add_content(row, &one);
        } else {
            merge(&mut self.not_compared, &one);
        }
    }

    fn add_content(&mut self, row: &Row, one: &Tally) {
        match (row.fact.content, row.seen.obtained.how) {
            (Content::None, _) => return,
            (Content::Unread, _) | (Content::Digest(_), How::Unread) => {
                self.unread_count += 1;
                merge(&mut self.unread, one);
                return;
            }
            (Content::Digest(_), How::Moved) => self.moved += 1,
            (Content::Digest(_), How::Read) => self.how.read += 1,
            (Content::Digest(_), How::Written) => self.how.written += 1,
        }
        let at = row.seen.obtained.at_seconds;
        self.span_seconds = widen(self.span_seconds, Some((at, at)));
    }

    /// Adds all of another part. Sums saturate, since a damaged file may claim anything.
    fn merge(&mut self, other: &Self) {
        self.rows = self.rows.saturating_add(other.rows);
        self.leaves = self.leaves.saturating_add(other.leaves);
        merge(&mut self.tally, &other.tally);
        merge(&mut self.unread, &other.unread);
        merge(&mut self.not_compared, &other.not_compared);
        self.how.merge(other.how);
        self.moved = self.moved.saturating_add(other.moved);
        self.unread_count = self.unread_count.saturating_add(other.unread_count);
        self.span_seconds = widen(self.span_seconds, other.span_seconds);
    }
}

impl Counts {
    /// Counts one row when its digest is of the pass that began then.
    pub(super) fn add(&mut self, row: &Row, pass_began_seconds: i64) {
        let known = row.fact.standing == Standing::Compared && row.fact.digest().is_some();
        if !known || row.seen.obtained.at_seconds < pass_began_seconds {
            return;
        }
        match row.seen.obtained.how {
            How::Read => self.read += 1,
            How::Written => self.written += 1,
            How::Unread | How::Moved => {}
        }
    }

    fn merge(&mut self, other: Self) {
        self.read = self.read.saturating_add(other.read);
        self.written = self.written.saturating_add(other.written);
    }

    fn all(self) -> u64 {
        self.read.saturating_add(self.written)
    }
}

impl Totals {
    /// Adds one block.
    pub(super) fn add(&mut self, part: &Part, fresh: Counts) {
        self.part.merge(part);
        self.fresh.merge(fresh);
    }

    /// The summary of a manifest with this root.
    pub(super) fn summary(&self, root: Digest) -> Summary {
        let part = &self.part;
        Summary {
            root,
            rows: part.rows,
            leaves: part.leaves,
            tally: part.tally,
            unread: part.unread,
            not_compared: part.not_compared,
            read_count: self.fresh.read,
            written_count: self.fresh.written,
            carried_count: part.how.all().saturating_sub(self.fresh.all()),
            moved_count: part.moved,
            unread_count: part.unread_count,
            oldest_read_seconds: part.span_seconds.map(|(oldest, _)| oldest),
        }
    }
}

fn merge(sum: &mut Tally, other: &Tally) {
    sum.files = sum.files.saturating_add(other.files);
    sum.directories = sum.directories.saturating_add(other.directories);
    sum.symlinks = sum.symlinks.saturating_add(other.symlinks);
    sum.specials = sum.specials.saturating_add(other.specials);
    sum.bytes = sum.bytes.saturating_add(other.bytes);
}

fn widen(one: Option<(i64, i64)>, other: Option<(i64, i64)>) -> Option<(i64, i64)> {
    match (one, other) {
        (Some((oldest, newest)), Some((from, to))) => Some((oldest.min(from), newest.max(to))),
        (span, None) | (None, span) => span,
    }
}
