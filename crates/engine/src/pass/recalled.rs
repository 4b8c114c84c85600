//! After an interrupted pass: what it brought is known at the standby, and is recalled at production without being
//! read again.

use super::{Observation, Pass};
use crate::apply::is_fatal;
use crate::request::PassKind;
use counterpart_model::{EntryPath, Failure, SiteRole};
use counterpart_port::{KnownFile, Settled, Stream};

/// Files that are read at once.
const BATCH: usize = 1024;

/// What production has as files of their own, asked for in path order. What has become a further name of another file
/// since is left as it was seen: a reader knows files, and would make it one again.
struct Held<'a> {
    files: Box<dyn Stream<KnownFile> + 'a>,
    file: KnownFile,
    ended: bool,
}

impl<'a> Held<'a> {
    fn new(files: Box<dyn Stream<KnownFile> + 'a>) -> Self {
        Self {
            files,
            file: KnownFile::default(),
            ended: false,
        }
    }

    fn has(&mut self, path: &EntryPath) -> Result<bool, Failure> {
        while !self.ended && self.file.path < *path {
            self.ended = !self.files.next_into(&mut self.file)?;
        }
        Ok(!self.ended && self.file.path == *path)
    }
}

impl Pass<'_> {
    /// Recalls the digest of every file that an interrupted pass wrote at the standby, where production's has not
    /// changed since that pass began. No other digest will do: one that was only read at the standby, or written
    /// before, says nothing of a file that changed at production behind the same size and time.
    pub(super) fn recall_arrived(&self, observation: &Observation) -> Result<(), Failure> {
        let Some(since) = observation.recovered_since_seconds else {
            return Ok(());
        };
        let mut files = self.sites.standby.files(&EntryPath::root())?;
        let mut held = Held::new(self.sites.production.files(&EntryPath::root())?);
        let mut reader = self.sites.production.content()?;
        let mut file = KnownFile::default();
        let mut unsettled = Vec::new();
        while files.next_into(&mut file)? {
            let Some(digest) = file.digest.filter(|_| file.written && file.read_seconds >= since) else {
                continue;
            };
            if !held.has(&file.path)? {
                continue;
            }
            let recalled = reader.open(&file.path).and_then(|now| {
                if now.size_bytes == file.size_bytes {
                    reader
                        .recall(digest, since)
                        .map(|settled| settled == Settled::Yes)
                } else {
                    Ok(true)
                }
            });
            match recalled {
                Err(failure) if is_fatal(&failure) => return Err(failure),
                Ok(false) => unsettled.push(file.path.clone()),
                // A file that is gone or cannot be opened is told when its step comes.
                Ok(true) | Err(_) => {}
            }
            if unsettled.len() >= BATCH {
                self.read_instead(&mut unsettled)?;
            }
        }
        self.read_instead(&mut unsettled)
    }

    /// Reads files that changed too shortly before the interrupted pass to be recalled: so the plan does not take what
    /// arrived for a change. Where nothing may be read, it does.
    fn read_instead(&self, paths: &mut Vec<EntryPath>) -> Result<(), Failure> {
        if self.request.kind != PassKind::Plan {
            self.rereading(SiteRole::Production).digests(paths)?;
        }
        paths.clear();
        Ok(())
    }
}
