//! The port's reader over a file reader of the tree: what is read to its end and settled is remembered.

use crate::facts::{self, Terms, fresh_window_nanos, observation, still_fresh};
use crate::opening::{OpenPass, now};
use crate::scan::last_changed;
use counterpart_model::policy::StubPolicy;
use counterpart_model::{
    Code, Content, Digest, EntryPath, Fact, Failure, Grain, How, Obtained, Row, SiteRole, Standing,
};
use counterpart_port::{Attributes, ContentReader, Piece, Settled};
use counterpart_tree::stub::StubRule;
use counterpart_tree::{FileReader, Stat};
use std::sync::Arc;

/// A reader of one site's content.
pub(crate) struct SiteReader {
    pass: Arc<OpenPass>,
    reader: FileReader,
    terms: Terms,
    grain_seen: Option<Grain>,
    stubs: StubRule,
    /// Stubs may appear at any time, so a file is looked at before it is opened; only where the pair declares any.
    stubs_declared: bool,
    open: Option<Box<OpenFile>>,
}

/// The file that is open, as it was then.
struct OpenFile {
    path: EntryPath,
    stat: Stat,
    fact: Fact,
}

/// What a file is when it is finished.
enum AtEnd {
    /// As it was when it was opened.
    AsOpened(Box<OpenFile>),
    /// Another one: its fact as it is now.
    Torn(Box<Fact>),
}

impl SiteReader {
    pub(crate) fn new(pass: Arc<OpenPass>) -> Result<Self, Failure> {
        let scanned = pass.scan()?;
        Ok(Self {
            reader: FileReader::new(pass.root.clone()),
            terms: Terms {
                grain: scanned.request.grain,
                carry: scanned.request.carry,
            },
            grain_seen: scanned.report.grain_seen,
            stubs: StubRule::new(&pass.request.policy.stubs)?,
            stubs_declared: declares_stubs(&pass.request.policy.stubs),
            open: None,
            pass,
        })
    }

    /// The open file, if it is still as it was when it was opened; its fact as it is now, if not.
    fn settled(&mut self) -> Result<AtEnd, Failure> {
        let open = self.open.take();
        let open = open.ok_or_else(|| Failure::new(Code::Io, "finishing a file", "none is open"))?;
        let again = match self.reader.restat() {
            Err(failure) if failure.code == Code::Vanished => return Ok(AtEnd::Torn(Box::new(open.fact))),
            other => other?,
        };
        if again.same_stamp(&open.stat) {
            return Ok(AtEnd::AsOpened(open));
        }
        Ok(AtEnd::Torn(Box::new(
            self.pass.fact(self.terms, &open.path, &again)?,
        )))
    }

    fn remember(&self, open: Box<OpenFile>, digest: Digest, at_seconds: i64) -> Result<(), Failure> {
        let OpenFile { path, stat, mut fact } = *open;
        fact.content = Content::Digest(digest);
        let mut seen = observation(&stat);
        seen.obtained = Obtained {
            how: How::Read,
            at_seconds,
        };
        self.pass.learned.row(Row { path, fact, seen })
    }
}

fn declares_stubs(policy: &StubPolicy) -> bool {
    !policy.recall && (policy.no_blocks || !policy.patterns.is_empty())
}

impl ContentReader for SiteReader {
    fn open(&mut self, path: &EntryPath) -> Result<Fact, Failure> {
        self.open = None;
        if self.stubs_declared && self.stubs.is_stub(path, &self.pass.root.stat(path)?) {
            let why = "it has become a stub of hierarchical storage";
            return Err(Failure::new(Code::Stub, format!("reading {path}"), why));
        }
        let stat = self.reader.open(path)?;
        let mut fact = self.pass.fact(self.terms, path, &stat)?;
        if self.pass.bounds_modes(self.terms) {
            facts::bound(&mut fact, &self.reader.attributes(path, facts::LISTS)?);
        }
        debug_assert_eq!(fact.standing, Standing::Compared);
        self.open = Some(Box::new(OpenFile {
            path: path.clone(),
            stat,
            fact: fact.clone(),
        }));
        Ok(fact)
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<Piece, Failure> {
        self.reader.read(buffer)
    }

    fn finish(&mut self, digest: Digest) -> Result<Settled, Failure> {
        let open = match self.settled()? {
            AtEnd::AsOpened(open) => open,
            AtEnd::Torn(now) => return Ok(Settled::Torn(now)),
        };
        let clock = now();
        let window = fresh_window_nanos(self.grain_seen);
        if let (SiteRole::Production, Some(nanos)) = (
            self.pass.role,
            still_fresh(last_changed(&open.stat), clock, window),
        ) {
            return Ok(Settled::Fresh(nanos));
        }
        self.remember(open, digest, clock.seconds)?;
        Ok(Settled::Yes)
    }

    fn recall(&mut self, digest: Digest, at_seconds: i64) -> Result<Settled, Failure> {
        let open = match self.settled()? {
            AtEnd::AsOpened(open) => open,
            AtEnd::Torn(now) => return Ok(Settled::Torn(now)),
        };
        if last_changed(&open.stat).seconds >= at_seconds {
            return Ok(Settled::Torn(Box::new(open.fact)));
        }
        let obtained = self.pass.carried(Obtained {
            how: How::Read,
            at_seconds,
        });
        self.remember(open, digest, obtained.at_seconds)?;
        Ok(Settled::Yes)
    }

    fn attributes(&mut self, path: &EntryPath) -> Result<Attributes, Failure> {
        self.reader
            .attributes(path, self.terms.carry)
            .map(|found| found.attributes)
    }
}
