//! Scanning: a walk of the tree, merged with the manifest of the last pass. Only what differs is spooled.

use crate::facts::{Terms, fresh_window_nanos, observation};
use crate::links::Links;
use crate::moves::{Hint, Moves};
use crate::opening::{OpenPass, now};
use crate::site::LocalSiteOptions;
use counterpart_model::{
    Code, Content, EntryPath, Fact, Failure, Finding, Grain, How, Kind, MetadataClass, Observation, Row, SiteRole,
    Standing, Timestamp, Verdict,
};
use counterpart_port::{ExcludedEntry, Mount, Progress, ScanReport, ScanRequest, Stage, Watch};
use counterpart_store::manifest::Rows;
use counterpart_store::spool::{Spool, SpoolWriter};
use counterpart_tree::exclude::Excluder;
use counterpart_tree::filesystem::{self, Mounted};
use counterpart_tree::stub::StubRule;
use counterpart_tree::walk::{WalkOptions, Walked, Walker, What};
use counterpart_tree::Stat;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::sync::Arc;

/// Entries between two looks at the clock and the interrupt.
const BEAT: u64 = 1024;
/// Threads that walk ahead on a filesystem that another machine serves: its delay, not this processor, is the limit.
const NETWORK_THREADS: usize = 16;

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
    let mut walked = Walked::default();
    while walker.next_into(&mut walked)? {
        scan.take(&walked)?;
    }
    let scanned = scan.finish()?;
    let report = scanned.report.clone();
    *pass.scanned.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(Arc::new(scanned));
    Ok(report)
}

fn walk_options(
    pass: &OpenPass,
    options: &LocalSiteOptions,
    request: &ScanRequest,
) -> Result<WalkOptions, Failure> {
    let network = filesystem::is_network(&pass.filesystem.kind);
    Ok(WalkOptions {
        excluder: Excluder::new(&pass.request.policy.exclude)?,
        walk_excluded: request.refresh_excluded,
        ask_offline: true,
        read_ahead_threads: options.read_ahead_threads.unwrap_or(if network { NETWORK_THREADS } else { 0 }),
        ..WalkOptions::new(pass.spool_dir.clone())
    })
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
            terms: Terms { grain: request.grain, carry: request.carry },
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
            report: ScanReport { began: now(), ..ScanReport::default() },
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
                self.tell(&walked.path, Code::UnreadableDirectory, Verdict::NotCompared, &failure.why, false);
                Ok(())
            }
            What::Unstatable(failure) => self.unstatable(&walked.path, failure),
        }
    }

    /// An entry that is there.
    fn entry(&mut self, path: &EntryPath, stat: &Stat) -> Result<(), Failure> {
        self.tick()?;
        let known = self.advance_base(path)?;
        self.note_grain(stat);
        let leader = match &mut self.links {
            Some(links) => links.leader(path, stat)?,
            None => None,
        };
        if known {
            self.waiting = false;
            self.report.known += 1;
            if self.unchanged(stat, leader.as_ref()) {
                self.count_row(path);
                return Ok(());
            }
        }
        if self.is_held_back(path, stat, known) {
            return Ok(());
        }
        self.changed(path, stat, known, leader)
    }

    /// True when the row says all that the stat does. Only then is anything carried.
    fn unchanged(&self, stat: &Stat, leader: Option<&EntryPath>) -> bool {
        let (fact, seen) = (&self.row.fact, &self.row.seen);
        let kind = if leader.is_some() { Kind::HardLink } else { stat.kind };
        let link = fact.kind != Kind::HardLink
            || leader.is_some_and(|leader| leader.as_bytes() == fact.target.as_slice());
        let size = fact.kind != Kind::File || fact.size_bytes == stat.size_bytes;
        !self.reworded
            && !seen.racy
            && fact.kind == kind
            && link
            && size
            && seen.inode == stat.inode
            && seen.mtime == stat.mtime
            && seen.ctime == stat.ctime
    }

    fn count_row(&mut self, path: &EntryPath) {
        match self.row.fact.standing {
            Standing::Compared if !path.is_root() => self.report.tally.add(&self.row.fact),
            Standing::Compared => {}
            standing => self.leave_out(path, standing, self.row.fact.clone()),
        }
    }

    /// Passes the rows that come before `path`: they vanished. True when the next row is of `path`.
    fn advance_base(&mut self, path: &EntryPath) -> Result<bool, Failure> {
        loop {
            if !self.waiting {
                let Some(rows) = &mut self.base else { return Ok(false) };
                self.waiting = rows.next_into(&mut self.row)?;
                if !self.waiting {
                    self.base = None;
                    return Ok(false);
                }
            }
            match self.row.path.cmp(path) {
                Ordering::Less => self.vanished()?,
                Ordering::Equal => return Ok(true),
                Ordering::Greater => return Ok(false),
            }
        }
    }

    fn vanished(&mut self) -> Result<(), Failure> {
        self.waiting = false;
        let withheld = self.report.unlisted.last().is_some_and(|above| self.row.path.is_beneath(above));
        let delta = Delta {
            path: self.row.path.clone(),
            before: Some(self.row.fact.clone()),
            now: None,
            times_same: false,
            withheld,
        };
        self.moves.add(&delta, Some(&self.row.seen))?;
        self.push(&delta)
    }

    fn push(&mut self, delta: &Delta) -> Result<(), Failure> {
        self.report.changes += 1;
        self.delta.push(delta)
    }

    /// Born after the scan began, or too young for the pair: left for the next pass as it was before.
    fn is_held_back(&mut self, path: &EntryPath, stat: &Stat, known: bool) -> bool {
        if self.pass.role == SiteRole::Standby {
            return false;
        }
        if !known && stat.born.is_some_and(|born| born > self.report.began) {
            self.report.after_cut_off += 1;
            return true;
        }
        let settle = i128::from(self.request.settle_seconds) * 1_000_000_000;
        let young = stat.mtime.max(stat.ctime) > self.report.began.plus_nanos(-settle);
        if stat.kind != Kind::File || settle == 0 || !young {
            return false;
        }
        self.report.settling += 1;
        self.tell(path, Code::Settling, Verdict::NotCompared, "younger than `settle`; it waits for a later pass", true);
        if known {
            self.count_row(path);
        }
        true
    }

    fn changed(
        &mut self,
        path: &EntryPath,
        stat: &Stat,
        known: bool,
        leader: Option<EntryPath>,
    ) -> Result<(), Failure> {
        let (mut fact, mut seen) = match self.pass.fact(self.terms, path, stat) {
            Ok(fact) => (fact, observation(stat)),
            Err(failure) if failure.code == Code::Vanished => return self.vanished_under_us(path, known),
            Err(failure) => return self.unstatable(path, &failure),
        };
        if let Some(leader) = leader {
            fact.kind = Kind::HardLink;
            fact.size_bytes = 0;
            fact.content = Content::None;
            fact.target = leader.as_bytes().to_vec();
        }
        if !self.pass.request.policy.stubs.recall && self.stubs.is_stub(path, stat) {
            fact.standing = Standing::Stub;
            self.check_stub(path, stat);
        }
        let window = fresh_window_nanos(self.report.grain_seen);
        seen.racy = fact.kind != Kind::File && stat.ctime > self.report.began.plus_nanos(-window);
        let before = known.then(|| self.row.fact.clone());
        let times_same = known && self.same_times(stat, &fact);
        if known && times_same {
            self.carry(&mut fact, &mut seen, stat);
        }
        self.count(path, &fact);
        let delta = Delta { path: path.clone(), before, now: Some((fact, seen)), times_same, withheld: false };
        self.moves.add(&delta, None)?;
        self.push(&delta)
    }

    /// Size and exact time of modification are as before; only inode or time of change moved.
    fn same_times(&self, stat: &Stat, fact: &Fact) -> bool {
        let before = &self.row.fact;
        before.kind == fact.kind && before.size_bytes == fact.size_bytes && self.row.seen.mtime == stat.mtime
    }

    /// Carries the digest where nothing of the entry moved but the policy's wording, or all of it moved to other
    /// storage with approval.
    fn carry(&self, fact: &mut Fact, seen: &mut Observation, stat: &Stat) {
        let before = &self.row;
        let same_stamp =
            before.seen.inode == stat.inode && before.seen.ctime == stat.ctime && !before.seen.racy;
        let same_algorithm = self
            .pass
            .base
            .as_ref()
            .is_some_and(|base| base.header().algorithm == self.pass.request.policy.algorithm);
        if fact.kind != Kind::File || !same_algorithm || before.fact.standing != fact.standing {
            return;
        }
        if same_stamp || self.request.moved {
            fact.content = before.fact.content;
            seen.obtained = before.seen.obtained;
            if !same_stamp && fact.digest().is_some() {
                seen.obtained.how = How::Moved;
            }
        }
    }

    fn count(&mut self, path: &EntryPath, fact: &Fact) {
        match fact.standing {
            Standing::Compared if !path.is_root() => self.report.tally.add(fact),
            Standing::Compared => {}
            standing => self.leave_out(path, standing, fact.clone()),
        }
    }

    /// An entry that is declared not compared: counted and told in every pass.
    fn leave_out(&mut self, path: &EntryPath, standing: Standing, fact: Fact) {
        let (code, why) = match standing {
            Standing::Stub => (Code::Stub, "a stub of hierarchical storage: not opened, and no copy"),
            _ => (Code::Special, "a device, socket or FIFO"),
        };
        self.tell(path, code, Verdict::NotCompared, why, true);
        if standing == Standing::Stub {
            self.report.stubs.add(&fact);
        } else {
            self.report.tally.specials += 1;
        }
    }

    fn check_stub(&mut self, path: &EntryPath, stat: &Stat) {
        if let Err(failure) = self.stubs.resolves(&self.pass.root, path, stat) {
            self.tell(path, failure.code, Verdict::NotCompared, &failure.why, false);
        }
    }

    fn vanished_under_us(&mut self, path: &EntryPath, known: bool) -> Result<(), Failure> {
        if known {
            self.row.path.set(path.as_bytes());
            self.vanished()?;
        }
        Ok(())
    }

    /// It is there, and nothing more is known of it: it stays as it was.
    fn unstatable(&mut self, path: &EntryPath, failure: &Failure) -> Result<(), Failure> {
        let known = self.advance_base(path)?;
        self.tell(path, Code::Unreadable, Verdict::NotCompared, &failure.why, false);
        if known {
            self.waiting = false;
            let before = Some(self.row.fact.clone());
            let delta = Delta { path: path.clone(), before, now: None, times_same: false, withheld: true };
            self.push(&delta)?;
        }
        Ok(())
    }

    fn exclude(&mut self, path: &EntryPath, stat: Option<&Stat>) -> Result<(), Failure> {
        self.tick()?;
        let mut entry = ExcludedEntry { path: path.clone(), stat: None };
        if let Some(stat) = stat {
            let mtime = stat.mtime.at_grain(self.request.grain);
            let size_bytes = if stat.kind == Kind::File { stat.size_bytes } else { 0 };
            entry.stat = Some((stat.kind, size_bytes, mtime));
            self.report.excluded.add(&Fact { size_bytes, ..Fact::of(stat.kind) });
            self.report.excluded_newest = self.report.excluded_newest.max(Some(stat.mtime));
        }
        self.excluded.push(&entry)
    }

    fn mount(&mut self, path: &EntryPath, mounted: &Mounted) {
        let Mounted { kind, identity } = mounted.clone();
        self.report.mounts.push(Mount { path: path.clone(), kind, identity });
    }

    /// The finest time of change says how fine this filesystem's clock is; nobody can set it.
    fn note_grain(&mut self, stat: &Stat) {
        if self.report.grain_seen != Some(Grain::NANOSECOND) {
            let grain = Grain::that_holds(stat.ctime);
            self.report.grain_seen = Some(self.report.grain_seen.map_or(grain, |seen| seen.min(grain)));
        }
    }

    fn tell(&mut self, path: &EntryPath, code: Code, verdict: Verdict, why: &str, declared: bool) {
        let finding = Finding::new(path, code, self.pass.role, verdict, why);
        (self.found)(if declared { finding.declared() } else { finding });
    }

    fn tick(&mut self) -> Result<(), Failure> {
        self.beat += 1;
        if self.beat % BEAT != 0 {
            return Ok(());
        }
        self.watch.progress(Progress { stage: self.stage, entries: BEAT, bytes: 0 });
        if self.watch.interrupted() {
            return Err(Failure::new(Code::Interrupted, format!("scanning {}", self.pass.role), "it was interrupted"));
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
        Ok(Scanned {
            request: self.request.clone(),
            delta: self.delta.finish()?,
            hints: self.moves.finish(&self.pass.spool_dir)?,
            excluded: self.excluded.finish()?,
            report: self.report,
        })
    }

    fn missing_mounts(&self) -> Vec<Mount> {
        let Some(base) = &self.pass.base else { return Vec::new() };
        let known: Vec<Mount> = serde_json::from_value(base.header().extra.clone()).unwrap_or_default();
        let met = |mount: &Mount| self.report.mounts.iter().any(|met| met.path == mount.path && met.identity == mount.identity);
        known.into_iter().filter(|mount| !mount.path.is_root() && !met(mount)).collect()
    }
}

/// A row to be filled in.
pub(crate) fn blank_row() -> Row {
    Row { path: EntryPath::root(), fact: Fact::of(Kind::Directory), seen: Observation::default() }
}


/// The latest of a file's two times.
pub(crate) fn last_changed(stat: &Stat) -> Timestamp {
    stat.mtime.max(stat.ctime)
}
