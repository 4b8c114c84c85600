//! The manifest of the last pass, read beside the walk: which row an entry has, and which rows nothing has any more.

use super::{Delta, Scan};
use counterpart_model::{Code, EntryPath, Failure, Kind, Verdict};
use counterpart_port::Mount;
use counterpart_tree::Stat;
use std::cmp::Ordering;

impl Scan<'_> {
    /// Passes the rows that come before `path`: they vanished. True when the next row is of `path`.
    pub(super) fn advance_base(&mut self, path: &EntryPath) -> Result<bool, Failure> {
        loop {
            if !self.waiting {
                let Some(rows) = &mut self.base else {
                    return Ok(false);
                };
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

    pub(super) fn vanished(&mut self) -> Result<(), Failure> {
        self.waiting = false;
        let withheld = self
            .blind
            .as_ref()
            .is_some_and(|above| self.row.path.is_beneath(above));
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

    pub(super) fn vanished_under_us(&mut self, path: &EntryPath, known: bool) -> Result<(), Failure> {
        if known {
            self.row.path.set(path.as_bytes());
            self.vanished()?;
        }
        Ok(())
    }

    /// It has a name, and a look at it failed.
    pub(super) fn unstatable(&mut self, path: &EntryPath, failure: &Failure) -> Result<(), Failure> {
        let known = self.advance_base(path)?;
        self.waiting &= !known;
        self.unknowable(path, known, failure)
    }

    /// It is there, and nothing more is known of it: it stays as it was, with all beneath it.
    pub(super) fn unknowable(
        &mut self,
        path: &EntryPath,
        known: bool,
        failure: &Failure,
    ) -> Result<(), Failure> {
        self.tell(path, Code::Unreadable, Verdict::NotCompared, &failure.why, false);
        self.blind = Some(path.clone());
        if known {
            let before = Some(self.row.fact.clone());
            let delta = Delta {
                path: path.clone(),
                before,
                now: None,
                times_same: false,
                withheld: true,
            };
            self.push(&delta)?;
        }
        Ok(())
    }

    /// True when the row says all that the stat does. Only then is anything carried.
    pub(super) fn unchanged(&self, stat: &Stat, leader: Option<&EntryPath>) -> bool {
        let (fact, seen) = (&self.row.fact, &self.row.seen);
        let kind = if leader.is_some() {
            Kind::HardLink
        } else {
            stat.kind
        };
        let link = fact.kind != Kind::HardLink
            || leader.is_some_and(|leader| leader.as_bytes() == fact.target.as_slice());
        let size = fact.kind != Kind::File || fact.size_bytes == stat.size_bytes;
        !self.reworded && !seen.racy && fact.kind == kind && link && size && self.same_stamp(stat)
    }

    /// Inode and both times are as the row says.
    pub(super) fn same_stamp(&self, stat: &Stat) -> bool {
        let seen = &self.row.seen;
        seen.inode == stat.inode && seen.mtime == stat.mtime && seen.ctime == stat.ctime
    }

    pub(super) fn missing_mounts(&self) -> Vec<Mount> {
        let Some(base) = &self.pass.base else {
            return Vec::new();
        };
        let known: Vec<Mount> = serde_json::from_value(base.header().extra.clone()).unwrap_or_default();
        let met = |mount: &Mount| {
            self.report
                .mounts
                .iter()
                .any(|met| met.path == mount.path && met.identity == mount.identity)
        };
        known
            .into_iter()
            .filter(|mount| !mount.path.is_root() && !met(mount))
            .collect()
    }
}
