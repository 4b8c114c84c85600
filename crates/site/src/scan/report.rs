//! What a scan counts and tells: everything that takes part, and everything that does not.

use super::Scan;
use counterpart_model::{Code, EntryPath, Fact, Failure, Finding, Grain, Kind, Standing, Verdict};
use counterpart_port::{ExcludedEntry, Mount};
use counterpart_tree::Stat;
use counterpart_tree::filesystem::Mounted;

impl Scan<'_> {
    pub(super) fn count_row(&mut self, path: &EntryPath) {
        match self.row.fact.standing {
            Standing::Compared if !path.is_root() => self.report.tally.add(&self.row.fact),
            Standing::Compared => {}
            standing => {
                let fact = self.row.fact.clone();
                self.leave_out(path, standing, &fact);
            }
        }
    }

    pub(super) fn count(&mut self, path: &EntryPath, fact: &Fact) {
        match fact.standing {
            Standing::Compared if !path.is_root() => self.report.tally.add(fact),
            Standing::Compared => {}
            standing => self.leave_out(path, standing, fact),
        }
    }

    /// An entry that is declared not compared: counted and told in every pass.
    pub(super) fn leave_out(&mut self, path: &EntryPath, standing: Standing, fact: &Fact) {
        let (code, why) = match standing {
            Standing::Stub => (
                Code::Stub,
                "a stub of hierarchical storage: not opened, and no copy",
            ),
            _ => (Code::Special, "a device, socket or FIFO"),
        };
        self.tell(path, code, Verdict::NotCompared, why, true);
        if standing == Standing::Stub {
            self.report.stubs.add(fact);
        } else {
            self.report.tally.specials += 1;
        }
    }

    pub(super) fn check_stub(&mut self, path: &EntryPath, stat: &Stat) {
        if let Err(failure) = self.stubs.resolves(&self.pass.root, path, stat) {
            self.tell(path, failure.code, Verdict::NotCompared, &failure.why, false);
        }
    }

    pub(super) fn exclude(&mut self, path: &EntryPath, stat: Option<&Stat>) -> Result<(), Failure> {
        self.tick()?;
        let mut entry = ExcludedEntry {
            path: path.clone(),
            stat: None,
        };
        if let Some(stat) = stat {
            let mtime = stat.mtime.at_grain(self.request.grain);
            let size_bytes = if stat.kind == Kind::File {
                stat.size_bytes
            } else {
                0
            };
            entry.stat = Some((stat.kind, size_bytes, mtime));
            self.report.excluded.add(&Fact {
                size_bytes,
                ..Fact::of(stat.kind)
            });
            self.report.excluded_newest = self.report.excluded_newest.max(Some(stat.mtime));
        }
        self.excluded.push(&entry)
    }

    pub(super) fn mount(&mut self, path: &EntryPath, mounted: &Mounted) {
        let Mounted { kind, identity } = mounted.clone();
        self.report.mounts.push(Mount {
            path: path.clone(),
            kind,
            identity,
        });
    }

    /// The finest time of change says how fine this filesystem's clock is, the latest when something happened last; nobody
    /// can set it.
    pub(super) fn note_grain(&mut self, stat: &Stat) {
        self.report.newest_change = self.report.newest_change.max(Some(stat.ctime));
        if self.report.grain_seen != Some(Grain::NANOSECOND) {
            let grain = Grain::that_holds(stat.ctime);
            self.report.grain_seen = Some(self.report.grain_seen.map_or(grain, |seen| seen.min(grain)));
        }
    }

    pub(super) fn tell(&mut self, path: &EntryPath, code: Code, verdict: Verdict, why: &str, declared: bool) {
        let finding = Finding::new(path, code, self.pass.role, verdict, why);
        (self.found)(if declared { finding.declared() } else { finding });
    }
}
