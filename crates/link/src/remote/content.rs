//! Content from the far end. It is digested there too; where the two digests differ, it was changed on its way.

use crate::call::{Ask, Part, Told};
use crate::connection::{Channel, Item, decode, unexpected};
use counterpart_model::{Code, Digest, EntryPath, Fact, Failure};
use counterpart_port::{Attributes, ContentReader, Piece, Settled};

/// See the module.
pub(super) struct RemoteReader {
    channel: Channel,
    path: EntryPath,
    state: State,
}

/// How far the open file is.
enum State {
    /// None is open.
    None,
    /// Its fact is known; its content must be asked for.
    Told,
    /// Its content comes.
    Coming { bytes: Vec<u8>, at: usize },
    /// All of it came.
    Ended(Settled, Digest),
}

impl RemoteReader {
    pub(super) const fn new(channel: Channel) -> Self {
        Self {
            channel,
            path: EntryPath::root(),
            state: State::None,
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
        while let State::Coming { .. } = &self.state {
            self.next_part()?;
        }
        self.state = State::None;
        Ok(())
    }

    /// Takes what comes next; a length where it is a hole. A failure of the file itself ends it.
    fn next_part(&mut self) -> Result<Option<u64>, Failure> {
        match self.channel.take()? {
            Some(Item::Bytes(bytes)) => self.state = State::Coming { bytes, at: 0 },
            Some(Item::Message(part)) => match decode(&part)? {
                Part::Hole(len) => return Ok(Some(len)),
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

    fn not_open<T>(&self) -> Result<T, Failure> {
        Err(Failure::new(
            Code::Io,
            format!("reading {}", self.path),
            "no file is open",
        ))
    }
}

impl ContentReader for RemoteReader {
    fn open(&mut self, path: &EntryPath) -> Result<Fact, Failure> {
        // What is wrong with the file before is not told of this one.
        if let Err(failure) = self.let_pass()
            && failure.code == Code::SiteLost
        {
            return Err(failure);
        }
        self.path.set(path.as_bytes());
        self.channel.send(&Ask::Open(path.clone()))?;
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
            self.channel.send(&Ask::Content)?;
            self.state = Self::coming();
        }
        loop {
            match &mut self.state {
                State::Coming { bytes, at } if *at < bytes.len() => {
                    let len = buffer.len().min(bytes.len() - *at);
                    buffer[..len].copy_from_slice(&bytes[*at..*at + len]);
                    *at += len;
                    return Ok(Piece::Data(len));
                }
                State::Coming { .. } => {
                    if let Some(len) = self.next_part()? {
                        return Ok(Piece::Hole(len));
                    }
                }
                State::Ended(..) => return Ok(Piece::End),
                State::None | State::Told => return self.not_open(),
            }
        }
    }

    fn finish(&mut self, digest: Digest) -> Result<Settled, Failure> {
        match std::mem::replace(&mut self.state, State::None) {
            State::Ended(Settled::Torn(fact), _) => Ok(Settled::Torn(fact)),
            State::Ended(settled, there) if there == digest => Ok(settled),
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

    fn recall(&mut self, digest: Digest, at_seconds: i64) -> Result<Settled, Failure> {
        self.let_pass()?;
        self.channel
            .send(&Ask::Recall(self.path.clone(), digest, at_seconds))?;
        self.channel.message::<Result<Settled, Failure>>()?
    }

    fn attributes(&mut self, path: &EntryPath) -> Result<Attributes, Failure> {
        if !matches!(self.state, State::Told | State::None) {
            self.let_pass()?;
        }
        self.channel.send(&Ask::Attributes(path.clone()))?;
        self.channel.message::<Result<Attributes, Failure>>()?
    }
}
