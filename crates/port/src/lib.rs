//! What the engine may ask of a site, whether the site is on this host or behind a link.
//!
//! Two traits and their messages: [`Site`] is either end of a pair, [`Standby`] the end that is kept equal. No
//! filesystem, network or database appears here, and every message can cross a link: paths, facts, bytes and findings.
//! [`Commands`] is what an end does beside its tree; it stands apart, for it needs no pass.
//!
//! The order of calls in a pass is: `open` once, `scan` once, then any number of `observed`, `content` and, at the
//! standby, `apply`; last `close` or `abandon`.

pub mod apply;
pub mod chain;
pub mod command;
pub mod content;
pub mod history;
pub mod listing;
pub mod messages;
pub mod watch;

pub use apply::{Apply, Arrived, Committed, Place, SmallFile};
pub use chain::ChainHead;
pub use command::{Act, Address, CommandName, Commands, Ended, HowEnded, Offered, Output, Task};
pub use content::{Attributes, Basis, ContentReader, Piece, Settled};
pub use history::{
    Expired, Export, ExportSink, ExportedEntry, HistoryId, KeptManifest, NotHeld, PassHistory, Version,
};
pub use listing::{Listed, ListingHead};
pub use messages::{
    Base, Capabilities, Closed, ExcludedEntry, Extent, HowCounts, KnownFile, LinkProfile, Mount, NameRules,
    Observed, OpenRequest, Opened, Profile, Room, ScanReport, ScanRequest, SegmentRoot, is_pass_name,
};
pub use watch::{Progress, Stage, Watch};

use counterpart_model::{Digest, EntryPath, Failure, Finding, Row};

/// A sorted stream that fills one message after the other, so that nothing is allocated anew for each.
pub trait Stream<T>: Send {
    /// Fills `item` with the next message; `false` at the end.
    ///
    /// # Errors
    /// The spool or the site could not be read.
    fn next_into(&mut self, item: &mut T) -> Result<bool, Failure>;
}

/// A stream that has nothing.
struct Nothing;

impl<T> Stream<T> for Nothing {
    fn next_into(&mut self, _: &mut T) -> Result<bool, Failure> {
        Ok(false)
    }
}

/// A manifest that is listed.
pub type Listing<'a> = (ListingHead, Box<dyn Stream<Listed> + 'a>);

/// One end of a pair.
pub trait Site: Send + Sync {
    /// How many requests should be under way at once, where an answer takes long to come; `None` where it does not, and
    /// the machine's cores decide.
    fn requests_at_once(&self) -> Option<usize> {
        None
    }

    /// Opens the site for a pass: checks that its root is there, takes the pair's lock (at the standby), folds in
    /// what an interrupted pass left, and tells what the site knows of itself.
    ///
    /// # Errors
    /// `source-missing`, `locked`, `target-identity`, `state-damaged` and whatever the system reports.
    fn open(&self, request: &OpenRequest) -> Result<Opened, Failure>;

    /// Observes the tree from its root and merges it with the manifest of the last pass; what differs is spooled at
    /// the site. Findings go to `found` as they are seen.
    ///
    /// # Errors
    /// The root cannot be listed, the spool cannot be written, or the pass was interrupted.
    fn scan(
        &self,
        request: &ScanRequest,
        found: &mut (dyn FnMut(Finding) + Send),
        watch: &dyn Watch,
    ) -> Result<ScanReport, Failure>;

    /// What the scan saw, in path order: only what changed since the base, or every entry.
    ///
    /// # Errors
    /// No scan was made, or its spool is damaged.
    fn observed(&self, extent: Extent) -> Result<Box<dyn Stream<Observed> + '_>, Failure>;

    /// The roots of the segments of the last manifest, in path order; none where there is no manifest.
    ///
    /// # Errors
    /// The manifest is damaged, or the site cannot be reached.
    fn segments(&self) -> Result<Box<dyn Stream<SegmentRoot> + '_>, Failure> {
        Ok(Box::new(Nothing))
    }

    /// Every entry, but of segments with these roots, which the other site's last manifest has too, only what changed:
    /// that is marked [`Observed::shared`].
    ///
    /// # Errors
    /// As of [`Site::observed`].
    fn observed_unlike(&self, _shared: &[Digest]) -> Result<Box<dyn Stream<Observed> + '_>, Failure> {
        self.observed(Extent::Everything)
    }

    /// The excluded entries that the scan met, in path order; what lies beneath excluded directories only after a
    /// scan that refreshed them.
    ///
    /// # Errors
    /// The spool is damaged.
    fn excluded(&self) -> Result<Box<dyn Stream<ExcludedEntry> + '_>, Failure>;

    /// A reader of content; each mover has its own. What it reads to the end and finds settled, the site remembers.
    ///
    /// # Errors
    /// The site cannot be reached.
    fn content(&self) -> Result<Box<dyn ContentReader + '_>, Failure>;

    /// A reader of content that is only to be digested, where that is better done at the site than at the caller's end;
    /// `None` where the content is here.
    ///
    /// # Errors
    /// The site cannot be reached.
    fn digests(&self) -> Result<Option<Box<dyn ContentReader + '_>>, Failure> {
        Ok(None)
    }

    /// True when the root is still the tree that `open` saw: asked once more before anything is removed.
    ///
    /// # Errors
    /// The root is gone or another one stands in its place.
    fn same_tree(&self) -> Result<(), Failure>;

    /// The files as they are known now, in path order, from `from` on.
    ///
    /// # Errors
    /// The manifest or a spool is damaged.
    fn files(&self, from: &EntryPath) -> Result<Box<dyn Stream<KnownFile> + '_>, Failure>;

    /// Ends the pass: folds all that was learned into a new manifest and makes it the site's own.
    ///
    /// # Errors
    /// The manifest cannot be written; the old one stays.
    fn close(&self) -> Result<Closed, Failure>;

    /// Ends the pass without a new manifest; what was applied stays in the apply log for the next pass.
    fn abandon(&self);

    /// The manifest of the last pass, in path order; `None` before the first. With `leaders`, hard links come with the
    /// digest of what they lead to. No pass need be open for this, nor for what follows.
    ///
    /// # Errors
    /// `state-damaged`.
    fn listing(&self, leaders: bool) -> Result<Option<Listing<'_>>, Failure>;

    /// The manifest with this root, of the last pass or of an earlier one that is kept; `None` where there is none.
    ///
    /// # Errors
    /// `state-damaged`.
    fn listing_of(&self, root: Digest) -> Result<Option<Listing<'_>>, Failure> {
        Ok(self.listing(false)?.filter(|(head, _)| head.root == root))
    }

    /// The manifests of earlier passes that were kept for so long, oldest first, by the site's own clock; a site of another
    /// host may keep them longer. They are removed for good where that is wanted.
    ///
    /// # Errors
    /// They cannot be listed or removed.
    fn expired_manifests(&self, _keep_seconds: u64, _remove: bool) -> Result<Vec<KeptManifest>, Failure> {
        Ok(Vec::new())
    }

    /// What that manifest says of one path.
    ///
    /// # Errors
    /// `state-damaged`.
    fn row(&self, path: &EntryPath) -> Result<Option<Row>, Failure>;

    /// The head of the pair's journal that was given to this site to keep.
    ///
    /// # Errors
    /// `state-damaged`.
    fn chain_head(&self) -> Result<Option<ChainHead>, Failure>;

    /// Keeps a head, durably. Its number only grows.
    ///
    /// # Errors
    /// A later one is kept already, or it cannot be written.
    fn keep_chain_head(&self, head: &ChainHead) -> Result<(), Failure>;
}

/// The end of a pair that is kept equal.
pub trait Standby: Site {
    /// Room for new content.
    ///
    /// # Errors
    /// The filesystem cannot be asked.
    fn room(&self) -> Result<Room, Failure>;

    /// Takes the root over for this pair: writes its identity beneath it.
    ///
    /// # Errors
    /// The identity cannot be written.
    fn adopt(&self) -> Result<(), Failure>;

    /// Starts changing the tree. The descriptor that will be synced is opened here, before the first write.
    ///
    /// # Errors
    /// The place for incoming files cannot be made.
    fn apply(&self) -> Result<Box<dyn Apply + '_>, Failure>;

    /// The kept versions of a path and of all beneath it, youngest first.
    ///
    /// # Errors
    /// The history cannot be listed.
    fn versions(&self, path: &EntryPath) -> Result<Vec<Version>, Failure>;

    /// Brings a version, or what has a path now, out of the standby.
    ///
    /// # Errors
    /// There is no such thing, it cannot be read, or the sink's own failure.
    fn export(&self, what: &Export, sink: &mut dyn ExportSink) -> Result<(), Failure>;

    /// The passes whose history may end, where it is kept for so long; the standby's clock and retention decide.
    ///
    /// # Errors
    /// The history cannot be listed.
    fn expired(&self, keep_seconds: u64) -> Result<Expired, Failure>;

    /// Deletes the history of passes for good, each of which must have expired.
    ///
    /// # Errors
    /// `locked`, one of them has not expired, or what the system reports.
    fn end_history(&self, passes: &[String], keep_seconds: u64) -> Result<(), Failure>;
}
