//! Runs of other programs that were imported from their logs: a record of the journal each, its lines in a file beside.
//!
//! They are claims of an old log. No pass, no guard and no certificate looks at them.

use crate::ledger::Ledger;
use crate::request::Actor;
use counterpart_model::{Algorithm, Code, Digest, Failure};
use counterpart_store::files::names_with;
use counterpart_store::{LineReader, Walk};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The kind of the journal's records.
pub const KIND: &str = "imported-run";
/// What every name of an imported run begins with, so that no line of one passes for Counterpart's own.
pub const NAME_BEGIN: &str = "imported-";
/// How the name of a file of lines ends.
pub(crate) const SUFFIX: &str = ".ndjson.zst";

/// One run, as the journal's record tells it. Every member is always there.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ImportedRun {
    /// Its name: `imported-20111116T000810Z-5a3c9e01f2b4`.
    pub run: String,
    /// The program that wrote the log.
    pub program: String,
    /// The log.
    pub source: ImportedLog,
    /// Its number in the log, from 1.
    pub number: u64,
    /// How many runs the log has.
    pub of: u64,
    /// Number of its first line in the log, from 1.
    pub first_line: u64,
    /// Number of its last line.
    pub last_line: u64,
    /// SHA-256 over its lines as they are in the log, each with a line feed, and the date that was given to it.
    pub sha256: Digest,
    /// The same over its first line alone.
    pub head_sha256: Digest,
    /// Time of its first line, RFC 3339 in UTC.
    pub began: String,
    /// Time of its last line.
    pub ended: String,
    /// Where the times are from.
    pub times: TimesFrom,
    /// The zone in which the log's own times were read.
    pub zone: String,
    /// True when the log says how it ended.
    pub finished: bool,
    /// rsync's exit code, where it was not 0.
    pub exit_code: Option<u32>,
    /// The log says that nothing was really done.
    pub dry_run: bool,
    /// What names in the log were put beneath, as shown; `.` for nothing.
    pub beneath: String,
    /// Its lines by what they are.
    pub lines: LineCounts,
    /// Its changes by what was done.
    pub done: DoneCounts,
    /// The file of its lines.
    pub log: ImportedFile,
    /// An earlier import of the same run, of which the log had only the beginning.
    pub replaces: Option<String>,
    /// Who imported it.
    pub actor: Actor,
    /// Why, in the operator's words.
    pub reason: Option<String>,
}

/// A log that was imported.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ImportedLog {
    /// Its file, as shown.
    pub name: String,
    /// Length of the file in bytes.
    pub bytes: u64,
    /// SHA-256 of the file.
    pub sha256: Digest,
    /// When the file was changed last, RFC 3339 in UTC.
    pub modified: String,
    /// How it was packed: `none`, `gzip`, `zstd`, `xz`.
    pub packing: String,
}

/// The file of a run's lines.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ImportedFile {
    /// Its name in the directory of imports.
    pub name: String,
    /// How many lines it has.
    pub lines: u64,
    /// Length of the file in bytes.
    pub bytes: u64,
    /// SHA-256 of the file.
    pub sha256: Digest,
}

/// Where the times of a run are from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimesFrom {
    /// The log's own lines.
    Log,
    /// A date that the operator gave.
    Given,
    /// The time at which the log's file was changed last.
    Modified,
}

/// The lines of a run by what they are. Their sum is the number of lines in the log.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct LineCounts {
    /// Itemised changes.
    pub changes: u64,
    /// Troubles.
    pub troubles: u64,
    /// What is said of the run.
    pub notes: u64,
    /// Empty ones and signs of progress, which are not kept.
    pub blank: u64,
    /// What was not understood; kept as it is.
    pub not_understood: u64,
}

/// The changes of a run by what was done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct DoneCounts {
    /// Content went to another host.
    pub sent: u64,
    /// Content came.
    pub received: u64,
    /// Made without content.
    pub created: u64,
    /// Made another name of a file.
    pub linked: u64,
    /// Changed without content.
    pub changed: u64,
    /// Attributes changed.
    pub attributes: u64,
    /// As it should be.
    pub unchanged: u64,
    /// Removed.
    pub deleted: u64,
    /// Not said.
    pub unknown: u64,
}

/// What a line is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportedKind {
    /// An itemised change.
    Change,
    /// A trouble.
    Trouble,
    /// Something about the run.
    Note,
    /// Nothing that is understood.
    NotUnderstood,
}

/// What a line says was done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportedDone {
    /// Content went to another host.
    Sent,
    /// Content came.
    Received,
    /// Made without content.
    Created,
    /// Made another name of a file.
    Linked,
    /// Changed without content.
    Changed,
    /// Attributes changed.
    Attributes,
    /// As it should be.
    Unchanged,
    /// Removed.
    Deleted,
    /// Not said.
    Unknown,
}

/// One line of an imported run. What a line does not have is left out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ImportedLine {
    /// Its number in the log, from 1.
    pub line: u64,
    /// Its time in seconds since 1970; left out where the line and those before it in the run have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_seconds: Option<i64>,
    /// What it is.
    pub kind: ImportedKind,
    /// What was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<ImportedDone>,
    /// The eleven letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letters: Option<String>,
    /// The entry, as shown; what is not beneath a root of the pair begins with `/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Where a symbolic link points, or the other name of a hard link, as shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Other ways to read the line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<OtherReading>,
    /// The line without its time, as shown, where the rest does not say it all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Another way to read a line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OtherReading {
    /// The entry, as shown.
    pub path: String,
    /// Where a symbolic link points, or the other name of a hard link, as shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// Reads the lines of an imported run.
pub struct ImportedLines {
    lines: LineReader,
    line: Vec<u8>,
}

impl LineCounts {
    /// How many lines there are.
    pub const fn all(&self) -> u64 {
        self.understood() + self.blank + self.not_understood
    }

    /// How many say something that is understood.
    pub const fn understood(&self) -> u64 {
        self.changes + self.troubles + self.notes
    }
}

impl Ledger {
    /// Every imported run in the order of the journal, without those that a later import replaced.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn imported_runs(&self) -> Result<Vec<ImportedRun>, Failure> {
        let mut runs = Vec::new();
        let mut replaced = BTreeSet::new();
        self.each_imported(|run| {
            replaced.extend(run.replaces.clone());
            runs.push(run);
        })?;
        runs.retain(|run: &ImportedRun| !replaced.contains(&run.run));
        Ok(runs)
    }

    pub(crate) fn each_imported(&self, mut each: impl FnMut(ImportedRun)) -> Result<(), Failure> {
        for record in Walk::of(&self.dir().journal_dir()?)? {
            let record = record?;
            if record.kind == KIND {
                let doing = || format!("reading record {} of the journal", record.sequence);
                let run = serde_json::from_value(record.body)
                    .map_err(|error| Failure::new(Code::EvidenceBroken, doing(), error))?;
                each(run);
            }
        }
        Ok(())
    }

    /// The lines of an imported run, once its file is known to be the one that the journal names.
    ///
    /// # Errors
    /// `evidence-broken` where it is gone or another, or it cannot be read.
    pub fn imported_lines(&self, run: &ImportedRun) -> Result<ImportedLines, Failure> {
        let path = self.import_path(&run.log.name)?;
        let broken = |why: &str| {
            let doing = format!("reading the lines of {}", run.run);
            Failure::new(Code::EvidenceBroken, doing, why)
                .hint("Bring its file back from a copy of the state directory.")
        };
        let digest = LineReader::sha256(&path).map_err(|failure| match failure.code {
            Code::NotFound => broken("the journal names their file, and it is gone"),
            _ => failure,
        })?;
        if digest != run.log.sha256 {
            return Err(broken("their file is not the one that the journal names"));
        }
        Ok(ImportedLines {
            lines: LineReader::open(&path)?,
            line: Vec::new(),
        })
    }

    /// Where a file of lines lies. The name is the journal's, and need not be ours.
    pub(crate) fn import_path(&self, name: &str) -> Result<PathBuf, Failure> {
        let stem = name.strip_suffix(SUFFIX).unwrap_or_default();
        crate::ledger::safe(stem)?;
        Ok(self.dir().imports_dir()?.join(name))
    }

    /// The files of lines that lie there, by the beginning of their names.
    pub(crate) fn import_files(&self) -> Result<Vec<String>, Failure> {
        names_with(&self.dir().imports_dir()?, SUFFIX)
    }
}

impl ImportedLines {
    /// The next line; `None` at the end.
    ///
    /// # Errors
    /// The file is damaged.
    #[expect(
        clippy::should_implement_trait,
        reason = "it can fail, so it is no iterator over lines"
    )]
    pub fn next(&mut self) -> Result<Option<ImportedLine>, Failure> {
        self.next_that(|_| true)
    }

    /// The next line whose text in the file may be wanted; the others are not even parsed.
    pub(crate) fn next_that(
        &mut self,
        wanted: impl Fn(&[u8]) -> bool,
    ) -> Result<Option<ImportedLine>, Failure> {
        while self.lines.next_into(&mut self.line)? {
            if wanted(&self.line) {
                let damaged = |error| Failure::new(Code::StateDamaged, "reading an imported log", error);
                return serde_json::from_slice(&self.line).map(Some).map_err(damaged);
            }
        }
        Ok(None)
    }
}

/// SHA-256 of bytes.
pub(crate) fn sha256(parts: &[&[u8]]) -> Digest {
    let mut hasher = Algorithm::Sha256.hasher();
    for part in parts {
        hasher.update(part);
    }
    hasher.finish()
}
