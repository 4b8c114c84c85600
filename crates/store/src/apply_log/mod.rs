//! The log of finished changes: appended while a standby changes, read once after a crash.
//!
//! One write call a record, so a killed process loses nothing that it logged. What a power loss may have taken is
//! told by the sync marks: records after the last one are not known to be on the disk, nor is what they tell of.

mod frame;
mod frames;
mod read;

pub use read::{LogContents, LogEnd, LogRecords, Logged, read};

use crate::failing::{damaged, io_at, misuse};
use crate::files::open;
use counterpart_model::{Code, Failure};
use frame::{Tag, end_frame, start_frame};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::marker::PhantomData;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// What the first record of a log says.
#[derive(Serialize, Deserialize)]
struct Opening {
    pass: String,
    boot_id: String,
}

/// A log that is being appended to, by any thread.
pub struct ApplyLog<T> {
    path: PathBuf,
    end: Mutex<End>,
    kind: PhantomData<fn(T)>,
}

/// The end of the log, where the next record goes.
struct End {
    file: File,
    len_bytes: u64,
    /// The record under way, in a buffer that is kept.
    frame: Vec<u8>,
}

impl<T: Serialize> ApplyLog<T> {
    /// Starts a log. Refuses when there is one already: it was not folded in yet.
    pub fn create(path: &Path, pass: &str, boot_id: &str) -> Result<Self, Failure> {
        let file = open::create_new(path).map_err(|failure| explain(path, failure))?;
        let end = Mutex::new(End {
            file,
            len_bytes: 0,
            frame: Vec::new(),
        });
        let log = Self {
            path: path.to_owned(),
            end,
            kind: PhantomData,
        };
        let opening = Opening {
            pass: pass.to_owned(),
            boot_id: boot_id.to_owned(),
        };
        log.put(Tag::Opening, |frame| crate::blocks::encode(&opening, frame))?;
        log.sync()?;
        open::sync_parent(path)?;
        Ok(log)
    }

    /// Adds a record with one write.
    pub fn append(&self, record: &T) -> Result<(), Failure> {
        self.put(Tag::Record, |frame| crate::blocks::encode(record, frame))
    }

    /// Notes that the standby's filesystem was synced: what was logged before is on the disk there, and now here. One
    /// sync is enough, for a reader that meets a broken record reads no further, and so meets no mark behind it.
    pub fn mark_synced(&self) -> Result<(), Failure> {
        self.put(Tag::Synced, |_| Ok(()))?;
        self.sync()
    }

    fn put(&self, tag: Tag, fill: impl FnOnce(&mut Vec<u8>) -> Result<(), Failure>) -> Result<(), Failure> {
        let mut end = self.end.lock().unwrap_or_else(PoisonError::into_inner);
        start_frame(tag, &mut end.frame);
        fill(&mut end.frame)?;
        if !end_frame(&mut end.frame) {
            return Err(misuse(
                format!("writing {}", self.path.display()),
                "a record is longer than any",
            ));
        }
        let begin = end.len_bytes;
        if let Err(error) = end.file.write_all_at(&end.frame, begin) {
            // A part of a record must not be followed by others: they would be lost with it.
            let _ = end.file.set_len(begin);
            return Err(io_at("writing", &self.path, &error));
        }
        end.len_bytes = begin + end.frame.len() as u64;
        Ok(())
    }

    fn sync(&self) -> Result<(), Failure> {
        let end = self.end.lock().unwrap_or_else(PoisonError::into_inner);
        end.file
            .sync_data()
            .map_err(|error| io_at("syncing", &self.path, &error))
    }
}

fn explain(path: &Path, failure: Failure) -> Failure {
    if failure.code == Code::Io && path.symlink_metadata().is_ok() {
        damaged(path, "there is a log already that was not folded in")
    } else {
        failure
    }
}
