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
    /// When it was taken, in seconds since 1970.
    pub since_seconds: i64,
}

/// A lock that is held until it is dropped. Its file stays: removing it would let two hold it at once.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, or fails at once with the code `locked` and the name of its holder.
    pub fn take(path: &Path, holder: &Holder) -> Result<Self, Failure> {
        let mut file = open::read_write(path)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => return Err(taken(path, &mut file)),
            Err(error) => return Err(crate::failing::io_at("locking", path, &error.into())),
        }
        describe(&mut file, holder).map_err(|error| crate::failing::io_at("writing", path, &error))?;
        Ok(Self { _file: file })
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
        || "another process holds it".to_owned(),
        |holder| {
            let since = counterpart_model::Timestamp::new(holder.since_seconds, 0).rfc3339();
            format!(
                "process {} on {} holds it for pass {} since {since}",
                holder.pid, holder.host, holder.pass
            )
        },
    );
    Failure::new(Code::Locked, format!("locking {}", path.display()), why)
}
