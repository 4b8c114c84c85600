//! Finds lines in a stream of all lines, and the way from each to the root. In memory are one segment, and the roots of
//! all.

use crate::merkle::{AuditPath, Levels, ends_segment, leaf_hash};
use counterpart_model::Digest;

/// A line and its way to the root.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proven {
    /// The fact line.
    pub line: String,
    /// From the line to the root of its segment.
    pub segment: AuditPath,
    /// From there to the root of the manifest.
    pub manifest: AuditPath,
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Finder {
    /// Hashes of the leaves of the present segment.
    leaves: Vec<Digest>,
    /// Lines that are wanted in it, with the numbers of their leaves.
    wanted: Vec<(u64, String)>,
    /// Hashes of the roots of the segments before.
    segments: Vec<Digest>,
    /// What was found in them: the line, its way in its segment, and the segment's number.
    found: Vec<(String, AuditPath, u64)>,
}

impl Finder {
    /// Begins before the first line.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next line, in path order; `wanted` where its way is to be found.
    pub fn push(&mut self, path: &[u8], line: &str, wanted: bool) {
        if wanted {
            self.wanted.push((self.leaves.len() as u64, line.to_owned()));
        }
        self.leaves.push(leaf_hash(line.as_bytes()));
        if ends_segment(path) {
            self.end_segment();
        }
    }

    /// The root over all lines, and what was found.
    pub fn finish(mut self) -> (Digest, Vec<Proven>) {
        if !self.leaves.is_empty() {
            self.end_segment();
        }
        let manifest = Levels::of(self.segments);
        let proven = self.found.into_iter().filter_map(|(line, segment, number)| {
            let manifest = manifest.path(number)?;
            Some(Proven {
                line,
                segment,
                manifest,
            })
        });
        let proven = proven.collect();
        (manifest.root(), proven)
    }

    fn end_segment(&mut self) {
        let levels = Levels::of(std::mem::take(&mut self.leaves));
        let number = self.segments.len() as u64;
        for (index, line) in self.wanted.drain(..) {
            self.found
                .extend(levels.path(index).map(|path| (line, path, number)));
        }
        self.segments.push(leaf_hash(&levels.root().0));
    }
}
