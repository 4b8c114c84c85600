//! Small files: read whole and once, held, and handed to the standby several at a time, so that a far one is asked once
//! for all of them. What is large, has holes, or may have arrived before goes the way of `copy`.

#[cfg(test)]
mod tests;

use crate::apply::copy::{Copied, CopyBuffer, decided, moved, settle};
use crate::apply::readers::Readers;
use crate::apply::rounds::Applying;
use counterpart_model::{Digest, Fact, Failure, Step};
use counterpart_port::{Attributes, Committed, ContentReader, Piece, Place, SmallFile};
use std::ops::Range;

/// Files up to this size are held.
pub(super) const SMALL_BYTES: u64 = 64 << 10;
/// Bytes of content that one mover holds.
const HELD_BYTES: usize = 256 << 10;

/// What a mover holds.
pub(super) struct Held<'a> {
    content: Vec<u8>,
    files: Vec<HeldFile<'a>>,
}

/// A file that is held.
struct HeldFile<'a> {
    step: Step,
    place: Box<dyn Place + 'a>,
    brought: Brought,
}

/// A file that was read and is to be handed over.
pub(super) struct Brought {
    /// Where its bytes are held.
    pub range: Range<usize>,
    /// What it was as it was read.
    pub fact: Fact,
    /// What is carried beyond that.
    pub attributes: Attributes,
}

/// What was found in a small file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Small {
    /// Its bytes are held here.
    Read(Range<usize>, Digest),
    /// Its digest alone decides: nothing is brought.
    Decided(Copied, Digest),
    /// It has holes, or grew: it is to be opened again and copied.
    Other,
}

impl<'a> Held<'a> {
    pub(super) fn new() -> Self {
        Self {
            content: vec![0; HELD_BYTES],
            files: Vec::new(),
        }
    }

    /// True where there may be no room for one more.
    pub(super) fn is_full(&self) -> bool {
        self.content.len() - self.end() <= usize::try_from(SMALL_BYTES).unwrap_or(usize::MAX)
    }

    fn end(&self) -> usize {
        self.files.last().map_or(0, |file| file.brought.range.end)
    }

    /// Keeps a file until it is handed over.
    pub(super) fn keep(&mut self, step: Step, place: Box<dyn Place + 'a>, brought: Brought) {
        self.files.push(HeldFile { step, place, brought });
    }

    /// Reads the open file and says what to do with it.
    ///
    /// # Errors
    /// `torn` when it changed meanwhile, and what production reports.
    pub(super) fn read(
        &mut self,
        applying: &Applying<'_>,
        step: &Step,
        now: &Fact,
        readers: &mut Readers<'_>,
        scratch: &mut CopyBuffer,
    ) -> Result<Small, Failure> {
        let reader = readers.content.as_mut();
        let Some(range) = self.bring(reader, now.size_bytes)? else {
            return Ok(Small::Other);
        };
        let digest = applying.algorithm.of(&self.content[range.clone()]);
        moved(applying, now.size_bytes)?;
        settle(applying, step, digest, reader, scratch)?;
        Ok(match decided(applying, step, now, digest) {
            Some(copied) => Small::Decided(copied, digest),
            None => Small::Read(range, digest),
        })
    }

    /// All bytes of the open file; none where it has a hole or is not as long as it was said to be.
    fn bring(
        &mut self,
        reader: &mut dyn ContentReader,
        size_bytes: u64,
    ) -> Result<Option<Range<usize>>, Failure> {
        let begin = self.end();
        let end = usize::try_from(size_bytes).map_or(usize::MAX, |size| begin.saturating_add(size));
        let mut at = begin;
        // One byte more than it should have, to see whether it has.
        while at <= end
            && let Some(room) = self.content.get_mut(at..=end)
        {
            match reader.read(room)? {
                Piece::Data(len) => at += len,
                Piece::End => return Ok((at == end).then_some(begin..end)),
                Piece::Hole(_) | Piece::Digested(_) => return Ok(None),
            }
        }
        Ok(None)
    }

    /// Hands over what is held; gives each step with its outcome.
    pub(super) fn hand_over(
        &mut self,
        fill: impl FnOnce(Vec<SmallFile<'_>>) -> Vec<Result<Committed, Failure>>,
    ) -> Vec<(Step, Result<Committed, Failure>)> {
        let (mut steps, mut files) = (Vec::new(), Vec::new());
        for HeldFile { step, place, brought } in self.files.drain(..) {
            steps.push(step);
            files.push(SmallFile {
                place,
                content: &self.content[brought.range],
                fact: brought.fact,
                attributes: brought.attributes,
            });
        }
        if steps.is_empty() {
            return Vec::new();
        }
        steps.into_iter().zip(fill(files)).collect()
    }

    /// Lets go what is held: nothing of it takes effect.
    pub(super) fn let_go(&mut self) {
        self.files.clear();
    }
}
