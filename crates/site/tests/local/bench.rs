//! One site in a temporary directory, and short words for its passes.

use counterpart_model::{
    Algorithm, Content, Digest, EntryPath, Fact, Finding, Grain, Kind, Policy, SiteRole, Timestamp,
};
use counterpart_port::{
    Closed, Extent, KnownFile, Observed, OpenRequest, Opened, Piece, Progress, ScanReport, ScanRequest,
    Settled, Site, Stream, Watch,
};
use counterpart_site::{LocalSite, LocalSiteOptions, Retention};
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// One site.
pub(crate) struct Bench {
    _dir: tempfile::TempDir,
    pub(crate) root: PathBuf,
    pub(crate) site: LocalSite,
    pub(crate) policy: Policy,
    pub(crate) settle_seconds: u64,
    pub(crate) read_only: bool,
    role: SiteRole,
    passes: AtomicU64,
}

/// All that tells one state of an entry from another: inode, both times, kind and size.
pub(crate) type Stamp = (u64, i64, i64, i64, i64, u32, u64);

pub(crate) struct Quiet;

impl Watch for Quiet {
    fn progress(&self, _: Progress) {}

    fn interrupted(&self) -> bool {
        false
    }
}

pub(crate) fn path(text: &str) -> EntryPath {
    EntryPath::checked(text.as_bytes()).unwrap()
}

pub(crate) fn all<T: Default + Clone>(mut stream: Box<dyn Stream<T> + '_>) -> Vec<T> {
    let (mut item, mut list) = (T::default(), Vec::new());
    while stream.next_into(&mut item).unwrap() {
        list.push(item.clone());
    }
    list
}

impl Bench {
    pub(crate) fn new(role: SiteRole) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("tree");
        std::fs::create_dir(&root).unwrap();
        let site = LocalSite::new(LocalSiteOptions {
            role,
            pair: "p".to_owned(),
            root: root.clone(),
            state: dir.path().join("state"),
            plain_root: false,
            read_ahead_threads: Some(0),
            retention: Retention::Caller,
        });
        Self {
            _dir: dir,
            root,
            site,
            policy: Policy::default(),
            settle_seconds: 0,
            read_only: false,
            role,
            passes: AtomicU64::new(0),
        }
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    pub(crate) fn put(&self, name: &str, bytes: &str) {
        std::fs::create_dir_all(self.at(name).parent().unwrap()).unwrap();
        std::fs::write(self.at(name), bytes).unwrap();
    }

    /// Waits until what was done is old enough that a further change would show.
    pub(crate) fn wait() {
        std::thread::sleep(std::time::Duration::from_millis(45));
    }

    pub(crate) fn open(&self) -> Opened {
        let number = self.passes.fetch_add(1, Relaxed);
        self.open_as(format!("2026112{number:05}T021407123Z"))
    }

    /// A pass that is named after the present second.
    pub(crate) fn open_now(&self) -> Opened {
        let mut date = std::process::Command::new("date");
        let said = date.args(["-u", "+%Y%m%dT%H%M%S%3NZ"]).output().unwrap();
        self.open_as(String::from_utf8(said.stdout).unwrap().trim().to_owned())
    }

    fn open_as(&self, pass: String) -> Opened {
        let request = OpenRequest {
            pair: "p".to_owned(),
            pass,
            policy: self.policy.clone(),
            read_only: self.read_only,
            after: None,
            read_from: None,
        };
        self.site.open(&request).unwrap()
    }

    pub(crate) fn request(&self) -> ScanRequest {
        ScanRequest {
            grain: Grain::NANOSECOND,
            carry: self.policy.carry,
            policy: self.policy.hash(Grain::NANOSECOND),
            settle_seconds: self.settle_seconds,
            moved: false,
            refresh_excluded: false,
        }
    }

    /// Opens the site and scans it.
    pub(crate) fn scan(&self) -> (ScanReport, Vec<Finding>) {
        Self::wait();
        self.open();
        let mut findings = Vec::new();
        let mut found = |finding| findings.push(finding);
        let report = self.site.scan(&self.request(), &mut found, &Quiet).unwrap();
        (report, findings)
    }

    pub(crate) fn observed(&self, extent: Extent) -> Vec<Observed> {
        all(self.site.observed(extent).unwrap())
    }

    pub(crate) fn changed_paths(&self) -> Vec<String> {
        self.observed(Extent::Changes)
            .iter()
            .map(|seen| seen.path.to_string())
            .collect()
    }

    pub(crate) fn files(&self, from: &EntryPath) -> Vec<KnownFile> {
        all(self.site.files(from).unwrap())
    }

    /// Reads a file to its end, as a mover does.
    pub(crate) fn read(&self, path: &EntryPath) -> Digest {
        let mut reader = self.site.content().unwrap();
        let mut buffer = vec![0; 4096];
        reader.open(path).unwrap();
        let mut hasher = Algorithm::Blake3.hasher();
        loop {
            match reader.read(&mut buffer).unwrap() {
                Piece::Data(len) => hasher.update(&buffer[..len]),
                Piece::Hole(len) => hasher.update_zeros(len),
                Piece::Digested(_) | Piece::End => break,
            }
        }
        let digest = hasher.finish();
        assert_eq!(reader.finish(digest).unwrap(), Settled::Yes);
        digest
    }

    /// Reads every file that was not read since it changed.
    pub(crate) fn read_unread(&self) {
        for file in self.files(&EntryPath::root()) {
            if file.digest.is_none() {
                self.read(&file.path);
            }
        }
    }

    /// A whole pass: scan, read what is unread, close.
    pub(crate) fn pass(&self) -> Closed {
        self.scan();
        self.read_unread();
        self.site.close().unwrap()
    }

    /// Every entry's stamp, the root included.
    pub(crate) fn stamps(&self) -> BTreeMap<EntryPath, Stamp> {
        let mut stamps = BTreeMap::new();
        collect(&self.root, &EntryPath::root(), &mut stamps);
        stamps
    }

    /// What is in the tree, by plain reading; without the root.
    pub(crate) fn plain(&self) -> BTreeMap<EntryPath, Fact> {
        let paths = self.stamps().into_keys().filter(|path| !path.is_root());
        paths.map(|path| (path.clone(), self.fact(&path))).collect()
    }

    fn fact(&self, path: &EntryPath) -> Fact {
        use std::os::unix::ffi::OsStrExt as _;
        let at = self.root.join(std::ffi::OsStr::from_bytes(path.as_bytes()));
        let stat = std::fs::symlink_metadata(&at).unwrap();
        let mut fact = Fact::of(if stat.is_dir() {
            Kind::Directory
        } else if stat.is_symlink() {
            Kind::Symlink
        } else {
            Kind::File
        });
        match fact.kind {
            Kind::File => {
                fact.size_bytes = stat.len();
                fact.content = Content::Digest(Algorithm::Blake3.of(&std::fs::read(&at).unwrap()));
            }
            Kind::Symlink => fact.target = std::fs::read_link(&at).unwrap().as_os_str().as_bytes().to_vec(),
            _ => {}
        }
        fact.metadata.mode = (fact.kind != Kind::Symlink).then(|| stat.mode() & 0o7777);
        fact.metadata.mtime = Some(Timestamp::new(
            stat.mtime(),
            u32::try_from(stat.mtime_nsec()).unwrap(),
        ));
        fact
    }

    pub(crate) fn role(&self) -> SiteRole {
        self.role
    }
}

fn collect(at: &Path, path: &EntryPath, stamps: &mut BTreeMap<EntryPath, Stamp>) {
    use std::os::unix::ffi::OsStrExt as _;
    let stat = std::fs::symlink_metadata(at).unwrap();
    let size = if stat.is_file() { stat.len() } else { 0 };
    let times = (stat.mtime(), stat.mtime_nsec(), stat.ctime(), stat.ctime_nsec());
    let stamp = (
        stat.ino(),
        times.0,
        times.1,
        times.2,
        times.3,
        stat.mode() & 0o170_000,
        size,
    );
    stamps.insert(path.clone(), stamp);
    if !stat.is_dir() {
        return;
    }
    for entry in std::fs::read_dir(at).unwrap() {
        let name = entry.unwrap().file_name();
        if !(path.is_root() && name == ".counterpart") {
            collect(&at.join(&name), &path.join(name.as_bytes()), stamps);
        }
    }
}
