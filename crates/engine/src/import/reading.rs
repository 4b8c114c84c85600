//! A log is read once from its beginning to its end; its runs are written to files that have no record yet.

use super::run::{Placed, RunWriter, Told};
use super::{Content, ImportRequest, Imported, SHOWN, brief, unreadable};
use crate::ledger::Ledger;
use crate::ledger::imported::{SUFFIX, TimesFrom};
use counterpart_model::{Failure, Timestamp};
use counterpart_oldlog::{Line, Lines, Packing, Runs, Said, plain};
use counterpart_store::{Spool, SpoolWriter};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A log of which everything is known but whether it may be recorded.
pub(super) struct ReadLog {
    pub(super) packing: Packing,
    pub(super) runs: Spool<Told>,
    pub(super) begun: u64,
    /// The time of lines in a run that has none, in seconds since 1970, and where it is from.
    pub(super) date: (i64, TimesFrom),
    pub(super) imported: Imported,
}

struct Reading<'a> {
    dir: PathBuf,
    request: &'a ImportRequest,
    runs: Runs,
    open: BTreeMap<u64, RunWriter>,
    done: SpoolWriter<Told>,
    date: (i64, TimesFrom),
    imported: Imported,
}

/// Reads a log to its end.
pub(super) fn read(
    ledger: &Ledger,
    name: &str,
    content: &mut dyn Content,
    request: &ImportRequest,
    modified: Timestamp,
) -> Result<ReadLog, Failure> {
    let failing = |error| unreadable(name, error);
    let (reader, packing) = plain(content).map_err(failing)?;
    let mut reading = Reading {
        dir: ledger.dir().imports_dir()?,
        request,
        runs: Runs::default(),
        open: BTreeMap::new(),
        done: SpoolWriter::temporary(&ledger.spool_dir()?)?,
        date: request
            .date_seconds
            .map_or((modified.seconds, TimesFrom::Modified), |date| {
                (date, TimesFrom::Given)
            }),
        imported: Imported::default(),
    };
    let mut lines = Lines::new(reader);
    while let Some((number, raw)) = lines.next().map_err(failing)? {
        reading.line(number, raw)?;
    }
    reading.finish(packing)
}

impl Reading<'_> {
    fn line(&mut self, number: u64, raw: &[u8]) -> Result<(), Failure> {
        let line = Line::of(raw);
        let place = self
            .runs
            .place(line.stamp.and_then(|stamp| stamp.pid), &line.said);
        let seconds = line
            .stamp
            .and_then(|stamp| self.request.zone.seconds(stamp.civil));
        let placed = Placed {
            number,
            raw,
            line: &line,
            seconds,
        };
        if place.first {
            let name = format!("reading-{}{SUFFIX}", place.run);
            let writer = RunWriter::begin(&self.dir, name, place.run, &placed)?;
            self.open.insert(place.run, writer);
        }
        if let Some(writer) = self.open.get_mut(&place.run) {
            writer.push(&placed, &self.request.names)?;
        }
        let shown = &mut self.imported.not_understood;
        if line.said == Said::NotUnderstood && shown.len() < SHOWN {
            shown.push((number, brief(line.text)));
        }
        place.over.map_or(Ok(()), |run| self.close(run))
    }

    fn close(&mut self, run: u64) -> Result<(), Failure> {
        let Some(writer) = self.open.remove(&run) else {
            return Ok(());
        };
        let told = writer.finish(self.date.0)?;
        self.imported.count(&told, self.date);
        self.done.push(&told)
    }

    fn finish(mut self, packing: Packing) -> Result<ReadLog, Failure> {
        let begun = self.runs.begun();
        for run in std::mem::take(&mut self.runs).finish() {
            self.close(run)?;
        }
        Ok(ReadLog {
            packing,
            runs: self.done.finish()?,
            begun,
            date: self.date,
            imported: self.imported,
        })
    }
}

impl Imported {
    fn count(&mut self, told: &Told, date: (i64, TimesFrom)) {
        let (began, ended) = told.times(date.0);
        let earlier = self.began_seconds.is_none_or(|known| began < known);
        if earlier {
            self.began_seconds = Some(began);
        }
        let later = self.ended_seconds.is_none_or(|known| ended > known);
        if later {
            self.ended_seconds = Some(ended);
        }
        // One run with times of its own is enough to say that the log has them.
        let own = told.began_seconds.is_some() || self.times == Some(TimesFrom::Log);
        self.times = Some(if own { TimesFrom::Log } else { date.1 });
        self.lines.add(&told.lines);
        self.done.add(&told.done);
    }
}
