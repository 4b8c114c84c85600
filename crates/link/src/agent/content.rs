//! Content for a reader at the other end: what is small comes with its fact, so that one question is enough.

use crate::call::{Ask, Part, Told};
use crate::connection::{Channel, Item, decode, unexpected};
use counterpart_model::{Algorithm, Digest, EntryPath, Failure, Kind};
use counterpart_port::{Attributes, ContentReader, Piece, Settled, Site};

/// Files up to this size follow their fact.
const FOLLOWS_BYTES: u64 = 64 << 10;
const BUFFER_BYTES: usize = 1 << 20;

/// Answers a reader until it ends.
pub(super) fn serve<S: Site + ?Sized>(
    site: &S,
    algorithm: Algorithm,
    channel: &Channel,
) -> Result<(), Failure> {
    let mut serving = Serving {
        reader: site.content(),
        algorithm,
        channel,
        buffer: vec![0; BUFFER_BYTES],
    };
    while let Some(item) = channel.take()? {
        let Item::Message(ask) = item else {
            return Err(unexpected("bytes where a question is due"));
        };
        serving.answer(decode(&ask)?)?;
    }
    Ok(())
}

struct Serving<'a> {
    reader: Result<Box<dyn ContentReader + 'a>, Failure>,
    algorithm: Algorithm,
    channel: &'a Channel,
    buffer: Vec<u8>,
}

impl Serving<'_> {
    fn answer(&mut self, ask: Ask) -> Result<(), Failure> {
        match ask {
            Ask::Open(path) => self.open(&path),
            Ask::Content => self.content(),
            Ask::Recall(path, digest, at_seconds) => {
                let settled = self.recall(&path, digest, at_seconds);
                self.channel.send(&settled)
            }
            Ask::Attributes(path) => {
                let attributes: Result<Attributes, Failure> =
                    self.reader().and_then(|reader| reader.attributes(&path));
                self.channel.send(&attributes)
            }
        }
    }

    fn reader(&mut self) -> Result<&mut (dyn ContentReader + '_), Failure> {
        match &mut self.reader {
            Ok(reader) => Ok(reader.as_mut()),
            Err(failure) => Err(failure.clone()),
        }
    }

    fn open(&mut self, path: &EntryPath) -> Result<(), Failure> {
        let fact = self.reader().and_then(|reader| reader.open(path));
        let follows = fact
            .as_ref()
            .is_ok_and(|fact| fact.kind == Kind::File && fact.size_bytes <= FOLLOWS_BYTES);
        self.channel.send(&Told { fact, follows })?;
        if follows { self.content() } else { Ok(()) }
    }

    fn recall(&mut self, path: &EntryPath, digest: Digest, at_seconds: i64) -> Result<Settled, Failure> {
        let reader = self.reader()?;
        reader.open(path)?;
        reader.recall(digest, at_seconds)
    }

    /// Sends the open file. The outer result is the connection's.
    fn content(&mut self) -> Result<(), Failure> {
        let mut hasher = self.algorithm.hasher();
        let end = loop {
            let piece = match &mut self.reader {
                Ok(reader) => reader.read(&mut self.buffer),
                Err(failure) => Err(failure.clone()),
            };
            match piece {
                Ok(Piece::Data(len)) => {
                    hasher.update(&self.buffer[..len]);
                    self.channel.send_bytes(&self.buffer[..len])?;
                }
                Ok(Piece::Hole(len)) => {
                    hasher.update_zeros(len);
                    self.channel.send(&Part::Hole(len))?;
                }
                Ok(Piece::End) => break self.end(hasher.finish()),
                Err(failure) => break Err(failure),
            }
        };
        self.channel.send(&Part::End(end))
    }

    fn end(&mut self, digest: Digest) -> Result<(Settled, Digest), Failure> {
        let settled = self.reader()?.finish(digest)?;
        Ok((settled, digest))
    }
}
