//! Content from the far end. It is digested there too; where the two digests differ, it was changed on its way.

use super::ahead::{AheadFiles, Here};
use crate::call::{Ask, Head, Part, Told};
use crate::connection::{Channel, Item, decode, unexpected};
use crate::delta::{self, rebuilt_wrongly};
use counterpart_model::{Code, Digest, EntryPath, Fact, Failure};
use counterpart_port::{Attributes, Basis, ContentReader, Piece, Settled};
use std::ops::Range;

/// See the module.
pub(super) struct RemoteReader {
    channel: Channel,
    /// The content does not come, only its digest.
    only_digests: bool,
    path: EntryPath,
    state: State,
    /// Small files that come before they are opened.
    ahead: AheadFiles,
    /// The attributes of the open file, where they came with it.
    attributes: Option<Attributes>,
    /// What the standby has of the open file.
    basis: Option<Box<dyn Basis>>,
    reused_bytes: u64,
}

/// How far the open file is.
enum State {
    /// None is open.
    None,
    /// Its fact is known; its content must be asked for.
    Told,
    /// Its content comes.
    Coming { bytes: Vec<u8>, at: usize },
    /// All of its content is here: what is left of it, and how it ended.
    Here {
        left: Vec<u8>,
        at: usize,
        end: Box<(Settled, Digest)>,
    },
    /// A range of what the standby has comes next.
    Old(Range<u64>),
    /// All of it came.
    Ended(Settled, Digest),
}

impl RemoteReader {
    pub(super) fn new(channel: Channel, only_digests: bool) -> Self {
        Self {
            channel,
            only_digests,
            path: EntryPath::root(),
            state: State::None,
            ahead: AheadFiles::default(),
            attributes: None,
            basis: None,
            reused_bytes: 0,
        }
    }

    const fn coming() -> State {
        State::Coming {
            bytes: Vec::new(),
            at: 0,
        }
    }

    /// Lets what still comes of the open file pass.
    fn let_pass(&mut self) -> Result<(), Failure> {
        while let State::Coming { .. } | State::Old(_) = &self.state {
            self.next_part()?;
        }
        self.state = State::None;
        Ok(())
    }

    /// As `let_pass`, where another file is next: what is wrong with this one is not told of that.
    fn leave(&mut self) -> Result<(), Failure> {
        match self.let_pass() {
            Err(failure) if failure.code == Code::SiteLost => Err(failure),
            _ => Ok(()),
        }
    }

    /// Asks something, when nothing else is on its way.
    fn send(&mut self, ask: &Ask) -> Result<(), Failure> {
        self.ahead.receive_all(&self.channel)?;
        self.channel.send(ask)
    }

    /// Opens what came ahead.
    fn open_here(&mut self, here: Here) -> Fact {
        let Here { file, content, .. } = here;
        self.attributes = file.attributes;
        self.state = State::Here {
            left: content,
            at: 0,
            end: Box::new((file.settled, file.digest)),
        };
        file.fact
    }

    /// Takes what comes next; a piece where it has no bytes. A failure of the file itself ends it.
    fn next_part(&mut self) -> Result<Option<Piece>, Failure> {
        match self.channel.take()? {
            Some(Item::Bytes(bytes)) => self.state = State::Coming { bytes, at: 0 },
            Some(Item::Message(part)) => match decode(&part)? {
                Part::Hole(len) => return Ok(Some(Piece::Hole(len))),
                Part::Digested(len) => return Ok(Some(Piece::Digested(len))),
                Part::Old(from, len) => self.state = State::Old(from..from.saturating_add(len)),
                Part::End(Ok((settled, digest))) => self.state = State::Ended(settled, digest),
                Part::End(Err(failure)) => {
                    self.state = State::None;
                    return Err(failure);
                }
            },
            None => return Err(unexpected("a file without its end")),
        }
        Ok(None)
    }

    /// Asks for the content; for what the standby lacks of it, where it has some. Where that cannot be read, for all.
    fn ask(&mut self) -> Result<(), Failure> {
        if self.only_digests {
            return self.send(&Ask::Digest);
        }
        let signed = self
            .basis
            .as_mut()
            .and_then(|basis| delta::sign(basis.as_mut()).ok());
        let Some(signed) = signed else {
            return self.send(&Ask::Content);
        };
        self.send(&Ask::Changed)?;
        delta::send(&self.channel, Some(&signed))
    }

    /// The next piece of a range that the standby has.
    fn read_old(&mut self, buffer: &mut [u8]) -> Result<Piece, Failure> {
        let (State::Old(range), Some(basis)) = (&mut self.state, &mut self.basis) else {
            return Err(unexpected("a range of content that was not signed"));
        };
        let left = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
        let wanted = left.min(buffer.len());
        delta::fill(basis.as_mut(), &mut buffer[..wanted], range.start)?;
        range.start += wanted as u64;
        self.reused_bytes += wanted as u64;
        Ok(Piece::Data(wanted))
    }

    fn not_open<T>(&self) -> Result<T, Failure> {
        Err(Failure::new(
            Code::Io,
            format!("reading {}", self.path),
            "no file is open",
        ))
    }
}

impl ContentReader for RemoteReader {
    fn announce(
        &mut self,
        paths: &mut dyn Iterator<Item = &EntryPath>,
        attributes: bool,
    ) -> Result<(), Failure> {
        if self.only_digests {
            return Ok(());
        }
        self.leave()?;
        self.ahead.ask(&self.channel, paths, attributes)
    }

    fn open(&mut self, path: &EntryPath) -> Result<Fact, Failure> {
        self.leave()?;
        self.path.set(path.as_bytes());
        self.basis = None;
        self.reused_bytes = 0;
        self.attributes = None;
        if let Some(here) = self.ahead.take(&self.channel, path)? {
            return Ok(self.open_here(here));
        }
        let path = path.clone();
        let ask = if self.only_digests {
            Ask::Look(path)
        } else {
            Ask::Open(path)
        };
        self.send(&ask)?;
        let told: Told = self.channel.message()?;
        self.state = match (&told.fact, told.follows) {
            (Ok(_), true) => Self::coming(),
            (Ok(_), false) => State::Told,
            (Err(_), _) => State::None,
        };
        told.fact
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<Piece, Failure> {
        if matches!(self.state, State::Told) {
            self.ask()?;
            self.state = Self::coming();
        }
        loop {
            match &mut self.state {
                State::Coming { bytes, at } | State::Here { left: bytes, at, .. } if *at < bytes.len() => {
                    return Ok(Piece::Data(copy_some(buffer, bytes, at)));
                }
                State::Here { end, .. } => {
                    let (settled, digest) = (**end).clone();
                    self.state = State::Ended(settled, digest);
                }
                State::Coming { .. } => {
                    if let Some(piece) = self.next_part()? {
                        return Ok(piece);
                    }
                }
                State::Old(range) if range.is_empty() => self.state = Self::coming(),
                State::Old(_) => return self.read_old(buffer),
                State::Ended(..) => return Ok(Piece::End),
                State::None | State::Told => return self.not_open(),
            }
        }
    }

    fn finish(&mut self, digest: Digest) -> Result<Settled, Failure> {
        match std::mem::replace(&mut self.state, State::None) {
            State::Ended(Settled::Torn(fact), _) => Ok(Settled::Torn(fact)),
            State::Ended(settled, there) if there == digest => Ok(settled),
            State::Ended(..) if self.reused_bytes > 0 => {
                Err(rebuilt_wrongly("what came of it is not what production holds"))
            }
            State::Ended(..) => {
                let why = "what arrived is not what was read there";
                Err(Failure::new(
                    Code::SiteLost,
                    format!("bringing {}", self.path),
                    why,
                ))
            }
            _ => self.not_open(),
        }
    }

    fn digest(&self) -> Option<Digest> {
        match &self.state {
            State::Ended(_, digest) if self.only_digests => Some(*digest),
            _ => None,
        }
    }

    fn head(&mut self, path: &EntryPath, buffer: &mut [u8]) -> Result<usize, Failure> {
        self.let_pass()?;
        let len = u16::try_from(buffer.len()).unwrap_or(u16::MAX);
        self.send(&Ask::Head(path.clone(), len))?;
        let Head(head) = self.channel.message::<Result<Head, Failure>>()??;
        let front = buffer.get_mut(..head.len());
        front
            .ok_or_else(|| unexpected("more of a file than was asked for"))?
            .copy_from_slice(&head);
        Ok(head.len())
    }

    fn comes_from_far(&self) -> bool {
        matches!(self.state, State::Told) && !self.only_digests
    }

    fn set_basis(&mut self, basis: Box<dyn Basis>) {
        self.basis = Some(basis);
    }

    fn reused_bytes(&self) -> u64 {
        self.reused_bytes
    }

    fn recall(&mut self, digest: Digest, at_seconds: i64) -> Result<Settled, Failure> {
        self.let_pass()?;
        self.send(&Ask::Recall(self.path.clone(), digest, at_seconds))?;
        self.channel.message::<Result<Settled, Failure>>()?
    }

    fn attributes(&mut self, path: &EntryPath) -> Result<Attributes, Failure> {
        if !matches!(self.state, State::Told | State::None) {
            self.let_pass()?;
        }
        if let (Some(attributes), true) = (&self.attributes, self.path == *path) {
            return Ok(attributes.clone());
        }
        self.send(&Ask::Attributes(path.clone()))?;
        self.channel.message::<Result<Attributes, Failure>>()?
    }
}

/// Copies as much as there is room for; moves the mark.
fn copy_some(buffer: &mut [u8], bytes: &[u8], at: &mut usize) -> usize {
    let len = buffer.len().min(bytes.len() - *at);
    buffer[..len].copy_from_slice(&bytes[*at..*at + len]);
    *at += len;
    len
}
