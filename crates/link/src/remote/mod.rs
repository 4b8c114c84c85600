//! A far site as the engine sees it: every call of the port, asked over the link.
//!
//! What comes back is checked where the port promises something: paths of a stream are in order, and a content is the
//! one that was digested at its site.

mod ahead;
mod apply;
mod commands;
mod content;
mod export;
mod orders;
mod stream;
mod together;

use crate::call::{Call, Seen};
use crate::clock;
use crate::connection::{Channel, Connection, Item, Pulse, decode, encode, lock, unexpected};
use crate::hello::{Greeting, Program, Wanted};
use crate::pace::{Gates, Pace};
use counterpart_model::{Algorithm, Digest, EntryPath, Failure, Finding, Row};
use counterpart_port::{
    Apply, ChainHead, Closed, ContentReader, ExcludedEntry, Expired, Export, ExportSink, Extent,
    KeptManifest, KnownFile, LinkProfile, Listing, ListingHead, Observed, OpenRequest, Opened, Room,
    ScanReport, ScanRequest, SegmentRoot, Site, Standby, Stream, Version, Watch,
};
use rustix::fd::OwnedFd;
use serde::de::DeserializeOwned;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Requests under way at once: enough to fill a link whose answers take long.
const AT_ONCE: usize = 32;
/// Passes whose history is ended by one message.
const PASSES_AT_ONCE: usize = 1000;
/// How soon an interruption is passed on.
const HEED: Duration = Duration::from_millis(100);

/// A site at the far end.
pub struct RemoteSite {
    connection: Connection,
    agent: Program,
    terms: Mutex<Terms>,
}

/// What was agreed when the pass was opened.
#[derive(Clone, Copy, Default)]
struct Terms {
    algorithm: Algorithm,
    /// An interrupted pass left something that may be used.
    has_leftovers: bool,
}

impl RemoteSite {
    /// Greets an agent and asks it for a site.
    ///
    /// # Errors
    /// Nobody answers, or somebody else; the agent has no such site, or refuses it.
    pub fn connect(
        input: OwnedFd,
        output: OwnedFd,
        wanted: &Wanted,
        this: &Program,
    ) -> Result<Self, Failure> {
        Self::connect_at_pace(input, output, wanted, this, None)
    }

    /// As [`RemoteSite::connect`], no faster than is said.
    ///
    /// # Errors
    /// As [`RemoteSite::connect`].
    pub fn connect_at_pace(
        input: OwnedFd,
        output: OwnedFd,
        wanted: &Wanted,
        this: &Program,
        pace: Option<&Arc<dyn Pace>>,
    ) -> Result<Self, Failure> {
        let gates = pace.map(Gates::new);
        let mut greeting = Greeting::new(input, output);
        let agent = greeting.exchange(this)?;
        greeting.send(wanted)?;
        greeting.receive::<Result<(), Failure>>()??;
        let (input, output) = greeting.into_stream();
        Ok(Self {
            connection: Connection::start_at_pace(input, output, Pulse::default(), gates)?,
            agent,
            terms: Mutex::default(),
        })
    }

    fn call(&self, call: &Call) -> Result<Channel, Failure> {
        self.connection.call(encode(call)?)
    }

    fn ask<T: DeserializeOwned>(&self, call: &Call) -> Result<T, Failure> {
        self.call(call)?.message::<Result<T, Failure>>()?
    }

    fn link_profile(&self) -> Result<LinkProfile, Failure> {
        let offset = clock::measure(|| self.call(&Call::Clock)?.message())?;
        Ok(LinkProfile {
            clock_ahead_ms: offset.ahead_ms,
            clock_uncertainty_ms: offset.uncertainty_ms,
            agent_sha256: self.agent.sha256,
        })
    }

    fn reader(&self, only_digests: bool) -> Result<content::RemoteReader, Failure> {
        let algorithm = self.terms().algorithm;
        let channel = self.call(&Call::Content(algorithm))?;
        Ok(content::RemoteReader::new(channel, only_digests))
    }

    fn terms(&self) -> Terms {
        *lock(&self.terms)
    }
}

/// Messages about something that takes long, and that is interrupted when whoever asked for it is.
struct Told<'a> {
    channel: &'a Channel,
    watch: &'a dyn Watch,
    /// What it is when they stop too early.
    cut: &'a str,
    asked_to_stop: bool,
}

impl<'a> Told<'a> {
    fn new(channel: &'a Channel, watch: &'a dyn Watch, cut: &'a str) -> Self {
        Self {
            channel,
            watch,
            cut,
            asked_to_stop: false,
        }
    }

    fn next<T: DeserializeOwned>(&mut self) -> Result<T, Failure> {
        loop {
            if !self.asked_to_stop && self.watch.interrupted() {
                self.asked_to_stop = true;
                self.channel.interrupt()?;
            }
            match self.channel.take_within(HEED)? {
                None => {}
                Some(Some(Item::Message(message))) => return decode(&message),
                Some(_) => return Err(unexpected(self.cut)),
            }
        }
    }
}

impl Site for RemoteSite {
    fn requests_at_once(&self) -> Option<usize> {
        Some(AT_ONCE)
    }

    fn open(&self, request: &OpenRequest) -> Result<Opened, Failure> {
        let mut opened: Opened = self.ask(&Call::Open(request.clone()))?;
        opened.profile.link = Some(self.link_profile()?);
        *lock(&self.terms) = Terms {
            algorithm: request.policy.algorithm,
            has_leftovers: opened.recovered_since_seconds.is_some(),
        };
        Ok(opened)
    }

    fn scan(
        &self,
        request: &ScanRequest,
        found: &mut (dyn FnMut(Finding) + Send),
        watch: &dyn Watch,
    ) -> Result<ScanReport, Failure> {
        let channel = self.call(&Call::Scan(Box::new(request.clone())))?;
        let mut told = Told::new(&channel, watch, "a scan without its end");
        loop {
            match told.next()? {
                Seen::Found(finding) => found(finding),
                Seen::Progress(progress) => watch.progress(progress),
                Seen::Done(report) => return report.map(|report| *report),
            }
        }
    }

    fn observed(&self, extent: Extent) -> Result<Box<dyn Stream<Observed> + '_>, Failure> {
        Ok(stream::open(self.call(&Call::Observed(extent))?))
    }

    fn segments(&self) -> Result<Box<dyn Stream<SegmentRoot> + '_>, Failure> {
        Ok(stream::open(self.call(&Call::Segments)?))
    }

    fn observed_unlike(&self, shared: &[Digest]) -> Result<Box<dyn Stream<Observed> + '_>, Failure> {
        Ok(stream::open(self.call(&Call::Unlike(shared.to_vec()))?))
    }

    fn excluded(&self) -> Result<Box<dyn Stream<ExcludedEntry> + '_>, Failure> {
        Ok(stream::open(self.call(&Call::Excluded)?))
    }

    fn content(&self) -> Result<Box<dyn ContentReader + '_>, Failure> {
        Ok(Box::new(self.reader(false)?))
    }

    fn digests(&self) -> Result<Option<Box<dyn ContentReader + '_>>, Failure> {
        Ok(Some(Box::new(self.reader(true)?)))
    }

    fn same_tree(&self) -> Result<(), Failure> {
        self.ask(&Call::SameTree)
    }

    fn files(&self, from: &EntryPath) -> Result<Box<dyn Stream<KnownFile> + '_>, Failure> {
        Ok(stream::open(self.call(&Call::Files(from.clone()))?))
    }

    fn close(&self) -> Result<Closed, Failure> {
        self.ask(&Call::Close)
    }

    fn abandon(&self) {
        // Where the far end is gone, it let the pass go by itself.
        let _: Result<(), Failure> = self.ask(&Call::Abandon);
    }

    fn listing(&self, leaders: bool) -> Result<Option<Listing<'_>>, Failure> {
        let channel = self.call(&Call::Listing(leaders))?;
        let head = channel.message::<Result<Option<ListingHead>, Failure>>()??;
        Ok(head.map(|head| (head, stream::open(channel))))
    }

    fn listing_of(&self, root: Digest) -> Result<Option<Listing<'_>>, Failure> {
        let channel = self.call(&Call::ListingOf(root))?;
        let head = channel.message::<Result<Option<ListingHead>, Failure>>()??;
        match head {
            Some(head) if head.root != root => {
                Err(unexpected("another manifest than the one that was asked for"))
            }
            head => Ok(head.map(|head| (head, stream::open(channel)))),
        }
    }

    fn expired_manifests(&self, keep_seconds: u64, remove: bool) -> Result<Vec<KeptManifest>, Failure> {
        self.ask(&Call::ExpiredManifests(keep_seconds, remove))
    }

    fn row(&self, path: &EntryPath) -> Result<Option<Row>, Failure> {
        let row: Option<Row> = self.ask(&Call::Row(path.clone()))?;
        match row {
            Some(row) if row.path != *path => Err(unexpected("another path than the one that was asked for")),
            row => Ok(row),
        }
    }

    fn chain_head(&self) -> Result<Option<ChainHead>, Failure> {
        self.ask(&Call::ChainHead)
    }

    fn keep_chain_head(&self, head: &ChainHead) -> Result<(), Failure> {
        self.ask(&Call::KeepChainHead(head.clone()))
    }
}

impl Standby for RemoteSite {
    fn room(&self) -> Result<Room, Failure> {
        self.ask(&Call::Room)
    }

    fn adopt(&self) -> Result<(), Failure> {
        self.ask(&Call::Adopt)
    }

    fn apply(&self) -> Result<Box<dyn Apply + '_>, Failure> {
        let channel = self.call(&Call::Apply)?;
        channel.message::<Result<(), Failure>>()??;
        Ok(Box::new(apply::RemoteApply::new(
            self,
            channel,
            self.terms().has_leftovers,
        )))
    }

    fn versions(&self, path: &EntryPath) -> Result<Vec<Version>, Failure> {
        stream::whole(&self.call(&Call::Versions(path.clone()))?)
    }

    fn export(&self, what: &Export, sink: &mut dyn ExportSink) -> Result<(), Failure> {
        export::receive(&self.call(&Call::Export(what.clone()))?, sink)
    }

    fn expired(&self, keep_seconds: u64) -> Result<Expired, Failure> {
        let channel = self.call(&Call::Expired(keep_seconds))?;
        let terms = channel.message::<Result<Expired, Failure>>()??;
        Ok(Expired {
            passes: stream::whole(&channel)?,
            ..terms
        })
    }

    fn end_history(&self, passes: &[String], keep_seconds: u64) -> Result<(), Failure> {
        passes
            .chunks(PASSES_AT_ONCE)
            .try_for_each(|passes| self.ask(&Call::EndHistory(passes.to_vec(), keep_seconds)))
    }
}
