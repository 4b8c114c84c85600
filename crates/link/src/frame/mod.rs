//! One frame on the wire: twelve bytes that say what follows, then that.
//!
//! A length is checked before anything is allocated for it, that of what is compressed too. What a frame means is not
//! known here.

#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::thread::LocalKey;
use zstd::bulk::{Compressor, Decompressor};

/// Longest payload before compression, in bytes.
pub(crate) const MAX_PAYLOAD_BYTES: usize = 256 << 10;
/// Bytes of a header.
pub(crate) const HEADER_BYTES: usize = 12;
/// Payloads shorter than this are not compressed, in bytes.
const LEAST_COMPRESSED_BYTES: usize = 256;
/// Fast, for the link must not wait for the processor.
const LEVEL: i32 = 1;
const COMPRESSED: u8 = 1;

/// What a frame is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// Opens a channel with a request.
    Call,
    /// A message of a channel.
    Message,
    /// Bytes of content of a channel.
    Bytes,
    /// The sender sends nothing more on this channel.
    End,
    /// The sender took so many bytes of this channel: as many more may come.
    Credit,
    /// Nothing but a sign of life.
    Beat,
}

/// One frame.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Frame {
    /// The channel; 0 for none.
    pub channel: u32,
    /// What it is.
    pub kind: Kind,
    /// What it carries, not compressed.
    pub payload: Vec<u8>,
}

/// A frame as it goes over the wire.
pub(crate) struct Packed {
    header: [u8; HEADER_BYTES],
    body: Vec<u8>,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] = [
        Self::Call,
        Self::Message,
        Self::Bytes,
        Self::End,
        Self::Credit,
        Self::Beat,
    ];

    fn of_byte(byte: u8) -> io::Result<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| *kind as u8 == byte)
            .ok_or_else(|| broken("a frame of an unknown kind"))
    }
}

impl Frame {
    /// Prepares it to be sent; compressed where `compress` says so and it pays.
    pub(crate) fn pack(self, compress: bool) -> Packed {
        let squeezed = (compress && self.payload.len() >= LEAST_COMPRESSED_BYTES)
            .then(|| squeeze(&self.payload))
            .flatten();
        let flags = if squeezed.is_some() { COMPRESSED } else { 0 };
        let body = squeezed.unwrap_or(self.payload);
        let mut header = [0; HEADER_BYTES];
        header[..4].copy_from_slice(&self.channel.to_le_bytes());
        header[4] = self.kind as u8;
        header[5] = flags;
        // A payload is far below that.
        let len = u32::try_from(body.len()).unwrap_or(u32::MAX);
        header[8..].copy_from_slice(&len.to_le_bytes());
        Packed { header, body }
    }

    /// Reads one; `None` at the end of the stream, which is between two frames.
    ///
    /// # Errors
    /// The stream ends within a frame, or holds what is none.
    pub(crate) fn read(input: &mut impl Read) -> io::Result<Option<Self>> {
        let mut header = [0; HEADER_BYTES];
        if !read_whole_or_nothing(input, &mut header)? {
            return Ok(None);
        }
        let word =
            |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        let kind = Kind::of_byte(header[4])?;
        if header[5] & !COMPRESSED != 0 || header[6..8] != [0, 0] {
            return Err(broken("a frame with marks that are not known"));
        }
        let len = usize::try_from(word(8)).unwrap_or(usize::MAX);
        if len > MAX_PAYLOAD_BYTES {
            return Err(broken("a frame that is longer than any may be"));
        }
        let mut payload = vec![0; len];
        input.read_exact(&mut payload)?;
        if header[5] & COMPRESSED != 0 {
            payload = unsqueeze(&payload)?;
        }
        Ok(Some(Self {
            channel: word(0),
            kind,
            payload,
        }))
    }
}

impl Packed {
    /// Bytes on the wire.
    pub(crate) fn len_bytes(&self) -> usize {
        HEADER_BYTES + self.body.len()
    }

    /// Writes it.
    ///
    /// # Errors
    /// The stream's.
    pub(crate) fn write(&self, output: &mut impl Write) -> io::Result<()> {
        output.write_all(&self.header)?;
        output.write_all(&self.body)
    }
}

thread_local! {
    /// To make one costs more than a small frame.
    static SQUEEZING: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static UNSQUEEZING: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Uses this thread's own of something, which is made for the first use.
fn with<T, R>(
    own: &'static LocalKey<RefCell<Option<T>>>,
    make: impl FnOnce() -> io::Result<T>,
    act: impl FnOnce(&mut T) -> io::Result<R>,
) -> io::Result<R> {
    own.with_borrow_mut(|own| match own {
        Some(own) => act(own),
        None => act(own.insert(make()?)),
    })
}

/// The length in four bytes, then what is compressed; nothing where that is not shorter by a sixteenth at least.
fn squeeze(payload: &[u8]) -> Option<Vec<u8>> {
    let room = payload.len() - payload.len() / 16;
    let mut body = vec![0; room];
    let len = with(
        &SQUEEZING,
        || Compressor::new(LEVEL),
        |squeezing| squeezing.compress_to_buffer(payload, &mut body[4..]),
    );
    let len = len.ok()?;
    body[..4].copy_from_slice(&u32::try_from(payload.len()).ok()?.to_le_bytes());
    body.truncate(4 + len);
    Some(body)
}

fn unsqueeze(body: &[u8]) -> io::Result<Vec<u8>> {
    let (len, compressed) = body
        .split_first_chunk::<4>()
        .ok_or_else(|| broken("a compressed frame without its length"))?;
    let len = usize::try_from(u32::from_le_bytes(*len)).unwrap_or(usize::MAX);
    if len > MAX_PAYLOAD_BYTES {
        return Err(broken("a frame that would become longer than any may be"));
    }
    let mut payload = vec![0; len];
    let found = with(&UNSQUEEZING, Decompressor::new, |unsqueezing| {
        unsqueezing.decompress_to_buffer(compressed, &mut payload)
    });
    let found = found.map_err(|_| broken("a compressed frame that cannot be read"))?;
    if found != len {
        return Err(broken("a compressed frame of another length than it says"));
    }
    Ok(payload)
}

/// False where the stream ends before the first byte.
fn read_whole_or_nothing(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) if filled == 0 => return Ok(false),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(len) => filled += len,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

pub(crate) fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
