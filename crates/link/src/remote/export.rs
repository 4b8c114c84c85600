//! What a far standby brings out, handed to whoever puts it somewhere. Content is digested there and here.

use crate::call::{EXPORT_DIGEST, Sent};
use crate::connection::{Channel, Item, decode, unexpected};
use counterpart_model::digest::Hasher;
use counterpart_model::{Code, Digest, Failure, Kind};
use counterpart_port::{ExportSink, ExportedEntry};

/// Programs that run as their owner are not taken from another host.
const SET_ID_BITS: u32 = 0o6000;
/// Directories in each other, at most.
const MAX_DEPTH: usize = 4096;

/// Takes all that comes, to its end.
pub(super) fn receive(channel: &Channel, sink: &mut dyn ExportSink) -> Result<(), Failure> {
    let mut receiving = Receiving {
        sink,
        open: Vec::new(),
        began: false,
    };
    loop {
        match channel.take()? {
            Some(Item::Bytes(bytes)) => receiving.data(&bytes)?,
            Some(Item::Message(sent)) => match decode(&sent)? {
                Sent::Begin(entry) => receiving.begin(*entry)?,
                Sent::Hole(len) => receiving.hole(len)?,
                Sent::End(digest) => receiving.end(digest)?,
                Sent::Done(done) => return done.and_then(|()| receiving.done()),
            },
            None => return Err(unexpected("an export without its end")),
        }
    }
}

struct Receiving<'a> {
    sink: &'a mut dyn ExportSink,
    /// What began and did not end, from the outermost on; with a hasher where it is a file.
    open: Vec<(Kind, Option<Hasher>)>,
    began: bool,
}

impl Receiving<'_> {
    fn begin(&mut self, mut entry: ExportedEntry) -> Result<(), Failure> {
        match self.open.last() {
            None if !self.began => self.began = true,
            Some((Kind::Directory, _)) if self.open.len() < MAX_DEPTH => {}
            _ => return Err(unexpected("an entry where none can be")),
        }
        if entry.kind != Kind::Directory {
            entry.mode &= !SET_ID_BITS;
        }
        let hasher = (entry.kind == Kind::File).then(|| EXPORT_DIGEST.hasher());
        self.open.push((entry.kind, hasher));
        self.sink.begin(&entry)
    }

    fn hasher(&mut self) -> Result<&mut Hasher, Failure> {
        let open = self.open.last_mut().and_then(|(_, hasher)| hasher.as_mut());
        open.ok_or_else(|| unexpected("content of no file"))
    }

    /// The sink first: it knows how much the file may have, and a hole of any length is digested byte by byte.
    fn data(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.hasher()?;
        self.sink.data(bytes)?;
        self.hasher()?.update(bytes);
        Ok(())
    }

    fn hole(&mut self, len_bytes: u64) -> Result<(), Failure> {
        self.hasher()?;
        self.sink.hole(len_bytes)?;
        self.hasher()?.update_zeros(len_bytes);
        Ok(())
    }

    fn end(&mut self, there: Option<Digest>) -> Result<(), Failure> {
        let Some((_, hasher)) = self.open.pop() else {
            return Err(unexpected("the end of nothing"));
        };
        if hasher.map(Hasher::finish) != there {
            let why = "what arrived is not what was read there";
            return Err(Failure::new(
                Code::SiteLost,
                "bringing back what the standby keeps",
                why,
            ));
        }
        self.sink.end()
    }

    fn done(&self) -> Result<(), Failure> {
        if self.open.is_empty() && self.began {
            return Ok(());
        }
        Err(unexpected("an export that is not whole"))
    }
}
