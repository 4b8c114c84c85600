//! A sorted stream from the far end, which must come in order.

use crate::call::Batch;
use crate::connection::{Channel, unexpected};
use counterpart_model::{EntryPath, Failure};
use counterpart_port::{ExcludedEntry, KnownFile, Listed, Observed, SegmentRoot, Stream};
use serde::de::DeserializeOwned;
use std::collections::VecDeque;

/// An item that may have a path, by which it must be in order.
pub(super) trait Pathed {
    fn path(&self) -> Option<&EntryPath>;
}

impl Pathed for Observed {
    fn path(&self) -> Option<&EntryPath> {
        Some(&self.path)
    }
}

impl Pathed for ExcludedEntry {
    fn path(&self) -> Option<&EntryPath> {
        Some(&self.path)
    }
}

impl Pathed for KnownFile {
    fn path(&self) -> Option<&EntryPath> {
        Some(&self.path)
    }
}

impl Pathed for SegmentRoot {
    fn path(&self) -> Option<&EntryPath> {
        None
    }
}

impl Pathed for Listed {
    fn path(&self) -> Option<&EntryPath> {
        Some(&self.row.path)
    }
}

/// Most items of a list that is held whole.
const MAX_LISTED: usize = 1 << 22;

/// A list that is held whole; its order is the site's affair.
pub(super) fn whole<T: DeserializeOwned>(channel: &Channel) -> Result<Vec<T>, Failure> {
    let mut list = Vec::new();
    loop {
        match channel.message()? {
            Batch::Items(items) if list.len() + items.len() <= MAX_LISTED => list.extend::<Vec<T>>(items),
            Batch::Items(_) => return Err(unexpected("a list that is longer than any may be")),
            Batch::End(end) => return end.map(|()| list),
        }
    }
}

struct RemoteStream<T> {
    channel: Channel,
    items: VecDeque<T>,
    last: Option<EntryPath>,
    ended: bool,
}

/// The stream that a channel brings.
pub(super) fn open<'a, T>(channel: Channel) -> Box<dyn Stream<T> + 'a>
where
    T: Pathed + DeserializeOwned + Send + 'a,
{
    Box::new(RemoteStream {
        channel,
        items: VecDeque::new(),
        last: None,
        ended: false,
    })
}

impl<T: Pathed + DeserializeOwned + Send> Stream<T> for RemoteStream<T> {
    fn next_into(&mut self, item: &mut T) -> Result<bool, Failure> {
        while self.items.is_empty() {
            if self.ended {
                return Ok(false);
            }
            match self.channel.message()? {
                Batch::Items(items) => self.items = items.into(),
                Batch::End(end) => {
                    self.ended = true;
                    end?;
                }
            }
        }
        let Some(next) = self.items.pop_front() else {
            return Ok(false);
        };
        if let Some(path) = next.path() {
            if self.last.as_ref().is_some_and(|last| last >= path) {
                return Err(unexpected("paths that are out of order"));
            }
            self.last = Some(path.clone());
        }
        *item = next;
        Ok(true)
    }
}
