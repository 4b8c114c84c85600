//! Reading content again: what is doubtful before the comparison, and a share of everything after it.
//!
//! A site remembers by itself what a reader finished; here is only decided what is read, and what a surprise means.

use crate::apply::is_fatal;
use crate::event::Listener;
use crate::findings::Findings;
use counterpart_model::{
    Algorithm, Code, Digest, EntryPath, Fact, Failure, Finding, Kind, SiteRole, Verdict,
};
use counterpart_port::{ContentReader, Extent, KnownFile, Observed, Piece, Progress, Settled, Site, Stage};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Bytes read at once.
const BUFFER_BYTES: usize = 1 << 20;
/// Files that wait for a reader, at most.
const QUEUE: usize = 256;

/// How content is read again at one site.
pub(crate) struct Rereading<'a> {
    /// The site.
    pub site: &'a dyn Site,
    /// Which end it is.
    pub role: SiteRole,
    /// Algorithm of digests.
    pub algorithm: Algorithm,
    /// Threads that read.
    pub readers: usize,
    /// Where findings go.
    pub findings: &'a Findings<'a>,
    /// Who is told.
    pub listener: &'a dyn Listener,
    /// Bytes read, in sum.
    pub bytes_read: &'a AtomicU64,
    /// What was found to have changed behind unchanged size and times.
    pub rotten: &'a Mutex<Vec<(EntryPath, SiteRole)>>,
}

/// What is read before the comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Doubt {
    /// Files of which only inode or time of change moved; at the standby also the time of modification, which somebody
    /// else set: the content may be what it was.
    Restamped,
    /// Every file that was never read, too.
    Unread,
    /// Every file.
    All,
}

/// The latest second in which something can have been read, as of now: what was read later than that was read while a
/// clock was wrong, nobody knows when. The clocks of two sites may differ by a little.
pub(crate) fn latest(now: i64) -> i64 {
    const DAY_SECONDS: i64 = 86_400;
    now.saturating_add(DAY_SECONDS)
}

impl Rereading<'_> {
    /// Reads what a scan left in doubt.
    ///
    /// # Errors
    /// The site or a spool failed, or the pass was interrupted.
    pub(crate) fn doubtful(&self, doubt: Doubt) -> Result<(), Failure> {
        let extent = if doubt == Doubt::Restamped {
            Extent::Changes
        } else {
            Extent::Everything
        };
        let mut stream = self.site.observed(extent)?;
        let mut seen = Observed::default();
        self.on_readers(|| {
            while stream.next_into(&mut seen)? {
                if wants(&seen, doubt, self.role) {
                    return Ok(Some(KnownFile {
                        path: seen.path.clone(),
                        ..KnownFile::default()
                    }));
                }
            }
            Ok(None)
        })
    }

    /// Reads files from `from` on, at most `share_bytes` of them and at least one, that were last read before
    /// `before_seconds`; tells where to go on, the root when the end was reached.
    ///
    /// # Errors
    /// The site or a spool failed, or the pass was interrupted.
    pub(crate) fn share(
        &self,
        from: &EntryPath,
        share_bytes: u64,
        before_seconds: i64,
    ) -> Result<EntryPath, Failure> {
        let mut files = self.site.files(from)?;
        let mut file = KnownFile::default();
        let mut left = share_bytes;
        let mut next = EntryPath::root();
        let after_now = latest(jiff::Timestamp::now().as_second());
        self.on_readers(|| {
            while files.next_into(&mut file)? {
                if (before_seconds..=after_now).contains(&file.read_seconds) {
                    continue;
                }
                if left == 0 {
                    next = file.path.clone();
                    return Ok(None);
                }
                left = left.saturating_sub(file.size_bytes.max(1));
                return Ok(Some(file.clone()));
            }
            Ok(None)
        })?;
        Ok(next)
    }

    /// Digests some files now, in their order; `None` for one that cannot be read.
    ///
    /// # Errors
    /// The site failed, or the pass was interrupted.
    pub(crate) fn digests(&self, paths: &[EntryPath]) -> Result<Vec<Option<Digest>>, Failure> {
        let mut reader = self.reader()?;
        let mut buffer = vec![0; BUFFER_BYTES];
        let mut digest_of = |path: &EntryPath| match self.read_settled(path, reader.as_mut(), &mut buffer) {
            Ok(digest) => Ok(Some(digest)),
            Err(failure) if is_fatal(&failure) => Err(failure),
            Err(_) => Ok(None),
        };
        paths.iter().map(&mut digest_of).collect()
    }

    fn on_readers(
        &self,
        mut next: impl FnMut() -> Result<Option<KnownFile>, Failure>,
    ) -> Result<(), Failure> {
        let (sender, receiver) = crossbeam_channel::bounded::<KnownFile>(QUEUE);
        let fatal = Mutex::new(None);
        std::thread::scope(|scope| {
            for _ in 0..self.readers.max(1) {
                let (receiver, fatal) = (receiver.clone(), &fatal);
                scope.spawn(move || self.read_all(&receiver, fatal));
            }
            drop(receiver);
            while let Some(file) = next()? {
                // A send fails when every reader has stopped; `fatal` then says why.
                if self.listener.interrupted() || sender.send(file).is_err() {
                    break;
                }
            }
            drop(sender);
            Ok::<(), Failure>(())
        })?;
        match crate::apply::lock(&fatal).take() {
            Some(failure) => Err(failure),
            None if self.listener.interrupted() => Err(crate::apply::interrupted()),
            None => Ok(()),
        }
    }

    fn read_all(&self, files: &crossbeam_channel::Receiver<KnownFile>, fatal: &Mutex<Option<Failure>>) {
        let run = || -> Result<(), Failure> {
            let mut reader = self.reader()?;
            let mut buffer = vec![0; BUFFER_BYTES];
            for file in files {
                match self.read_settled(&file.path, reader.as_mut(), &mut buffer) {
                    Ok(digest) => self.judge(&file, digest),
                    Err(failure) if is_fatal(&failure) => return Err(failure),
                    Err(failure) => self.findings.add_failure(&file.path, self.role, &failure),
                }
            }
            Ok(())
        };
        if let Err(failure) = run() {
            crate::apply::lock(fatal).get_or_insert(failure);
        }
    }

    /// A reader whose content stays where it is, if the site has one.
    fn reader(&self) -> Result<Box<dyn ContentReader + '_>, Failure> {
        match self.site.digests()? {
            Some(reader) => Ok(reader),
            None => self.site.content(),
        }
    }

    /// A digest that is not the one known, behind an unchanged stamp, is rot or tampering.
    fn judge(&self, file: &KnownFile, digest: Digest) {
        if file.digest.is_none_or(|known| known == digest) {
            return;
        }
        let (code, why) = match self.role {
            SiteRole::Production => (
                Code::RotProduction,
                "production's content differs from the last certificate",
            ),
            SiteRole::Standby => (
                Code::RotStandby,
                "the standby's content differs from the last certificate",
            ),
        };
        let why = format!("{why}, its size and times do not");
        crate::apply::lock(self.rotten).push((file.path.clone(), self.role));
        self.findings.add(&Finding::new(
            &file.path,
            code,
            self.role,
            Verdict::Different,
            why,
        ));
    }

    /// Reads a file to its end, again where it is too fresh to be believed.
    fn read_settled(
        &self,
        path: &EntryPath,
        reader: &mut dyn ContentReader,
        buffer: &mut [u8],
    ) -> Result<Digest, Failure> {
        for _ in 0..3 {
            reader.open(path)?;
            let digest = self.read_to_end(reader, buffer)?;
            match reader.finish(digest)? {
                Settled::Yes => return Ok(digest),
                Settled::Fresh(nanos) => std::thread::sleep(Duration::from_nanos(nanos)),
                Settled::Torn(_) => {}
            }
        }
        Err(Failure::new(
            Code::Torn,
            format!("reading {path}"),
            "it changed each time it was read",
        ))
    }

    fn read_to_end(&self, reader: &mut dyn ContentReader, buffer: &mut [u8]) -> Result<Digest, Failure> {
        let mut hasher = self.algorithm.hasher();
        loop {
            let bytes = match reader.read(buffer)? {
                Piece::End => {
                    let done = Progress {
                        stage: Stage::Reread,
                        entries: 1,
                        bytes: 0,
                    };
                    self.listener.progress(done);
                    return Ok(reader.digest().unwrap_or_else(|| hasher.finish()));
                }
                Piece::Data(len) => {
                    hasher.update(&buffer[..len]);
                    self.bytes_read.fetch_add(len as u64, Relaxed);
                    len as u64
                }
                Piece::Hole(len) => {
                    hasher.update_zeros(len);
                    len
                }
                Piece::Digested(len) => {
                    self.bytes_read.fetch_add(len, Relaxed);
                    len
                }
            };
            self.listener.progress(Progress {
                stage: Stage::Reread,
                entries: 0,
                bytes,
            });
            if self.listener.interrupted() {
                return Err(crate::apply::interrupted());
            }
        }
    }
}

fn wants(seen: &Observed, doubt: Doubt, role: SiteRole) -> bool {
    let Some(now) = seen.now.as_ref().filter(|now| now.kind == Kind::File) else {
        return false;
    };
    let compared = now.standing == counterpart_model::Standing::Compared;
    let touched = |before: &Fact| {
        role == SiteRole::Standby && before.digest().is_some() && before.size_bytes == now.size_bytes
    };
    let restamped = now.is_unread()
        && seen
            .before
            .as_ref()
            .is_some_and(|before| seen.times_same || touched(before));
    compared
        && match doubt {
            Doubt::Restamped => restamped,
            Doubt::Unread => now.is_unread(),
            Doubt::All => true,
        }
}
