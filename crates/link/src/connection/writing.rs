//! The thread that writes: whatever waits goes out together, and a sign of life when nothing does.

use super::{Outgoing, Pulse, Shared};
use crate::frame::{Frame, Kind, Packed};
use counterpart_model::{Code, Failure};
use crossbeam_channel::{Receiver, RecvTimeoutError};
use rustix::fd::OwnedFd;
use std::fs::File;
use std::io::{self, BufWriter, Write};

const BUFFER_BYTES: usize = 256 << 10;

/// Writes until it is told that nothing more comes, or the stream fails.
pub(super) fn run(output: OwnedFd, waiting: &Receiver<Outgoing>, shared: &Shared, pulse: Pulse) {
    let mut output = BufWriter::with_capacity(BUFFER_BYTES, File::from(output));
    loop {
        let written = match waiting.recv_timeout(pulse.beat) {
            Ok(first) => write_all_waiting(&mut output, first, waiting),
            Err(RecvTimeoutError::Timeout) => beat().write(&mut output).map(|()| true),
            Err(RecvTimeoutError::Disconnected) => Ok(false),
        };
        match written.and_then(|more| output.flush().map(|()| more)) {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                return shared.fail(Failure::new(Code::SiteLost, "sending to the far end", error));
            }
        }
    }
}

/// False after the last.
fn write_all_waiting(
    output: &mut impl Write,
    first: Outgoing,
    waiting: &Receiver<Outgoing>,
) -> io::Result<bool> {
    for outgoing in std::iter::once(first).chain(waiting.try_iter()) {
        match outgoing {
            Outgoing::Frame(packed) => packed.write(output)?,
            Outgoing::Last => return Ok(false),
        }
    }
    Ok(true)
}

fn beat() -> Packed {
    let frame = Frame {
        channel: 0,
        kind: Kind::Beat,
        payload: Vec::new(),
    };
    frame.pack(false)
}
