//! The places of symbolic and hard links.
//!
//! Neither is ever followed: a symbolic link is made with its target's bytes, a hard link from a held directory.

use super::publish::{Entry, Ready};
use super::shared::{Site, refused};
use crate::attributes::Subject;
use crate::history::aside::Named;
use crate::keeper::{Touched, Why};
use crate::put::Held;
use crate::stat::{Stat, stat_at};
use crate::{at, incoming::Spot};
use counterpart_model::{Action, Digest, EntryPath, Fact, Failure, Kind, Obtained};
use counterpart_port::{Arrived, Attributes, Committed, Place};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::AtFlags;
use rustix::io::Errno;
use std::ffi::CString;
use std::sync::Arc;

pub(super) struct LinkPlace {
    site: Arc<Site>,
}

/// The first name of a hard link's file, held.
struct Leader {
    path: EntryPath,
    directory: OwnedFd,
    name: CString,
    stat: Stat,
    incoming: Option<Vec<u8>>,
}

impl LinkPlace {
    pub(super) fn new(site: Site) -> Self {
        Self { site: Arc::new(site) }
    }

    fn commit_symlink(&self, fact: &Fact) -> Result<Committed, Failure> {
        self.bring(fact, &|at| {
            rustix::fs::symlinkat(&*fact.target, at.directory, at.name)?;
            let attributes = Attributes::default();
            self.site
                .shared
                .put
                .settle(Held::Link(at), &fact.metadata, &attributes)
                .map(drop)
        })
    }

    fn commit_hardlink(&self, fact: &Fact) -> Result<Committed, Failure> {
        let shared = &self.site.shared;
        if shared.queue.waits_at_or_above(&leader_path(&self.site, fact)?) {
            shared.queue.publish(shared)?;
        }
        let leader = find_leader(&self.site, fact)?;
        let named = self.site.named();
        let present = stat_at(named.directory, named.name);
        if let Ok(stat) = present
            && stat.object() == leader.stat.object()
        {
            return self.tell(fact, &stat);
        }
        let committed = self.bring(fact, &|at| {
            at::link(&leader.directory, &leader.name, at.directory, at.name)
        })?;
        if self.site.parent.is_new() {
            tell_leader(&self.site, fact)?;
        }
        Ok(committed)
    }

    /// Makes the entry: in a new directory under its name, elsewhere in `incoming`, from where it is published.
    fn bring(
        &self,
        fact: &Fact,
        make: &dyn Fn(Named<'_>) -> Result<(), Errno>,
    ) -> Result<Committed, Failure> {
        let site = &self.site;
        let fail = |errno| site.failing("making", errno);
        if site.parent.is_new() {
            let stat = self.make(site.named(), make).map_err(fail)?;
            return self.tell(fact, &stat);
        }
        let spot: Spot = site.parent.spot().map_err(fail)?;
        let name = site.shared.incoming.next('l');
        let at = Named {
            directory: spot.directory.as_fd(),
            name: &name,
        };
        let stat = self.make(at, make).map_err(fail)?;
        let ready: Ready = site.ready(&spot, &name, stat).inspect_err(|_| self.remove(at))?;
        site.queue(Entry {
            site: site.clone(),
            ready,
            fact: fact.clone(),
            obtained: Obtained::default(),
        })
    }

    fn make(&self, at: Named<'_>, make: &dyn Fn(Named<'_>) -> Result<(), Errno>) -> Result<Stat, Errno> {
        let stat = make(at).and_then(|()| stat_at(at.directory, at.name));
        if stat.is_err_and(|errno| errno != Errno::EXIST) {
            self.remove(at);
        }
        stat
    }

    /// Removes what could not be finished and has no name in the tree.
    fn remove(&self, made: Named<'_>) {
        let removed = rustix::fs::unlinkat(made.directory, made.name, AtFlags::empty());
        if self.site.parent.is_new() && !matches!(removed, Ok(()) | Err(Errno::NOENT)) {
            self.site.parent.spoil();
        }
    }

    /// Tells of an entry that has its name: in a new directory, or since before.
    fn tell(&self, fact: &Fact, stat: &Stat) -> Result<Committed, Failure> {
        let site = &self.site;
        let mut touched = Touched::of(site.path(), site.why());
        touched.now = Some(site.shared.put.seen(fact, stat, Obtained::default()));
        touched.whole = site.replaces_directory();
        site.tell(touched)?;
        Ok(Committed::default())
    }
}

/// A further name changes the stamp of the file, and so of its first name.
pub(super) fn tell_leader(site: &Site, fact: &Fact) -> Result<(), Failure> {
    let leader = find_leader(site, fact)?;
    let mut touched = Touched::of(&leader.path, Why::Metadata);
    let subject = Subject::Name(leader.directory.as_fd(), &leader.name);
    touched.now = Some(site.shared.put.seen_now(subject, &leader.stat)?);
    touched.incoming = leader.incoming;
    site.shared.tell(&touched)
}

/// Finds the leader in a new directory that has no name yet, or else in the tree, where that directory may have got its
/// name in between.
fn find_leader(site: &Site, fact: &Fact) -> Result<Leader, Failure> {
    let path = leader_path(site, fact)?;
    let found = leader_in_unit(site, &path).map_or_else(|| leader_in_tree(site, &path), Ok)?;
    if found.stat.kind == Kind::File {
        return Ok(found);
    }
    Err(site.failing("linking", Errno::NOENT))
}

fn leader_path(site: &Site, fact: &Fact) -> Result<EntryPath, Failure> {
    EntryPath::checked(&fact.target).map_err(|why| refused(&site.step, &why.to_string()))
}

fn leader_in_tree(site: &Site, path: &EntryPath) -> Result<Leader, Failure> {
    let (directory, name) = site.shared.root.parent(path)?;
    let stat = stat_at(&directory, &name).map_err(|errno| site.failing("linking", errno))?;
    Ok(Leader {
        path: path.clone(),
        directory,
        name,
        stat,
        incoming: None,
    })
}

fn leader_in_unit(site: &Site, path: &EntryPath) -> Option<Leader> {
    let location = site.shared.location_in_unit(path)?;
    let directory = site.shared.incoming.directory_of(&location).ok()?;
    let name = at::c_name(path.name()).ok()?;
    let stat = stat_at(&directory, &name).ok()?;
    Some(Leader {
        path: path.clone(),
        directory,
        name,
        stat,
        incoming: Some(location),
    })
}

impl Place for LinkPlace {
    fn arrived_before(&self) -> Option<Digest> {
        None
    }

    fn write(&mut self, _bytes: &[u8]) -> Result<(), Failure> {
        Err(refused(&self.site.step, "a link has no content"))
    }

    fn hole(&mut self, _len_bytes: u64) -> Result<(), Failure> {
        self.write(&[])
    }

    fn commit(
        &mut self,
        fact: Option<&Fact>,
        attributes: &Attributes,
        content: Arrived,
    ) -> Result<Committed, Failure> {
        let fact = fact.or(self.site.step.wanted.as_ref());
        let fact = fact.ok_or_else(|| refused(&self.site.step, "nothing is known of it"))?;
        if content == Arrived::Kept && self.site.step.action == Action::Modify {
            return super::change::set_metadata(&self.site, fact, attributes);
        }
        if fact.kind == Kind::HardLink {
            self.commit_hardlink(fact)
        } else {
            self.commit_symlink(fact)
        }
    }
}
