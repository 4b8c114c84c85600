//! Streams and lists, in batches of about a frame.

use crate::call::Batch;
use crate::connection::Channel;
use counterpart_model::Failure;
use counterpart_port::{Expired, Listing, Stream};
use serde::Serialize;

/// About how many bytes of a stream go into one message.
const BATCH_BYTES: usize = 48 << 10;
/// How many items, at most.
const BATCH_ITEMS: usize = 1024;

/// Sends a stream.
pub(super) fn stream<T: Serialize + Default>(
    stream: Result<Box<dyn Stream<T> + '_>, Failure>,
    channel: &Channel,
) -> Result<(), Failure> {
    let next = |stream: &mut Box<dyn Stream<T> + '_>| {
        let mut item = T::default();
        stream.next_into(&mut item).map(|more| more.then_some(item))
    };
    let told = match stream {
        Ok(mut stream) => batches(|| next(&mut stream), channel)?,
        Err(failure) => Err(failure),
    };
    channel.send(&Batch::<T>::End(told))
}

/// Sends a list that is known whole.
pub(super) fn whole<T: Serialize>(list: Result<Vec<T>, Failure>, channel: &Channel) -> Result<(), Failure> {
    let told = match list {
        Ok(list) => {
            let mut items = list.into_iter();
            batches(|| Ok(items.next()), channel)?
        }
        Err(failure) => Err(failure),
    };
    channel.send(&Batch::<T>::End(told))
}

/// Sends a manifest: what it says of itself, then its rows.
pub(super) fn listing(
    listing: Result<Option<Listing<'_>>, Failure>,
    channel: &Channel,
) -> Result<(), Failure> {
    match listing {
        Ok(Some((head, rows))) => {
            channel.send(&Ok::<_, Failure>(Some(head)))?;
            stream(Ok(rows), channel)
        }
        none => channel.send(&none.map(|_| None::<counterpart_port::ListingHead>)),
    }
}

/// Sends what has expired: the terms, then the passes.
pub(super) fn expired(expired: Result<Expired, Failure>, channel: &Channel) -> Result<(), Failure> {
    let passes = expired.as_ref().map(|expired| expired.passes.clone());
    let passes = passes.map_err(Clone::clone);
    let terms = expired.map(|expired| Expired {
        passes: Vec::new(),
        ..expired
    });
    channel.send(&terms)?;
    if terms.is_ok() {
        whole(passes, channel)
    } else {
        Ok(())
    }
}

/// The outer result is the connection's, the inner one the list's.
fn batches<T: Serialize>(
    mut next: impl FnMut() -> Result<Option<T>, Failure>,
    channel: &Channel,
) -> Result<Result<(), Failure>, Failure> {
    let mut items = Vec::new();
    let mut bytes = 0;
    loop {
        let item = match next() {
            Ok(Some(item)) => item,
            Ok(None) => break,
            Err(failure) => return Ok(Err(failure)),
        };
        bytes += postcard::experimental::serialized_size(&item).unwrap_or_default();
        items.push(item);
        if bytes >= BATCH_BYTES || items.len() >= BATCH_ITEMS {
            channel.send(&Batch::Items(std::mem::take(&mut items)))?;
            bytes = 0;
        }
    }
    if !items.is_empty() {
        channel.send(&Batch::Items(items))?;
    }
    Ok(Ok(()))
}
