//! One call each: what it asks of the site, and how the answer goes back.

use super::{Host, apply, commands, content, export, lists};
use crate::call::{Call, Seen};
use crate::clock::now;
use crate::connection::{Channel, lock, unexpected};
use counterpart_model::{Code, Failure, Finding, SiteRole};
use counterpart_port::{
    Commands, OpenRequest, Opened, Progress, ScanRequest, Standby, Task, Watch, is_pass_name,
};
use crossbeam_channel::Sender;
use std::sync::Mutex;

/// The site of one caller.
pub(super) struct Far<'a> {
    pub(super) site: &'a dyn Standby,
    role: SiteRole,
    host: &'a dyn Host,
    pub(super) commands: Option<&'a dyn Commands>,
    /// What is done when the caller is gone.
    pub(super) left: Mutex<Vec<Task>>,
    /// Where lanes of the present application go.
    lanes: Mutex<Option<Sender<Channel>>>,
}

impl<'a> Far<'a> {
    pub(super) fn new(site: &'a dyn Standby, role: SiteRole, host: &'a dyn Host) -> Self {
        Self {
            site,
            role,
            host,
            commands: host.commands(),
            left: Mutex::default(),
            lanes: Mutex::default(),
        }
    }

    /// Answers one call. An error is the connection's, of which the caller need not be told.
    pub(super) fn answer(&self, call: Call, channel: Channel) -> Result<(), Failure> {
        let site = self.site;
        match call {
            Call::Open(request) => channel.send(&self.open(&request)),
            Call::Scan(request) => self.scan(&request, &channel),
            Call::Segments => lists::stream(site.segments(), &channel),
            Call::Unlike(shared) => lists::stream(site.observed_unlike(&shared), &channel),
            Call::Observed(extent) => lists::stream(site.observed(extent), &channel),
            Call::Excluded => lists::stream(site.excluded(), &channel),
            Call::Files(from) => lists::stream(site.files(&from), &channel),
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
            Call::Versions(path) => {
                lists::whole(self.standby().and_then(|site| site.versions(&path)), &channel)
            }
            Call::Apply => match self.standby() {
                Ok(_) => apply::serve(self, &channel),
                Err(failure) => channel.send(&Err::<(), _>(failure)),
            },
            Call::Commands => channel.send(&commands::offered(self.commands)),
            Call::Act(task) => commands::serve(self.commands, &task, &channel),
            Call::Permits(tasks) => channel.send(&commands::permits(self.commands, &tasks)),
            Call::WhenGone(tasks) => channel.send(&self.leave(tasks)),
            Call::Lane => {
                if let Some(lanes) = &*lock(&self.lanes) {
                    // An application that ends takes no lanes any more: the channel closes.
                    drop(lanes.send(channel));
                }
                Ok(())
            }
            Call::Listing(leaders) => lists::listing(site.listing(leaders), &channel),
            Call::ListingOf(root) => lists::listing(site.listing_of(root), &channel),
            Call::ExpiredManifests(seconds, remove) => channel.send(&site.expired_manifests(seconds, remove)),
            Call::Row(path) => channel.send(&site.row(&path)),
            Call::ChainHead => channel.send(&site.chain_head()),
            Call::KeepChainHead(head) => channel.send(&site.keep_chain_head(&head)),
            Call::Export(what) => export::serve(self.standby(), &what, &channel),
            Call::Expired(seconds) => {
                lists::expired(self.standby().and_then(|site| site.expired(seconds)), &channel)
            }
            Call::EndHistory(passes, seconds) => {
                let site = self.standby();
                channel.send(&site.and_then(|site| site.end_history(&passes, seconds)))
            }
        }
    }

    /// The pass's name becomes a part of names in the state directory and in history.
    fn open(&self, request: &OpenRequest) -> Result<Opened, Failure> {
        if !is_pass_name(&request.pass) {
            return Err(unexpected("a name of a pass that is none"));
        }
        if let Some(path) = &request.read_from {
            self.host.may_read_from(path)?;
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
