//! Copying one file's content: read once, digested on the way, written to its place.
//!
//! Where the standby's digest is known and the size is the same, the content is digested before anything is written:
//! a file that was only touched is not sent.

use crate::apply::pipeline;
use crate::apply::readers::Readers;
use crate::apply::rounds::{Applying, interrupted};
use counterpart_model::{Code, Digest, Fact, Failure, Finding, SiteRole, Step, Verdict};
use counterpart_port::{ContentReader, Piece, Place, Progress, Settled, Stage};
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
    let known = step
        .present
        .as_ref()
        .filter(|fact| fact.size_bytes == now.size_bytes)
        .and_then(Fact::digest);
    if known.is_none() && !step.append_only {
        return Ok(None);
    }
    let far = readers.content.comes_from_far();
    let reader = readers.digesting(far)?;
    if far {
        reader.open(&step.path)?;
    }
    let digest = settled_digest(applying, step, reader, buffer)?;
    if known == Some(digest) {
        return Ok(Some((Copied::Same, digest)));
    }
    if step.append_only {
        refuse(applying, step);
        return Ok(Some((Copied::Refused, digest)));
    }
    readers.content.open(&step.path)?;
    Ok(None)
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
    match reader.finish(digest)? {
        Settled::Yes => {}
        Settled::Fresh(nanos) => confirm(applying, step, nanos, digest, reader, buffer)?,
        Settled::Torn(_) => return Err(torn(step)),
    }
    Ok(digest)
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
        applying.listener.progress(Progress {
            stage: Stage::Apply,
            entries: 0,
            bytes: len_bytes,
        });
        if applying.listener.interrupted() {
            return Err(interrupted());
        }
    }
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
