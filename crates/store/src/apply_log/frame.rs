//! One record of the apply log as bytes: mark, length, checksum, tag, payload.

use crate::checksum::{self, CHECKSUM_BYTES};

/// Begins each record, so that one that follows a damaged one can be told from a torn end.
pub(super) const MARK: [u8; 4] = *b"CPal";
/// Mark, length of what follows the checksum, checksum over length and what follows.
pub(super) const FRAME_BYTES: usize = 8 + CHECKSUM_BYTES;
/// No record is longer, its tag included.
pub(super) const MAX_PAYLOAD_BYTES: usize = 16 << 20;

/// What a record is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Tag {
    Opening,
    Record,
    Synced,
}

impl Tag {
    const ALL: [Self; 3] = [Self::Opening, Self::Record, Self::Synced];

    const fn byte(self) -> u8 {
        match self {
            Self::Opening => b'O',
            Self::Record => b'R',
            Self::Synced => b'S',
        }
    }

    /// The tag of a byte.
    pub(super) fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|tag| tag.byte() == byte)
    }
}

/// Begins a record in `frame`; the payload is appended, then comes [`end_frame`].
pub(super) fn start_frame(tag: Tag, frame: &mut Vec<u8>) {
    frame.clear();
    frame.resize(FRAME_BYTES, 0);
    frame.push(tag.byte());
}

/// Fills in what stands before the payload; `false` when it is too long.
pub(super) fn end_frame(frame: &mut [u8]) -> bool {
    let (front, payload) = frame.split_at_mut(FRAME_BYTES);
    let Some(len) = u32::try_from(payload.len())
        .ok()
        .filter(|_| payload.len() <= MAX_PAYLOAD_BYTES)
    else {
        return false;
    };
    let len = len.to_le_bytes();
    front[..4].copy_from_slice(&MARK);
    front[4..8].copy_from_slice(&len);
    front[8..].copy_from_slice(&checksum::of(&[&len, payload]));
    true
}

/// The length of the payload that a frame announces; `None` when it cannot be a frame.
pub(super) fn announced(front: &[u8; FRAME_BYTES]) -> Option<usize> {
    let len = front[4..8]
        .iter()
        .rev()
        .fold(0, |len, byte| (len << 8) | usize::from(*byte));
    (front[..4] == MARK && (1..=MAX_PAYLOAD_BYTES).contains(&len)).then_some(len)
}

/// True when the payload is what the frame says.
pub(super) fn matches(front: &[u8; FRAME_BYTES], payload: &[u8]) -> bool {
    checksum::of(&[&front[4..8], payload]) == front[8..]
}
