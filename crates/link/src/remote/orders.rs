//! Orders for places, in order. They wait until somebody begins with one of the places, or there are many.

use crate::call::Order;
use crate::connection::{Channel, lock};
use counterpart_model::{Fact, Failure, Step};
use serde::de::DeserializeOwned;
use std::sync::Mutex;

/// Orders that wait, at most.
const UNSENT: usize = 64;
/// About how long a message of orders gets, in bytes: well below what one may have.
const UNSENT_BYTES: usize = 64 << 10;

/// See the module.
pub(super) struct Orders {
    channel: Channel,
    ordered: Mutex<Ordered>,
}

#[derive(Default)]
struct Ordered {
    next: u64,
    unsent: Vec<(u64, Step)>,
    unsent_bytes: usize,
}

impl Orders {
    pub(super) fn new(channel: Channel) -> Self {
        Self {
            channel,
            ordered: Mutex::default(),
        }
    }

    /// Orders a place; gives its number.
    ///
    /// # Errors
    /// The connection has ended.
    pub(super) fn order(&self, step: &Step) -> Result<u64, Failure> {
        let mut ordered = lock(&self.ordered);
        let number = ordered.next;
        ordered.next += 1;
        ordered.unsent_bytes += about_bytes(step);
        ordered.unsent.push((number, step.clone()));
        if ordered.unsent.len() >= UNSENT || ordered.unsent_bytes >= UNSENT_BYTES {
            self.send(&mut ordered)?;
        }
        Ok(number)
    }

    /// Sends what waits: to be called by whoever waits for a place at the far end.
    ///
    /// # Errors
    /// The connection has ended.
    pub(super) fn flush(&self) -> Result<(), Failure> {
        self.send(&mut lock(&self.ordered))
    }

    /// Takes an order back.
    ///
    /// # Errors
    /// The connection has ended.
    pub(super) fn forget(&self, number: u64) -> Result<(), Failure> {
        self.flush()?;
        self.channel.send(&Order::Forget(number))
    }

    /// Asks something, after all orders.
    ///
    /// # Errors
    /// The connection has ended.
    pub(super) fn ask<T: DeserializeOwned>(&self, order: &Order) -> Result<T, Failure> {
        self.flush()?;
        self.channel.send(order)?;
        self.channel.message()
    }

    fn send(&self, ordered: &mut Ordered) -> Result<(), Failure> {
        if ordered.unsent.is_empty() {
            return Ok(());
        }
        ordered.unsent_bytes = 0;
        let unsent = std::mem::take(&mut ordered.unsent);
        self.channel.send(&Order::Places(unsent))
    }
}

/// About how much of a message a step takes.
fn about_bytes(step: &Step) -> usize {
    const BESIDES: usize = 512;
    let target = |fact: &Option<Fact>| fact.as_ref().map_or(0, |fact| fact.target.len());
    let from = step.from.as_ref().map_or(0, |from| from.as_bytes().len());
    BESIDES + step.path.as_bytes().len() + from + target(&step.wanted) + target(&step.present)
}
