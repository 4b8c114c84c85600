//! What of the archive's names a message tells: nothing, something that stands for them, or all. What is not told is taken
//! out before a message is kept or sent, so that it is nowhere to be found.

use crate::notice::{Cause, Example, Notice, Side};
use counterpart_model::{Code, Failure};
use counterpart_store::files::{read_bytes, write_bytes_atomic};
use serde::{Deserialize, Serialize};
use std::path::Path;

const KEY_BYTES: usize = 32;
/// Digits of a pseudonym: enough that two of a million paths hardly share one.
const DIGITS: usize = 16;

/// How much of a path is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Paths {
    /// Counts and causes only.
    #[default]
    None,
    /// A word that stands for it, the same in every message, which only who has the key can make.
    Pseudonym,
    /// The path itself.
    Shown,
}

/// The key of a pair's pseudonyms. It never leaves the state directory.
#[derive(Clone)]
pub struct PseudonymKey([u8; KEY_BYTES]);

impl std::fmt::Debug for PseudonymKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("hidden")
    }
}

impl PseudonymKey {
    /// The key in a file, which the first who asks makes.
    ///
    /// # Errors
    /// The file cannot be read or written, or is none.
    pub fn in_file(path: &Path) -> Result<Self, Failure> {
        if let Some(bytes) = read_bytes(path, KEY_BYTES as u64)? {
            return bytes.try_into().map(Self).map_err(|_| {
                let doing = format!("reading {}", path.display());
                Failure::new(Code::StateDamaged, doing, "it is no key of pseudonyms")
                    .hint("Move it aside: a new one is made, and names have other pseudonyms from then on.")
            });
        }
        let mut key = [0; KEY_BYTES];
        let filled = rustix::rand::getrandom(&mut key, rustix::rand::GetRandomFlags::empty());
        if filled != Ok(KEY_BYTES) {
            let why = "the system gave no random bytes";
            return Err(Failure::new(Code::Io, "making a key of pseudonyms", why));
        }
        write_bytes_atomic(path, &key)?;
        Ok(Self(key))
    }

    /// A key of these bytes.
    pub const fn of(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// What stands for a path.
    pub fn pseudonym(&self, path: &str) -> String {
        // A whole site has nothing to hide.
        if path == "." {
            return path.to_owned();
        }
        let digest = blake3::keyed_hash(&self.0, path.as_bytes()).to_hex();
        format!("entry-{}", &digest[..DIGITS])
    }
}

impl Notice {
    /// The message with so much of the names told. The key is needed for pseudonyms; without it none are told.
    #[must_use]
    pub fn telling(mut self, paths: Paths, key: Option<&PseudonymKey>) -> Self {
        if paths == Paths::Shown {
            return self;
        }
        for side in [&mut self.production, &mut self.standby].into_iter().flatten() {
            hide_location(side);
        }
        let key = key.filter(|_| paths == Paths::Pseudonym);
        self.causes.iter_mut().for_each(|cause| hide(cause, key));
        self
    }
}

fn hide_location(side: &mut Side) {
    side.location = None;
}

fn hide(cause: &mut Cause, key: Option<&PseudonymKey>) {
    cause.reason = None;
    let Some(key) = key else {
        cause.examples.clear();
        return;
    };
    for example in &mut cause.examples {
        *example = Example {
            path: key.pseudonym(&example.path),
            message: None,
        };
    }
}

#[cfg(test)]
mod tests;
