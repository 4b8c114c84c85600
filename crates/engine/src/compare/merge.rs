//! The merge of both sites' streams, in path order.

use counterpart_model::{EntryPath, Fact, Failure, Standing};
use counterpart_port::{Observed, Stream};
use std::cmp::Ordering;

/// What one site saw of an entry.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Seen {
    /// What its last manifest says.
    pub before: Option<Fact>,
    /// What is there now.
    pub now: Option<Fact>,
    /// Size and exact times of the content are as before: if the content changed, nobody meant to change it.
    pub quiet: bool,
    /// Nothing is known of it now.
    pub withheld: bool,
    /// The other site's last manifest says the same as `before`.
    pub shared: bool,
}

/// One entry as both sites saw it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Difference {
    /// The entry.
    pub path: EntryPath,
    /// At production.
    pub production: Seen,
    /// At the standby.
    pub standby: Seen,
    /// At production, the vanished path that this new entry may have had.
    pub moved_from: Option<EntryPath>,
}

/// Merges two streams. What one site does not mention, and the other says to be shared, is there as the other knew it
/// before: where only changes are exchanged, both bases have one root, and all is shared.
pub(crate) struct Merge<'a> {
    production: Head<'a>,
    standby: Head<'a>,
}

struct Head<'a> {
    stream: Box<dyn Stream<Observed> + 'a>,
    item: Observed,
    waiting: bool,
    ended: bool,
}

impl<'a> Merge<'a> {
    /// A merge of two streams of the same extent.
    pub(crate) fn new(
        production: Box<dyn Stream<Observed> + 'a>,
        standby: Box<dyn Stream<Observed> + 'a>,
    ) -> Self {
        Self {
            production: Head::new(production),
            standby: Head::new(standby),
        }
    }

    /// Fills in the next entry that either site mentions; `false` at the end.
    ///
    /// # Errors
    /// A stream could not be read.
    pub(crate) fn next_into(&mut self, difference: &mut Difference) -> Result<bool, Failure> {
        self.production.fill()?;
        self.standby.fill()?;
        let order = match (self.production.waiting, self.standby.waiting) {
            (false, false) => return Ok(false),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (true, true) => self.production.item.path.cmp(&self.standby.item.path),
        };
        let (mut production, mut standby) = (None, None);
        difference.moved_from = None;
        if order.is_le() {
            difference.path.set(self.production.item.path.as_bytes());
            difference.moved_from = self.production.item.moved_from.take();
            production = Some(self.production.take());
        }
        if order.is_ge() {
            difference.path.set(self.standby.item.path.as_bytes());
            standby = Some(self.standby.take());
        }
        difference.production = production.unwrap_or_else(|| Self::unmentioned(standby.as_ref()));
        difference.standby = standby.unwrap_or_else(|| Self::unmentioned(Some(&difference.production)));
        Ok(true)
    }

    /// What the other site holds of an entry that it does not mention.
    fn unmentioned(other: Option<&Seen>) -> Seen {
        let known = other
            .filter(|seen| seen.shared)
            .and_then(|seen| seen.before.clone());
        let known = known.filter(|fact| fact.standing == Standing::Compared);
        Seen {
            before: known.clone(),
            quiet: known.is_some(),
            now: known,
            withheld: false,
            shared: false,
        }
    }
}

impl<'a> Head<'a> {
    fn new(stream: Box<dyn Stream<Observed> + 'a>) -> Self {
        Self {
            stream,
            item: Observed::default(),
            waiting: false,
            ended: false,
        }
    }

    fn fill(&mut self) -> Result<(), Failure> {
        if !self.waiting && !self.ended {
            self.waiting = self.stream.next_into(&mut self.item)?;
            self.ended = !self.waiting;
        }
        Ok(())
    }

    fn take(&mut self) -> Seen {
        self.waiting = false;
        let item = &mut self.item;
        Seen {
            before: item.before.take(),
            now: item.now.take(),
            quiet: item.times_same,
            withheld: item.withheld,
            shared: item.shared,
        }
    }
}
