//! One entry that is there: is it as the manifest says, does it wait for a later pass, what is it now?

use super::{Delta, Scan};
use crate::facts::{fresh_window_nanos, observation};
use crate::opening::now;
use counterpart_model::{
    Code, Content, EntryPath, Fact, Failure, How, Kind, Observation, SiteRole, Standing, Timestamp, Verdict,
};
use counterpart_tree::Stat;

impl Scan<'_> {
    /// An entry that is there.
    pub(super) fn entry(&mut self, path: &EntryPath, stat: &Stat) -> Result<(), Failure> {
        self.tick()?;
        let known = self.advance_base(path)?;
        self.note_grain(stat);
        let leader = self.links.as_ref().and_then(|links| links.leader(stat)).cloned();
        let leads = self.take_entry(path, stat, known, leader)?;
        match &mut self.links {
            Some(links) => links.met(path, stat, leads),
            None => Ok(()),
        }
    }

    /// True when the new manifest has the entry as a file that is compared, so that further names may be links to it.
    fn take_entry(
        &mut self,
        path: &EntryPath,
        stat: &Stat,
        known: bool,
        leader: Option<EntryPath>,
    ) -> Result<bool, Failure> {
        if known {
            self.waiting = false;
            // The root is always there; it says nothing of whose tree this is.
            self.report.known += u64::from(!path.is_root());
            if self.unchanged(stat, leader.as_ref()) {
                self.count_row(path);
                return Ok(may_lead(&self.row.fact));
            }
        }
        if self.is_held_back(path, stat, known) {
            return Ok(known && may_lead(&self.row.fact));
        }
        self.changed(path, stat, known, leader)
    }

    /// Born after the scan began, or too young for the pair: left for the next pass as it was before.
    fn is_held_back(&mut self, path: &EntryPath, stat: &Stat, known: bool) -> bool {
        if self.pass.role == SiteRole::Standby {
            return false;
        }
        if !known && self.is_unborn(path, stat) {
            self.report.after_cut_off += 1;
            return true;
        }
        if known && self.same_stamp(stat) {
            return false;
        }
        let settle = i128::from(self.request.settle_seconds) * 1_000_000_000;
        let young = stat.mtime.max(stat.ctime) > self.report.began.plus_nanos(-settle);
        if stat.kind != Kind::File || settle == 0 || !young {
            return false;
        }
        self.report.settling += 1;
        self.tell(
            path,
            Code::Settling,
            Verdict::NotCompared,
            "younger than `settle`; it waits for a later pass",
            true,
        );
        if known {
            self.count_row(path);
        }
        true
    }

    /// Born after the cut-off, or moved into a directory that was. What was born later than now tells of a clock that
    /// was set back, and would never be old enough; the root was there when it was opened.
    fn is_unborn(&mut self, path: &EntryPath, stat: &Stat) -> bool {
        let late = |born: Timestamp| born > self.report.began && born <= now();
        let born_late = !path.is_root() && stat.born.is_some_and(late);
        if born_late && stat.kind == Kind::Directory {
            self.unborn = Some(path.clone());
        }
        born_late
            || self
                .unborn
                .as_ref()
                .is_some_and(|directory| path.is_beneath(directory))
    }

    /// The fact of an entry that changed. A new file's mode is bounded by its list when it is opened to be copied.
    fn fact(&self, path: &EntryPath, stat: &Stat, known: bool) -> Result<Fact, Failure> {
        let mut fact = self.pass.fact(self.terms, path, stat)?;
        let opened_later = !known && stat.kind == Kind::File && stat.nlink < 2;
        if self.pass.bounds_modes(self.terms) && !opened_later {
            self.pass.bound_mode(path, stat, &mut fact)?;
        }
        Ok(fact)
    }

    fn changed(
        &mut self,
        path: &EntryPath,
        stat: &Stat,
        known: bool,
        leader: Option<EntryPath>,
    ) -> Result<bool, Failure> {
        let (mut fact, mut seen) = match self.fact(path, stat, known) {
            Ok(fact) => (fact, observation(stat)),
            Err(failure) if failure.code == Code::Vanished => {
                return self.vanished_under_us(path, known).map(|()| false);
            }
            Err(failure) => return self.unknowable(path, known, &failure).map(|()| false),
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
        let leads = may_lead(&fact);
        let delta = Delta {
            path: path.clone(),
            before,
            now: Some((fact, seen)),
            times_same,
            withheld: false,
        };
        self.moves.add(&delta, None)?;
        self.push(&delta).map(|()| leads)
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
        let same_stamp = self.same_stamp(stat) && !before.seen.racy;
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
            seen.obtained = self.pass.carried(before.seen.obtained);
            if !same_stamp && fact.digest().is_some() {
                seen.obtained.how = How::Moved;
            }
        }
    }
}

fn may_lead(fact: &Fact) -> bool {
    fact.kind == Kind::File && fact.standing == Standing::Compared
}
