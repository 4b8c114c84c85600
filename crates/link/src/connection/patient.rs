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
    /// Whether something came is asked before it is read: reading itself would wait.
    asks_first: bool,
}

impl Patient {
    pub(crate) const fn new(input: OwnedFd, silence: Duration) -> Self {
        Self {
            input,
            silence,
            asks_first: true,
        }
    }

    /// Reads what is there without asking first whether it is: for a descriptor that nobody else uses, or only one who
    /// knows that it does not wait.
    pub(crate) fn at_once(mut self) -> Self {
        self.asks_first = rustix::io::ioctl_fionbio(&self.input, true).is_err();
        self
    }

    /// The descriptor.
    pub(crate) fn into_inner(self) -> OwnedFd {
        self.input
    }
}

impl Read for Patient {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.asks_first {
            self.wait()?;
        }
        loop {
            match rustix::io::read(&self.input, &mut *buffer) {
                // One socket for both directions, which the writer made not to wait, or nothing is there yet.
                Err(Errno::AGAIN) => self.wait()?,
                Err(Errno::INTR) => {}
                read => return Ok(read?),
            }
        }
    }
}

impl Patient {
    fn wait(&self) -> io::Result<()> {
        let silence = Timespec::try_from(self.silence).map_err(io::Error::other)?;
        loop {
            let mut waiting = [PollFd::new(&self.input, PollFlags::IN)];
            match poll(&mut waiting, Some(&silence)) {
                Ok(0) => return Err(io::ErrorKind::TimedOut.into()),
                Err(Errno::INTR) => {}
                Err(errno) => return Err(errno.into()),
                Ok(_) => return Ok(()),
            }
        }
    }
}
