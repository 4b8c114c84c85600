//! Changing a far standby: places are ordered on one channel, and each is filled on a lane that it has to itself.
//!
//! Nothing is waited for before the end of a place, and small files go several together: they share one answer. Orders wait
//! until somebody begins with one of them, or there are many.

use super::orders::Orders;
use super::together::{Outcome, send_together, take_outcomes};
use super::{AT_ONCE, RemoteSite};
use crate::call::{Call, Commit, Fill, Order, Rested};
use crate::connection::{Channel, lock};
use crate::delta::{self, Matcher, Signature};
use counterpart_model::{Digest, EntryPath, Fact, Failure, Kind, Step};
use counterpart_port::{Apply, Arrived, Attributes, Committed, Place, SmallFile};
use std::sync::{Condvar, Mutex, PoisonError};

/// See the module.
pub(super) struct RemoteApply<'a> {
    site: &'a RemoteSite,
    orders: Orders,
    has_leftovers: bool,
    unpublished: Mutex<Vec<(EntryPath, Failure)>>,
    lanes: Mutex<Lanes>,
    freed: Condvar,
}

#[derive(Default)]
struct Lanes {
    idle: Vec<Channel>,
    opened: usize,
}

impl<'a> RemoteApply<'a> {
    pub(super) fn new(site: &'a RemoteSite, orders: Channel, has_leftovers: bool) -> Self {
        Self {
            site,
            orders: Orders::new(orders),
            has_leftovers,
            unpublished: Mutex::default(),
            lanes: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    /// Sends small files on one lane and takes their outcomes.
    fn fill_together(&self, files: Vec<SmallFile<'_>>) -> Result<Vec<Outcome>, Failure> {
        self.orders.flush()?;
        let lane = self.lane()?;
        let outcomes = send_together(&lane, files).and_then(|counts| take_outcomes(&lane, &counts));
        match outcomes {
            Ok(_) => self.give_back(lane),
            Err(_) => self.give_up(lane),
        }
        outcomes
    }

    /// A lane that nobody uses; a new one while there may be more.
    fn lane(&self) -> Result<Channel, Failure> {
        let mut lanes = lock(&self.lanes);
        loop {
            if let Some(lane) = lanes.idle.pop() {
                return Ok(lane);
            }
            if lanes.opened < AT_ONCE {
                lanes.opened += 1;
                return self.site.call(&Call::Lane);
            }
            lanes = self.freed.wait(lanes).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn give_back(&self, lane: Channel) {
        lock(&self.lanes).idle.push(lane);
        self.freed.notify_one();
    }

    /// A lane whose state is not known is let go; another may be opened.
    fn give_up(&self, lane: Channel) {
        drop(lane);
        lock(&self.lanes).opened -= 1;
        self.freed.notify_one();
    }
}

impl Apply for RemoteApply<'_> {
    fn place(&self, step: &Step) -> Result<Box<dyn Place + '_>, Failure> {
        Ok(Box::new(RemotePlace {
            apply: self,
            number: self.orders.order(step)?,
            lane: Mutex::default(),
            may_reuse: may_reuse(step),
            matcher: None,
            reused_bytes: 0,
            done: false,
        }))
    }

    fn fill(&self, files: Vec<SmallFile<'_>>) -> Vec<Outcome> {
        let count = files.len();
        self.fill_together(files)
            .unwrap_or_else(|failure| vec![Err(failure); count])
    }

    fn rest(&self) -> Result<(), Failure> {
        let Rested { rested, unpublished } = self.orders.ask(&Order::Rest)?;
        lock(&self.unpublished).extend(unpublished);
        rested
    }

    fn failures(&self) -> Vec<(EntryPath, Failure)> {
        std::mem::take(&mut *lock(&self.unpublished))
    }

    fn sync(&self) -> Result<(), Failure> {
        self.orders.ask::<Result<(), Failure>>(&Order::Sync)?
    }
}

struct RemotePlace<'a> {
    apply: &'a RemoteApply<'a>,
    number: u64,
    lane: Mutex<Option<Channel>>,
    /// What the far end has may be worth asking for.
    may_reuse: bool,
    /// Looks for what the far end has in what is written.
    matcher: Option<Matcher>,
    reused_bytes: u64,
    done: bool,
}

impl RemotePlace<'_> {
    /// Does something with the lane of this place, which it gets with the first word.
    fn on_lane<T>(&self, act: impl FnOnce(&Channel) -> Result<T, Failure>) -> Result<T, Failure> {
        let mut lane = lock(&self.lane);
        if lane.is_none() {
            self.apply.orders.flush()?;
            let own = self.apply.lane()?;
            own.send(&Fill::Begin(self.number))?;
            *lane = Some(own);
        }
        lane.as_ref().map_or_else(|| Err(crate::connection::ended()), act)
    }

    /// Sends content, unless the far end has already said why it takes none.
    fn fill(&mut self, act: impl FnOnce(&Channel) -> Result<(), Failure>) -> Result<(), Failure> {
        let refused = self.on_lane(|lane| Ok(lane.has_news()))?;
        if refused {
            return self.answer().map(drop);
        }
        self.on_lane(act)
    }

    /// Before the first of its content: asks for the signature of what the far end has.
    fn prepare(&mut self) -> Result<(), Failure> {
        if std::mem::take(&mut self.may_reuse) {
            self.matcher = self.signature()?.map(Matcher::new);
        }
        Ok(())
    }

    /// Of what the far end has already.
    fn signature(&self) -> Result<Option<Signature>, Failure> {
        let algorithm = self.apply.site.terms().algorithm;
        self.on_lane(|lane| {
            lane.send(&Fill::Sign(algorithm))?;
            delta::receive(lane)
        })
    }

    /// Sends what the matcher holds back.
    fn flush(&mut self) -> Result<(), Failure> {
        let Some(mut matcher) = self.matcher.take() else {
            return Ok(());
        };
        let flushed = self.fill(|lane| matcher.flush(&mut |part| tell(lane, part)));
        self.reused_bytes = matcher.reused_bytes();
        self.matcher = Some(matcher);
        flushed
    }

    /// The one answer of a place, after which its lane is free.
    fn answer(&mut self) -> Result<Committed, Failure> {
        let answer = self.on_lane(Channel::message::<Result<Committed, Failure>>);
        self.done = true;
        let lane = lock(&self.lane).take();
        match (&answer, lane) {
            (Ok(Ok(_)), Some(lane)) => self.apply.give_back(lane),
            // What was told early has left words on the lane that nobody waits for.
            (_, Some(lane)) => self.apply.give_up(lane),
            (_, None) => {}
        }
        answer?
    }
}

impl Place for RemotePlace<'_> {
    fn give_up_for_number(&mut self) -> Option<u64> {
        self.done = true;
        Some(self.number)
    }

    fn arrived_before(&self) -> Option<Digest> {
        if !self.apply.has_leftovers {
            return None;
        }
        let asked = self.on_lane(|lane| {
            lane.send(&Fill::ArrivedBefore)?;
            lane.message::<Option<Digest>>()
        });
        asked.ok().flatten()
    }

    fn reused_bytes(&self) -> u64 {
        self.reused_bytes
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.prepare()?;
        let mut matcher = self.matcher.take();
        let sent = self.fill(|lane| match &mut matcher {
            Some(matcher) => matcher.feed(bytes, &mut |part| tell(lane, part)),
            None => lane.send_bytes(bytes),
        });
        self.matcher = matcher;
        sent
    }

    fn hole(&mut self, len_bytes: u64) -> Result<(), Failure> {
        self.prepare()?;
        self.flush()?;
        self.fill(|lane| lane.send(&Fill::Hole(len_bytes)))
    }

    fn commit(
        &mut self,
        fact: Option<&Fact>,
        attributes: &Attributes,
        content: Arrived,
    ) -> Result<Committed, Failure> {
        if content == Arrived::Written {
            self.flush()?;
        }
        let commit = Box::new(Commit {
            fact: fact.cloned(),
            attributes: attributes.clone(),
            arrived: content,
        });
        self.on_lane(|lane| lane.send(&Fill::Commit(commit)))?;
        self.answer()
    }
}

impl Drop for RemotePlace<'_> {
    fn drop(&mut self) {
        if self.done {
            return;
        }
        // Where the connection has ended, the far end forgot the place with it.
        match lock(&self.lane).take() {
            Some(lane) if lane.send(&Fill::Drop).is_ok() && !lane.has_news() => self.apply.give_back(lane),
            Some(lane) => self.apply.give_up(lane),
            None => drop(self.apply.orders.forget(self.number)),
        }
    }
}

/// Large content may have arrived in part, or be much like the old one.
fn may_reuse(step: &Step) -> bool {
    let large = |fact: &Option<Fact>, from_bytes: u64| {
        fact.as_ref()
            .is_some_and(|fact| fact.kind == Kind::File && fact.size_bytes >= from_bytes)
    };
    large(&step.wanted, delta::ALWAYS_FROM_BYTES)
        || large(&step.wanted, delta::FROM_BYTES) && large(&step.present, delta::FROM_BYTES)
}

fn tell(lane: &Channel, part: delta::Part<'_>) -> Result<(), Failure> {
    match part {
        delta::Part::Bytes(bytes) => lane.send_bytes(bytes),
        delta::Part::Old(range) => lane.send(&Fill::Old(range.start, range.end - range.start)),
    }
}
