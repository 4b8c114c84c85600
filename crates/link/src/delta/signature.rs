//! The signature of old content: for each block a weak and a strong digest. How it is made, sent and looked up in.

use super::fill;
use super::rolling::Rolling;
use crate::connection::{Channel, Item, unexpected};
use counterpart_model::{Code, Failure};
use counterpart_port::Basis;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::ops::Range;

/// The smallest block.
const MIN_BLOCK_BYTES: u64 = 2 << 10;
/// More blocks are not signed: they are made larger instead. Both ends' memory is bounded by it.
const MAX_BLOCKS: u64 = 32 << 10;
/// A larger file is not signed.
const MAX_LEN_BYTES: u64 = 1 << 50;
/// Bytes of a weak digest in a signature.
const WEAK_BYTES: usize = 4;
/// A block is taken for another that it is not once in so many times two to the power of this: then the file is brought
/// again, under another salt.
const DOUBT_BITS: u32 = 20;
/// Bits of the filter before the index.
const FILTER_BITS: u32 = 1 << 20;

/// How a content is cut into blocks; the last one may be shorter.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Shape {
    len_bytes: u64,
    block_bytes: u64,
}

/// What a signature says before its entries.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) shape: Shape,
    /// Strong digests are made under this, anew for each signature: what deceives one does not deceive the next.
    salt: [u8; 32],
}

/// A signature as it travels: for each block its weak digest, little-endian, and as many bytes of its strong one as its
/// shape needs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Signed {
    pub(crate) head: Head,
    pub(crate) entries: Vec<u8>,
}

/// A signature to look up in.
pub(crate) struct Signature {
    head: Head,
    blocks: Vec<Block>,
    /// Whole blocks by their weak digest; of several with the same, the first.
    index: HashMap<u32, u32>,
    filter: Vec<u64>,
}

#[derive(PartialEq, Eq)]
struct Block {
    weak: u32,
    /// As many bytes as the shape needs, little-endian.
    strong: u64,
}

/// What was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Lookup {
    Block(u32),
    /// The weak digest is known, the strong one is not.
    FalseHit,
    Nothing,
}

impl Shape {
    /// How content of a length is cut.
    pub(crate) fn of(len_bytes: u64) -> Self {
        let mut block_bytes = MIN_BLOCK_BYTES;
        while len_bytes / block_bytes >= MAX_BLOCKS {
            block_bytes *= 2;
        }
        Self {
            len_bytes,
            block_bytes,
        }
    }

    /// Blocks, the last short one among them.
    pub(super) fn blocks(self) -> u64 {
        self.len_bytes.div_ceil(self.block_bytes)
    }

    /// Bytes of a strong digest: every window of new content is held against every block, and the whole file is checked
    /// once more, so they need to be no longer than makes a mistake rare.
    fn strong_bytes(self) -> usize {
        let bits = |number: u64| number.max(1).ilog2();
        let needed = bits(self.len_bytes) + bits(self.blocks()) + DOUBT_BITS;
        let strong_bits = needed.saturating_sub(u32::BITS);
        (strong_bits.div_ceil(8) as usize).clamp(2, size_of::<u64>())
    }

    fn entry_bytes(self) -> usize {
        WEAK_BYTES + self.strong_bytes()
    }

    /// Where a block lies.
    pub(super) fn range(self, block: u32) -> Range<u64> {
        let start = u64::from(block) * self.block_bytes;
        start..self.len_bytes.min(start + self.block_bytes)
    }

    /// The length of a whole block.
    pub(super) fn block_bytes(self) -> usize {
        usize::try_from(self.block_bytes).unwrap_or(usize::MAX)
    }
}

/// Signs content.
///
/// # Errors
/// It cannot be read, became shorter, or is too long; or the system has no random bytes.
pub(crate) fn sign(basis: &mut dyn Basis) -> Result<Signed, Failure> {
    let len_bytes = basis.len_bytes();
    if len_bytes > MAX_LEN_BYTES {
        return Err(super::rebuilt_wrongly("it is too long to be signed"));
    }
    let shape = Shape::of(len_bytes);
    let head = Head { shape, salt: salt()? };
    let mut buffer = vec![0; shape.block_bytes()];
    let mut entries = Vec::new();
    let mut at = 0;
    while at < len_bytes {
        let len = usize::try_from((len_bytes - at).min(shape.block_bytes)).unwrap_or_default();
        let block = &mut buffer[..len];
        fill(basis, block, at)?;
        entries.extend_from_slice(&Rolling::of(block).key().to_le_bytes());
        entries.extend_from_slice(&head.strong(block).to_le_bytes()[..shape.strong_bytes()]);
        at += len as u64;
    }
    Ok(Signed { head, entries })
}

/// Sends a signature, or that there is none.
///
/// # Errors
/// The connection has ended.
pub(crate) fn send(channel: &Channel, signed: Option<&Signed>) -> Result<(), Failure> {
    channel.send(&signed.map(|signed| signed.head))?;
    signed.map_or(Ok(()), |signed| channel.send_bytes(&signed.entries))
}

/// Receives what [`send`] sent. Its size is checked before any of it is kept.
///
/// # Errors
/// The connection has ended, or what came is no signature.
pub(crate) fn receive(channel: &Channel) -> Result<Option<Signature>, Failure> {
    let Some(head) = channel.message::<Option<Head>>()? else {
        return Ok(None);
    };
    let shape = head.shape;
    if shape.len_bytes > MAX_LEN_BYTES || shape != Shape::of(shape.len_bytes) {
        return Err(unexpected("a signature whose blocks are not as agreed"));
    }
    let wanted = usize::try_from(shape.blocks()).unwrap_or(usize::MAX) * shape.entry_bytes();
    let mut entries = Vec::with_capacity(wanted);
    while entries.len() < wanted {
        match channel.take()? {
            Some(Item::Bytes(bytes)) if entries.len() + bytes.len() <= wanted => entries.extend(bytes),
            _ => return Err(unexpected("a signature that is not of the length it must be")),
        }
    }
    Ok(Some(Signature::new(&Signed { head, entries })))
}

impl Signature {
    /// Prepares a signature to be looked up in.
    pub(crate) fn new(signed: &Signed) -> Self {
        let shape = signed.head.shape;
        let entries = signed.entries.chunks_exact(shape.entry_bytes());
        let mut signature = Self {
            head: signed.head,
            blocks: entries.map(Block::read).collect(),
            index: HashMap::new(),
            filter: vec![0; FILTER_BITS as usize / 64],
        };
        let whole = shape.len_bytes / shape.block_bytes;
        for (number, block) in (0..u32::try_from(whole).unwrap_or_default()).zip(&signature.blocks) {
            signature.index.entry(block.weak).or_insert(number);
            let bit = block.weak % FILTER_BITS;
            signature.filter[bit as usize / 64] |= 1 << (bit % 64);
        }
        signature
    }

    pub(super) fn shape(&self) -> Shape {
        self.head.shape
    }

    /// Looks for a window of one block's length; `next`, which would continue the last one, is preferred.
    #[inline]
    pub(super) fn find(&self, key: u32, window: &[u8], next: Option<u32>) -> Lookup {
        let bit = key % FILTER_BITS;
        if self.filter[bit as usize / 64] & (1 << (bit % 64)) == 0 {
            return Lookup::Nothing;
        }
        self.confirm(key, window, next)
    }

    fn confirm(&self, key: u32, window: &[u8], next: Option<u32>) -> Lookup {
        let next = next.filter(|next| self.weak(*next) == Some(key));
        let candidates = [next, self.index.get(&key).copied()];
        if candidates == [None, None] {
            return Lookup::Nothing;
        }
        let strong = self.head.strong(window);
        let found = candidates
            .into_iter()
            .flatten()
            .find(|number| self.is(*number, key, strong));
        found.map_or(Lookup::FalseHit, Lookup::Block)
    }

    /// The last block, if it is a short one and is what these bytes end with.
    pub(super) fn short_end(&self, bytes: &[u8]) -> Option<u32> {
        let last = u32::try_from(self.blocks.len().checked_sub(1)?).ok()?;
        let range = self.shape().range(last);
        let len = usize::try_from(range.end - range.start).ok()?;
        if len == self.shape().block_bytes() {
            return None;
        }
        let end = &bytes[bytes.len().checked_sub(len)?..];
        self.is(last, Rolling::of(end).key(), self.head.strong(end))
            .then_some(last)
    }

    fn weak(&self, number: u32) -> Option<u32> {
        self.blocks.get(number as usize).map(|block| block.weak)
    }

    fn is(&self, number: u32, weak: u32, strong: u64) -> bool {
        self.blocks.get(number as usize) == Some(&Block { weak, strong })
    }
}

impl Head {
    /// The beginning of the strong digest of a block.
    fn strong(&self, block: &[u8]) -> u64 {
        let digest = blake3::keyed_hash(&self.salt, block);
        number(&digest.as_bytes()[..self.shape.strong_bytes()])
    }
}

impl Block {
    fn read(entry: &[u8]) -> Self {
        let (weak, strong) = entry.split_at(WEAK_BYTES);
        Self {
            weak: u32::try_from(number(weak)).unwrap_or_default(),
            strong: number(strong),
        }
    }
}

/// A number of at most eight bytes, little-endian.
fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn salt() -> Result<[u8; 32], Failure> {
    let mut salt = [0; 32];
    // So few bytes come whole, or not at all.
    rustix::rand::getrandom(&mut salt, rustix::rand::GetRandomFlags::empty())
        .map_err(|errno| Failure::new(Code::Io, "making a signature", errno))?;
    Ok(salt)
}
