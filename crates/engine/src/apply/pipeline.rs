//! Copying a large file with two threads: one reads and digests, the other writes.
//!
//! The buffers go round between them, so that memory is bounded whatever the file's size.

use crate::apply::copy::{BUFFER_BYTES, moved};
use crate::apply::rounds::Applying;
use counterpart_model::{Code, Digest, Failure};
use counterpart_port::{ContentReader, Piece, Place};
use crossbeam_channel::{Receiver, Sender, bounded};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Files from this size on are worth a second thread.
pub(super) const FROM_BYTES: u64 = 16 << 20;
/// Buffers that go round.
const BUFFERS: usize = 4;

/// How many may run at once: with more, memory would grow with the number of movers.
const AT_ONCE: usize = 4;

/// Counts the pipelines of an application.
#[derive(Debug, Default)]
pub(crate) struct Pipelines(AtomicUsize);

/// Leave to run one; given back when dropped.
pub(super) struct Leave<'a>(&'a Pipelines);

impl Pipelines {
    /// Leave to run one more, unless enough do.
    pub(super) fn take(&self) -> Option<Leave<'_>> {
        let more = |running: usize| (running < AT_ONCE).then_some(running + 1);
        self.0.fetch_update(Relaxed, Relaxed, more).ok()?;
        Some(Leave(self))
    }
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Relaxed);
    }
}

/// A piece on its way from the reading to the writing thread.
enum Chunk {
    Data(Vec<u8>, usize),
    Hole(u64),
}

/// Copies the open file to its place.
pub(super) fn stream(
    applying: &Applying<'_>,
    reader: &mut dyn ContentReader,
    place: &mut dyn Place,
) -> Result<Digest, Failure> {
    let (full, chunks) = bounded(BUFFERS);
    let (free, buffers) = bounded(BUFFERS);
    for _ in 0..BUFFERS {
        // The channel has room for all of them.
        drop(free.send(vec![0; BUFFER_BYTES]));
    }
    std::thread::scope(|scope| {
        let reading = scope.spawn(move || read(applying, reader, &buffers, &full));
        let written = write(place, chunks, &free);
        drop(free);
        let digest = reading
            .join()
            .unwrap_or_else(|_| Err(Failure::new(Code::Io, "reading a file", "the program failed")));
        written.and(digest)
    })
}

/// Reads and digests until the end, or until the writing thread has gone.
fn read(
    applying: &Applying<'_>,
    reader: &mut dyn ContentReader,
    buffers: &Receiver<Vec<u8>>,
    full: &Sender<Chunk>,
) -> Result<Digest, Failure> {
    let mut hasher = applying.algorithm.hasher();
    let mut spare = None;
    while let Some(mut buffer) = spare.take().or_else(|| buffers.recv().ok()) {
        let (chunk, bytes) = match reader.read(&mut buffer)? {
            // What is copied is not digested elsewhere.
            Piece::End | Piece::Digested(_) => break,
            Piece::Data(len) => {
                hasher.update(&buffer[..len]);
                (Chunk::Data(buffer, len), len as u64)
            }
            Piece::Hole(len) => {
                hasher.update_zeros(len);
                spare = Some(buffer);
                (Chunk::Hole(len), len)
            }
        };
        moved(applying, bytes)?;
        if full.send(chunk).is_err() {
            break;
        }
    }
    Ok(hasher.finish())
}

/// Writes what comes. Leaving with a failure drops the channel, which ends the reading thread.
fn write(place: &mut dyn Place, chunks: Receiver<Chunk>, free: &Sender<Vec<u8>>) -> Result<(), Failure> {
    for chunk in chunks {
        match chunk {
            Chunk::Data(buffer, len) => {
                place.write(&buffer[..len])?;
                // The reading thread may have ended already.
                drop(free.send(buffer));
            }
            Chunk::Hole(len) => place.hole(len)?,
        }
    }
    Ok(())
}
