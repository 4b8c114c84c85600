//! Roots of segments, computed beside the writing of their blocks by a thread of their own.
//!
//! Hashing takes as long as encoding and compressing together, so each has a processor. Blocks are handed over raw
//! and come back as empty buffers; a few are under way at once, so memory stays bounded.

use super::decode::Decoder;
use super::row::RawBlock;
use counterpart_evidence::merkle::MerkleTree;
use counterpart_model::{Code, Digest, Failure, Row, Standing, line};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// Blocks that wait to be hashed.
const BLOCKS_UNDER_WAY: usize = 8;

/// Root and number of leaves of a segment.
pub(super) type SegmentRoot = (Digest, u64);

enum Work {
    /// Rows of the present segment; `true` when it ends with them.
    Block(RawBlock, bool),
    /// A whole segment whose root is known.
    Known(SegmentRoot),
}

/// Gathers the roots of segments in order.
pub(super) struct RootHasher {
    work: SyncSender<Work>,
    empty: Receiver<RawBlock>,
    thread: JoinHandle<Result<Vec<SegmentRoot>, Failure>>,
}

impl RootHasher {
    /// Starts the thread.
    pub(super) fn start() -> Result<Self, Failure> {
        let (work, to_do) = sync_channel(BLOCKS_UNDER_WAY);
        let (done, empty) = sync_channel(BLOCKS_UNDER_WAY + 2);
        let thread = std::thread::Builder::new()
            .name("manifest-root".to_owned())
            .spawn(move || hash_all(&to_do, &done))
            .map_err(|error| crate::failing::io("starting a thread", &error))?;
        Ok(Self { work, empty, thread })
    }

    /// Hands over rows, and gives an empty buffer for the next ones.
    pub(super) fn block(&mut self, raw: RawBlock, ends_segment: bool) -> RawBlock {
        // A thread that ended early has failed, and `finish` tells why.
        let _ = self.work.send(Work::Block(raw, ends_segment));
        self.empty.try_recv().unwrap_or_default()
    }

    /// Adds a segment that did not change.
    pub(super) fn known(&mut self, segment: SegmentRoot) {
        let _ = self.work.send(Work::Known(segment));
    }

    /// The roots of all segments.
    pub(super) fn finish(self) -> Result<Vec<SegmentRoot>, Failure> {
        drop(self.work);
        self.thread
            .join()
            .unwrap_or_else(|_| Err(failed("the thread that hashes ended early")))
    }
}

fn failed(why: impl std::fmt::Display) -> Failure {
    Failure::new(Code::StateDamaged, "hashing the rows of a manifest", why)
}

fn hash_all(to_do: &Receiver<Work>, done: &SyncSender<RawBlock>) -> Result<Vec<SegmentRoot>, Failure> {
    let mut hashing = Hashing::default();
    let mut roots = Vec::new();
    let mut open = false;
    for work in to_do {
        match work {
            Work::Known(segment) => roots.push(segment),
            Work::Block(mut raw, ends_segment) => {
                hashing.add(&raw)?;
                open = !ends_segment;
                if ends_segment {
                    roots.push(hashing.take());
                }
                raw.clear();
                let _ = done.try_send(raw);
            }
        }
    }
    if open {
        roots.push(hashing.take());
    }
    Ok(roots)
}

/// The segment under way.
struct Hashing {
    tree: MerkleTree,
    decoder: Decoder,
    row: Row,
    line: String,
}

impl Default for Hashing {
    fn default() -> Self {
        let row = super::blank_row();
        Self {
            tree: MerkleTree::new(),
            decoder: Decoder::default(),
            row,
            line: String::new(),
        }
    }
}

impl Hashing {
    fn add(&mut self, raw: &RawBlock) -> Result<(), Failure> {
        self.decoder.restart();
        for _ in 0..raw.rows {
            self.decoder.next_into(raw, &mut self.row).map_err(failed)?;
            if self.row.fact.standing == Standing::Compared {
                self.line.clear();
                line::push(self.row.path.as_bytes(), &self.row.fact, &mut self.line);
                self.tree.push(self.line.as_bytes());
            }
        }
        Ok(())
    }

    fn take(&mut self) -> SegmentRoot {
        let tree = std::mem::take(&mut self.tree);
        (tree.root(), tree.leaves())
    }
}
