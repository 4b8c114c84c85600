//! Opens a manifest, and reads and checks its blocks. Rows come out of it in `rows`.

use super::format::{BlockEntry, Frame, Index, SegmentEntry, read_frame};
use super::row::RawBlock;
use super::rows::Rows;
use super::{Header, Summary};
use crate::checksum;
use crate::failing::{damaged, io_at};
use crate::files::open;
use counterpart_model::{Digest, EntryPath, Failure, Row, path};
use std::cmp::Ordering;
use std::collections::HashSet;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zstd::bulk::Decompressor;

/// An open manifest. Cheap to clone; may be read from several threads at once.
#[derive(Clone, Debug)]
pub struct Manifest {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    file: File,
    path: PathBuf,
    frame: Frame,
}

/// One segment of a manifest: a range of rows with a root of its own. Segments without leaves are not listed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Segment {
    /// Path of its first row; it ends before the first row of the next.
    pub first: EntryPath,
    /// RFC 6962 root over its fact lines.
    pub root: Digest,
    /// How many leaves the root has.
    pub leaves: u64,
}

/// A range of paths.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PathRange {
    /// The first.
    pub first: EntryPath,
    /// The first after it; `None` where it has no end.
    pub end: Option<EntryPath>,
}

impl Manifest {
    /// Opens a manifest and checks its header, index and footer; blocks are checked as they are read.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let file = open::read(path)?;
        let frame = read_frame(&file, path)?;
        let inner = Arc::new(Inner {
            file,
            path: path.to_owned(),
            frame,
        });
        Ok(Self { inner })
    }

    /// What it says of itself.
    pub fn header(&self) -> &Header {
        &self.inner.frame.header
    }

    /// What it holds in sum.
    pub fn summary(&self) -> &Summary {
        &self.inner.frame.summary
    }

    /// All rows.
    pub fn rows(&self) -> Rows {
        Rows::new(self.clone(), 0, None)
    }

    /// The rows from `path` on, itself included.
    pub fn rows_from(&self, path: &EntryPath) -> Rows {
        let starts_by =
            |block: &BlockEntry| path::compare(&block.first, path.as_bytes()) != Ordering::Greater;
        let after = self.index().blocks.partition_point(starts_by);
        Rows::new(self.clone(), after.saturating_sub(1), Some(path.clone()))
    }

    /// The row of one path.
    pub fn find(&self, path: &EntryPath) -> Result<Option<Row>, Failure> {
        let mut row = super::blank_row();
        let found = self.rows_from(path).next_into(&mut row)?;
        Ok((found && row.path == *path).then_some(row))
    }

    /// The segments in path order.
    pub fn segments(&self) -> impl Iterator<Item = Segment> + '_ {
        let listed = self.index().segments.iter().filter(|segment| segment.leaves > 0);
        listed.map(|segment| Segment {
            first: EntryPath::trusted(self.first_path(segment)),
            root: segment.root,
            leaves: segment.leaves,
        })
    }

    /// All rows but those of segments with these roots, and the ranges of paths that those segments cover.
    pub fn rows_without(&self, roots: &HashSet<Digest>) -> (Rows, Vec<PathRange>) {
        let (mut blocks, mut paths) = (Vec::new(), Vec::new());
        let segments = &self.index().segments;
        for (number, segment) in segments.iter().enumerate() {
            if segment.leaves == 0 || !roots.contains(&segment.root) {
                continue;
            }
            let end = segments
                .get(number + 1)
                .map_or(self.index().blocks.len(), |next| next.first_block);
            blocks.push(segment.first_block..end);
            paths.push(PathRange {
                first: EntryPath::trusted(self.first_path(segment)),
                end: segments
                    .get(number + 1)
                    .map(|next| EntryPath::trusted(self.first_path(next))),
            });
        }
        (self.rows().without(blocks), paths)
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    pub(super) fn index(&self) -> &Index {
        &self.inner.frame.index
    }

    fn first_path(&self, segment: &SegmentEntry) -> &[u8] {
        self.index()
            .blocks
            .get(segment.first_block)
            .map_or(b"", |block| &block.first)
    }
}

/// Reads blocks, reusing its buffers.
pub(super) struct BlockLoader {
    stored: Vec<u8>,
    decompressor: Decompressor<'static>,
}

impl BlockLoader {
    pub(super) fn new() -> Self {
        Self {
            stored: Vec::new(),
            decompressor: Decompressor::default(),
        }
    }

    /// Reads a block as it is on the disk, and checks it.
    pub(super) fn load(&mut self, manifest: &Manifest, block: &BlockEntry) -> Result<(), Failure> {
        let Inner { file, path, .. } = &*manifest.inner;
        let len = usize::try_from(block.stored_bytes()).map_err(|error| damaged(path, error))?;
        self.stored.resize(len, 0);
        file.read_exact_at(&mut self.stored, block.offset_bytes)
            .map_err(|error| io_at("reading", path, &error))?;
        if checksum::of(&[&self.stored]) != block.checksum {
            return Err(damaged(path, "a block does not match its checksum"));
        }
        Ok(())
    }

    /// The block as it is on the disk.
    pub(super) fn stored(&self) -> &[u8] {
        &self.stored
    }

    /// The rows of the loaded block.
    pub(super) fn unpack(
        &mut self,
        manifest: &Manifest,
        block: &BlockEntry,
        raw: &mut RawBlock,
    ) -> Result<(), Failure> {
        raw.clear();
        let packed_len = usize::try_from(block.packed_bytes)
            .unwrap_or(usize::MAX)
            .min(self.stored.len());
        let (packed, digests) = self.stored.split_at(packed_len);
        raw.fields
            .reserve(usize::try_from(block.fields_bytes).unwrap_or(0));
        self.decompressor
            .decompress_to_buffer(packed, &mut raw.fields)
            .map_err(|error| damaged(manifest.path(), error))?;
        raw.digests.extend_from_slice(digests);
        raw.rows = block.part.rows;
        if block.fits(raw) {
            Ok(())
        } else {
            Err(damaged(
                manifest.path(),
                "a block has another length than its index says",
            ))
        }
    }
}
