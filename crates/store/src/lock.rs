//! The lock of a pair: the kernel holds it, so a crashed holder never stands in the way.

use crate::files::open;
use counterpart_model::{Code, Failure};
use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;

/// Longest description of a holder that is read back.
const MAX_HOLDER_BYTES: u64 = 4096;

/// Who holds a lock; told to whoever finds it taken.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Holder {
    /// Process id.
    pub pid: u32,
    /// Host name.
    pub host: String,
    /// Name of the pass.
    pub pass: String,
    /// Name of the pair: two may have one standby by mistake.
    #[serde(default)]
    pub pair: String,
    /// When it was taken, in seconds since 1970.
    pub since_seconds: i64,
}

/// A lock that is held until it is dropped. Its file stays: removing it would let two hold it at once.
#[derive(Debug)]
pub struct Lock {
    file: File,
    described: bool,
}

impl Lock {
    /// Takes the lock, or fails at once with the code `locked` and the name of its holder.
    pub fn take(path: &Path, holder: &Holder) -> Result<Self, Failure> {
        Self::of(open::read_write(path)?, path, holder)
    }

    /// The same of a file that is open for writing already, found at `path`.
    pub fn of(mut file: File, path: &Path, holder: &Holder) -> Result<Self, Failure> {
        lock(&mut file, path, FlockOperation::NonBlockingLockExclusive)?;
        // On a full disk its holder cannot be written; it is held all the same.
        let described = describe(&mut file, holder).is_ok();
        Ok(Self { file, described })
    }

    /// Locks a file against those who [`Lock::take`] it, but not against others who share it. Nothing is written to it.
    pub fn share(mut file: File, path: &Path) -> Result<Self, Failure> {
        lock(&mut file, path, FlockOperation::NonBlockingLockShared)?;
        Ok(Self {
            file,
            described: false,
        })
    }
}

/// A lock that is waited for, since it is held for moments only.
#[derive(Debug)]
pub struct Waiting {
    _file: File,
}

impl Lock {
    /// Takes the lock when it is free.
    pub fn wait(path: &Path) -> Result<Waiting, Failure> {
        let file = open::read_write(path)?;
        loop {
            match flock(&file, FlockOperation::LockExclusive) {
                Ok(()) => return Ok(Waiting { _file: file }),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(crate::failing::io_at("locking", path, &error.into())),
            }
        }
    }
}

impl Drop for Lock {
    /// Who held it is no answer for the next who asks. After a crash the next holder writes over it.
    fn drop(&mut self) {
        if self.described {
            let _ = self.file.set_len(0);
        }
    }
}

fn lock(file: &mut File, path: &Path, operation: FlockOperation) -> Result<(), Failure> {
    match flock(&*file, operation) {
        Ok(()) => Ok(()),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(taken(path, file)),
        Err(error) => Err(crate::failing::io_at("locking", path, &error.into())),
    }
}

fn describe(file: &mut File, holder: &Holder) -> std::io::Result<()> {
    let text = serde_json::to_vec(holder)?;
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(&text)
}

fn taken(path: &Path, file: &mut File) -> Failure {
    let mut text = Vec::new();
    let read = file.take(MAX_HOLDER_BYTES).read_to_end(&mut text);
    let holder = read
        .ok()
        .and_then(|_| serde_json::from_slice::<Holder>(&text).ok());
    let why = holder.map_or_else(
        || "another process, which only reads, holds it".to_owned(),
        |holder| {
            let since = counterpart_model::Timestamp::new(holder.since_seconds, 0).rfc3339();
            let Holder {
                pid,
                host,
                pass,
                pair,
                ..
            } = &holder;
            format!("process {pid} on {host} holds it for pass {pass} of pair {pair:?} since {since}")
        },
    );
    Failure::new(Code::Locked, format!("locking {}", path.display()), why)
}
