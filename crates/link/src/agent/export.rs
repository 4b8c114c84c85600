//! Brings a kept version, or what a standby holds now, to a caller that puts it where it is wanted.

use crate::call::{EXPORT_DIGEST, Sent};
use crate::connection::{Channel, unexpected};
use counterpart_model::digest::Hasher;
use counterpart_model::{Failure, Kind};
use counterpart_port::{Export, ExportSink, ExportedEntry, Standby};

/// Sends what is asked for, to its end.
pub(super) fn serve(
    site: Result<&dyn Standby, Failure>,
    what: &Export,
    channel: &Channel,
) -> Result<(), Failure> {
    let mut sending = Sending {
        channel,
        hasher: None,
    };
    let done = site.and_then(|site| site.export(what, &mut sending));
    channel.send(&Sent::Done(done))
}

struct Sending<'a> {
    channel: &'a Channel,
    /// Of the content of the open file.
    hasher: Option<Hasher>,
}

impl Sending<'_> {
    /// A caller that says anything, or goes away, wants no more.
    fn is_wanted(&self) -> Result<(), Failure> {
        if self.channel.has_news() {
            return Err(unexpected("word while it was being sent what it asked for"));
        }
        Ok(())
    }
}

impl ExportSink for Sending<'_> {
    fn begin(&mut self, entry: &ExportedEntry) -> Result<(), Failure> {
        self.is_wanted()?;
        self.hasher = (entry.kind == Kind::File).then(|| EXPORT_DIGEST.hasher());
        self.channel.send(&Sent::Begin(Box::new(entry.clone())))
    }

    fn data(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.is_wanted()?;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(bytes);
        }
        self.channel.send_bytes(bytes)
    }

    fn hole(&mut self, len_bytes: u64) -> Result<(), Failure> {
        if let Some(hasher) = &mut self.hasher {
            hasher.update_zeros(len_bytes);
        }
        self.channel.send(&Sent::Hole(len_bytes))
    }

    fn end(&mut self) -> Result<(), Failure> {
        let digest = self.hasher.take().map(Hasher::finish);
        self.channel.send(&Sent::End(digest))
    }
}
