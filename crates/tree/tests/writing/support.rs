//! A tree to change, a keeper that remembers what it was told, and short words for facts and steps.

use counterpart_model::policy::OwnerBy;
use counterpart_model::{
    Action, Algorithm, Carry, Content, Digest, EntryPath, Fact, Failure, Kind, MetadataClass, Step, Timestamp,
};
use counterpart_port::{Apply, Arrived, Attributes, Capabilities, Committed, Place};
use counterpart_tree::{Applier, ApplyOptions, GroupLimits, Keeper, Leftover, Root, Touched};
use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Remembers every change, and offers what a test gave it.
#[derive(Default)]
pub struct Memory {
    pub touched: Mutex<Vec<Touched>>,
    pub leftovers: Mutex<BTreeMap<EntryPath, Leftover>>,
}

impl Keeper for Memory {
    fn touched(&self, touched: &Touched) -> Result<(), Failure> {
        self.touched.lock().unwrap().push(touched.clone());
        Ok(())
    }

    fn arrived_before(&self, path: &EntryPath, _size_bytes: u64, _mtime: Timestamp) -> Option<Leftover> {
        self.leftovers.lock().unwrap().get(path).cloned()
    }
}

impl Memory {
    pub fn last_of(&self, path: &str) -> Touched {
        let touched = self.touched.lock().unwrap();
        touched
            .iter()
            .rev()
            .find(|touched| touched.path == at(path))
            .unwrap()
            .clone()
    }
}

/// A tree in a directory of its own.
pub struct Scene {
    _held: Option<tempfile::TempDir>,
    pub path: PathBuf,
    pub root: Root,
    pub memory: Arc<Memory>,
    pub carry: Carry,
    pub capabilities: Capabilities,
    pub group: GroupLimits,
}

impl Scene {
    pub fn new() -> Self {
        let held = tempfile::tempdir().unwrap();
        let path = held.path().join("standby");
        std::fs::create_dir(&path).unwrap();
        Self {
            _held: Some(held),
            ..Self::at(&path)
        }
    }

    pub fn at(path: &Path) -> Self {
        Self {
            _held: None,
            path: path.to_owned(),
            root: Root::open(path).unwrap(),
            memory: Arc::default(),
            carry: Carry::default(),
            capabilities: Capabilities::full(),
            group: GroupLimits::default(),
        }
    }

    pub fn carrying(mut self, classes: &[MetadataClass]) -> Self {
        self.carry = Carry::of(classes);
        self
    }

    pub fn start(&self, pass: &str) -> Applier {
        self.try_start(pass).unwrap()
    }

    pub fn try_start(&self, pass: &str) -> Result<Applier, Failure> {
        let options = ApplyOptions {
            pass: pass.to_owned(),
            carry: self.carry,
            owner_by: OwnerBy::Number,
            capabilities: self.capabilities.clone(),
            group: self.group,
            keeper: self.memory.clone(),
        };
        Applier::start(&self.root, options)
    }

    /// Applies steps in one pass, with the content of their files.
    pub fn apply(&self, pass: &str, steps: &[(Step, &[u8])]) -> Vec<Committed> {
        let applier = self.start(pass);
        let committed = steps
            .iter()
            .map(|(step, content)| run(&applier, step, content).unwrap())
            .collect();
        applier.finish().unwrap();
        applier.sync().unwrap();
        committed
    }

    pub fn on_disk(&self, path: &str) -> PathBuf {
        self.path.join(path)
    }

    pub fn write(&self, path: &str, content: &[u8], mode: u32, mtime: Timestamp) {
        std::fs::write(self.on_disk(path), content).unwrap();
        self.stamp(path, mode, mtime);
    }

    pub fn mkdir(&self, path: &str, mode: u32, mtime: Timestamp) {
        std::fs::create_dir_all(self.on_disk(path)).unwrap();
        self.stamp(path, mode, mtime);
    }

    pub fn stamp(&self, path: &str, mode: u32, mtime: Timestamp) {
        let path = self.on_disk(path);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let since = std::time::Duration::new(u64::try_from(mtime.seconds).unwrap(), mtime.nanos);
        let file = std::fs::File::open(&path).unwrap();
        file.set_modified(std::time::UNIX_EPOCH + since).unwrap();
    }

    pub fn read(&self, path: &str) -> Vec<u8> {
        std::fs::read(self.on_disk(path)).unwrap()
    }

    pub fn exists(&self, path: &str) -> bool {
        self.on_disk(path).symlink_metadata().is_ok()
    }

    pub fn mode(&self, path: &str) -> u32 {
        self.on_disk(path).symlink_metadata().unwrap().mode() & 0o7777
    }

    pub fn mtime(&self, path: &str) -> Timestamp {
        let stat = self.on_disk(path).symlink_metadata().unwrap();
        Timestamp::new(stat.mtime(), u32::try_from(stat.mtime_nsec()).unwrap())
    }

    /// Where a version in history lies on disk.
    pub fn kept(&self, committed: &Committed) -> PathBuf {
        self.path
            .join(".counterpart/history")
            .join(&committed.history.as_ref().unwrap().0)
    }

    /// Names in the tree, sorted, without Counterpart's own.
    pub fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        list(&self.path, &self.path, &mut names);
        names.sort();
        names
    }
}

fn list(root: &Path, directory: &Path, names: &mut Vec<String>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let entry = entry.unwrap();
        let path = entry.path();
        let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
        if name == ".counterpart" {
            continue;
        }
        names.push(name);
        if entry.file_type().unwrap().is_dir() {
            list(root, &path, names);
        }
    }
}

/// Places, fills and commits one step.
pub fn run(applier: &Applier, step: &Step, content: &[u8]) -> Result<Committed, Failure> {
    let mut place = applier.place(step)?;
    fill(place.as_mut(), step, content)
}

pub fn fill(place: &mut dyn Place, step: &Step, content: &[u8]) -> Result<Committed, Failure> {
    let attributes = Attributes::default();
    let brings = matches!(step.action, Action::Create | Action::Modify | Action::Replace);
    if brings && step.kind() == Some(Kind::File) {
        place.write(content)?;
        return place.commit(step.wanted.as_ref(), &attributes, Arrived::Written);
    }
    place.commit(step.wanted.as_ref(), &attributes, Arrived::Kept)
}

pub fn at(path: &str) -> EntryPath {
    EntryPath::checked(path.as_bytes()).unwrap()
}

pub fn time(seconds: i64) -> Timestamp {
    Timestamp::new(seconds, 123_456_789)
}

pub fn digest(content: &[u8]) -> Digest {
    Algorithm::Blake3.of(content)
}

pub fn file(content: &[u8], mode: u32, mtime: Timestamp) -> Fact {
    let mut fact = Fact::of(Kind::File);
    fact.size_bytes = content.len() as u64;
    fact.content = Content::Digest(digest(content));
    fact.metadata.mode = Some(mode);
    fact.metadata.mtime = Some(mtime);
    fact
}

pub fn directory(mode: u32, mtime: Timestamp) -> Fact {
    let mut fact = Fact::of(Kind::Directory);
    fact.metadata.mode = Some(mode);
    fact.metadata.mtime = Some(mtime);
    fact
}

pub fn symlink(target: &[u8], mtime: Timestamp) -> Fact {
    let mut fact = Fact::of(Kind::Symlink);
    fact.target = target.to_vec();
    fact.metadata.mtime = Some(mtime);
    fact
}

pub fn hardlink(leader: &str) -> Fact {
    let mut fact = Fact::of(Kind::HardLink);
    fact.target = leader.as_bytes().to_vec();
    fact
}

pub fn step(action: Action, path: &str, wanted: Fact) -> Step {
    let mut step = Step::of(at(path), action);
    step.wanted = Some(wanted);
    step
}

pub fn create(path: &str, wanted: Fact) -> Step {
    step(Action::Create, path, wanted)
}

pub fn change(action: Action, path: &str, present: Fact, wanted: Fact) -> Step {
    let mut step = step(action, path, wanted);
    step.present = Some(present);
    step
}

pub fn remove(path: &str, present: Fact) -> Step {
    let mut step = Step::of(at(path), Action::Remove);
    step.present = Some(present);
    step
}

pub fn rename(from: &str, path: &str, fact: Fact) -> Step {
    let mut step = change(Action::Rename, path, fact.clone(), fact);
    step.from = Some(at(from));
    step
}
