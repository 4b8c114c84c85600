//! A site over a tree in memory.

use super::reader::FakeReader;
use super::tree::{Node, Tree, root, tally, unread};
use counterpart_model::{Code, Content, EntryPath, Fact, Failure, Finding, Grain, Kind, SiteRole, Timestamp};
use counterpart_port::{
    Base, Capabilities, ChainHead, Closed, ContentReader, ExcludedEntry, Extent, HowCounts, KnownFile,
    Listing, Mount, Observed, OpenRequest, Opened, Profile, ScanReport, ScanRequest, Site, Stream, Watch,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};

/// What a site knows of one entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Known {
    pub(crate) fact: Fact,
    pub(crate) stamp: u64,
    pub(crate) mtime: i64,
    pub(crate) read_seconds: i64,
}

/// The manifest of a site, as a map.
pub(crate) type Rows = BTreeMap<EntryPath, Known>;

/// What goes wrong.
#[derive(Default)]
pub(crate) struct Faults {
    /// Each reading of a file finds it changed, so often.
    pub(crate) tears: BTreeMap<EntryPath, u32>,
    /// Files that cannot be read.
    pub(crate) unreadable: BTreeSet<EntryPath>,
    /// Directories that cannot be listed.
    pub(crate) unlisted: BTreeSet<EntryPath>,
    /// The root is another one when it is asked for once more.
    pub(crate) lost: bool,
    /// Steps that fail at the standby.
    pub(crate) refused: BTreeMap<EntryPath, Code>,
    /// Steps that are committed and cannot be published then.
    pub(crate) unpublished: BTreeSet<EntryPath>,
    /// A step for which the standby can give no place: its disk fails.
    pub(crate) unplaceable: Option<EntryPath>,
    /// The disk reports an error at the end.
    pub(crate) sync_fails: bool,
    /// The manifest is closed, and no word of that comes back.
    pub(crate) close_is_cut: bool,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) tree: Tree,
    pub(crate) clock: u64,
    pub(crate) rows: Option<Rows>,
    pub(crate) policy: Option<counterpart_model::Digest>,
    pub(crate) faults: Faults,
    pub(crate) adopted: bool,
    pub(crate) identity: String,
    pub(crate) free_bytes: u64,
    /// What was replaced or removed.
    pub(crate) history: Vec<(EntryPath, Node)>,
    /// Names at which the standby was changed, in their order.
    pub(crate) touched: Vec<EntryPath>,
    /// When a pass began that was interrupted, and whose changes were folded in.
    pub(crate) recovered_since: Option<i64>,
    /// How it was reached, where it is far; the head that it keeps.
    pub(crate) link: Option<counterpart_port::LinkProfile>,
    pub(crate) chain_head: Option<ChainHead>,
    /// Places that are held.
    pub(crate) open_places: usize,
    /// Bytes read by readers.
    pub(crate) bytes_read: u64,
    /// The rows as they become in the pass that is open.
    pub(crate) now: Option<Rows>,
    observed: Vec<Observed>,
    request: Option<ScanRequest>,
    read_only: bool,
    /// Where it was read from in place of its root.
    pub(crate) read_from: Option<Vec<u8>>,
}

/// A site in memory.
pub(crate) struct FakeSite {
    pub(crate) role: SiteRole,
    state: Mutex<State>,
}

pub(crate) struct Listed<T>(pub(crate) std::vec::IntoIter<T>);

impl<T: Send> Stream<T> for Listed<T> {
    fn next_into(&mut self, item: &mut T) -> Result<bool, Failure> {
        Ok(self.0.next().is_some_and(|next| {
            *item = next;
            true
        }))
    }
}

pub(crate) fn now_seconds() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap().as_secs()).unwrap()
}

impl FakeSite {
    pub(crate) fn new(role: SiteRole) -> Self {
        let state = State {
            adopted: true,
            identity: format!("uuid:{role}"),
            free_bytes: 1 << 50,
            ..State::default()
        };
        Self {
            role,
            state: Mutex::new(state),
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Puts an entry in place, as somebody who works in the tree does.
    pub(crate) fn put(&self, path: &EntryPath, node: Node) {
        let mut state = self.state();
        let stamp = state.tick();
        state.tree.insert(path.clone(), Node { stamp, ..node });
    }

    /// Takes an entry and all beneath it away.
    pub(crate) fn take(&self, path: &EntryPath) {
        self.state().cut(path);
    }

    /// Gives an entry another name; it stays the same object.
    pub(crate) fn rename(&self, from: &EntryPath, to: &EntryPath) {
        let mut state = self.state();
        let node = state.tree.remove(from).unwrap();
        state.tree.insert(to.clone(), node);
    }
}

impl State {
    pub(crate) fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    /// Takes an entry and all beneath it out of the tree.
    pub(crate) fn cut(&mut self, path: &EntryPath) -> Vec<(EntryPath, Node)> {
        let (gone, left) = std::mem::take(&mut self.tree)
            .into_iter()
            .partition(|(known, _)| known == path || known.is_beneath(path));
        self.tree = left;
        let gone: Tree = gone;
        gone.into_iter().collect()
    }

    /// Remembers what an entry is.
    pub(crate) fn learn(&mut self, path: &EntryPath, content: Content, read_seconds: i64) {
        let (Some(node), Some(rows)) = (self.tree.get(path), &mut self.now) else {
            return;
        };
        let seen = if matches!(content, Content::Digest(_)) {
            node.opened()
        } else {
            node.fact()
        };
        let fact = Fact { content, ..seen };
        let known = Known {
            fact,
            stamp: node.stamp,
            mtime: node.mtime,
            read_seconds,
        };
        rows.insert(path.clone(), known);
    }

    fn observe(&self, path: &EntryPath) -> Observed {
        let before = self.rows.as_ref().and_then(|rows| rows.get(path));
        let withheld = self.faults.unlisted.iter().any(|above| path.is_beneath(above));
        let node = self.tree.get(path).filter(|_| !withheld);
        let same_stamp = before
            .zip(node)
            .is_some_and(|(known, node)| known.stamp == node.stamp);
        let times_same = before
            .zip(node)
            .is_some_and(|(known, node)| known.mtime == node.mtime && known.fact.same_shape(&node.fact()));
        let now = match (before, node) {
            (Some(known), Some(_)) if same_stamp => Some(known.fact.clone()),
            (_, node) => node.map(Node::fact),
        };
        Observed {
            path: path.clone(),
            before: before.map(|known| known.fact.clone()),
            now,
            times_same,
            moved_from: None,
            withheld: withheld && before.is_some(),
            shared: false,
        }
    }

    fn row(&self, seen: &Observed) -> Option<(EntryPath, Known)> {
        let old = self.rows.as_ref().and_then(|rows| rows.get(&seen.path));
        if seen.withheld {
            return old.map(|known| (seen.path.clone(), known.clone()));
        }
        let node = self.tree.get(&seen.path)?;
        let fact = seen.now.clone()?;
        let read_seconds = old
            .filter(|known| known.stamp == node.stamp)
            .map_or(0, |known| known.read_seconds);
        let known = Known {
            fact,
            stamp: node.stamp,
            mtime: node.mtime,
            read_seconds,
        };
        Some((seen.path.clone(), known))
    }

    /// What is seen now, with what was learned since the scan.
    fn current(&self, extent: Extent) -> Vec<Observed> {
        let learned = |seen: &Observed| {
            let now = self
                .now
                .as_ref()
                .and_then(|rows| rows.get(&seen.path))
                .map(|known| known.fact.clone());
            Observed {
                now: if seen.withheld { None } else { now },
                shared: extent == Extent::Changes,
                ..seen.clone()
            }
        };
        let stamp = |seen: &Observed| {
            let known = self
                .rows
                .as_ref()
                .and_then(|rows| rows.get(&seen.path))
                .map(|known| known.stamp);
            known != self.tree.get(&seen.path).map(|node| node.stamp)
        };
        let wanted = |seen: &&Observed| extent == Extent::Everything || seen.withheld || stamp(seen);
        self.observed.iter().filter(wanted).map(learned).collect()
    }
}

fn base(rows: &Rows, policy: counterpart_model::Digest) -> Base {
    Base {
        root: root(rows.iter().map(|(path, known)| (path, &known.fact))),
        policy,
        tally: tally(rows.values().map(|known| &known.fact)),
        at_seconds: 1,
        oldest_read_seconds: None,
    }
}

impl Site for FakeSite {
    fn open(&self, request: &OpenRequest) -> Result<Opened, Failure> {
        let mut state = self.state();
        state.read_only = request.read_only;
        state.read_from.clone_from(&request.read_from);
        let profile = Profile {
            role: self.role,
            location: format!("memory:{}", self.role),
            host: "here".to_owned(),
            system: "none".to_owned(),
            filesystem: Mount {
                path: EntryPath::root(),
                kind: "map".to_owned(),
                identity: state.identity.clone(),
            },
            capabilities: Capabilities::full(),
            clock: Timestamp::new(now_seconds(), 0),
            link: state.link.clone(),
        };
        let base = state
            .rows
            .as_ref()
            .zip(state.policy)
            .map(|(rows, policy)| base(rows, policy));
        Ok(Opened {
            profile,
            base,
            adopted: state.adopted,
            given_to: None,
            recovered: 0,
            recovered_since_seconds: state.recovered_since,
        })
    }

    fn scan(
        &self,
        request: &ScanRequest,
        found: &mut (dyn FnMut(Finding) + Send),
        _: &dyn Watch,
    ) -> Result<ScanReport, Failure> {
        let mut state = self.state();
        let known = state.rows.iter().flat_map(BTreeMap::keys);
        let paths: BTreeSet<EntryPath> = state.tree.keys().chain(known).cloned().collect();
        let observed: Vec<Observed> = paths.iter().map(|path| state.observe(path)).collect();
        let seen_again = observed
            .iter()
            .filter(|seen| seen.before.is_some() && seen.now.is_some())
            .count();
        let gone: Vec<&EntryPath> = observed
            .iter()
            .filter(|seen| {
                seen.now.is_none() && seen.before.as_ref().is_some_and(|was| was.kind == Kind::File)
            })
            .map(|seen| &seen.path)
            .collect();
        let is_here = |path: &EntryPath| {
            let stamp = state
                .rows
                .as_ref()
                .and_then(|rows| rows.get(path))
                .map(|known| known.stamp);
            state.tree.values().any(|node| Some(node.stamp) == stamp)
        };
        let report = ScanReport {
            vanished_files: gone.len() as u64,
            renamed_files: gone.iter().filter(|path| is_here(path)).count() as u64,
            began: Timestamp::new(now_seconds(), 0),
            ended: Timestamp::new(now_seconds(), 0),
            tally: tally(observed.iter().filter_map(|seen| seen.now.as_ref())),
            known: seen_again as u64,
            changes: observed.iter().filter(|seen| seen.before != seen.now).count() as u64,
            unlisted: state.faults.unlisted.iter().cloned().collect(),
            grain_seen: Some(Grain::NANOSECOND),
            ..ScanReport::default()
        };
        for path in &report.unlisted {
            let verdict = counterpart_model::Verdict::NotCompared;
            found(Finding::new(
                path,
                Code::UnreadableDirectory,
                self.role,
                verdict,
                "closed",
            ));
        }
        state.now = Some(observed.iter().filter_map(|seen| state.row(seen)).collect());
        state.observed = observed;
        state.request = Some(request.clone());
        Ok(report)
    }

    fn observed(&self, extent: Extent) -> Result<Box<dyn Stream<Observed> + '_>, Failure> {
        Ok(Box::new(Listed(self.state().current(extent).into_iter())))
    }

    fn excluded(&self) -> Result<Box<dyn Stream<ExcludedEntry> + '_>, Failure> {
        Ok(Box::new(Listed(Vec::new().into_iter())))
    }

    fn content(&self) -> Result<Box<dyn ContentReader + '_>, Failure> {
        Ok(Box::new(FakeReader::new(self)))
    }

    fn same_tree(&self) -> Result<(), Failure> {
        if self.state().faults.lost {
            return Err(Failure::new(
                Code::SourceIdentity,
                "looking once more",
                "another one is there",
            ));
        }
        Ok(())
    }

    fn files(&self, from: &EntryPath) -> Result<Box<dyn Stream<KnownFile> + '_>, Failure> {
        let state = self.state();
        let rows = state
            .now
            .iter()
            .flatten()
            .filter(|(path, known)| *path >= from && known.fact.kind == counterpart_model::Kind::File);
        let list: Vec<KnownFile> = rows
            .map(|(path, known)| KnownFile {
                path: path.clone(),
                size_bytes: known.fact.size_bytes,
                digest: known.fact.digest(),
                read_seconds: known.read_seconds,
                written: known.fact.digest().is_some(),
            })
            .collect();
        Ok(Box::new(Listed(list.into_iter())))
    }

    fn close(&self) -> Result<Closed, Failure> {
        let mut state = self.state();
        let rows = state.now.take().unwrap();
        let facts = || rows.values().map(|known| &known.fact);
        let closed = Closed {
            at: Timestamp::new(now_seconds(), 0),
            root: root(rows.iter().map(|(path, known)| (path, &known.fact))),
            tally: tally(facts()),
            unread: unread(facts()),
            how: HowCounts::default(),
            oldest_read_seconds: None,
        };
        state.policy = state.request.take().map(|request| request.policy);
        state.rows = Some(rows);
        if state.faults.close_is_cut {
            return Err(Failure::new(Code::Io, "closing the manifest", "the test says so"));
        }
        Ok(closed)
    }

    fn abandon(&self) {
        self.state().now = None;
    }

    fn listing(&self, _: bool) -> Result<Option<Listing<'_>>, Failure> {
        Ok(None)
    }

    fn row(&self, _: &EntryPath) -> Result<Option<counterpart_model::Row>, Failure> {
        Ok(None)
    }

    fn chain_head(&self) -> Result<Option<ChainHead>, Failure> {
        Ok(self.state().chain_head.clone())
    }

    fn keep_chain_head(&self, head: &ChainHead) -> Result<(), Failure> {
        self.state().chain_head = Some(head.clone());
        Ok(())
    }
}
