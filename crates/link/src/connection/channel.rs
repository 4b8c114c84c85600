//! One channel as its two users see it: messages and bytes, in order, with an end.

use super::inbox::{Inbox, WINDOW_BYTES};
use super::{Shared, lock};
use crate::frame::{Kind, MAX_PAYLOAD_BYTES};
use counterpart_model::{Code, Failure};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Bytes that are taken before the other side is told that it may send as many more.
const CREDIT_BYTES: u64 = WINDOW_BYTES as u64 / 4;
/// Payloads that are sent as they are after one that did not compress.
const NOT_TRIED: u32 = 15;

/// What came on a channel.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Item {
    /// A message, encoded.
    Message(Vec<u8>),
    /// Bytes of content.
    Bytes(Vec<u8>),
}

/// See the module. Dropped, it tells the other side that nothing more comes, and forgets what did.
pub(crate) struct Channel {
    shared: Arc<Shared>,
    inbox: Arc<Inbox>,
    id: u32,
    taken: AtomicU64,
    /// Payloads that will not be tried to be compressed.
    skip: AtomicU32,
}

impl Item {
    /// What it counts in a window: an empty message is not free.
    pub(super) fn cost_bytes(&self) -> i64 {
        let (Self::Message(payload) | Self::Bytes(payload)) = self;
        cost_bytes(payload.len())
    }
}

/// A payload is far below the limit of the number, so this is exact.
fn cost_bytes(len: usize) -> i64 {
    i64::try_from(len).unwrap_or(i64::MAX).saturating_add(64)
}

impl Channel {
    pub(super) fn open(shared: &Arc<Shared>, id: u32) -> Result<Self, Failure> {
        shared.check()?;
        let inbox = Arc::new(Inbox::new());
        shared.channels().insert(id, inbox.clone());
        Ok(Self {
            shared: shared.clone(),
            inbox,
            id,
            taken: AtomicU64::new(0),
            skip: AtomicU32::new(0),
        })
    }

    /// Sends a message.
    ///
    /// # Errors
    /// The connection has ended, or the message is too long.
    pub(crate) fn send<T: Serialize>(&self, message: &T) -> Result<(), Failure> {
        self.put(Kind::Message, encode(message)?)
    }

    /// Interrupts what the other side does for this channel: a message that waits for nothing.
    ///
    /// # Errors
    /// The connection has ended.
    pub(crate) fn interrupt(&self) -> Result<(), Failure> {
        self.shared.send_at_once(Kind::Message, self.id, encode(&())?)
    }

    /// Sends bytes of content, in as many frames as they need.
    ///
    /// # Errors
    /// The connection has ended.
    pub(crate) fn send_bytes(&self, bytes: &[u8]) -> Result<(), Failure> {
        bytes
            .chunks(MAX_PAYLOAD_BYTES)
            .try_for_each(|chunk| self.put(Kind::Bytes, chunk.to_vec()))
    }

    /// Sends bytes of content that fit in one frame.
    ///
    /// # Errors
    /// The connection has ended.
    pub(crate) fn send_together(&self, bytes: Vec<u8>) -> Result<(), Failure> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.put(Kind::Bytes, bytes)
    }

    /// Takes bytes that come together, of exactly this length.
    ///
    /// # Errors
    /// The connection has ended, or something else came.
    pub(crate) fn take_together(&self, len_bytes: usize) -> Result<Vec<u8>, Failure> {
        if len_bytes == 0 {
            return Ok(Vec::new());
        }
        match self.take()? {
            Some(Item::Bytes(bytes)) if bytes.len() == len_bytes => Ok(bytes),
            _ => Err(unexpected("contents of another length than it said")),
        }
    }

    /// The next item, when it is here; `None` at the end.
    ///
    /// # Errors
    /// The connection has ended.
    pub(crate) fn take(&self) -> Result<Option<Item>, Failure> {
        let item = self.inbox.take()?;
        self.give_credit(item.as_ref());
        Ok(item)
    }

    /// As [`Channel::take`]; `Ok(None)` when nothing came within `patience`.
    ///
    /// # Errors
    /// The connection has ended.
    pub(crate) fn take_within(&self, patience: Duration) -> Result<Option<Option<Item>>, Failure> {
        let item = self.inbox.take_within(patience)?;
        self.give_credit(item.as_ref().and_then(Option::as_ref));
        Ok(item)
    }

    /// The next message.
    ///
    /// # Errors
    /// The connection has ended, or something else came.
    pub(crate) fn message<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        match self.take()? {
            Some(Item::Message(message)) => decode(&message),
            Some(Item::Bytes(_)) => Err(unexpected("bytes where a message is due")),
            None => Err(unexpected("nothing where a message is due")),
        }
    }

    /// True when something came, or nothing ever will.
    pub(crate) fn has_news(&self) -> bool {
        self.inbox.has_news()
    }

    fn put(&self, kind: Kind, payload: Vec<u8>) -> Result<(), Failure> {
        let (raw, compress) = (payload.len(), self.is_worth_trying());
        self.inbox.spend(cost_bytes(raw))?;
        let sent = self.shared.send(kind, self.id, payload, compress)?;
        if compress && kind == Kind::Bytes && sent > raw {
            self.skip.store(NOT_TRIED, Relaxed);
        }
        Ok(())
    }

    /// What came after something that did not compress is mostly more of the same.
    fn is_worth_trying(&self) -> bool {
        let less = |skip: u32| skip.checked_sub(1);
        self.skip.fetch_update(Relaxed, Relaxed, less).is_err()
    }

    /// Where the connection has ended, nobody needs it, and what came before the end is taken all the same.
    fn give_credit(&self, item: Option<&Item>) {
        let Some(item) = item else { return };
        let cost = item.cost_bytes().unsigned_abs();
        let taken = self.taken.fetch_add(cost, Relaxed) + cost;
        if taken < CREDIT_BYTES {
            return;
        }
        self.taken.fetch_sub(taken, Relaxed);
        let credit = u32::try_from(taken).unwrap_or(u32::MAX);
        let payload = credit.to_le_bytes().to_vec();
        drop(self.shared.send(Kind::Credit, self.id, payload, false));
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        lock(&self.shared.channels).remove(&self.id);
        // Where the connection has ended there is nobody to tell.
        let _ = self.shared.send(Kind::End, self.id, Vec::new(), false);
    }
}

/// Encodes a message.
pub(crate) fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, Failure> {
    let bytes = postcard::to_allocvec(message)
        .map_err(|error| Failure::new(Code::Io, "encoding a message for the far end", error))?;
    if bytes.len() > MAX_PAYLOAD_BYTES {
        return Err(unexpected("a message that is longer than any may be"));
    }
    Ok(bytes)
}

/// Decodes a message; what is left over is a fault.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    match postcard::take_from_bytes(bytes) {
        Ok((message, [])) => Ok(message),
        Ok(_) => Err(unexpected("a message with more in it than belongs there")),
        Err(_) => Err(unexpected("a message that cannot be read")),
    }
}

/// The other side does not keep to what was agreed.
pub(crate) fn unexpected(what: &str) -> Failure {
    Failure::new(
        Code::SiteLost,
        "talking to the far end",
        format!("it sent {what}"),
    )
    .hint("Run again. If it happens again, compare `counterpart --version` at both ends.")
}
