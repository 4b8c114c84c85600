//! From what the filesystem says to a fact, under the policy of the pass.

use crate::opening::OpenPass;
use counterpart_model::{
    Carry, EntryPath, Fact, Failure, Grain, Kind, MetadataClass, Observation, Obtained, SiteRole, Standing,
    Timestamp,
};
use counterpart_tree::Stat;
use counterpart_tree::attributes::{self, Subject};
use std::os::fd::AsFd as _;

/// What a fact depends on besides the entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// Grain of times.
    pub(crate) grain: Grain,
    /// Classes of metadata.
    pub(crate) carry: Carry,
}

impl OpenPass {
    /// The fact of an entry that was statted; its content is unread.
    pub(crate) fn fact(&self, terms: Terms, path: &EntryPath, stat: &Stat) -> Result<Fact, Failure> {
        let mut fact = Fact::of(stat.kind);
        if stat.kind == Kind::File {
            fact.size_bytes = stat.size_bytes;
        }
        if stat.kind == Kind::Symlink {
            fact.target = self.root.read_link(path)?;
        }
        if fact.standing == Standing::Compared {
            self.put_metadata(terms, path, stat, &mut fact)?;
        }
        Ok(fact)
    }

    /// True where modes are carried and the lists that may bound them are not.
    pub(crate) fn bounds_modes(&self, terms: Terms) -> bool {
        let without_lists = !terms.carry.has(MetadataClass::Acl);
        self.role == SiteRole::Production && terms.carry.has(MetadataClass::Mode) && without_lists
    }

    /// Bounds the mode of an entry that was named by what its access control list gives.
    pub(crate) fn bound_mode(&self, path: &EntryPath, stat: &Stat, fact: &mut Fact) -> Result<(), Failure> {
        let (parent, name) = self.root.parent(path)?;
        let subject = Subject::Name(parent.as_fd(), &name);
        let found = attributes::read_attributes(subject, stat.kind, LISTS)?;
        bound(fact, &found);
        Ok(())
    }

    fn put_metadata(
        &self,
        terms: Terms,
        path: &EntryPath,
        stat: &Stat,
        fact: &mut Fact,
    ) -> Result<(), Failure> {
        let carried = |class| terms.carry.has(class);
        let metadata = &mut fact.metadata;
        if carried(MetadataClass::Mode) && stat.kind != Kind::Symlink {
            metadata.mode = Some(stat.mode);
        }
        if carried(MetadataClass::Mtime) {
            metadata.mtime = Some(stat.mtime.at_grain(terms.grain));
        }
        if carried(MetadataClass::Owner) {
            metadata.owner = Some(self.owners.owner(stat.uid, stat.gid));
        }
        if carried(MetadataClass::Xattr) || carried(MetadataClass::Acl) {
            let (parent, name) = self.root.parent(path)?;
            let subject = Subject::Name(parent.as_fd(), &name);
            let found = attributes::read_attributes(subject, stat.kind, terms.carry)?;
            (metadata.xattr, metadata.acl) = attributes::digests(&found.attributes);
        }
        Ok(())
    }
}

/// Only access control lists, to be read for what they say of a mode.
pub(crate) const LISTS: Carry = Carry::NOTHING.with(MetadataClass::Acl);

/// Bounds a mode by the list that was found with it.
pub(crate) fn bound(fact: &mut Fact, found: &attributes::Found) {
    let mode = &mut fact.metadata.mode;
    *mode = mode.map(|mode| attributes::mode_without_list(mode, &found.attributes));
}

/// What was seen of an entry whose content was not read.
pub(crate) fn observation(stat: &Stat) -> Observation {
    Observation {
        inode: stat.inode,
        mtime: stat.mtime,
        ctime: stat.ctime,
        obtained: Obtained::default(),
        racy: false,
    }
}

/// How long ago an entry must have changed for a further change to show in its times, in nanoseconds. Two seconds
/// where times of change are whole seconds, else twenty milliseconds, which is beyond any kernel's clock tick.
pub(crate) fn fresh_window_nanos(grain_seen: Option<Grain>) -> i128 {
    const TICK_NANOS: i128 = 20_000_000;
    const COARSE_NANOS: u64 = 1_000_000_000;
    match grain_seen {
        Some(grain) if grain.nanos() < COARSE_NANOS => TICK_NANOS,
        _ => i128::from(Grain::TWO_SECONDS.nanos()),
    }
}

/// How much longer to wait before a change at `changed` is old enough; `None` when it is. A time in the future says
/// nothing: the clocks of two hosts are not compared.
pub(crate) fn still_fresh(changed: Timestamp, now: Timestamp, window_nanos: i128) -> Option<u64> {
    let age = now.as_nanos() - changed.as_nanos();
    (0..window_nanos)
        .contains(&age)
        .then(|| u64::try_from(window_nanos - age).unwrap_or(0))
}
