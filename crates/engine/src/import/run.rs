//! One run while its lines come in: what is counted of it, and the file that gets them.

use super::names::Names;
use crate::ledger::imported::{
    DoneCounts, ImportedDone, ImportedKind, ImportedLine, LineCounts, OtherReading, sha256,
};
use counterpart_model::{Algorithm, Digest, Failure, Hasher, escape};
use counterpart_oldlog::{Change, Done, Form, Line, Note, Reading, Said};
use counterpart_store::{FinishedLog, LineLog};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A run whose lines come in.
pub(super) struct RunWriter {
    log: LineLog,
    hasher: Hasher,
    told: Told,
    last_seconds: Option<i64>,
}

/// What is known of a run when its last line came.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Told {
    pub(super) number: u64,
    pub(super) first_line: u64,
    pub(super) last_line: u64,
    pub(super) first: Vec<u8>,
    pub(super) sha256: Option<Digest>,
    pub(super) head_sha256: Option<Digest>,
    pub(super) began_seconds: Option<i64>,
    pub(super) ended_seconds: Option<i64>,
    pub(super) summed: bool,
    pub(super) exit_code: Option<u32>,
    pub(super) dry_run: bool,
    pub(super) lines: LineCounts,
    pub(super) done: DoneCounts,
    pub(super) file: String,
    pub(super) file_lines: u64,
    pub(super) file_bytes: u64,
    pub(super) file_sha256: Option<Digest>,
}

/// One line, and where and when it stands.
pub(super) struct Placed<'a> {
    pub(super) number: u64,
    pub(super) raw: &'a [u8],
    pub(super) line: &'a Line<'a>,
    pub(super) seconds: Option<i64>,
}

impl RunWriter {
    /// Begins the run of a number; its lines go to the file `name` of `dir` for now.
    pub(super) fn begin(dir: &Path, name: String, number: u64, first: &Placed<'_>) -> Result<Self, Failure> {
        Ok(Self {
            log: LineLog::create(&dir.join(&name))?,
            hasher: Algorithm::Sha256.hasher(),
            told: Told {
                number,
                first_line: first.number,
                first: first.raw.to_vec(),
                file: name,
                ..Told::default()
            },
            last_seconds: None,
        })
    }

    /// Takes one line in.
    pub(super) fn push(&mut self, placed: &Placed<'_>, names: &Names) -> Result<(), Failure> {
        self.hasher.update(placed.raw);
        self.hasher.update(b"\n");
        let told = &mut self.told;
        told.last_line = placed.number;
        self.last_seconds = placed.seconds.or(self.last_seconds);
        told.began_seconds = told.began_seconds.or(placed.seconds);
        told.ended_seconds = self.last_seconds;
        told.count(&placed.line.said);
        let Some(item) = item(placed, self.last_seconds, names) else {
            return Ok(());
        };
        let line = serde_json::to_vec(&item)
            .map_err(|error| Failure::new(counterpart_model::Code::Io, "writing an imported line", error))?;
        self.log.push(&line)
    }

    /// Ends the run. The date is that of a log without times of its own.
    pub(super) fn finish(mut self, date_seconds: i64) -> Result<Told, Failure> {
        let told = &mut self.told;
        let date = match told.began_seconds {
            None => format!("date {date_seconds} run {}\n", told.number),
            Some(_) => String::new(),
        };
        told.head_sha256 = Some(sha256(&[&told.first, b"\n", date.as_bytes()]));
        told.first = Vec::new();
        self.hasher.update(date.as_bytes());
        let FinishedLog {
            lines,
            len_bytes,
            sha256,
            ..
        } = self.log.finish()?;
        Ok(Told {
            sha256: Some(self.hasher.finish()),
            file_lines: lines,
            file_bytes: len_bytes,
            file_sha256: Some(sha256),
            ..self.told
        })
    }
}

impl Told {
    /// When it began and ended, in seconds since 1970; the date where it has no times of its own.
    pub(super) fn times(&self, date_seconds: i64) -> (i64, i64) {
        let began = self.began_seconds.unwrap_or(date_seconds);
        (began, self.ended_seconds.unwrap_or(began))
    }

    fn count(&mut self, said: &Said) {
        let lines = &mut self.lines;
        match said {
            Said::Change(change) => {
                lines.changes += 1;
                *self.done.of(done(change.done)) += 1;
            }
            Said::Trouble(_) => lines.troubles += 1,
            Said::Note(Note::Blank | Note::Progress) => lines.blank += 1,
            Said::Note(note) => {
                lines.notes += 1;
                self.note(*note);
            }
            Said::NotUnderstood => lines.not_understood += 1,
        }
    }

    fn note(&mut self, note: Note) {
        match note {
            Note::Sums => self.summed = true,
            Note::Total { dry_run } => {
                self.summed = true;
                self.dry_run |= dry_run;
            }
            Note::Ends { code } => self.exit_code = Some(code),
            _ => {}
        }
    }
}

impl LineCounts {
    pub(super) const fn add(&mut self, other: &Self) {
        self.changes += other.changes;
        self.troubles += other.troubles;
        self.notes += other.notes;
        self.blank += other.blank;
        self.not_understood += other.not_understood;
    }
}

impl DoneCounts {
    pub(super) const fn add(&mut self, other: &Self) {
        self.sent += other.sent;
        self.received += other.received;
        self.created += other.created;
        self.linked += other.linked;
        self.changed += other.changed;
        self.attributes += other.attributes;
        self.unchanged += other.unchanged;
        self.deleted += other.deleted;
        self.unknown += other.unknown;
    }

    const fn of(&mut self, done: ImportedDone) -> &mut u64 {
        match done {
            ImportedDone::Sent => &mut self.sent,
            ImportedDone::Received => &mut self.received,
            ImportedDone::Created => &mut self.created,
            ImportedDone::Linked => &mut self.linked,
            ImportedDone::Changed => &mut self.changed,
            ImportedDone::Attributes => &mut self.attributes,
            ImportedDone::Unchanged => &mut self.unchanged,
            ImportedDone::Deleted => &mut self.deleted,
            ImportedDone::Unknown => &mut self.unknown,
        }
    }
}

/// What is kept of a line; `None` for those that say nothing.
fn item(placed: &Placed<'_>, at_seconds: Option<i64>, names: &Names) -> Option<ImportedLine> {
    let mut item = ImportedLine {
        line: placed.number,
        at_seconds,
        kind: ImportedKind::NotUnderstood,
        done: None,
        letters: None,
        path: None,
        link: None,
        also: Vec::new(),
        text: Some(escape::shown(placed.line.text)),
    };
    match &placed.line.said {
        Said::Change(change) => item.change(change, names),
        Said::Trouble(trouble) => {
            item.kind = ImportedKind::Trouble;
            item.path = trouble.path.as_ref().map(|path| names.shown(path));
        }
        Said::Note(Note::Blank | Note::Progress) => return None,
        Said::Note(_) => item.kind = ImportedKind::Note,
        Said::NotUnderstood => {}
    }
    Some(item)
}

impl ImportedLine {
    fn change(&mut self, change: &Change, names: &Names) {
        self.kind = ImportedKind::Change;
        self.done = Some(done(change.done));
        self.letters = Some(change.letters.clone());
        let link = |reading: &Reading| reading.link.as_ref().map(|link| escape::shown(link));
        let mut readings = change.readings.iter();
        if let Some(first) = readings.next() {
            self.path = Some(names.shown(&first.path));
            self.link = link(first);
        }
        self.also = readings
            .map(|reading| OtherReading {
                path: names.shown(&reading.path),
                link: link(reading),
            })
            .collect();
        if change.form == Form::Exact && self.also.is_empty() {
            self.text = None;
        }
    }
}

const fn done(done: Done) -> ImportedDone {
    match done {
        Done::Sent => ImportedDone::Sent,
        Done::Received => ImportedDone::Received,
        Done::Created => ImportedDone::Created,
        Done::Linked => ImportedDone::Linked,
        Done::Changed => ImportedDone::Changed,
        Done::Attributes => ImportedDone::Attributes,
        Done::Unchanged => ImportedDone::Unchanged,
        Done::Deleted => ImportedDone::Deleted,
        Done::Unknown => ImportedDone::Unknown,
    }
}
