//! Reads an apply log: once through for its marks and its end, then record by record.

use super::Opening;
use super::frame::Tag;
use super::frames::{Frames, LogFile};
use crate::blocks::decode;
use crate::failing::{damaged, io_at};
use crate::files::open;
use counterpart_model::{Code, Failure};
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use std::path::Path;
use std::sync::Arc;

/// What a log holds: read through once for its marks, then streamed.
#[derive(Debug)]
pub struct LogContents<T> {
    /// Name of the pass that wrote it.
    pub pass: String,
    /// The boot in which it was written, and the mount of the standby.
    pub boot_id: String,
    /// How many records it has.
    pub len: u64,
    /// How it ends.
    pub end: LogEnd,
    log: Arc<LogFile>,
    marks: Marks,
    kind: PhantomData<fn() -> T>,
}

/// How a log ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogEnd {
    /// With its last record.
    Whole,
    /// With a record of which only a part was written.
    Torn,
    /// With a damaged record that others follow; all from this offset on are lost.
    Damaged {
        /// Where the damage begins.
        at_bytes: u64,
    },
}

/// The records of a log in order. Holds the file itself, so it borrows nothing.
pub struct LogRecords<T> {
    frames: Frames,
    marks: Marks,
    kind: PhantomData<fn() -> T>,
}

/// One record of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Logged<T> {
    /// The record.
    pub record: T,
    /// True when no sync mark follows it.
    pub after_last_sync: bool,
}

/// Offsets that the first reading found.
#[derive(Clone, Copy, Debug)]
struct Marks {
    first_record: u64,
    last_sync: u64,
    end: u64,
}

/// Reads a log; `None` when there is none, or only the torn beginning of one.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<LogContents<T>>, Failure> {
    let file = match open::read(path) {
        Err(failure) if failure.code == Code::NotFound => return Ok(None),
        other => other?,
    };
    let len_bytes = file
        .metadata()
        .map_err(|error| io_at("reading", path, &error))?
        .len();
    let log = Arc::new(LogFile {
        file,
        path: path.to_owned(),
        len_bytes,
    });
    let mut frames = Frames::from(&log, 0);
    if let Some((tag, payload)) = frames.next()? {
        if tag != Tag::Opening {
            return Err(damaged(path, "it does not begin with its opening"));
        }
        let opening = decode(payload)?;
        return contents(log, frames, opening).map(Some);
    }
    match frames.end()? {
        LogEnd::Whole | LogEnd::Torn => Ok(None),
        LogEnd::Damaged { .. } => Err(damaged(path, "its opening is damaged")),
    }
}

/// Reads on from the opening to the end, keeping only where things are.
fn contents<T>(log: Arc<LogFile>, mut frames: Frames, opening: Opening) -> Result<LogContents<T>, Failure> {
    let first_record = frames.at;
    let (mut len, mut last_sync) = (0, 0);
    while let Some((tag, _)) = frames.next()? {
        match tag {
            Tag::Record => len += 1,
            Tag::Synced => last_sync = frames.at,
            Tag::Opening => return Err(damaged(&log.path, "it has two openings")),
        }
    }
    let marks = Marks {
        first_record,
        last_sync,
        end: frames.at,
    };
    let end = frames.end()?;
    let Opening { pass, boot_id } = opening;
    Ok(LogContents {
        pass,
        boot_id,
        len,
        end,
        log,
        marks,
        kind: PhantomData,
    })
}

impl<T: DeserializeOwned> LogContents<T> {
    /// The records from the first on.
    pub fn records(&self) -> Result<LogRecords<T>, Failure> {
        let frames = Frames::from(&self.log, self.marks.first_record);
        Ok(LogRecords {
            frames,
            marks: self.marks,
            kind: PhantomData,
        })
    }
}

impl<T: DeserializeOwned> LogRecords<T> {
    /// The next record; `None` at the end.
    #[expect(
        clippy::should_implement_trait,
        reason = "an iterator over results would hide where it fails"
    )]
    pub fn next(&mut self) -> Result<Option<Logged<T>>, Failure> {
        while self.frames.at < self.marks.end {
            let after_last_sync = self.frames.at >= self.marks.last_sync;
            match self.frames.next()? {
                Some((Tag::Record, payload)) => {
                    return Ok(Some(Logged {
                        record: decode(payload)?,
                        after_last_sync,
                    }));
                }
                Some(_) => {}
                None => return Err(damaged(&self.frames.log.path, "it changed while it was read")),
            }
        }
        Ok(None)
    }
}
