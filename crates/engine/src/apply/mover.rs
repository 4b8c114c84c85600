//! A mover: one thread that carries placed steps out, with its own reader at production.

use crate::apply::copy::{Copied, CopyBuffer, changed_since, copy, open_again};
use crate::apply::readers::Readers;
use crate::apply::rounds::{Applying, Batch, Sums, lock, tell};
use crate::apply::small::{Brought, Held, SMALL_BYTES, Small};
use crate::apply::undone::sets_aside_drift;
use counterpart_model::{Action, Code, Content, Digest, Fact, Failure, Kind, SiteRole, Step};
use counterpart_port::{
    Apply, Arrived, Attributes, Committed, ContentReader, Place, Progress, Settled, Stage,
};
use crossbeam_channel::Receiver;
use std::ops::Range;
use std::sync::atomic::Ordering::Relaxed;

/// True for failures that end a pass: they are of the site, not of one entry.
pub(crate) fn is_fatal(failure: &Failure) -> bool {
    matches!(
        failure.code,
        Code::NoSpace
            | Code::Io
            | Code::SiteLost
            | Code::Interrupted
            | Code::StateDamaged
            | Code::SourceMissing
    )
}

/// One mover.
pub(super) struct Mover<'a> {
    applying: &'a Applying<'a>,
    target: &'a dyn Apply,
    sums: &'a Sums,
    buffer: CopyBuffer,
    held: Held<'a>,
}

impl<'a> Mover<'a> {
    /// A mover of an application.
    pub(super) fn new(applying: &'a Applying<'a>, target: &'a dyn Apply, sums: &'a Sums) -> Self {
        Self {
            applying,
            target,
            sums,
            buffer: CopyBuffer::new(),
            held: Held::new(),
        }
    }

    /// Carries out steps until there are no more, or the round was stopped.
    pub(super) fn run(mut self, batches: &Receiver<Batch<'a>>) {
        let mut readers = match Readers::of(self.applying.sites.production) {
            Ok(readers) => readers,
            Err(failure) => return self.stop(failure),
        };
        for batch in batches {
            if let Err(failure) = self.announce(&batch, readers.content.as_mut()) {
                self.stop(failure);
            }
            for (step, place) in batch.steps {
                if !self.is_stopped() {
                    self.take(step, place, &mut readers);
                }
            }
            self.hand_over();
        }
    }

    fn is_stopped(&self) -> bool {
        self.sums.stop.load(Relaxed) || self.applying.listener.interrupted()
    }

    /// Tells which small files will be read.
    fn announce(&self, batch: &Batch<'_>, reader: &mut dyn ContentReader) -> Result<(), Failure> {
        let mut small = batch.steps.iter().filter_map(|(step, _)| {
            let fact = step.wanted.as_ref()?;
            (brings_file(step) && self.may_hold(fact)).then_some(&step.path)
        });
        reader.announce(&mut small, self.applying.attributes)
    }

    /// Carries a step out, or as far that it can be handed over with others.
    fn take(&mut self, mut step: Step, mut place: Box<dyn Place + 'a>, readers: &mut Readers<'_>) {
        match self.carry_out(&mut step, place.as_mut(), readers) {
            Ok(None) => {}
            Ok(Some(brought)) => {
                self.held.keep(step, place, brought);
                if self.held.is_full() {
                    self.hand_over();
                }
            }
            Err(failure) => self.failed(step, failure),
        }
    }

    /// Hands over what is held; where the round was stopped, it is let go.
    fn hand_over(&mut self) {
        if self.is_stopped() {
            return self.held.let_go();
        }
        for (step, outcome) in self.held.hand_over(|files| self.target.fill(files)) {
            match outcome {
                Ok(committed) => {
                    let sent_bytes = step.wanted.as_ref().map_or(0, |fact| fact.size_bytes);
                    self.brought(&step, sent_bytes, &committed);
                }
                Err(failure) => self.failed(step, failure),
            }
        }
    }

    fn stop(&self, failure: Failure) {
        self.sums.or_stop(Err(failure));
    }

    fn failed(&self, mut step: Step, failure: Failure) {
        if is_fatal(&failure) {
            return self.stop(failure);
        }
        let retried = match (step.action, failure.code) {
            (_, Code::Torn) => true,
            (Action::Rename, Code::Vanished) => {
                step.action = Action::Create;
                step.from = None;
                self.sums.undone.made_instead(&step.path);
                true
            }
            _ => false,
        };
        if retried {
            lock(&self.sums.again).push(step);
        } else {
            let site = if is_of_production(failure.code) {
                SiteRole::Production
            } else {
                SiteRole::Standby
            };
            self.applying.findings.add_failure(&step.path, site, &failure);
            self.sums.note_failed(&step);
        }
    }

    /// Carries a step out to its end, or gives its file, which is held to be handed over with others.
    fn carry_out(
        &mut self,
        step: &mut Step,
        place: &mut dyn Place,
        readers: &mut Readers<'_>,
    ) -> Result<Option<Brought>, Failure> {
        if brings_file(step) {
            return self.file(step, place, readers);
        }
        self.other(step, place, readers).map(|()| None)
    }

    /// Directories, links, metadata, renames and removals: nothing is read but attributes.
    fn other(
        &mut self,
        step: &Step,
        place: &mut dyn Place,
        readers: &mut Readers<'_>,
    ) -> Result<(), Failure> {
        let attributes = self.attributes(step, readers.content.as_mut())?;
        let committed = place.commit(step.wanted.as_ref(), &attributes, Arrived::Kept)?;
        self.count(step, true);
        tell(self.applying, step, committed.history.as_ref());
        Ok(())
    }

    fn attributes(&self, step: &Step, reader: &mut dyn ContentReader) -> Result<Attributes, Failure> {
        if self.applying.attributes && step.wanted.is_some() {
            reader.attributes(&step.path)
        } else {
            Ok(Attributes::default())
        }
    }

    fn file(
        &mut self,
        step: &mut Step,
        place: &mut dyn Place,
        readers: &mut Readers<'_>,
    ) -> Result<Option<Brought>, Failure> {
        let now = readers.content.open(&step.path)?;
        if now.kind != Kind::File {
            return Err(Failure::new(
                Code::Torn,
                format!("reading {}", step.path),
                "it is no file any more",
            ));
        }
        let (found, fact) = self.content(step, &now, place, readers)?;
        if found.leaves_all(step, &fact) {
            return Ok(None);
        }
        // Told once its content is here: what is torn is tried again, and told only when it is given up.
        if step
            .wanted
            .as_ref()
            .is_some_and(|wanted| changed_since(wanted, &now))
        {
            self.note_moving(step);
        }
        let attributes = self.attributes(step, readers.content.as_mut())?;
        step.wanted = Some(fact.clone());
        match found {
            Found::Here(range) => Ok(Some(Brought {
                range,
                fact,
                attributes,
            })),
            Found::Copied(copied) => {
                let committed = place.commit(Some(&fact), &attributes, copied.arrived())?;
                let reused_bytes = readers.content.reused_bytes() + place.reused_bytes();
                self.committed(
                    step,
                    copied,
                    fact.size_bytes.saturating_sub(reused_bytes),
                    &committed,
                );
                Ok(None)
            }
        }
    }

    /// Brings the content, and says how; the fact then has its digest.
    fn content(
        &mut self,
        step: &Step,
        now: &Fact,
        place: &mut dyn Place,
        readers: &mut Readers<'_>,
    ) -> Result<(Found, Fact), Failure> {
        let mut fact = now.clone();
        if let (Some(digest), Some(since)) = (place.arrived_before(), self.applying.recovered_since_seconds) {
            if readers.content.recall(digest, since)? == Settled::Yes {
                fact.content = Content::Digest(digest);
                return Ok((Found::Copied(Copied::Before), fact));
            }
            // To recall ends the open file; what cannot be recalled is read.
            fact = readers.content.open(&step.path)?;
        }
        let (found, digest) = self.read(step, now, place, readers)?;
        self.sums.bytes_read.fetch_add(now.size_bytes, Relaxed);
        fact.content = Content::Digest(digest);
        Ok((found, fact))
    }

    /// Reads the open file: a small one whole, to be handed over later, any other to its place.
    fn read(
        &mut self,
        step: &Step,
        now: &Fact,
        place: &mut dyn Place,
        readers: &mut Readers<'_>,
    ) -> Result<(Found, Digest), Failure> {
        if self.may_hold(now) {
            let read = self
                .held
                .read(self.applying, step, now, readers, &mut self.buffer)?;
            match read {
                Small::Read(range, digest) => return Ok((Found::Here(range), digest)),
                Small::Decided(copied, digest) => return Ok((Found::Copied(copied), digest)),
                Small::Other => open_again(step, now, readers.content.as_mut())?,
            }
        }
        let (copied, digest) = copy(self.applying, step, now, place, readers, &mut self.buffer)?;
        Ok((Found::Copied(copied), digest))
    }

    /// Whether a file is one that is held, so that it goes with others.
    fn may_hold(&self, fact: &Fact) -> bool {
        fact.size_bytes <= SMALL_BYTES && self.applying.recovered_since_seconds.is_none()
    }

    /// Counts what became of a file, and tells of it. What was written travelled but for what the standby had of it.
    fn committed(&self, step: &mut Step, copied: Copied, travelled_bytes: u64, committed: &Committed) {
        match copied {
            Copied::Written => self.brought(step, travelled_bytes, committed),
            Copied::Before => self.brought(step, 0, committed),
            Copied::Same | Copied::Refused => {
                self.count(step, false);
                step.action = Action::Metadata;
                tell(self.applying, step, committed.history.as_ref());
            }
        }
    }

    /// Counts content that took effect, and tells of it.
    fn brought(&self, step: &Step, sent_bytes: u64, committed: &Committed) {
        self.sums.bytes_sent.fetch_add(sent_bytes, Relaxed);
        self.count(step, true);
        tell(self.applying, step, committed.history.as_ref());
    }

    /// The file changed after it was scanned: what is copied is whole, yet younger than the cut-off.
    fn note_moving(&self, step: &Step) {
        let failure = Failure::new(
            Code::Torn,
            "reading",
            "it changed after it was scanned; the newer one was copied",
        );
        self.applying
            .findings
            .add_failure(&step.path, SiteRole::Production, &failure);
    }

    fn count(&self, step: &Step, content: bool) {
        let sum = match step.action {
            Action::Create => &self.sums.created,
            Action::Modify if !content => &self.sums.metadata,
            Action::Modify | Action::Replace => &self.sums.modified,
            Action::Metadata => &self.sums.metadata,
            Action::Rename => &self.sums.renamed,
            Action::Remove | Action::RemovedWithParent => &self.sums.deleted,
        };
        sum.fetch_add(1, Relaxed);
        if content && sets_aside_drift(step, step.action) {
            self.sums.drifted.fetch_add(1, Relaxed);
        }
        self.applying.listener.progress(Progress {
            stage: Stage::Apply,
            entries: 1,
            bytes: 0,
        });
    }
}

/// How the content of a step was found.
enum Found {
    /// It is held.
    Here(Range<usize>),
    /// It came to its place, or need not.
    Copied(Copied),
}

impl Found {
    /// True where there is nothing to do: it must not be touched, or only what is not carried moved.
    fn leaves_all(&self, step: &Step, fact: &Fact) -> bool {
        let present = step.present.as_ref().map(|present| &present.metadata);
        match self {
            Self::Copied(Copied::Refused) => true,
            Self::Copied(Copied::Same) => present == Some(&fact.metadata),
            Self::Here(_) | Self::Copied(_) => false,
        }
    }
}

/// Whether a step brings the content of a file.
fn brings_file(step: &Step) -> bool {
    let is_file = step.wanted.as_ref().is_some_and(|fact| fact.kind == Kind::File);
    is_file && matches!(step.action, Action::Create | Action::Replace | Action::Modify)
}

fn is_of_production(code: Code) -> bool {
    matches!(
        code,
        Code::Unreadable | Code::Vanished | Code::Torn | Code::Stub | Code::UnreadableDirectory
    )
}
