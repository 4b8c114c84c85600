//! The places of symbolic and hard links.
//!
//! Neither is ever followed: a symbolic link is made with its target's bytes, a hard link from a held directory.

use super::publish::publish;
use super::shared::{Site, refused};
use crate::attributes::Subject;
use crate::history::aside::Named;
use crate::keeper::{Touched, Why};
use crate::put::Held;
use crate::stat::{Stat, stat_at};
use crate::{at, incoming::Spot};
use counterpart_model::{Action, Digest, EntryPath, Fact, Failure, Kind, Obtained};
use counterpart_port::{Arrived, Attributes, Committed, HistoryId, Place};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::AtFlags;
use rustix::io::Errno;
use std::ffi::CString;

pub(super) struct LinkPlace {
    site: Site,
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
        Self { site }
    }

    fn commit_symlink(&self, fact: &Fact) -> Result<Committed, Failure> {
        let history = self.bring(&|at| {
            rustix::fs::symlinkat(&*fact.target, at.directory, at.name)?;
            let attributes = Attributes::default();
            self.site
                .shared
                .put
                .settle(Held::Link(at), &fact.metadata, &attributes)
                .map(drop)
        })?;
        self.tell(fact, history)
    }

    fn commit_hardlink(&self, fact: &Fact) -> Result<Committed, Failure> {
        let leader = self.leader(fact)?;
        let named = self.site.named();
        let already =
            stat_at(named.directory, named.name).is_ok_and(|stat| stat.object() == leader.stat.object());
        if already {
            return self.tell(fact, None);
        }
        let history = self.bring(&|at| at::link(&leader.directory, &leader.name, at.directory, at.name))?;
        let committed = self.tell(fact, history)?;
        self.tell_leader(&leader)?;
        Ok(committed)
    }

    /// Makes the entry: in a new directory under its name, elsewhere in `incoming`, from where it is published.
    fn bring(&self, make: &dyn Fn(Named<'_>) -> Result<(), Errno>) -> Result<Option<HistoryId>, Failure> {
        let site = &self.site;
        if site.parent.is_new() {
            return make(site.named()).map(|()| None).map_err(|errno| {
                if errno != Errno::EXIST {
                    self.remove(site.named());
                }
                site.failing("making", errno)
            });
        }
        let spot: Spot = site
            .parent
            .spot()
            .map_err(|errno| site.failing("making", errno))?;
        let name = site.shared.incoming.next('l');
        let ready = Named {
            directory: spot.directory.as_fd(),
            name: &name,
        };
        let replaces = site.step.action != Action::Create;
        let why = if replaces {
            site.why_replaced()
        } else {
            Why::Created
        };
        let ended = make(ready).map_err(|errno| site.failing("making", errno));
        let done = ended.and_then(|()| publish(&site.shared, ready, site.named(), site.about(why), replaces));
        if done.is_err() {
            self.remove(ready);
        }
        done
    }

    /// Removes what could not be finished and has no name in the tree.
    fn remove(&self, made: Named<'_>) {
        let removed = rustix::fs::unlinkat(made.directory, made.name, AtFlags::empty());
        if self.site.parent.is_new() && !matches!(removed, Ok(()) | Err(Errno::NOENT)) {
            self.site.parent.spoil();
        }
    }

    fn tell(&self, fact: &Fact, history: Option<HistoryId>) -> Result<Committed, Failure> {
        let site = &self.site;
        let named = site.named();
        let stat = stat_at(named.directory, named.name).map_err(|errno| site.failing("looking at", errno))?;
        let why = match (site.step.action, &history) {
            (Action::Create, None) => Why::Created,
            (Action::Create, Some(_)) => Why::Drifted,
            _ => site.why_replaced(),
        };
        let mut touched = Touched::of(site.path(), why);
        touched.now = Some(site.shared.put.seen(fact, &stat, Obtained::default()));
        touched.whole = site.replaces_directory();
        touched.history.clone_from(&history);
        site.tell(touched)?;
        Ok(Committed { history })
    }

    /// A further name changes the stamp of the file, and so of its first name.
    fn tell_leader(&self, leader: &Leader) -> Result<(), Failure> {
        let stat = stat_at(&leader.directory, &leader.name);
        let stat = stat.map_err(|errno| super::shared::failing("looking at", &leader.path, errno))?;
        let mut touched = Touched::of(&leader.path, Why::Metadata);
        let subject = Subject::Name(leader.directory.as_fd(), &leader.name);
        touched.now = Some(self.site.shared.put.seen_now(subject, &stat)?);
        touched.incoming.clone_from(&leader.incoming);
        self.site.shared.tell(&touched)
    }

    /// Finds the leader in the tree, or in a new directory that has no name yet; once more in the tree, since that
    /// directory may have got its name in between.
    fn leader(&self, fact: &Fact) -> Result<Leader, Failure> {
        let path =
            EntryPath::checked(&fact.target).map_err(|why| refused(&self.site.step, &why.to_string()))?;
        let in_tree = || self.leader_in_tree(&path);
        let found = in_tree()
            .or_else(|failure| self.leader_in_unit(&path).ok_or(failure))
            .or_else(|_| in_tree())?;
        if found.stat.kind == Kind::File {
            return Ok(found);
        }
        Err(self.site.failing("linking", Errno::NOENT))
    }

    fn leader_in_tree(&self, path: &EntryPath) -> Result<Leader, Failure> {
        let (directory, name) = self.site.shared.root.parent(path)?;
        let stat = stat_at(&directory, &name).map_err(|errno| self.site.failing("linking", errno))?;
        Ok(Leader {
            path: path.clone(),
            directory,
            name,
            stat,
            incoming: None,
        })
    }

    fn leader_in_unit(&self, path: &EntryPath) -> Option<Leader> {
        let (spot, rest) = self.site.shared.unit_above(path)?;
        let mut directory = at::open_directory(&spot.directory, c".").ok()?;
        for name in rest.parent()?.components() {
            directory = at::open_directory(&directory, &at::c_name(name).ok()?).ok()?;
        }
        let name = at::c_name(rest.name()).ok()?;
        let stat = stat_at(&directory, &name).ok()?;
        Some(Leader {
            path: path.clone(),
            directory,
            name,
            stat,
            incoming: Some(spot.location_of(rest.as_bytes())),
        })
    }
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
