//! Changing a standby in memory: each step takes effect at once, as the port says, or not at all.

use super::site::{FakeSite, State, now_seconds};
use super::tree::Node;
use counterpart_model::{Action, Code, Content, Digest, EntryPath, Fact, Failure, Kind, Step};
use counterpart_port::{
    Apply, Arrived, Attributes, Committed, Expired, Export, ExportSink, HistoryId, Place, Room, Standby,
    Version,
};
use std::sync::Mutex;

impl Standby for FakeSite {
    fn room(&self) -> Result<Room, Failure> {
        Ok(Room {
            free_bytes: self.state().free_bytes,
            free_entries: None,
        })
    }

    fn adopt(&self) -> Result<(), Failure> {
        self.state().adopted = true;
        Ok(())
    }

    fn apply(&self) -> Result<Box<dyn Apply + '_>, Failure> {
        Ok(Box::new(FakeApply {
            site: self,
            last: Mutex::default(),
            failed: Mutex::default(),
        }))
    }

    fn versions(&self, _: &EntryPath) -> Result<Vec<Version>, Failure> {
        Ok(Vec::new())
    }

    fn export(&self, _: &Export, _: &mut dyn ExportSink) -> Result<(), Failure> {
        Err(Failure::new(Code::NotFound, "exporting", "there is none"))
    }

    fn expired(&self, _: u64) -> Result<Expired, Failure> {
        Err(Failure::new(Code::NotFound, "pruning", "there is none"))
    }

    fn end_history(&self, _: &[String], _: u64) -> Result<(), Failure> {
        Err(Failure::new(Code::NotFound, "pruning", "there is none"))
    }
}

struct FakeApply<'a> {
    site: &'a FakeSite,
    last: Mutex<Option<EntryPath>>,
    failed: Mutex<Vec<(EntryPath, Failure)>>,
}

impl Apply for FakeApply<'_> {
    fn place(&self, step: &Step) -> Result<Box<dyn Place + '_>, Failure> {
        let mut last = self.last.lock().unwrap();
        assert!(
            last.as_ref().is_none_or(|last| *last < step.path),
            "steps come in path order"
        );
        *last = Some(step.path.clone());
        let mut state = self.site.state();
        if state.faults.unplaceable.as_ref() == Some(&step.path) {
            return Err(Failure::new(Code::Io, "placing", "the test says so"));
        }
        state.open_places += 1;
        Ok(Box::new(FakePlace {
            site: self.site,
            failed: &self.failed,
            step: step.clone(),
            bytes: Vec::new(),
        }))
    }

    fn rest(&self) -> Result<(), Failure> {
        let held = self.site.state().open_places;
        assert_eq!(held, 0, "a rest waits for ever while a place is held");
        *self.last.lock().unwrap() = None;
        Ok(())
    }

    fn failures(&self) -> Vec<(EntryPath, Failure)> {
        std::mem::take(&mut self.failed.lock().unwrap())
    }

    fn sync(&self) -> Result<(), Failure> {
        if self.site.state().faults.sync_fails {
            return Err(Failure::new(Code::Io, "syncing", "the disk reported an error"));
        }
        Ok(())
    }
}

struct FakePlace<'a> {
    site: &'a FakeSite,
    failed: &'a Mutex<Vec<(EntryPath, Failure)>>,
    step: Step,
    bytes: Vec<u8>,
}

impl Drop for FakePlace<'_> {
    fn drop(&mut self) {
        self.site.state().open_places -= 1;
    }
}

impl Place for FakePlace<'_> {
    fn arrived_before(&self) -> Option<Digest> {
        None
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn hole(&mut self, len_bytes: u64) -> Result<(), Failure> {
        let len = self.bytes.len() + usize::try_from(len_bytes).unwrap();
        self.bytes.resize(len, 0);
        Ok(())
    }

    fn commit(
        &mut self,
        fact: Option<&Fact>,
        _: &Attributes,
        content: Arrived,
    ) -> Result<Committed, Failure> {
        let mut state = self.site.state();
        let path = &self.step.path;
        if let Some(code) = state.faults.refused.get(path) {
            return Err(Failure::new(
                *code,
                format!("changing {path}"),
                "the test says so",
            ));
        }
        if state.faults.unpublished.contains(path) {
            let doing = format!("publishing {path}");
            let failure = Failure::new(Code::NameNotHeld, doing, "the test says so");
            self.failed.lock().unwrap().push((path.clone(), failure));
            return Ok(Committed::default());
        }
        let kept = state.history.len();
        let bytes = std::mem::take(&mut self.bytes);
        match self.step.action {
            Action::RemovedWithParent => {}
            Action::Remove => forget(&mut state, path),
            Action::Rename => renamed(&mut state, &self.step)?,
            _ => made(&mut state, &self.step, fact.expect("a fact"), content, bytes),
        }
        state.touched.push(path.clone());
        let history = (state.history.len() > kept).then(|| HistoryId(format!("pass/{kept}")));
        Ok(Committed { history })
    }
}

/// Moves an entry and all beneath it to history.
fn forget(state: &mut State, path: &EntryPath) {
    let gone = state.cut(path);
    for (path, _) in &gone {
        if let Some(rows) = &mut state.now {
            rows.remove(path);
        }
    }
    state.history.extend(gone);
}

fn renamed(state: &mut State, step: &Step) -> Result<(), Failure> {
    let from = step.from.as_ref().expect("an old name");
    let vanished = || Failure::new(Code::Vanished, format!("renaming {from}"), "it is gone");
    assert!(
        !state.tree.contains_key(&step.path),
        "a rename never goes over a name"
    );
    let node = state.tree.remove(from).ok_or_else(vanished)?;
    let fact = step.wanted.as_ref().expect("a fact");
    let stamp = state.tick();
    state
        .tree
        .insert(step.path.clone(), Node::made(fact, node.bytes, stamp));
    if let Some(rows) = &mut state.now {
        rows.remove(from);
    }
    state.learn(&step.path, fact.content, now_seconds());
    Ok(())
}

fn made(state: &mut State, step: &Step, fact: &Fact, content: Arrived, written: Vec<u8>) {
    let path = &step.path;
    let parent = path.parent().expect("no step is of the root");
    let held = parent.is_root()
        || state
            .tree
            .get(&parent)
            .is_some_and(|node| node.kind == Kind::Directory);
    assert!(held, "{path} has a directory to be in");
    let bytes = match content {
        Arrived::Kept if fact.kind != Kind::File => Vec::new(),
        Arrived::Kept => state
            .tree
            .get(path)
            .map_or_else(Vec::new, |node| node.bytes.clone()),
        _ => written,
    };
    match step.action {
        Action::Replace => forget(state, path),
        Action::Modify if content != Arrived::Kept => {
            let old = state.tree.get(path).cloned();
            state.history.extend(old.map(|old| (path.clone(), old)));
        }
        Action::Create => assert!(!state.tree.contains_key(path), "{path} is new"),
        _ => {}
    }
    let stamp = state.tick();
    state.tree.insert(path.clone(), Node::made(fact, bytes, stamp));
    let known = state
        .now
        .as_ref()
        .and_then(|rows| rows.get(path))
        .map(|known| known.fact.content);
    let content = match (fact.content, known) {
        (Content::Unread, Some(known)) => known,
        (content, _) => content,
    };
    state.learn(path, content, now_seconds());
}
