//! Import of logs that other programs left: each run of a log becomes a record of the journal with its lines beside.
//!
//! All or nothing of a log: its runs are recorded when all of it was read and judged. A log that was imported is known
//! by its digest, a run of one that grew by its own.

mod known;
mod names;
mod reading;
mod record;
mod run;
mod zone;

pub use names::Names;
pub use zone::Zone;

use crate::ledger::Ledger;
use crate::ledger::imported::{DoneCounts, LineCounts, TimesFrom};
use crate::request::Actor;
use counterpart_model::{Algorithm, Code, Digest, Failure, Timestamp, escape};
use known::Known;
use std::io::{Read, Seek, SeekFrom};

/// How many lines that were not understood are shown.
const SHOWN: usize = 10;

/// A log, open for reading.
pub struct OldLog<'a> {
    /// Its file, as shown.
    pub name: String,
    /// Its content; read three times.
    pub content: &'a mut dyn Content,
    /// When it was changed last.
    pub modified: Timestamp,
}

/// What can be read again from its beginning.
pub trait Content: Read + Seek {}

impl<T: Read + Seek> Content for T {}

/// How a log is imported.
#[derive(Clone, Debug)]
pub struct ImportRequest {
    /// Name of the pair.
    pub pair: String,
    /// The zone of the log's own times.
    pub zone: Zone,
    /// The time of a log that has none, in seconds since 1970; that of the file's last change where it is not given.
    pub date_seconds: Option<i64>,
    /// How names become paths.
    pub names: Names,
    /// Refuses a log with any line that is not understood.
    pub strict: bool,
    /// Imports a log that is known, and puts what comes of it in the place of what came of it before.
    pub again: bool,
    /// Who imports it.
    pub actor: Actor,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub now: Timestamp,
}

/// What became of a log.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Imported {
    /// SHA-256 of the file.
    pub sha256: Option<Digest>,
    /// Length of the file in bytes.
    pub bytes: u64,
    /// Its runs that were recorded.
    pub runs: u64,
    /// Its runs that were known already.
    pub runs_known: u64,
    /// Its runs that replace what an earlier import made of them.
    pub runs_replaced: u64,
    /// The first and the last that were recorded.
    pub first_run: Option<String>,
    /// The last of them.
    pub last_run: Option<String>,
    /// Time of its first line, in seconds since 1970.
    pub began_seconds: Option<i64>,
    /// Time of its last line.
    pub ended_seconds: Option<i64>,
    /// Where its times are from; absent for a log that was known already.
    pub times: Option<TimesFrom>,
    /// Its lines by what they are.
    pub lines: LineCounts,
    /// Its changes by what was done.
    pub done: DoneCounts,
    /// The first lines that were not understood.
    pub not_understood: Vec<(u64, String)>,
}

impl Ledger {
    /// Imports a log.
    ///
    /// # Errors
    /// `log-not-understood` where nothing of it is understood, or with `strict` anything is not; `locked` where a pass
    /// or another import runs; `torn` where it changed meanwhile; or it cannot be read.
    pub fn import(&self, log: &mut OldLog<'_>, request: &ImportRequest) -> Result<Imported, Failure> {
        let _held = self.hold("import", &request.pair, &request.actor.host)?;
        let (sha256, bytes) = digest(&log.name, log.content)?;
        let known = Known::of(self)?;
        if let Some(runs) = known.whole_log(&sha256).filter(|_| !request.again) {
            return Ok(Imported {
                sha256: Some(sha256),
                bytes,
                runs_known: runs,
                ..Imported::default()
            });
        }
        known.remove_strays(self)?;
        let read = reading::read(self, &log.name, log.content, request, log.modified).and_then(|read| {
            judge(&log.name, &read.imported, request.strict)?;
            unchanged(&log.name, log.content, &sha256)?;
            Ok(read)
        });
        if read.is_err() {
            known.remove_strays(self)?;
        }
        let read = read?;
        let recorded = record::record(
            self,
            &read,
            &known,
            &record::Source::of(log, sha256, bytes),
            request,
        )?;
        Ok(Imported {
            sha256: Some(sha256),
            bytes,
            ..recorded
        })
    }
}

/// SHA-256 and length of a log; it stands at its beginning again.
fn digest(name: &str, content: &mut dyn Content) -> Result<(Digest, u64), Failure> {
    let failing = |error| unreadable(name, error);
    content.seek(SeekFrom::Start(0)).map_err(failing)?;
    let (mut hasher, mut bytes, mut buffer) = (Algorithm::Sha256.hasher(), 0, vec![0; 1 << 18]);
    loop {
        match content.read(&mut buffer) {
            Ok(0) => break,
            Ok(len) => {
                hasher.update(&buffer[..len]);
                bytes += len as u64;
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failing(error)),
        }
    }
    content.seek(SeekFrom::Start(0)).map_err(failing)?;
    Ok((hasher.finish(), bytes))
}

fn unreadable(name: &str, error: impl std::fmt::Display) -> Failure {
    Failure::new(Code::Unreadable, format!("reading {name}"), error)
        .hint("See the reason given; a log that was cut while it was packed must be brought back first.")
}

/// A log that is still written would be recorded as nobody can find it again.
fn unchanged(name: &str, content: &mut dyn Content, sha256: &Digest) -> Result<(), Failure> {
    if digest(name, content)?.0 == *sha256 {
        return Ok(());
    }
    let why = "it changed while it was read; nothing of it was recorded";
    Err(Failure::new(Code::Torn, format!("importing {name}"), why)
        .hint("Import it when nothing is written to it, or import a copy."))
}

fn judge(name: &str, imported: &Imported, strict: bool) -> Result<(), Failure> {
    let (lines, not) = (imported.lines.all(), imported.lines.not_understood);
    if lines == 0 {
        return Err(refused(name, "it is empty".to_owned()));
    }
    let first = imported.not_understood.first();
    let shown = first
        .map(|(line, text)| format!("; line {line} is: {text}"))
        .unwrap_or_default();
    if imported.lines.understood() == 0 {
        let why = format!("none of its {lines} lines is one that rsync writes{shown}");
        return Err(refused(name, why).hint("Name a log of rsync with --itemize-changes, or its --log-file."));
    }
    if strict && not > 0 {
        let why = format!("{not} of its {lines} lines are not understood{shown}");
        return Err(refused(name, why)
            .hint("Without --strict it is imported: such lines are counted, and kept as they are."));
    }
    Ok(())
}

fn refused(name: &str, why: String) -> Failure {
    Failure::new(Code::LogNotUnderstood, format!("importing {name}"), why)
}

/// A line as it is shown in a message.
fn brief(text: &[u8]) -> String {
    const MOST: usize = 120;
    let shown = escape::shown(&text[..text.len().min(MOST)]);
    let cut = shown.chars().count() > MOST || text.len() > MOST;
    let dots = if cut { "…" } else { "" };
    shown.chars().take(MOST).collect::<String>() + dots
}
