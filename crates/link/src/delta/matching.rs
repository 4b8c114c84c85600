//! Looks for the blocks of old content in new content, at every byte, as it streams by.

use super::rolling::Rolling;
use super::signature::{Lookup, Signature};
use counterpart_model::Failure;
use std::ops::Range;

/// New bytes that are held back, at most, before they are told.
const LITERAL_BYTES: usize = 128 << 10;
/// Weak digests that deceive, after which no more are looked for: a signature could be made to be slow.
const FALSE_HITS: u32 = 4096;

/// A part of the new content.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Part<'a> {
    /// Bytes that the old content does not have.
    Bytes(&'a [u8]),
    /// A range of the old content.
    Old(Range<u64>),
}

/// See the module. Its memory is a block, what is held back, and what is fed at once.
pub(crate) struct Matcher {
    signature: Signature,
    buffer: Vec<u8>,
    /// Where in the buffer begins what was not told yet.
    untold: usize,
    /// Where in the buffer the window begins.
    window: usize,
    /// The digest of the window, once it was looked up.
    rolling: Option<Rolling>,
    /// A range that may go on.
    old: Option<Range<u64>>,
    /// The block that would continue the last one.
    next: Option<u32>,
    false_hits: u32,
    reused_bytes: u64,
}

impl Matcher {
    /// Looks for the blocks of a signature.
    pub(crate) fn new(signature: Signature) -> Self {
        Self {
            signature,
            buffer: Vec::new(),
            untold: 0,
            window: 0,
            rolling: None,
            old: None,
            next: None,
            false_hits: 0,
            reused_bytes: 0,
        }
    }

    /// Bytes of the new content that the old one had.
    pub(crate) fn reused_bytes(&self) -> u64 {
        self.reused_bytes
    }

    /// Takes the next bytes of the new content.
    ///
    /// # Errors
    /// What `tell` says.
    pub(crate) fn feed(
        &mut self,
        bytes: &[u8],
        tell: &mut dyn FnMut(Part<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.buffer.extend_from_slice(bytes);
        while self.advance() {
            let block = match self.look() {
                Lookup::Block(block) => block,
                Lookup::FalseHit => {
                    self.false_hits += 1;
                    continue;
                }
                Lookup::Nothing if self.window - self.untold < LITERAL_BYTES => continue,
                Lookup::Nothing => {
                    self.tell_bytes(self.window, tell)?;
                    continue;
                }
            };
            self.tell_bytes(self.window, tell)?;
            self.found(block, tell)?;
            self.window += self.signature.shape().block_bytes();
            self.untold = self.window;
            self.rolling = None;
        }
        self.buffer.drain(..self.untold);
        self.window -= self.untold;
        self.untold = 0;
        Ok(())
    }

    /// Tells all that was held back: the content ends here, or a hole begins.
    ///
    /// # Errors
    /// What `tell` says.
    pub(crate) fn flush(
        &mut self,
        tell: &mut dyn FnMut(Part<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let end = self.signature.short_end(&self.buffer[self.untold..]);
        let len = end.map_or(0, |block| {
            let range = self.signature.shape().range(block);
            usize::try_from(range.end - range.start).unwrap_or_default()
        });
        self.tell_bytes(self.buffer.len() - len, tell)?;
        if let Some(block) = end {
            self.found(block, tell)?;
        }
        self.tell_old(tell)?;
        self.buffer.clear();
        (self.untold, self.window) = (0, 0);
        (self.rolling, self.next) = (None, None);
        Ok(())
    }

    /// Brings the window to the next place that was not looked at; false where bytes are missing for that.
    fn advance(&mut self) -> bool {
        let len = self.signature.shape().block_bytes();
        let Some(rolling) = &mut self.rolling else {
            let window = self.buffer.get(self.window..self.window + len);
            self.rolling = window.map(Rolling::of);
            return self.rolling.is_some();
        };
        let Some(into) = self.buffer.get(self.window + len) else {
            return false;
        };
        rolling.roll(self.buffer[self.window], *into);
        self.window += 1;
        true
    }

    fn look(&self) -> Lookup {
        let Some(rolling) = self.rolling.filter(|_| self.false_hits < FALSE_HITS) else {
            return Lookup::Nothing;
        };
        let window = &self.buffer[self.window..self.window + self.signature.shape().block_bytes()];
        // A run goes on only where it stopped.
        let next = self.next.filter(|_| self.window == self.untold);
        self.signature.find(rolling.key(), window, next)
    }

    fn found(
        &mut self,
        block: u32,
        tell: &mut dyn FnMut(Part<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let range = self.signature.shape().range(block);
        self.reused_bytes += range.end - range.start;
        self.next = Some(block + 1);
        match &mut self.old {
            Some(old) if old.end == range.start => old.end = range.end,
            _ => {
                self.tell_old(tell)?;
                self.old = Some(range);
            }
        }
        Ok(())
    }

    /// Tells new bytes up to a place in the buffer.
    fn tell_bytes(
        &mut self,
        until: usize,
        tell: &mut dyn FnMut(Part<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        if until > self.untold {
            self.tell_old(tell)?;
            tell(Part::Bytes(&self.buffer[self.untold..until]))?;
            self.untold = until;
        }
        Ok(())
    }

    fn tell_old(&mut self, tell: &mut dyn FnMut(Part<'_>) -> Result<(), Failure>) -> Result<(), Failure> {
        self.old.take().map_or(Ok(()), |old| tell(Part::Old(old)))
    }
}
