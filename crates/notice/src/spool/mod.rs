//! Messages that wait to be sent: each is durable before it is tried, and goes when its way took it.
//!
//! One file a message and recipient, in the state of its pair. How a message is sent is not known here.

mod memory;

pub use memory::{ChannelMemory, Memory};

use crate::channel::{ChannelName, Delivered, Outlook, Trouble};
use crate::notice::Notice;
use crate::telling::PseudonymKey;
use counterpart_model::{Code, Failure};
use counterpart_store::files::{make_dir, names_with, read_json, remove, rename, write_json_atomic};
use counterpart_store::{Holder, Lock};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Messages of a pair that may wait; beyond that the oldest is dropped.
pub const MAX_WAITING: usize = 200;

const SUFFIX: &str = ".notice.json";
const FIRST_PAUSE_SECONDS: i64 = 60;
const LONGEST_PAUSE_SECONDS: i64 = 3_600;

/// The messages of one pair.
#[derive(Clone, Debug)]
pub struct Spool {
    dir: PathBuf,
}

/// One message on its way to one recipient.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Waiting {
    /// What it says.
    pub notice: Notice,
    /// By which way.
    pub channel: ChannelName,
    /// To which address, of a mail.
    pub recipient: Option<String>,
    /// When it was written, in seconds since 1970.
    pub written_seconds: i64,
    /// How often it was tried.
    pub tries: u32,
    /// Not to be tried again before, in seconds since 1970.
    pub next_try_seconds: i64,
    /// Why it did not go the last time.
    pub trouble: Option<String>,
    /// It was refused for good, and is tried again only when that is asked for.
    pub refused: bool,
}

/// Which messages are tried.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Which {
    /// Those whose pause is over.
    Due,
    /// All that are not refused.
    Unrefused,
    /// Refused ones, too.
    All,
}

/// What came of one try.
#[derive(Clone, PartialEq, Debug)]
pub struct Tried {
    /// The message, as it is kept or was.
    pub waiting: Waiting,
    /// How it went.
    pub result: Result<Delivered, Trouble>,
}

/// What waits, in sum.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Backlog {
    /// How many may still go.
    pub waiting: u64,
    /// How many were refused for good.
    pub refused: u64,
    /// When the oldest of all was written, in seconds since 1970.
    pub oldest_seconds: Option<i64>,
    /// Why the last one that was tried did not go.
    pub trouble: Option<String>,
}

impl Waiting {
    /// A message that was not tried yet.
    pub const fn new(
        notice: Notice,
        channel: ChannelName,
        recipient: Option<String>,
        now_seconds: i64,
    ) -> Self {
        Self {
            notice,
            channel,
            recipient,
            written_seconds: now_seconds,
            tries: 0,
            next_try_seconds: now_seconds,
            trouble: None,
            refused: false,
        }
    }

    fn is_wanted(&self, which: Which, now_seconds: i64) -> bool {
        match which {
            Which::Due => !self.refused && self.next_try_seconds <= now_seconds,
            Which::Unrefused => !self.refused,
            Which::All => true,
        }
    }

    fn failed(&mut self, trouble: &Trouble, now_seconds: i64) {
        self.tries = self.tries.saturating_add(1);
        self.trouble = Some(trouble.failure.to_string());
        self.refused = trouble.outlook == Outlook::Never;
        // Twice as long each time.
        let doublings = self.tries.saturating_sub(1).min(16);
        let pause = FIRST_PAUSE_SECONDS
            .saturating_mul(1 << doublings)
            .min(LONGEST_PAUSE_SECONDS);
        self.next_try_seconds = now_seconds.saturating_add(pause);
    }
}

impl Spool {
    /// The spool in a directory, which the first message makes.
    pub const fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.dir
    }

    /// The key of the pair's pseudonyms.
    ///
    /// # Errors
    /// It cannot be read or made.
    pub fn key(&self) -> Result<PseudonymKey, Failure> {
        make_dir(&self.dir)?;
        PseudonymKey::in_file(&self.dir.join("pseudonyms.key"))
    }

    /// Keeps messages durably, and drops the oldest where too many wait. Gives how many were dropped.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn add(&self, messages: &[Waiting]) -> Result<u64, Failure> {
        make_dir(&self.dir)?;
        for (number, waiting) in messages.iter().enumerate() {
            write_json_atomic(&self.file(&name(waiting, number)), waiting)?;
        }
        let names = self.names()?;
        let surplus = &names[..names.len().saturating_sub(MAX_WAITING)];
        surplus.iter().try_for_each(|name| remove(&self.file(name)))?;
        Ok(surplus.len() as u64)
    }

    /// Tries what is wanted, oldest first. A way that turns out to be closed is not tried again in this round. Nobody else
    /// may try meanwhile: then nothing is done, and `None` is given.
    ///
    /// # Errors
    /// The spool cannot be read or written.
    pub fn deliver(
        &self,
        which: Which,
        now_seconds: i64,
        send: &mut dyn FnMut(&Waiting) -> Result<Delivered, Trouble>,
    ) -> Result<Option<Vec<Tried>>, Failure> {
        let names = self.names()?;
        if names.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let Some(_held) = self.hold(now_seconds)? else {
            return Ok(None);
        };
        let (mut tried, mut closed) = (Vec::new(), BTreeSet::new());
        for name in names {
            let Some(mut waiting) = self.read(&name)? else {
                continue;
            };
            if closed.contains(&waiting.channel) || !waiting.is_wanted(which, now_seconds) {
                continue;
            }
            let result = send(&waiting);
            match &result {
                Ok(_) => remove(&self.file(&name))?,
                Err(trouble) => {
                    if trouble.outlook == Outlook::Closed {
                        closed.insert(waiting.channel);
                    }
                    waiting.failed(trouble, now_seconds);
                    write_json_atomic(&self.file(&name), &waiting)?;
                }
            }
            tried.push(Tried { waiting, result });
        }
        Ok(Some(tried))
    }

    /// What waits, in sum. Nothing is made where there is no spool.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn backlog(&self) -> Result<Backlog, Failure> {
        let mut backlog = Backlog::default();
        for name in self.names()? {
            let Some(waiting) = self.read(&name)? else {
                continue;
            };
            let count = if waiting.refused {
                &mut backlog.refused
            } else {
                &mut backlog.waiting
            };
            *count += 1;
            let oldest = backlog.oldest_seconds.get_or_insert(waiting.written_seconds);
            *oldest = waiting.written_seconds.min(*oldest);
            backlog.trouble = waiting.trouble.or(backlog.trouble);
        }
        Ok(backlog)
    }

    /// Lets go of all that waits, and gives how much that was.
    ///
    /// # Errors
    /// `locked` while somebody sends; it cannot be removed.
    pub fn clear(&self, now_seconds: i64) -> Result<u64, Failure> {
        let names = self.names()?;
        if names.is_empty() {
            return Ok(0);
        }
        let _held = self.hold(now_seconds)?.ok_or_else(|| {
            Failure::new(
                Code::Locked,
                "letting messages go",
                "another process is sending them",
            )
        })?;
        names.iter().try_for_each(|name| remove(&self.file(name)))?;
        Ok(names.len() as u64)
    }

    /// The names of all messages, oldest first.
    fn names(&self) -> Result<Vec<String>, Failure> {
        match names_with(&self.dir, SUFFIX) {
            Err(failure) if failure.code == Code::NotFound => Ok(Vec::new()),
            other => other,
        }
    }

    /// A message; one that is damaged is set aside, so that it does not stand in the way of the others.
    fn read(&self, name: &str) -> Result<Option<Waiting>, Failure> {
        let file = self.file(name);
        match read_json(&file) {
            Err(failure) if failure.code == Code::StateDamaged => {
                rename(&file, &self.dir.join(format!("{name}.damaged")))?;
                Ok(None)
            }
            other => other,
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.join(format!("{name}{SUFFIX}"))
    }

    fn hold(&self, now_seconds: i64) -> Result<Option<Lock>, Failure> {
        let holder = Holder {
            pid: std::process::id(),
            host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
            pass: "messages".to_owned(),
            pair: String::new(),
            since_seconds: now_seconds,
        };
        match Lock::take(&self.dir.join("lock"), &holder) {
            Ok(lock) => Ok(Some(lock)),
            Err(failure) if failure.code == Code::Locked => Ok(None),
            Err(failure) => Err(failure),
        }
    }
}

/// A name that sorts by age; the message's own identity keeps two of one second apart.
fn name(waiting: &Waiting, number: usize) -> String {
    let plain = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '-';
    let id: String = waiting.notice.id.chars().filter(plain).take(80).collect();
    format!(
        "{:012}-{id}-{}-{number:03}",
        waiting.written_seconds.max(0),
        waiting.channel
    )
}

#[cfg(test)]
mod tests;
