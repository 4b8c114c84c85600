//! Reading what a program writes: so much is told, the rest is let go, so that the program never waits for its reader.

use counterpart_port::Output;
use counterpart_port::command::MAX_OUTPUT_BYTES;
use crossbeam_channel::Sender;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, retry_on_intr};
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Small enough that several fit into one frame of a link.
const BUFFER_BYTES: usize = 32 << 10;
/// How soon a reader notices that the program has ended.
const HEED: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 20_000_000,
};

/// Which of the two outputs.
#[derive(Clone, Copy)]
pub(crate) enum Stream {
    Standard,
    Errors,
}

/// When the outputs are read no longer, though something that the program left running may still write.
#[derive(Default)]
pub(crate) struct Closing(OnceLock<Instant>);

impl Closing {
    pub(crate) fn after(&self, linger: Duration) {
        self.0.get_or_init(|| Instant::now() + linger);
    }

    fn is_due(&self) -> bool {
        self.0.get().is_some_and(|at| Instant::now() >= *at)
    }
}

impl Stream {
    pub(crate) const fn output(self, bytes: &[u8]) -> Output<'_> {
        match self {
            Self::Standard => Output::Standard(bytes),
            Self::Errors => Output::Errors(bytes),
        }
    }
}

/// Tells what comes, until its end; gives how many bytes were let go.
pub(crate) fn read(
    input: Option<OwnedFd>,
    stream: Stream,
    tell: &Sender<(Stream, Vec<u8>)>,
    closing: &Closing,
) -> u64 {
    let Some(input) = input else { return 0 };
    let (mut left, mut omitted) = (MAX_OUTPUT_BYTES, 0);
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let is_due = closing.is_due();
        if is_due && left == 0 {
            return omitted;
        }
        match is_ready(&input) {
            Ok(true) => {}
            Ok(false) if is_due => return omitted,
            Ok(false) => continue,
            Err(_) => return omitted,
        }
        let Ok(len @ 1..) = retry_on_intr(|| rustix::io::read(&input, &mut buffer[..])) else {
            return omitted;
        };
        let kept = usize::try_from(left).unwrap_or(usize::MAX).min(len);
        left -= kept as u64;
        omitted += (len - kept) as u64;
        // Where nobody listens any more, what comes is let go.
        if kept > 0 && tell.send((stream, buffer[..kept].to_vec())).is_err() {
            omitted += kept as u64;
        }
    }
}

fn is_ready(input: &OwnedFd) -> Result<bool, Errno> {
    let mut waiting = [PollFd::from_borrowed_fd(input.as_fd(), PollFlags::IN)];
    retry_on_intr(|| poll(&mut waiting, Some(&HEED))).map(|ready| ready > 0)
}
