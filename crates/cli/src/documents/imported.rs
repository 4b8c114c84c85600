//! The documents of `import`, `log --imported` and what `where` says of imported logs: claims of others, marked as such.

use super::ErrorBody;
use counterpart_engine::import::Imported;
use counterpart_engine::ledger::claims::{Claim, Claims};
use counterpart_engine::ledger::imported::{DoneCounts, ImportedKind, LineCounts, TimesFrom};
use counterpart_engine::{ImportedLine, ImportedRun};
use counterpart_model::{Failure, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

/// What `import` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ImportDocument {
    /// Name of the pair.
    pub pair: String,
    /// Each log that was named.
    pub logs: Vec<ImportLogDocument>,
}

/// What became of one log.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ImportLogDocument {
    /// Its file, escaped for reading.
    pub log: String,
    /// `imported`, `known` or `failed`.
    pub state: String,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: Option<String>,
    /// Length of the file in bytes.
    pub bytes: u64,
    /// Its runs that were recorded.
    pub runs: u64,
    /// Its runs that were known already.
    pub runs_known: u64,
    /// Its runs that take the place of what an earlier import made of them.
    pub runs_replaced: u64,
    /// The first run that was recorded.
    pub first_run: Option<String>,
    /// The last one.
    pub last_run: Option<String>,
    /// Time of its first line, RFC 3339 in UTC.
    pub began: Option<String>,
    /// Time of its last line, RFC 3339 in UTC.
    pub ended: Option<String>,
    /// Where its times are from: `log`, `given` or `modified`.
    pub times: Option<String>,
    /// The time zone in which its own times were read.
    pub zone: String,
    /// How many lines it has.
    pub lines: u64,
    /// How many of them are itemised changes.
    pub changes: u64,
    /// How many tell of a trouble.
    pub troubles: u64,
    /// How many say something of the run.
    pub notes: u64,
    /// How many are empty or signs of progress.
    pub blank: u64,
    /// How many were not understood.
    pub not_understood: u64,
    /// The first of those.
    pub first_not_understood: Vec<UnreadLine>,
    /// Its changes by what was done: counts.
    pub done: DoneCounts,
    /// Why it was not imported.
    pub failure: Option<ErrorBody>,
}

/// A line that was not understood.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UnreadLine {
    /// Its number in the log, from 1.
    pub line: u64,
    /// The line, escaped for reading; cut where it is long.
    pub text: String,
}

/// What `log --imported` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ImportedRunsDocument {
    /// Name of the pair.
    pub pair: String,
    /// The imported runs, by time.
    pub runs: Vec<ImportedRunDocument>,
}

/// One imported run.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ImportedRunDocument {
    /// Its name, which `log --pass` takes.
    pub run: String,
    /// When it began, RFC 3339 in UTC.
    pub began: String,
    /// When it ended, RFC 3339 in UTC.
    pub ended: String,
    /// Where its times are from: `log`, `given` or `modified`.
    pub times: String,
    /// The time zone in which its own times were read.
    pub zone: String,
    /// The program that wrote the log.
    pub program: String,
    /// The log's file, escaped for reading.
    pub log: String,
    /// SHA-256 of that file, in hexadecimal.
    pub log_sha256: String,
    /// Numbers of its first and last line in the log.
    pub log_lines: [u64; 2],
    /// True when the log says how it ended.
    pub finished: bool,
    /// The program's exit code, where the log has one.
    pub exit_code: Option<u32>,
    /// True when the log says that nothing was really done.
    pub dry_run: bool,
    /// How many lines are itemised changes.
    pub changes: u64,
    /// How many tell of a trouble.
    pub troubles: u64,
    /// How many were not understood.
    pub not_understood: u64,
    /// Its changes by what was done: counts.
    pub done: DoneCounts,
}

/// What `log` prints of imported runs: their lines.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ImportedLinesDocument {
    /// Name of the pair.
    pub pair: String,
    /// Always true: the lines are claims of old logs.
    pub imported: bool,
    /// The lines.
    pub entries: Vec<ImportedEntry>,
}

/// One line of an imported run.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ImportedEntry {
    /// The run.
    pub run: String,
    /// The log's file, escaped for reading.
    pub log: String,
    /// Number of the line in the log, from 1.
    pub line: u64,
    /// When, RFC 3339 in UTC; that of the run where the line has no time.
    pub at: String,
    /// `change`, `trouble`, `note` or `not-understood`.
    pub kind: String,
    /// `sent`, `received`, `created`, `linked`, `changed`, `attributes`, `unchanged`, `deleted` or `unknown`.
    pub done: Option<String>,
    /// The eleven letters of rsync's `%i`.
    pub letters: Option<String>,
    /// The entry, escaped for reading.
    pub path: Option<String>,
    /// Where a symbolic link points, or the other name of a hard link, escaped for reading.
    pub link: Option<String>,
    /// Other ways to read the line.
    pub also: Vec<ImportedReading>,
    /// The line without its time, where the rest does not say it all.
    pub text: Option<String>,
}

/// Another way to read a line.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ImportedReading {
    /// The entry, escaped for reading.
    pub path: String,
    /// Where a symbolic link points, or the other name of a hard link, escaped for reading.
    pub link: Option<String>,
}

/// What the imported logs of a pair claim of a path.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PathClaims {
    /// Name of the pair.
    pub pair: String,
    /// The path, escaped for reading.
    pub path: String,
    /// How many lines name it.
    pub mentions: u64,
    /// How many of them are of dry runs, which are no claims below.
    pub of_dry_runs: u64,
    /// The claims: `first`, `brought`, `changed`, `deleted`, `trouble`, `last`, as far as there are any.
    pub claims: Vec<ClaimDocument>,
}

/// One claim of an imported log.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ClaimDocument {
    /// `first`: the earliest line that names it; `brought`, `changed`, `deleted`, `trouble`: the latest line by which it
    /// was so; `last`: the latest line of all.
    pub claim: String,
    /// True where the line can be read in another way, too.
    pub doubtful: bool,
    /// The line.
    #[serde(flatten)]
    pub entry: ImportedEntry,
}

impl ImportLogDocument {
    /// Of a log that was imported, or was known already.
    pub(crate) fn of(log: String, zone: &str, imported: &Imported) -> Self {
        let time = |seconds: Option<i64>| seconds.map(|seconds| Timestamp::new(seconds, 0).rfc3339());
        let lines = &imported.lines;
        Self {
            state: if imported.runs == 0 { "known" } else { "imported" }.to_owned(),
            sha256: imported.sha256.map(|digest| digest.to_string()),
            bytes: imported.bytes,
            runs: imported.runs,
            runs_known: imported.runs_known,
            runs_replaced: imported.runs_replaced,
            first_run: imported.first_run.clone(),
            last_run: imported.last_run.clone(),
            began: time(imported.began_seconds),
            ended: time(imported.ended_seconds),
            times: imported.times.map(times),
            lines: lines.all(),
            changes: lines.changes,
            troubles: lines.troubles,
            notes: lines.notes,
            blank: lines.blank,
            not_understood: lines.not_understood,
            first_not_understood: unread(&imported.not_understood),
            done: imported.done,
            ..Self::failed(log, zone, None)
        }
    }

    /// Of a log that was not imported.
    pub(crate) fn failed(log: String, zone: &str, failure: Option<&Failure>) -> Self {
        Self {
            log,
            state: "failed".to_owned(),
            sha256: None,
            bytes: 0,
            runs: 0,
            runs_known: 0,
            runs_replaced: 0,
            first_run: None,
            last_run: None,
            began: None,
            ended: None,
            times: None,
            zone: zone.to_owned(),
            lines: 0,
            changes: 0,
            troubles: 0,
            notes: 0,
            blank: 0,
            not_understood: 0,
            first_not_understood: Vec::new(),
            done: DoneCounts::default(),
            failure: failure.map(ErrorBody::of),
        }
    }
}

fn unread(lines: &[(u64, String)]) -> Vec<UnreadLine> {
    let unread = |(line, text): &(u64, String)| UnreadLine {
        line: *line,
        text: text.clone(),
    };
    lines.iter().map(unread).collect()
}

fn times(times: TimesFrom) -> String {
    word(&times)
}

/// A closed set's word, as documents have it.
fn word(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

impl From<&ImportedRun> for ImportedRunDocument {
    fn from(run: &ImportedRun) -> Self {
        let LineCounts {
            changes,
            troubles,
            not_understood,
            ..
        } = run.lines;
        Self {
            run: run.run.clone(),
            began: run.began.clone(),
            ended: run.ended.clone(),
            times: times(run.times),
            zone: run.zone.clone(),
            program: run.program.clone(),
            log: run.source.name.clone(),
            log_sha256: run.source.sha256.to_string(),
            log_lines: [run.first_line, run.last_line],
            finished: run.finished,
            exit_code: run.exit_code,
            dry_run: run.dry_run,
            changes,
            troubles,
            not_understood,
            done: run.done,
        }
    }
}

impl ImportedEntry {
    /// A line of a run.
    pub(crate) fn of(run: &ImportedRun, line: &ImportedLine) -> Self {
        Self::new(&run.run, &run.source.name, line.at(run), line)
    }

    fn new(run: &str, log: &str, at: String, line: &ImportedLine) -> Self {
        let also = line.also.iter().map(|other| ImportedReading {
            path: other.path.clone(),
            link: other.link.clone(),
        });
        Self {
            run: run.to_owned(),
            log: log.to_owned(),
            line: line.line,
            at,
            kind: kind(line.kind).to_owned(),
            done: line.done.as_ref().map(word),
            letters: line.letters.clone(),
            path: line.path.clone(),
            link: line.link.clone(),
            also: also.collect(),
            text: line.text.clone(),
        }
    }
}

const fn kind(kind: ImportedKind) -> &'static str {
    match kind {
        ImportedKind::Change => "change",
        ImportedKind::Trouble => "trouble",
        ImportedKind::Note => "note",
        ImportedKind::NotUnderstood => "not-understood",
    }
}

impl PathClaims {
    /// What is claimed; `None` where no line names the path.
    pub(crate) fn of(pair: &str, path: &str, claims: &Claims) -> Option<Self> {
        let Claims {
            mentions,
            of_dry_runs,
            first,
            brought,
            changed,
            deleted,
            trouble,
            last,
        } = claims;
        let named = [
            ("first", first),
            ("brought", brought),
            ("changed", changed),
            ("deleted", deleted),
            ("trouble", trouble),
            ("last", last),
        ];
        let told = |(name, claim): (&str, &Option<Claim>)| Some(ClaimDocument::of(name, claim.as_ref()?));
        (*mentions > 0).then(|| Self {
            pair: pair.to_owned(),
            path: path.to_owned(),
            mentions: *mentions,
            of_dry_runs: *of_dry_runs,
            claims: named.into_iter().filter_map(told).collect(),
        })
    }
}

impl ClaimDocument {
    fn of(name: &str, claim: &Claim) -> Self {
        let at = Timestamp::new(claim.at_seconds, 0).rfc3339();
        Self {
            claim: name.to_owned(),
            doubtful: claim.doubtful,
            entry: ImportedEntry::new(&claim.run, &claim.log, at, &claim.line),
        }
    }
}
