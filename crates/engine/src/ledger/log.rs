//! The itemised log of a pass: outcomes only, one JSON document a line, written as they happen.

use counterpart_model::{Digest, EntryPath, Failure, Finding, Step, Timestamp, itemize};
use counterpart_port::HistoryId;
use counterpart_store::{FinishedLog, LineLog, LineReader};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One line of a log.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LogItem {
    /// When it happened.
    pub at: Timestamp,
    /// rsync's eleven letters; empty for a finding.
    pub letters: String,
    /// The entry.
    pub path: EntryPath,
    /// The old name, for a rename.
    pub from: Option<EntryPath>,
    /// Size in bytes.
    pub size_bytes: u64,
    /// Digest of the content that is there now.
    pub digest: Option<Digest>,
    /// Where the entry that was there before is kept.
    pub history: Option<HistoryId>,
    /// What the change means, in the application's words.
    pub words: Option<String>,
    /// Set for a finding.
    pub finding: Option<Finding>,
    /// The exception that covers the finding; absent where none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<String>,
}

/// A log that is being written, from several threads.
pub struct LogSink {
    path: PathBuf,
    /// Made with the first line: a pass that changed nothing has no log.
    log: Mutex<Option<LineLog>>,
    /// The first failure to write; the pass is told at its end, since a change that took effect stays one.
    failure: Mutex<Option<Failure>>,
    retired: Mutex<Option<String>>,
}

impl LogSink {
    /// A log that will be at `path`.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            log: Mutex::default(),
            failure: Mutex::default(),
            retired: Mutex::default(),
        }
    }

    /// How the application renames what it retires, `X{name}`: such renames are told in those words.
    pub fn with_retired(self, pattern: Option<&str>) -> Self {
        *lock(&self.retired) = pattern.map(str::to_owned);
        self
    }

    /// Logs a change that took effect.
    pub fn changed(&self, step: &Step, history: Option<&HistoryId>) {
        let fact = step.wanted.as_ref().or(step.present.as_ref());
        self.push(&LogItem {
            at: now(),
            letters: itemize::letters(step),
            path: step.path.clone(),
            from: step.from.clone(),
            size_bytes: fact.map_or(0, |fact| fact.size_bytes),
            digest: step.wanted.as_ref().and_then(counterpart_model::Fact::digest),
            history: history.cloned(),
            words: self.words(step),
            finding: None,
            exception: None,
        });
    }

    /// Logs a finding, with the exception that covers it.
    pub fn finding(&self, finding: &Finding, exception: Option<&str>) {
        self.push(&LogItem {
            at: now(),
            letters: String::new(),
            path: finding.path.clone(),
            from: None,
            size_bytes: 0,
            digest: None,
            history: None,
            words: None,
            finding: Some(finding.clone()),
            exception: exception.map(str::to_owned),
        });
    }

    /// Ends the log; `None` when nothing was logged, or it was ended before.
    ///
    /// # Errors
    /// Any line could not be written.
    pub fn finish(&self) -> Result<Option<FinishedLog>, Failure> {
        if let Some(failure) = lock(&self.failure).take() {
            return Err(failure);
        }
        let log = lock(&self.log).take();
        log.map(LineLog::finish).transpose()
    }

    /// How many lines there are.
    pub fn lines(&self) -> u64 {
        lock(&self.log).as_ref().map_or(0, LineLog::lines)
    }

    fn words(&self, step: &Step) -> Option<String> {
        let pattern = lock(&self.retired).clone()?;
        let from = step.from.as_ref()?;
        retired_as(&pattern, from, &step.path).then(|| format!("retired {from} as {}", step.path))
    }

    fn push(&self, item: &LogItem) {
        let written = serde_json::to_vec(item)
            .map_err(|error| Failure::new(counterpart_model::Code::Io, "writing the log", error))
            .and_then(|line| self.push_line(&line));
        if let Err(failure) = written {
            lock(&self.failure).get_or_insert(failure);
        }
    }
}

impl LogSink {
    fn push_line(&self, line: &[u8]) -> Result<(), Failure> {
        let mut log = lock(&self.log);
        if log.is_none() {
            *log = Some(LineLog::create(&self.path)?);
        }
        log.as_mut().map_or(Ok(()), |log| log.push(line))
    }
}

/// True when `to` is what the application calls `from` once it is retired, in the same directory.
pub fn retired_as(pattern: &str, from: &EntryPath, to: &EntryPath) -> bool {
    let Some((before, after)) = pattern.split_once("{name}") else {
        return false;
    };
    let expected = [before.as_bytes(), from.name(), after.as_bytes()].concat();
    from.parent() == to.parent() && to.name() == expected
}

/// Reads a log.
pub struct LogReader {
    lines: LineReader,
    line: Vec<u8>,
}

impl LogReader {
    /// Opens a log.
    ///
    /// # Errors
    /// `not-found`, or it cannot be read.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        Ok(Self {
            lines: LineReader::open(path)?,
            line: Vec::new(),
        })
    }

    /// The next line; `None` at the end.
    ///
    /// # Errors
    /// The log is damaged.
    #[expect(
        clippy::should_implement_trait,
        reason = "it can fail, so it is no iterator over items"
    )]
    pub fn next(&mut self) -> Result<Option<LogItem>, Failure> {
        if !self.lines.next_into(&mut self.line)? {
            return Ok(None);
        }
        let damaged = |error| Failure::new(counterpart_model::Code::StateDamaged, "reading a log", error);
        serde_json::from_slice(&self.line).map(Some).map_err(damaged)
    }
}

fn now() -> Timestamp {
    let now = jiff::Timestamp::now();
    Timestamp::new(
        now.as_second(),
        u32::try_from(now.subsec_nanosecond()).unwrap_or(0),
    )
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
