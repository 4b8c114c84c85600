//! A mover: one thread that carries placed steps out, with its own reader at production.

use crate::apply::copy::{Copied, CopyBuffer, copy};
use crate::apply::readers::Readers;
use crate::apply::rounds::{Applying, Batch, Sums, lock, tell};
use crate::apply::undone::sets_aside_drift;
use counterpart_model::{Action, Code, Content, Fact, Failure, Kind, SiteRole, Step};
use counterpart_port::{Arrived, Attributes, ContentReader, Place, Progress, Settled, Stage};
use crossbeam_channel::Receiver;
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
    sums: &'a Sums,
    buffer: CopyBuffer,
}

impl<'a> Mover<'a> {
    /// A mover of an application.
    pub(super) fn new(applying: &'a Applying<'a>, sums: &'a Sums) -> Self {
        Self {
            applying,
            sums,
            buffer: CopyBuffer::new(),
        }
    }

    /// Carries out steps until there are no more, or the round was stopped.
    pub(super) fn run(mut self, batches: &Receiver<Batch<'_>>) {
        let mut readers = match Readers::of(self.applying.sites.production) {
            Ok(readers) => readers,
            Err(failure) => return self.stop(failure),
        };
        for (mut step, mut place) in batches.iter().flat_map(|batch| batch.steps) {
            if self.sums.stop.load(Relaxed) || self.applying.listener.interrupted() {
                continue;
            }
            if let Err(failure) = self.carry_out(&mut step, place.as_mut(), &mut readers) {
                self.failed(step, failure);
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

    fn carry_out(
        &mut self,
        step: &mut Step,
        place: &mut dyn Place,
        readers: &mut Readers<'_>,
    ) -> Result<(), Failure> {
        let is_file = step.wanted.as_ref().is_some_and(|fact| fact.kind == Kind::File);
        match step.action {
            Action::Create | Action::Replace | Action::Modify if is_file => self.file(step, place, readers),
            _ => self.other(step, place, readers),
        }
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
    ) -> Result<(), Failure> {
        let now = readers.content.open(&step.path)?;
        if now.kind != Kind::File {
            return Err(Failure::new(
                Code::Torn,
                format!("reading {}", step.path),
                "it is no file any more",
            ));
        }
        let (copied, fact) = self.content(step, &now, place, readers)?;
        if copied == Copied::Refused {
            return Ok(());
        }
        let present = step.present.as_ref().map(|present| &present.metadata);
        if copied == Copied::Same && present == Some(&fact.metadata) {
            // Only what is not carried moved: there is nothing to do.
            return Ok(());
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
        let arrived = match copied {
            Copied::Written => Arrived::Written,
            Copied::Before => Arrived::Before,
            Copied::Same | Copied::Refused => Arrived::Kept,
        };
        step.wanted = Some(fact);
        let committed = place.commit(step.wanted.as_ref(), &attributes, arrived)?;
        self.count(step, copied != Copied::Same);
        if copied == Copied::Written {
            let reused_bytes = readers.content.reused_bytes() + place.reused_bytes();
            let sent_bytes = now.size_bytes.saturating_sub(reused_bytes);
            self.sums.bytes_sent.fetch_add(sent_bytes, Relaxed);
        }
        if copied == Copied::Same {
            step.action = Action::Metadata;
        }
        tell(self.applying, step, committed.history.as_ref());
        Ok(())
    }

    /// Brings the content, and says how; the fact then has its digest.
    fn content(
        &mut self,
        step: &Step,
        now: &Fact,
        place: &mut dyn Place,
        readers: &mut Readers<'_>,
    ) -> Result<(Copied, Fact), Failure> {
        let mut fact = now.clone();
        if let (Some(digest), Some(since)) = (place.arrived_before(), self.applying.recovered_since_seconds) {
            if readers.content.recall(digest, since)? == Settled::Yes {
                fact.content = Content::Digest(digest);
                return Ok((Copied::Before, fact));
            }
            // To recall ends the open file; what cannot be recalled is read.
            fact = readers.content.open(&step.path)?;
        }
        let (copied, digest) = copy(self.applying, step, now, place, readers, &mut self.buffer)?;
        self.sums.bytes_read.fetch_add(now.size_bytes, Relaxed);
        fact.content = Content::Digest(digest);
        Ok((copied, fact))
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

fn changed_since(wanted: &Fact, now: &Fact) -> bool {
    wanted.size_bytes != now.size_bytes || wanted.metadata.mtime != now.metadata.mtime
}

fn is_of_production(code: Code) -> bool {
    matches!(
        code,
        Code::Unreadable | Code::Vanished | Code::Torn | Code::Stub | Code::UnreadableDirectory
    )
}
