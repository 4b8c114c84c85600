//! The standby's half of the port: room, adoption, application and history.

use crate::locks;
use crate::opening::OpenPass;
use crate::recovery::{LOG_NAME, complete, memory_of};
use crate::retention;
use crate::site::LocalSite;
use counterpart_model::{EntryPath, Failure, Row, Step, Timestamp};
use counterpart_port::{Apply, Expired, Export, ExportSink, Place, Room, Standby, Version};
use counterpart_store::{ApplyLog, Manifest, RowChange};
use counterpart_tree::identity::{self, Identity};
use counterpart_tree::{Applier, ApplyOptions, GroupLimits, Keeper, Leftover, Touched, history};
use std::sync::{Arc, Mutex, PoisonError};

impl Standby for LocalSite {
    fn room(&self) -> Result<Room, Failure> {
        let pass = self.pass()?;
        let stat = rustix::fs::fstatvfs(pass.root.fd()).map_err(|errno| {
            Failure::new(counterpart_model::Code::Io, "asking the standby for room", errno)
        })?;
        Ok(Room {
            free_bytes: stat.f_bavail.saturating_mul(stat.f_frsize),
            free_entries: (stat.f_files > 0).then_some(stat.f_favail),
        })
    }

    fn adopt(&self) -> Result<(), Failure> {
        let pass = self.pass()?;
        locks::adopting(&pass, &self.options)?;
        match identity::read(&pass.root)? {
            Some(found) if found.pair == self.options.pair => Ok(()),
            _ => identity::write(&pass.root, &Identity::fresh(&self.options.pair)?),
        }
    }

    fn apply(&self) -> Result<Box<dyn Apply + '_>, Failure> {
        let pass = self.pass()?;
        let memory = memory_of(&pass.root)?;
        let log = ApplyLog::create(&pass.state.join(LOG_NAME), &pass.request.pass, &memory)?;
        let keeper = Arc::new(SiteKeeper {
            pass: pass.clone(),
            log,
            known: Mutex::default(),
        });
        let options = ApplyOptions {
            pass: pass.request.pass.clone(),
            carry: pass.scan()?.request.carry,
            owner_by: pass.owner_by(),
            capabilities: pass.capabilities.clone(),
            group: GroupLimits::default(),
            keeper: keeper.clone(),
        };
        Ok(Box::new(SiteApply {
            applier: Applier::start(&pass.root, options)?,
            keeper,
        }))
    }

    fn versions(&self, path: &EntryPath) -> Result<Vec<Version>, Failure> {
        history::versions(&self.options.open_root()?, path)
    }

    fn export(&self, what: &Export, sink: &mut dyn ExportSink) -> Result<(), Failure> {
        history::export(&self.options.open_root()?, what, sink)
    }

    fn expired(&self, keep_seconds: u64) -> Result<Expired, Failure> {
        retention::expired(&self.options, keep_seconds)
    }

    fn end_history(&self, passes: &[String], keep_seconds: u64) -> Result<(), Failure> {
        retention::end(&self.options, passes, keep_seconds)
    }
}

/// The tree's applier, with the apply log beside it.
struct SiteApply {
    applier: Applier,
    keeper: Arc<SiteKeeper>,
}

impl Apply for SiteApply {
    fn place(&self, step: &Step) -> Result<Box<dyn Place + '_>, Failure> {
        self.applier.place(step)
    }

    fn rest(&self) -> Result<(), Failure> {
        self.applier.rest()
    }

    fn failures(&self) -> Vec<(EntryPath, Failure)> {
        self.applier.failures()
    }

    fn sync(&self) -> Result<(), Failure> {
        self.applier.finish()?;
        self.applier.sync()?;
        self.keeper.log.mark_synced()
    }
}

/// Remembers every finished change: in the apply log for a crash, and for the new manifest.
struct SiteKeeper {
    pass: Arc<OpenPass>,
    log: ApplyLog<Touched>,
    known: Mutex<Option<Lookup>>,
}

impl Keeper for SiteKeeper {
    fn touched(&self, touched: &Touched) -> Result<(), Failure> {
        self.log.append(touched)?;
        if touched.waits {
            return Ok(());
        }
        if let Some(from) = &touched.renamed_from {
            self.pass.learned.gone(from, touched.whole)?;
        }
        let Some((fact, seen)) = touched.now.clone() else {
            return self.pass.learned.gone(&touched.path, touched.whole);
        };
        let from = touched.renamed_from.as_ref().unwrap_or(&touched.path);
        let (fact, seen) = complete(touched.why, fact, seen, || self.known(from))?;
        let row = Row {
            path: touched.path.clone(),
            fact,
            seen,
        };
        let whole = touched.whole && touched.renamed_from.is_none();
        self.pass.learned.change(&RowChange {
            path: touched.path.clone(),
            row: Some(row),
            whole,
        })
    }

    fn arrived_before(&self, path: &EntryPath, size_bytes: u64, mtime: Timestamp) -> Option<Leftover> {
        let mut leftovers = self.pass.leftovers.lock().unwrap_or_else(PoisonError::into_inner);
        leftovers.as_mut()?.find(path, size_bytes, mtime)
    }
}

impl SiteKeeper {
    /// What the last manifest says of a path. Paths are asked nearly in order, so the next rows are tried first.
    fn known(&self, path: &EntryPath) -> Result<Option<Row>, Failure> {
        let Some(base) = &self.pass.base else {
            return Ok(None);
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.get_or_insert_with(|| Lookup::new(base)).find(base, path)?;
        Ok(found.map(|mut row| {
            row.seen.obtained = self.pass.carried(row.seen.obtained);
            row
        }))
    }
}

/// A cursor over a manifest that is asked for paths nearly in order.
struct Lookup {
    rows: counterpart_store::Rows,
    row: Option<Row>,
}

impl Lookup {
    /// Rows that are passed before a new search is cheaper.
    const PATIENCE: usize = 2_000;

    fn new(base: &Manifest) -> Self {
        Self {
            rows: base.rows(),
            row: None,
        }
    }

    fn find(&mut self, base: &Manifest, path: &EntryPath) -> Result<Option<Row>, Failure> {
        if self.row.as_ref().is_some_and(|row| row.path > *path) {
            self.rows = base.rows_from(path);
            self.row = None;
        }
        for _ in 0..Self::PATIENCE {
            if self.row.as_ref().is_some_and(|row| row.path >= *path) {
                return Ok(self.row.clone().filter(|row| row.path == *path));
            }
            let mut row = self.row.take().unwrap_or_else(crate::scan::blank_row);
            if !self.rows.next_into(&mut row)? {
                *self = Self::new(base);
                return Ok(None);
            }
            self.row = Some(row);
        }
        base.find(path)
    }
}

#[cfg(test)]
mod tests;
