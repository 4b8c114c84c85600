//! Reading from somebody who may be gone without a word.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use std::io::{self, Read};
use std::time::Duration;

/// A descriptor on which nothing for long is an error.
pub(crate) struct Patient {
    input: OwnedFd,
    silence: Duration,
}

impl Patient {
    pub(crate) const fn new(input: OwnedFd, silence: Duration) -> Self {
        Self { input, silence }
    }

    /// The descriptor.
    pub(crate) fn into_inner(self) -> OwnedFd {
        self.input
    }
}

impl Read for Patient {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let silence = Timespec::try_from(self.silence).map_err(io::Error::other)?;
        loop {
            let mut waiting = [PollFd::new(&self.input, PollFlags::IN)];
            match poll(&mut waiting, Some(&silence)) {
                Ok(0) => return Err(io::ErrorKind::TimedOut.into()),
                Err(Errno::INTR) => {}
                Err(errno) => return Err(errno.into()),
                Ok(_) => match rustix::io::read(&self.input, &mut *buffer) {
                    // One socket for both directions, which the writer made not to wait.
                    Err(Errno::AGAIN) => {}
                    read => return Ok(read?),
                },
            }
        }
    }
}
