//! The runs of a log that was read whole and judged: their files get their names, and the journal its records.

use super::known::Known;
use super::reading::ReadLog;
use super::run::Told;
use super::{ImportRequest, Imported, OldLog};
use crate::ledger::Ledger;
use crate::ledger::imported::{ImportedFile, ImportedLog, ImportedRun, KIND, NAME_BEGIN, SUFFIX, TimesFrom};
use counterpart_model::{Code, Digest, Failure, Timestamp};
use counterpart_store::files::{remove, rename};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// So many records are made durable together.
const BATCH: usize = 256;

/// The log as its records name it.
pub(super) struct Source {
    name: String,
    bytes: u64,
    sha256: Digest,
    modified: String,
}

impl Source {
    pub(super) fn of(log: &OldLog<'_>, sha256: Digest, bytes: u64) -> Self {
        Self {
            name: log.name.clone(),
            bytes,
            sha256,
            modified: Timestamp::new(log.modified.seconds, 0).rfc3339(),
        }
    }
}

struct Recording<'a> {
    ledger: &'a Ledger,
    dir: PathBuf,
    read: &'a ReadLog,
    known: &'a Known,
    source: &'a Source,
    request: &'a ImportRequest,
    /// Of this log: one that somebody put together of others may have a run twice.
    seen: BTreeSet<Digest>,
    batch: Vec<serde_json::Value>,
    imported: Imported,
}

/// Records the runs that are not known yet.
pub(super) fn record(
    ledger: &Ledger,
    read: &ReadLog,
    known: &Known,
    source: &Source,
    request: &ImportRequest,
) -> Result<Imported, Failure> {
    let mut recording = Recording {
        ledger,
        dir: ledger.dir().imports_dir()?,
        read,
        known,
        source,
        request,
        seen: BTreeSet::new(),
        batch: Vec::new(),
        imported: read.imported.clone(),
    };
    let mut runs = read.runs.reader()?;
    while let Some(told) = runs.next()? {
        recording.run(&told)?;
    }
    recording.flush()?;
    Ok(recording.imported)
}

impl Recording<'_> {
    fn run(&mut self, told: &Told) -> Result<(), Failure> {
        let sha256 = told.sha256.unwrap_or(Digest([0; 32]));
        let file = self.dir.join(&told.file);
        let is_known = self.known.run(&sha256).is_some() && !self.request.again;
        if is_known || !self.seen.insert(sha256) {
            self.imported.runs_known += 1;
            return remove(&file);
        }
        let run = self.named(told, sha256);
        rename(&file, &self.dir.join(&run.log.name))?;
        self.imported.runs += 1;
        self.imported.runs_replaced += u64::from(run.replaces.is_some());
        self.imported.first_run.get_or_insert_with(|| run.run.clone());
        self.imported.last_run = Some(run.run.clone());
        let body = serde_json::to_value(run)
            .map_err(|error| Failure::new(Code::Io, "making a record of the journal", error))?;
        self.batch.push(body);
        if self.batch.len() >= BATCH {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> Result<(), Failure> {
        if self.batch.is_empty() {
            return Ok(());
        }
        let batch = std::mem::take(&mut self.batch);
        self.ledger.journal()?.append_all(KIND, self.request.now, batch)
    }

    /// The run that this one takes the place of.
    fn replaced(&self, sha256: &Digest, head_sha256: &Digest) -> Option<String> {
        let known = self
            .known
            .run(sha256)
            .or_else(|| self.known.beginning_of(head_sha256));
        known.map(str::to_owned)
    }

    fn named(&self, told: &Told, sha256: Digest) -> ImportedRun {
        let (date, from) = self.read.date;
        let (began, ended) = told.times(date);
        let began = Timestamp::new(began, 0).rfc3339();
        let plain: String = began.chars().filter(|letter| !"-:".contains(*letter)).collect();
        let name = format!("{NAME_BEGIN}{plain}-{}", &sha256.to_string()[..12]);
        let name = self.known.free_name(name);
        let nothing = Digest([0; 32]);
        let head_sha256 = told.head_sha256.unwrap_or(nothing);
        ImportedRun {
            log: ImportedFile {
                name: format!("{name}{SUFFIX}"),
                lines: told.file_lines,
                bytes: told.file_bytes,
                sha256: told.file_sha256.unwrap_or(nothing),
            },
            run: name,
            program: "rsync".to_owned(),
            source: ImportedLog {
                name: self.source.name.clone(),
                bytes: self.source.bytes,
                sha256: self.source.sha256,
                modified: self.source.modified.clone(),
                packing: self.read.packing.word().to_owned(),
            },
            number: told.number,
            of: self.read.begun,
            first_line: told.first_line,
            last_line: told.last_line,
            sha256,
            head_sha256,
            began,
            ended: Timestamp::new(ended, 0).rfc3339(),
            times: if told.began_seconds.is_some() {
                TimesFrom::Log
            } else {
                from
            },
            zone: self.request.zone.name().to_owned(),
            finished: told.summed || told.exit_code.is_some(),
            exit_code: told.exit_code,
            dry_run: told.dry_run,
            beneath: self.request.names.beneath.to_string(),
            lines: told.lines,
            done: told.done,
            replaces: self.replaced(&sha256, &head_sha256),
            actor: self.request.actor.clone(),
            reason: self.request.reason.clone(),
        }
    }
}
