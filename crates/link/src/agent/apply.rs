//! A standby that is changed from the other end: places in the order of one channel, their content on lanes.

use super::answer::Far;
use crate::call::{Commit, Fill, FilledFile, Order, Rested, TOGETHER_BYTES};
use crate::connection::{Channel, Item, decode, lock, unexpected};
use crate::delta::{self, Rebuilding};
use counterpart_model::{Algorithm, Code, Digest, Fact, Failure, Step};
use counterpart_port::{Apply, Arrived, Committed, Place, SmallFile};
use crossbeam_channel::{Receiver, unbounded};
use std::collections::HashMap;
use std::sync::Mutex;
use std::thread::{Builder, Scope, Thread};

/// Places that wait to be filled, at most.
const MAX_PLACES: usize = 64 << 10;

/// A place, or why there is none.
type Placed<'t> = Result<Box<dyn Place + 't>, Failure>;

/// Places that wait to be filled, by their numbers.
struct Places<'t>(Mutex<Waiting<'t>>);

#[derive(Default)]
struct Waiting<'t> {
    placed: HashMap<u64, Placed<'t>>,
    /// Threads that wait for a place, each to be woken by its own alone.
    awaited: HashMap<u64, Thread>,
    /// Nothing is placed any more.
    ended: bool,
}

/// Serves one application until the channel of its orders ends.
pub(super) fn serve(far: &Far<'_>, channel: &Channel) -> Result<(), Failure> {
    let (lanes, arriving) = unbounded();
    if !far.begin_lanes(lanes) {
        let why = "one is under way already";
        return channel.send(&Err::<(), _>(Failure::new(
            Code::Io,
            "starting an application",
            why,
        )));
    }
    let served = match far.site.apply() {
        Ok(target) => channel
            .send(&Ok::<(), Failure>(()))
            .and_then(|()| carry_out(far, target.as_ref(), channel, &arriving)),
        Err(failure) => channel.send(&Err::<(), _>(failure)),
    };
    far.end_lanes();
    served
}

fn carry_out(
    far: &Far<'_>,
    target: &dyn Apply,
    channel: &Channel,
    arriving: &Receiver<Channel>,
) -> Result<(), Failure> {
    let places = Places(Mutex::default());
    std::thread::scope(|scope| {
        let places = &places;
        scope.spawn(move || open_lanes(scope, places, arriving));
        let ended = obey(target, places, channel);
        far.end_lanes();
        places.end();
        ended
    })
}

fn open_lanes<'s, 'e, 't: 'e>(
    scope: &'s Scope<'s, 'e>,
    places: &'e Places<'t>,
    arriving: &Receiver<Channel>,
) {
    for lane in arriving {
        let run = move || Lane::new(&lane, places).run();
        // Where there is no thread, the lane closes, which its user is told.
        drop(Builder::new().name("lane".to_owned()).spawn_scoped(scope, run));
    }
}

/// Carries out orders, in order.
fn obey<'t>(target: &'t dyn Apply, places: &Places<'t>, channel: &Channel) -> Result<(), Failure> {
    while let Some(item) = channel.take()? {
        let Item::Message(order) = item else {
            return Err(unexpected("bytes where an order is due"));
        };
        match decode(&order)? {
            Order::Places(steps) => {
                for (number, step) in &steps {
                    places.put(*number, place(target, step))?;
                }
            }
            Order::Forget(number) => places.forget(number),
            Order::Rest => {
                let rested = target.rest();
                let unpublished = target.failures();
                channel.send(&Rested { rested, unpublished })?;
            }
            Order::Sync => channel.send(&target.sync())?,
        }
    }
    Ok(())
}

fn place<'t>(target: &'t dyn Apply, step: &Step) -> Placed<'t> {
    target.place(step)
}

impl<'t> Places<'t> {
    fn put(&self, number: u64, placed: Placed<'t>) -> Result<(), Failure> {
        let mut waiting = lock(&self.0);
        if waiting.placed.len() >= MAX_PLACES {
            return Err(unexpected("more places than may wait"));
        }
        waiting.placed.insert(number, placed);
        if let Some(thread) = waiting.awaited.remove(&number) {
            thread.unpark();
        }
        Ok(())
    }

    fn forget(&self, number: u64) {
        let forgotten = lock(&self.0).placed.remove(&number);
        drop(forgotten);
    }

    /// Nothing is placed any more.
    fn end(&self) {
        let left = {
            let mut waiting = lock(&self.0);
            waiting.ended = true;
            waiting.awaited.drain().for_each(|(_, thread)| thread.unpark());
            std::mem::take(&mut waiting.placed)
        };
        drop(left);
    }

    /// The place of a number, which may be on its way still.
    fn take(&self, number: u64) -> Placed<'t> {
        loop {
            let mut waiting = lock(&self.0);
            if let Some(placed) = waiting.placed.remove(&number) {
                return placed;
            }
            if waiting.ended {
                return Err(unexpected("content for no place"));
            }
            let this = std::thread::current();
            let first = waiting.awaited.entry(number).or_insert_with(|| this.clone());
            if first.id() != this.id() {
                return Err(unexpected("content for one place on two lanes"));
            }
            drop(waiting);
            // Woken for another reason, it looks and waits again.
            std::thread::park();
        }
    }
}

/// Fills one place after the other.
struct Lane<'c, 't> {
    channel: &'c Channel,
    places: &'c Places<'t>,
    place: Option<Placed<'t>>,
    /// What the place's content is put together from, where its old one was signed.
    rebuilding: Option<Rebuilding>,
    /// The failure of the present place was told.
    told: bool,
}

impl<'c, 't> Lane<'c, 't> {
    fn new(channel: &'c Channel, places: &'c Places<'t>) -> Self {
        Self {
            channel,
            places,
            place: None,
            rebuilding: None,
            told: false,
        }
    }

    /// Until the channel ends, or its user says what makes no sense.
    fn run(&mut self) {
        while let Ok(Some(item)) = self.channel.take() {
            let done = match item {
                Item::Bytes(bytes) => self.write(&bytes),
                Item::Message(fill) => decode(&fill).and_then(|fill| self.message(fill)),
            };
            if done.is_err() {
                return;
            }
        }
    }

    fn message(&mut self, fill: Fill) -> Result<(), Failure> {
        match fill {
            Fill::Begin(number) => {
                self.place = Some(self.places.take(number));
                self.rebuilding = None;
                self.told = false;
                Ok(())
            }
            Fill::ArrivedBefore => {
                let before: Option<Digest> = match &self.place {
                    Some(Ok(place)) => place.arrived_before(),
                    _ => None,
                };
                self.channel.send(&before)
            }
            Fill::Sign(algorithm) => self.sign(algorithm),
            Fill::Hole(len) => self.hole(len),
            Fill::Old(from, len) => self.write_old(from, len),
            Fill::Commit(commit) => self.commit(&commit),
            Fill::Files(files) => self.files(files),
            Fill::Drop => {
                self.place = None;
                self.rebuilding = None;
                Ok(())
            }
        }
    }

    /// Small files, each to its own place; the content of all follows.
    fn files(&self, files: Vec<FilledFile>) -> Result<(), Failure> {
        let len_bytes = files.iter().map(|file| u64::from(file.len_bytes)).sum::<u64>();
        if len_bytes > TOGETHER_BYTES as u64 {
            return Err(unexpected("more small files than come together"));
        }
        let together = self.channel.take_together(usize_of(len_bytes))?;
        let mut content = together.as_slice();
        let outcomes: Vec<Result<Committed, Failure>> = files
            .into_iter()
            .map(|file| {
                let own;
                (own, content) = content.split_at(usize_of(u64::from(file.len_bytes)).min(content.len()));
                self.file(file, own)
            })
            .collect();
        self.channel.send(&outcomes)
    }

    fn file(&self, file: FilledFile, content: &[u8]) -> Result<Committed, Failure> {
        let small = SmallFile {
            place: self.places.take(file.number)?,
            content,
            fact: file.fact,
            attributes: file.attributes,
        };
        small.commit()
    }

    /// Signs what is there, where anything is; where it cannot be read, everything is sent.
    fn sign(&mut self, algorithm: Algorithm) -> Result<(), Failure> {
        let basis = match &mut self.place {
            Some(Ok(place)) => place.basis().ok().flatten(),
            _ => None,
        };
        let signed = basis.and_then(|mut basis| Some((delta::sign(basis.as_mut()).ok()?, basis)));
        delta::send(self.channel, signed.as_ref().map(|(signed, _)| signed))?;
        self.rebuilding = signed.map(|(_, basis)| Rebuilding::new(basis, algorithm));
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        if let Some(rebuilding) = &mut self.rebuilding {
            rebuilding.note(bytes);
        }
        self.fill(|place| place.write(bytes))
    }

    fn hole(&mut self, len_bytes: u64) -> Result<(), Failure> {
        if let Some(rebuilding) = &mut self.rebuilding {
            rebuilding.note_hole(len_bytes);
        }
        self.fill(|place| place.hole(len_bytes))
    }

    fn write_old(&mut self, from: u64, len_bytes: u64) -> Result<(), Failure> {
        let mut rebuilding = self.rebuilding.take();
        let Some(old) = &mut rebuilding else {
            return Err(unexpected("a range of content that was not signed"));
        };
        let range = from..from.saturating_add(len_bytes);
        let filled = self.fill(|place| old.write_old(&range, place));
        self.rebuilding = rebuilding;
        filled
    }

    /// What was put together is compared with what production read, before it gets its name.
    fn check(&mut self, commit: &Commit) -> Result<(), Failure> {
        let digest = commit.fact.as_ref().and_then(Fact::digest);
        let rebuilding = self
            .rebuilding
            .take()
            .filter(|_| commit.arrived == Arrived::Written);
        rebuilding.map_or(Ok(()), |rebuilding| rebuilding.check(digest))
    }

    /// Does something to the place. Its first failure stays, and is told at once; all that follows passes it over.
    fn fill(&mut self, act: impl FnOnce(&mut dyn Place) -> Result<(), Failure>) -> Result<(), Failure> {
        match &mut self.place {
            Some(Ok(place)) => {
                if let Err(failure) = act(place.as_mut()) {
                    self.place = Some(Err(failure));
                }
            }
            Some(Err(_)) => {}
            None => return Err(unexpected("content before its place")),
        }
        if let (Some(Err(failure)), false) = (&self.place, self.told) {
            self.told = true;
            return self.channel.send(&Err::<Committed, _>(failure.clone()));
        }
        Ok(())
    }

    fn commit(&mut self, commit: &Commit) -> Result<(), Failure> {
        match self.place.take() {
            Some(Ok(mut place)) => {
                let committed = self
                    .check(commit)
                    .and_then(|()| place.commit(commit.fact.as_ref(), &commit.attributes, commit.arrived));
                drop(place);
                self.channel.send(&committed)
            }
            Some(Err(_)) if self.told => Ok(()),
            Some(Err(failure)) => self.channel.send(&Err::<Committed, _>(failure)),
            None => Err(unexpected("the end of no place")),
        }
    }
}

/// A length that was seen to be far below the limit of the number.
fn usize_of(len_bytes: u64) -> usize {
    usize::try_from(len_bytes).unwrap_or(usize::MAX)
}
