//! Content for a reader at the other end: what is small comes with its fact, so that one question is enough.

use crate::call::{Ahead, Ask, Head, Part, TOGETHER_BYTES, Told};
use crate::connection::{Channel, Item, decode, unexpected};
use crate::delta::{self, Matcher};
use counterpart_model::{Algorithm, Digest, EntryPath, Failure, Kind};
use counterpart_port::{Attributes, ContentReader, Piece, Settled, Site};

/// Files up to this size follow their fact.
const FOLLOWS_BYTES: u64 = 64 << 10;
/// How often a digest that takes long is told of.
const TOLD_BYTES: u64 = 16 << 20;
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
            Ask::Open(path) => self.open(&path, FOLLOWS_BYTES),
            Ask::Look(path) => self.open(&path, 0),
            Ask::Digest => self.digest(),
            Ask::Head(path, len) => {
                let head = self.head(&path, len);
                self.channel.send(&head)
            }
            Ask::Content => self.content(None),
            Ask::Changed => {
                let matcher = delta::receive(self.channel)?.map(Matcher::new);
                self.content(matcher)
            }
            Ask::Several(paths, attributes) => self.several(&paths, attributes),
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

    /// Content up to a size follows at once.
    fn open(&mut self, path: &EntryPath, follows_bytes: u64) -> Result<(), Failure> {
        let fact = self.reader().and_then(|reader| reader.open(path));
        let follows = fact.as_ref().is_ok_and(|fact| {
            fact.kind == Kind::File && fact.size_bytes <= follows_bytes && follows_bytes > 0
        });
        self.channel.send(&Told { fact, follows })?;
        if follows { self.content(None) } else { Ok(()) }
    }

    fn recall(&mut self, path: &EntryPath, digest: Digest, at_seconds: i64) -> Result<Settled, Failure> {
        let reader = self.reader()?;
        reader.open(path)?;
        reader.recall(digest, at_seconds)
    }

    /// Sends the open file, or what the other end does not have of it. The outer result is the connection's.
    fn content(&mut self, mut matcher: Option<Matcher>) -> Result<(), Failure> {
        let mut hasher = self.algorithm.hasher();
        let end = loop {
            match self.piece() {
                Ok(Piece::Data(len)) => {
                    hasher.update(&self.buffer[..len]);
                    send(self.channel, matcher.as_mut(), &self.buffer[..len])?;
                }
                Ok(Piece::Hole(len)) => {
                    hasher.update_zeros(len);
                    flush(self.channel, matcher.as_mut())?;
                    self.channel.send(&Part::Hole(len))?;
                }
                Ok(Piece::Digested(_) | Piece::End) => {
                    flush(self.channel, matcher.as_mut())?;
                    break self.end(hasher.finish());
                }
                Err(failure) => break Err(failure),
            }
        };
        self.channel.send(&Part::End(end))
    }

    /// Small files that will be opened soon, each whole, as many together as fit.
    fn several(&mut self, paths: &[EntryPath], attributes: bool) -> Result<(), Failure> {
        let mut together = Together::default();
        for path in paths {
            let ahead = self.ahead(path, attributes, &mut together.content);
            together.files.push(ahead);
            if together.content.len() + usize::try_from(FOLLOWS_BYTES).unwrap_or(0) >= TOGETHER_BYTES {
                together.send(self.channel)?;
            }
        }
        together.send(self.channel)
    }

    /// One such file, its content put behind that of the others; nothing where anything speaks against it: whoever opens it
    /// then learns why.
    fn ahead(&mut self, path: &EntryPath, attributes: bool, content: &mut Vec<u8>) -> Option<Ahead> {
        let begin = content.len();
        let ahead = self.read_ahead(path, attributes, content);
        if ahead.is_none() {
            content.truncate(begin);
        }
        ahead
    }

    fn read_ahead(&mut self, path: &EntryPath, attributes: bool, content: &mut Vec<u8>) -> Option<Ahead> {
        let fact = self.reader().ok()?.open(path).ok()?;
        if fact.kind != Kind::File || fact.size_bytes > FOLLOWS_BYTES {
            return None;
        }
        let begin = content.len();
        loop {
            match self.piece().ok()? {
                Piece::Data(len) => content.extend_from_slice(&self.buffer[..len]),
                Piece::End => break,
                Piece::Hole(_) | Piece::Digested(_) => return None,
            }
            if (content.len() - begin) as u64 > fact.size_bytes {
                return None;
            }
        }
        let own = &content[begin..];
        let (settled, digest) = self.end(self.algorithm.of(own)).ok()?;
        let attributes = if attributes {
            Some(self.reader().ok()?.attributes(path).ok()?)
        } else {
            None
        };
        Some(Ahead {
            fact,
            len_bytes: u32::try_from(own.len()).ok()?,
            settled,
            digest,
            attributes,
        })
    }

    fn head(&mut self, path: &EntryPath, len: u16) -> Result<Head, Failure> {
        let mut head = vec![0; usize::from(len)];
        let filled = self.reader()?.head(path, &mut head)?;
        head.truncate(filled);
        Ok(Head(head))
    }

    /// Digests the open file. The outer result is the connection's.
    fn digest(&mut self) -> Result<(), Failure> {
        let mut hasher = self.algorithm.hasher();
        let mut untold_bytes = 0;
        let end = loop {
            untold_bytes += match self.piece() {
                Ok(Piece::Data(len)) => {
                    hasher.update(&self.buffer[..len]);
                    len as u64
                }
                Ok(Piece::Hole(len)) => {
                    hasher.update_zeros(len);
                    len
                }
                Ok(Piece::Digested(_) | Piece::End) => break self.end(hasher.finish()),
                Err(failure) => break Err(failure),
            };
            if untold_bytes >= TOLD_BYTES {
                self.channel
                    .send(&Part::Digested(std::mem::take(&mut untold_bytes)))?;
            }
        };
        self.channel.send(&Part::Digested(untold_bytes))?;
        self.channel.send(&Part::End(end))
    }

    fn piece(&mut self) -> Result<Piece, Failure> {
        match &mut self.reader {
            Ok(reader) => reader.read(&mut self.buffer),
            Err(failure) => Err(failure.clone()),
        }
    }

    fn end(&mut self, digest: Digest) -> Result<(Settled, Digest), Failure> {
        let settled = self.reader()?.finish(digest)?;
        Ok((settled, digest))
    }
}

/// Small files that go together.
#[derive(Default)]
struct Together {
    files: Vec<Option<Ahead>>,
    content: Vec<u8>,
}

impl Together {
    fn send(&mut self, channel: &Channel) -> Result<(), Failure> {
        if self.files.is_empty() {
            return Ok(());
        }
        channel.send(&std::mem::take(&mut self.files))?;
        channel.send_together(std::mem::take(&mut self.content))
    }
}

fn send(channel: &Channel, matcher: Option<&mut Matcher>, bytes: &[u8]) -> Result<(), Failure> {
    match matcher {
        Some(matcher) => matcher.feed(bytes, &mut |part| tell(channel, part)),
        None => channel.send_bytes(bytes),
    }
}

fn flush(channel: &Channel, matcher: Option<&mut Matcher>) -> Result<(), Failure> {
    matcher.map_or(Ok(()), |matcher| matcher.flush(&mut |part| tell(channel, part)))
}

fn tell(channel: &Channel, part: delta::Part<'_>) -> Result<(), Failure> {
    match part {
        delta::Part::Bytes(bytes) => channel.send_bytes(bytes),
        delta::Part::Old(range) => channel.send(&Part::Old(range.start, range.end - range.start)),
    }
}
