//! One call each: what it asks of the site, and how the answer goes back.

use super::{apply, commands, content};
use crate::call::{Batch, Call, Seen};
use crate::clock::now;
use crate::connection::{Channel, lock, unexpected};
use counterpart_model::{Code, Failure, Finding, SiteRole};
use counterpart_port::{Commands, OpenRequest, Opened, Progress, ScanRequest, Standby, Stream, Watch};
use crossbeam_channel::Sender;
use serde::Serialize;
use std::sync::Mutex;

/// About how many bytes of a stream go into one message.
const BATCH_BYTES: usize = 48 << 10;
/// Longest name of a pass.
const MAX_PASS_BYTES: usize = 64;
/// How many items, at most.
const BATCH_ITEMS: usize = 1024;

/// The site of one caller.
pub(super) struct Far<'a> {
    pub(super) site: &'a dyn Standby,
    role: SiteRole,
    commands: Option<&'a dyn Commands>,
    /// Where lanes of the present application go.
    lanes: Mutex<Option<Sender<Channel>>>,
}

impl<'a> Far<'a> {
    pub(super) fn new(site: &'a dyn Standby, role: SiteRole, commands: Option<&'a dyn Commands>) -> Self {
        Self {
            site,
            role,
            commands,
            lanes: Mutex::default(),
        }
    }

    /// Answers one call. An error is the connection's, of which the caller need not be told.
    pub(super) fn answer(&self, call: Call, channel: Channel) -> Result<(), Failure> {
        let site = self.site;
        match call {
            Call::Open(request) => channel.send(&self.open(&request)),
            Call::Scan(request) => self.scan(&request, &channel),
            Call::Observed(extent) => stream(site.observed(extent), &channel),
            Call::Segments => stream(site.segments(), &channel),
            Call::Unlike(shared) => stream(site.observed_unlike(&shared), &channel),
            Call::Excluded => stream(site.excluded(), &channel),
            Call::Files(from) => stream(site.files(&from), &channel),
            Call::Content(algorithm) => content::serve(site, algorithm, &channel),
            Call::Clock => channel.send(&now()),
            Call::SameTree => channel.send(&site.same_tree()),
            Call::Close => channel.send(&site.close()),
            Call::Abandon => {
                site.abandon();
                channel.send(&Ok::<(), Failure>(()))
            }
            Call::Room => channel.send(&self.standby().and_then(Standby::room)),
            Call::Adopt => channel.send(&self.standby().and_then(Standby::adopt)),
            Call::Versions(path) => channel.send(&self.standby().and_then(|site| site.versions(&path))),
            Call::Apply => match self.standby() {
                Ok(_) => apply::serve(self, &channel),
                Err(failure) => channel.send(&Err::<(), _>(failure)),
            },
            Call::Commands => channel.send(&commands::offered(self.commands)),
            Call::Run(name) => commands::serve(self.commands, &name, &channel),
            Call::Lane => {
                if let Some(lanes) = &*lock(&self.lanes) {
                    // An application that ends takes no lanes any more: the channel closes.
                    drop(lanes.send(channel));
                }
                Ok(())
            }
        }
    }

    /// The pass's name becomes a part of names in the state directory and in history.
    fn open(&self, request: &OpenRequest) -> Result<Opened, Failure> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let name = &request.pass;
        if name.is_empty() || name.len() > MAX_PASS_BYTES || !name.bytes().all(plain) {
            return Err(unexpected("a name of a pass that is none"));
        }
        self.site.open(request)
    }

    /// The site, where it may be changed.
    fn standby(&self) -> Result<&'a dyn Standby, Failure> {
        match self.role {
            SiteRole::Standby => Ok(self.site),
            SiteRole::Production => Err(Failure::new(
                Code::SiteLost,
                "changing production",
                "it is only ever read",
            )),
        }
    }

    /// Takes lanes for an application from now on. False where there is one already.
    pub(super) fn begin_lanes(&self, lanes: Sender<Channel>) -> bool {
        let mut present = lock(&self.lanes);
        if present.is_some() {
            return false;
        }
        *present = Some(lanes);
        true
    }

    pub(super) fn end_lanes(&self) {
        *lock(&self.lanes) = None;
    }

    /// The stream has ended: nothing new begins.
    pub(super) fn end(&self) {
        self.end_lanes();
    }

    fn scan(&self, request: &ScanRequest, channel: &Channel) -> Result<(), Failure> {
        let watch = FarWatch(channel);
        // Where the caller is gone, the scan is interrupted by the watch.
        let mut found = |finding: Finding| drop(channel.send(&Seen::Found(finding)));
        let report = self.site.scan(request, &mut found, &watch);
        channel.send(&Seen::Done(report.map(Box::new)))
    }
}

/// Tells the caller of progress; any word of it, or its end, interrupts.
pub(super) struct FarWatch<'a>(pub(super) &'a Channel);

impl Watch for FarWatch<'_> {
    fn progress(&self, progress: Progress) {
        drop(self.0.send(&Seen::Progress(progress)));
    }

    fn interrupted(&self) -> bool {
        self.0.has_news()
    }
}

/// Sends a stream in batches of about a frame.
fn stream<T: Serialize + Default>(
    stream: Result<Box<dyn Stream<T> + '_>, Failure>,
    channel: &Channel,
) -> Result<(), Failure> {
    let told = match stream {
        Ok(mut stream) => batches(stream.as_mut(), channel)?,
        Err(failure) => Err(failure),
    };
    channel.send(&Batch::<T>::End(told))
}

/// The outer result is the connection's, the inner one the stream's.
fn batches<T: Serialize + Default>(
    stream: &mut dyn Stream<T>,
    channel: &Channel,
) -> Result<Result<(), Failure>, Failure> {
    let mut items = Vec::new();
    let mut bytes = 0;
    loop {
        let mut item = T::default();
        match stream.next_into(&mut item) {
            Ok(true) => {}
            Ok(false) => break,
            Err(failure) => return Ok(Err(failure)),
        }
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
