//! Scanning: a walk of the tree, merged with the manifest of the last pass. Only what differs is spooled.

mod base;
mod entry;
mod report;

use crate::facts::Terms;
use crate::links::Links;
use crate::moves::{Hint, Moves};
use crate::opening::{OpenPass, now};
use crate::site::LocalSiteOptions;
use counterpart_model::{
    Code, EntryPath, Fact, Failure, Finding, Kind, MetadataClass, Observation, Row, SiteRole, Timestamp,
    Verdict,
};
use counterpart_port::{ExcludedEntry, Progress, ScanReport, ScanRequest, Stage, Watch};
use counterpart_store::manifest::Rows;
use counterpart_store::spool::{Spool, SpoolWriter};
use counterpart_tree::Stat;
use counterpart_tree::exclude::Excluder;
use counterpart_tree::filesystem;
use counterpart_tree::identity;
use counterpart_tree::stub::StubRule;
use counterpart_tree::walk::{WalkOptions, Walked, Walker, What};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::thread::available_parallelism;

/// Entries between two looks at the clock and the interrupt.
const BEAT: u64 = 1024;
/// Threads that walk ahead on a filesystem that another machine serves: its delay, not this processor, is the limit.
const NETWORK_THREADS: usize = 16;
/// The same on a filesystem of this machine, at most.
const LOCAL_THREADS: usize = 8;

/// One entry that is not as the last manifest says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Delta {
    pub(crate) path: EntryPath,
    pub(crate) before: Option<Fact>,
    pub(crate) now: Option<(Fact, Observation)>,
    pub(crate) times_same: bool,
    pub(crate) withheld: bool,
}

/// What a scan left.
pub(crate) struct Scanned {
    pub(crate) request: ScanRequest,
    pub(crate) report: ScanReport,
    pub(crate) delta: Spool<Delta>,
    pub(crate) hints: Spool<Hint>,
    pub(crate) excluded: Spool<ExcludedEntry>,
}

pub(crate) fn scan(
    pass: &OpenPass,
    options: &LocalSiteOptions,
    request: &ScanRequest,
    found: &mut (dyn FnMut(Finding) + Send),
    watch: &dyn Watch,
) -> Result<ScanReport, Failure> {
    let mut scan = Scan::new(pass, request, found, watch)?;
    let mut walker = Walker::new(&pass.root, walk_options(pass, options, request)?);
    let mut met = Walked::default();
    while walker.next_into(&mut met)? {
        scan.take(&met)?;
    }
    let left = scan.finish()?;
    let report = left.report.clone();
    *pass
        .scanned
        .write()
        .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(Arc::new(left));
    Ok(report)
}

fn walk_options(
    pass: &OpenPass,
    options: &LocalSiteOptions,
    request: &ScanRequest,
) -> Result<WalkOptions, Failure> {
    let network = filesystem::is_network(&pass.filesystem.kind);
    let mut patterns = pass.request.policy.exclude.clone();
    if holds_recovered_files(pass) {
        patterns.push("/lost+found/".to_owned());
    }
    Ok(WalkOptions {
        excluder: Excluder::new(&patterns)?,
        walk_excluded: request.refresh_excluded,
        ask_offline: true,
        read_ahead_threads: options
            .read_ahead_threads
            .unwrap_or_else(|| if network { NETWORK_THREADS } else { local_threads() }),
        ..WalkOptions::new(pass.spool_dir.clone())
    })
}

/// Two walks share the machine, and each has a thread of its own besides these; a first copy has only one to walk.
fn local_threads() -> usize {
    let cores = available_parallelism().map_or(1, usize::from);
    (cores / 2).clamp(1, LOCAL_THREADS)
}

/// True where the root is that of an ext filesystem: its `lost+found` belongs to the filesystem, not to the archive.
fn holds_recovered_files(pass: &OpenPass) -> bool {
    pass.filesystem.kind.starts_with("ext") && identity::is_recovery_directory(&pass.root, c"lost+found")
}

struct Scan<'a> {
    pass: &'a OpenPass,
    request: &'a ScanRequest,
    terms: Terms,
    stubs: StubRule,
    found: &'a mut (dyn FnMut(Finding) + Send),
    watch: &'a dyn Watch,
    stage: Stage,
    base: Option<Rows>,
    row: Row,
    waiting: bool,
    /// The manifest was made under another policy: its facts are made anew, its digests stay.
    reworded: bool,
    links: Option<Links>,
    moves: Moves,
    delta: SpoolWriter<Delta>,
    excluded: SpoolWriter<ExcludedEntry>,
    report: ScanReport,
    /// The last directory that could not be listed or looked at: what the manifest has beneath it is not known now.
    blind: Option<EntryPath>,
    /// The last directory that was born after the cut-off: what moved into it waits with it.
    unborn: Option<EntryPath>,
    beat: u64,
}

impl<'a> Scan<'a> {
    fn new(
        pass: &'a OpenPass,
        request: &'a ScanRequest,
        found: &'a mut (dyn FnMut(Finding) + Send),
        watch: &'a dyn Watch,
    ) -> Result<Self, Failure> {
        let dir = &pass.spool_dir;
        let stage = match pass.role {
            SiteRole::Production => Stage::ScanProduction,
            SiteRole::Standby => Stage::ScanStandby,
        };
        let base = pass.base.as_ref();
        Ok(Self {
            pass,
            request,
            terms: Terms {
                grain: request.grain,
                carry: request.carry,
            },
            stubs: StubRule::new(&pass.request.policy.stubs)?,
            found,
            watch,
            stage,
            base: base.map(counterpart_store::Manifest::rows),
            row: blank_row(),
            waiting: false,
            reworded: base.is_some_and(|base| base.header().policy != request.policy),
            links: request.carry.has(MetadataClass::Hardlink).then(Links::default),
            moves: Moves::new(dir),
            delta: SpoolWriter::temporary(dir)?,
            excluded: SpoolWriter::temporary(dir)?,
            report: ScanReport {
                began: now(),
                ..ScanReport::default()
            },
            blind: None,
            unborn: None,
            beat: 0,
        })
    }

    fn take(&mut self, walked: &Walked) -> Result<(), Failure> {
        match &walked.what {
            What::Entry(stat) => self.entry(&walked.path, stat),
            What::Excluded(stat) => self.exclude(&walked.path, stat.as_ref()),
            What::Mount(mounted) => {
                self.mount(&walked.path, mounted);
                Ok(())
            }
            What::Unlisted(failure) => {
                self.report.unlisted.push(walked.path.clone());
                self.blind = Some(walked.path.clone());
                self.tell(
                    &walked.path,
                    Code::UnreadableDirectory,
                    Verdict::NotCompared,
                    &failure.why,
                    false,
                );
                Ok(())
            }
            What::Unstatable(failure) => self.unstatable(&walked.path, failure),
        }
    }

    fn push(&mut self, delta: &Delta) -> Result<(), Failure> {
        self.report.changes += 1;
        self.delta.push(delta)
    }

    fn tick(&mut self) -> Result<(), Failure> {
        self.beat += 1;
        if !self.beat.is_multiple_of(BEAT) {
            return Ok(());
        }
        self.watch.progress(Progress {
            stage: self.stage,
            entries: BEAT,
            bytes: 0,
        });
        if self.watch.interrupted() {
            return Err(Failure::new(
                Code::Interrupted,
                format!("scanning {}", self.pass.role),
                "it was interrupted",
            ));
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Scanned, Failure> {
        while self.base.is_some() || self.waiting {
            if self.waiting {
                self.vanished()?;
            }
            let Some(rows) = &mut self.base else { break };
            self.waiting = rows.next_into(&mut self.row)?;
            if !self.waiting {
                self.base = None;
            }
        }
        self.report.ended = now();
        self.report.missing_mounts = self.missing_mounts();
        self.report.vanished_files = self.moves.vanished();
        let hints = self.moves.finish(&self.pass.spool_dir)?;
        self.report.renamed_files = hints.len();
        Ok(Scanned {
            request: self.request.clone(),
            delta: self.delta.finish()?,
            hints,
            excluded: self.excluded.finish()?,
            report: self.report,
        })
    }
}

/// A row to be filled in.
pub(crate) fn blank_row() -> Row {
    Row {
        path: EntryPath::root(),
        fact: Fact::of(Kind::Directory),
        seen: Observation::default(),
    }
}

/// The latest of a file's two times.
pub(crate) fn last_changed(stat: &Stat) -> Timestamp {
    stat.mtime.max(stat.ctime)
}
