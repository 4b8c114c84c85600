//! The site itself: its options, what it holds between calls, and the port's calls handed to where they are done.

use crate::opening::OpenPass;
use crate::retention::Retention;
use crate::{chain, closing, files, kept, listing, observed, opening, reader, scan};
use counterpart_model::{Code, Digest, EntryPath, Failure, Finding, Row, SiteRole};
use counterpart_port::{
    ChainHead, Closed, ContentReader, ExcludedEntry, Extent, KeptManifest, KnownFile, Listing, Observed,
    OpenRequest, Opened, ScanReport, ScanRequest, SegmentRoot, Site, Stream, Watch,
};
use counterpart_store::Manifest;
use counterpart_tree::Root;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Where a site is, and how it works.
#[derive(Clone, Debug)]
pub struct LocalSiteOptions {
    /// Which end of the pair.
    pub role: SiteRole,
    /// Name of the pair.
    pub pair: String,
    /// Root of its tree.
    pub root: PathBuf,
    /// The way to the root leads through no link, and none that is planted on it is followed.
    pub plain_root: bool,
    /// Its own directory in the state directory.
    pub state: PathBuf,
    /// Threads that walk ahead; `None` chooses by the kind of filesystem and the machine's cores.
    pub read_ahead_threads: Option<usize>,
    /// Who decides how long history is kept.
    pub retention: Retention,
}

impl LocalSiteOptions {
    /// Opens the root.
    pub(crate) fn open_root(&self) -> Result<Root, Failure> {
        if self.plain_root {
            Root::open_through_no_link(&self.root)
        } else {
            Root::open(&self.root)
        }
    }

    /// Makes the root and opens it.
    pub(crate) fn make_root(&self) -> Result<Root, Failure> {
        if self.plain_root {
            Root::make_through_no_link(&self.root)
        } else {
            Root::make(&self.root)
        }
    }
}

/// A site on this host.
pub struct LocalSite {
    pub(crate) options: LocalSiteOptions,
    open: Mutex<Option<Arc<OpenPass>>>,
    /// The name of the last round, and the second in which its pass began.
    round: Mutex<Option<(String, i64)>>,
}

impl LocalSite {
    /// A site; nothing is opened yet.
    pub fn new(options: LocalSiteOptions) -> Self {
        Self {
            options,
            open: Mutex::default(),
            round: Mutex::default(),
        }
    }

    /// The manifest of the site's last pass; `None` before the first.
    ///
    /// # Errors
    /// `state-damaged`.
    pub fn manifest(&self) -> Result<Option<Manifest>, Failure> {
        opening::current_manifest(&self.options.state)
    }

    /// The pass that is open.
    pub(crate) fn pass(&self) -> Result<Arc<OpenPass>, Failure> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.clone()
            .ok_or_else(|| Failure::new(Code::Io, "asking a site", "no pass is open there"))
    }

    fn set(&self, pass: Option<Arc<OpenPass>>) {
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = pass;
    }
}

impl Site for LocalSite {
    fn open(&self, request: &OpenRequest) -> Result<Opened, Failure> {
        let (mut pass, opened) = opening::open(&self.options, request)?;
        let mut round = self.round.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, began)) = round
            .take()
            .filter(|(name, _)| Some(name) == request.after.as_ref())
        {
            pass.began_seconds = began;
        }
        *round = Some((request.pass.clone(), pass.began_seconds));
        self.set(Some(Arc::new(pass)));
        Ok(opened)
    }

    fn scan(
        &self,
        request: &ScanRequest,
        found: &mut (dyn FnMut(Finding) + Send),
        watch: &dyn Watch,
    ) -> Result<ScanReport, Failure> {
        scan::scan(&*self.pass()?, &self.options, request, found, watch)
    }

    fn observed(&self, extent: Extent) -> Result<Box<dyn Stream<Observed> + '_>, Failure> {
        observed::observed(&*self.pass()?, extent)
    }

    fn segments(&self) -> Result<Box<dyn Stream<SegmentRoot> + '_>, Failure> {
        Ok(observed::segments(&*self.pass()?))
    }

    fn observed_unlike(&self, shared: &[Digest]) -> Result<Box<dyn Stream<Observed> + '_>, Failure> {
        observed::observed_unlike(&*self.pass()?, shared)
    }

    fn excluded(&self) -> Result<Box<dyn Stream<ExcludedEntry> + '_>, Failure> {
        observed::excluded(&*self.pass()?)
    }

    fn content(&self) -> Result<Box<dyn ContentReader + '_>, Failure> {
        Ok(Box::new(reader::SiteReader::new(self.pass()?)?))
    }

    fn same_tree(&self) -> Result<(), Failure> {
        opening::same_tree(&*self.pass()?, &self.options)
    }

    fn files(&self, from: &EntryPath) -> Result<Box<dyn Stream<KnownFile> + '_>, Failure> {
        files::files(&*self.pass()?, from)
    }

    fn close(&self) -> Result<Closed, Failure> {
        let closed = closing::close(&*self.pass()?, &self.options)?;
        self.set(None);
        Ok(closed)
    }

    fn abandon(&self) {
        self.set(None);
    }

    fn listing(&self, leaders: bool) -> Result<Option<Listing<'_>>, Failure> {
        Ok(self.manifest()?.map(|manifest| listing::of(manifest, leaders)))
    }

    fn listing_of(&self, root: Digest) -> Result<Option<Listing<'_>>, Failure> {
        let current = self
            .manifest()?
            .filter(|manifest| manifest.summary().root == root);
        let found = match current {
            Some(current) => Some(current),
            None => kept::find(&self.options.state, root)?,
        };
        Ok(found.map(|manifest| listing::of(manifest, false)))
    }

    fn expired_manifests(&self, keep_seconds: u64, remove: bool) -> Result<Vec<KeptManifest>, Failure> {
        kept::expired(&self.options, keep_seconds, remove)
    }

    fn row(&self, path: &EntryPath) -> Result<Option<Row>, Failure> {
        self.manifest()?.map_or(Ok(None), |manifest| manifest.find(path))
    }

    fn chain_head(&self) -> Result<Option<ChainHead>, Failure> {
        chain::head(&self.options.state)
    }

    fn keep_chain_head(&self, head: &ChainHead) -> Result<(), Failure> {
        chain::keep(&self.options.state, head)
    }
}
