//! The thread that writes: whatever waits goes out together, and a sign of life when nothing does. Where the other side
//! takes nothing and says nothing any more, it is not waited for.

use super::outbox::Next;
use super::{Pulse, Shared};
use crate::frame::{Frame, Kind, Packed};
use counterpart_model::{Code, Failure};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use std::io::{self, BufWriter, Write};
use std::time::Duration;

/// Small frames go out together; a large one is not copied first.
const BUFFER_BYTES: usize = 32 << 10;
/// How soon a writer that is stuck heeds that the stream is dead.
const HEED: Duration = Duration::from_millis(200);

/// Writes until it is told that nothing more comes, or the stream fails.
pub(super) fn run(output: OwnedFd, shared: &Shared, pulse: Pulse) {
    let output = Unstuck {
        waits: rustix::io::ioctl_fionbio(&output, true).is_err(),
        output,
        shared,
    };
    let mut output = BufWriter::with_capacity(BUFFER_BYTES, output);
    loop {
        let written = match shared.outgoing.take(pulse.beat) {
            Next::Frames(frames) => frames.iter().try_for_each(|frame| frame.write(&mut output)),
            Next::Quiet => beat().write(&mut output),
            Next::Last => return,
        };
        if let Err(error) = written.and_then(|()| output.flush()) {
            // What is left in the buffer would only be tried again.
            drop(output.into_parts());
            shared.outgoing.abandon();
            return shared.fail(Failure::new(Code::SiteLost, "sending to the far end", error));
        }
    }
}

fn beat() -> Packed {
    let frame = Frame {
        channel: 0,
        kind: Kind::Beat,
        payload: Vec::new(),
    };
    frame.pack(false)
}

/// A descriptor that is given up when the reading thread has found the stream dead: a pipe into a program that is stuck
/// itself, as ssh is behind a link that fell silent, would be waited for until the system gives the link up.
struct Unstuck<'a> {
    output: OwnedFd,
    shared: &'a Shared,
    /// It cannot be had otherwise.
    waits: bool,
}

impl Write for Unstuck<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match rustix::io::write(&self.output, bytes) {
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) if !self.waits => self.wait()?,
                written => return Ok(written?),
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Unstuck<'_> {
    fn wait(&self) -> io::Result<()> {
        if self.shared.is_dead() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let soon = Timespec::try_from(HEED).map_err(io::Error::other)?;
        let mut waiting = [PollFd::new(&self.output, PollFlags::OUT)];
        match poll(&mut waiting, Some(&soon)) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(errno) => Err(errno.into()),
        }
    }
}
