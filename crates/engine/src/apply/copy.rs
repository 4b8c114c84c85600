//! Copying one file's content: read once, digested on the way, written to its place.
//!
//! Where the standby's digest is known and the size is the same, the content is digested before anything is written:
//! a file that was only touched is not sent.

use crate::apply::pipeline;
use crate::apply::readers::Readers;
use crate::apply::rounds::{Applying, interrupted};
use counterpart_model::{Code, Digest, Fact, Failure, Finding, SiteRole, Step, Verdict};
use counterpart_port::{Arrived, ContentReader, Piece, Place, Progress, Settled, Stage};
use std::time::Duration;

/// Bytes read at once; also the largest file that is held whole before it is written.
pub(super) const BUFFER_BYTES: usize = 1 << 20;

/// One mover's buffer.
pub(super) struct CopyBuffer(Vec<u8>);

/// How content came to the standby.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Copied {
    /// It was written.
    Written,
    /// An interrupted pass had brought it.
    Before,
    /// The standby has it already.
    Same,
    /// It is append-only and changed: a finding, not sent.
    Refused,
}

impl Copied {
    /// What became of the content, for its place.
    pub(super) const fn arrived(self) -> Arrived {
        match self {
            Self::Written => Arrived::Written,
            Self::Before => Arrived::Before,
            Self::Same | Self::Refused => Arrived::Kept,
        }
    }
}

impl CopyBuffer {
    /// A buffer of [`BUFFER_BYTES`].
    pub(super) fn new() -> Self {
        Self(vec![0; BUFFER_BYTES])
    }
}

/// Copies the open file to its place.
///
/// # Errors
/// `torn` when it changed meanwhile, and what either site reports.
pub(super) fn copy(
    applying: &Applying<'_>,
    step: &Step,
    now: &Fact,
    place: &mut dyn Place,
    readers: &mut Readers<'_>,
    buffer: &mut CopyBuffer,
) -> Result<(Copied, Digest), Failure> {
    let far = readers.content.comes_from_far();
    if let Some(done) = without_content(applying, step, now, readers, buffer)? {
        return Ok(done);
    }
    let reader = readers.content.as_mut();
    let digest = bring(applying, now, place, reader, buffer)?;
    match reader.finish(digest)? {
        Settled::Yes => {}
        Settled::Fresh(nanos) => {
            confirm(applying, step, nanos, digest, readers.digesting(far)?, buffer)?;
        }
        Settled::Torn(_) => return Err(torn(step)),
    }
    Ok((Copied::Written, digest))
}

/// Where the digest alone may decide: the standby may have the content already, or must not be given it.
fn without_content(
    applying: &Applying<'_>,
    step: &Step,
    now: &Fact,
    readers: &mut Readers<'_>,
    buffer: &mut CopyBuffer,
) -> Result<Option<(Copied, Digest)>, Failure> {
    if known(step, now).is_none() && !step.append_only {
        return Ok(None);
    }
    let far = readers.content.comes_from_far();
    let reader = readers.digesting(far)?;
    if far {
        reader.open(&step.path)?;
    }
    let digest = settled_digest(applying, step, reader, buffer)?;
    if let Some(copied) = decided(applying, step, now, digest) {
        return Ok(Some((copied, digest)));
    }
    open_again(step, now, readers.content.as_mut())?;
    Ok(None)
}

/// Opens a file once more, which must be the one that was opened before: what is known of that is told of this one.
///
/// # Errors
/// `torn` where it is not, and what production reports.
pub(super) fn open_again(step: &Step, now: &Fact, reader: &mut dyn ContentReader) -> Result<(), Failure> {
    if changed_since(now, &reader.open(&step.path)?) {
        return Err(torn(step));
    }
    Ok(())
}

/// True where a file is not as it was by its size and time.
pub(super) fn changed_since(was: &Fact, is: &Fact) -> bool {
    was.size_bytes != is.size_bytes || was.metadata.mtime != is.metadata.mtime
}

/// The digest of what the standby has, where that is as long.
fn known(step: &Step, now: &Fact) -> Option<Digest> {
    let present = step.present.as_ref();
    present
        .filter(|fact| fact.size_bytes == now.size_bytes)
        .and_then(Fact::digest)
}

/// What the digest alone decides: the standby may have the content already, or must not be given it.
pub(super) fn decided(applying: &Applying<'_>, step: &Step, now: &Fact, digest: Digest) -> Option<Copied> {
    if known(step, now) == Some(digest) {
        return Some(Copied::Same);
    }
    if step.append_only {
        refuse(applying, step);
        return Some(Copied::Refused);
    }
    None
}

/// Writes the open file to its place: where it comes from far, only what the standby does not have travels.
fn bring(
    applying: &Applying<'_>,
    now: &Fact,
    place: &mut dyn Place,
    reader: &mut dyn ContentReader,
    buffer: &mut CopyBuffer,
) -> Result<Digest, Failure> {
    if reader.comes_from_far()
        && let Some(basis) = place.basis()?
    {
        reader.set_basis(basis);
    }
    let own_thread = (now.size_bytes >= pipeline::FROM_BYTES)
        .then(|| applying.pipelines.take())
        .flatten();
    if own_thread.is_some() {
        return pipeline::stream(applying, reader, place);
    }
    stream(applying, reader, buffer, Some(place))
}

/// Reads the open file to its end, and once more later where it is too fresh to be believed.
fn settled_digest(
    applying: &Applying<'_>,
    step: &Step,
    reader: &mut dyn ContentReader,
    buffer: &mut CopyBuffer,
) -> Result<Digest, Failure> {
    let digest = stream(applying, reader, buffer, None)?;
    settle(applying, step, digest, reader, buffer)?;
    Ok(digest)
}

/// Ends the open file, which was read to its end; reads it once more later where it is too fresh to be believed.
///
/// # Errors
/// `torn` when it changed meanwhile, and what production reports.
pub(super) fn settle(
    applying: &Applying<'_>,
    step: &Step,
    digest: Digest,
    reader: &mut dyn ContentReader,
    buffer: &mut CopyBuffer,
) -> Result<(), Failure> {
    match reader.finish(digest)? {
        Settled::Yes => Ok(()),
        Settled::Fresh(nanos) => confirm(applying, step, nanos, digest, reader, buffer),
        Settled::Torn(_) => Err(torn(step)),
    }
}

/// Reads a file again that had changed within one grain of being read.
fn confirm(
    applying: &Applying<'_>,
    step: &Step,
    nanos: u64,
    digest: Digest,
    reader: &mut dyn ContentReader,
    buffer: &mut CopyBuffer,
) -> Result<(), Failure> {
    std::thread::sleep(Duration::from_nanos(nanos));
    reader.open(&step.path)?;
    let again = stream(applying, reader, buffer, None)?;
    match reader.finish(again)? {
        Settled::Yes if again == digest => Ok(()),
        _ => Err(torn(step)),
    }
}

/// Reads to the end, digesting, and writing where there is a place.
fn stream(
    applying: &Applying<'_>,
    reader: &mut dyn ContentReader,
    buffer: &mut CopyBuffer,
    mut place: Option<&mut dyn Place>,
) -> Result<Digest, Failure> {
    let mut hasher = applying.algorithm.hasher();
    loop {
        let len_bytes = match reader.read(&mut buffer.0)? {
            Piece::End => return Ok(reader.digest().unwrap_or_else(|| hasher.finish())),
            Piece::Digested(len) => len,
            Piece::Data(len) => {
                let bytes = &buffer.0[..len];
                hasher.update(bytes);
                place.as_mut().map_or(Ok(()), |place| place.write(bytes))?;
                len as u64
            }
            Piece::Hole(len) => {
                hasher.update_zeros(len);
                place.as_mut().map_or(Ok(()), |place| place.hole(len))?;
                len
            }
        };
        moved(applying, len_bytes)?;
    }
}

/// Tells of bytes that were read.
///
/// # Errors
/// `interrupted` where the pass was asked to stop.
pub(super) fn moved(applying: &Applying<'_>, len_bytes: u64) -> Result<(), Failure> {
    applying.listener.progress(Progress {
        stage: Stage::Apply,
        entries: 0,
        bytes: len_bytes,
    });
    if applying.listener.interrupted() {
        return Err(interrupted());
    }
    Ok(())
}

fn refuse(applying: &Applying<'_>, step: &Step) {
    let why = "certified and append-only, yet rewritten at production; the standby keeps the certified one";
    let finding = Finding::new(
        &step.path,
        Code::AppendOnlyChange,
        SiteRole::Production,
        Verdict::Different,
        why,
    );
    applying.findings.add(&finding);
}

fn torn(step: &Step) -> Failure {
    Failure::new(
        Code::Torn,
        format!("reading {}", step.path),
        "it changed while it was read",
    )
}
