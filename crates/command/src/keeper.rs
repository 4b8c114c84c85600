//! Keeps the time of a running program, and ends it with its process group when that is over.
//!
//! The program is not reaped before its group was ended, so that the group's number cannot be anybody else's meanwhile. What
//! left the group by itself, as a service does that detaches, is let go.

use crate::pipes::Closing;
use counterpart_port::{HowEnded, Watch};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Child;
use std::time::{Duration, Instant};

/// How soon an interruption is noticed.
const HEED: Duration = Duration::from_millis(50);
/// How long a program that was asked to end may take to do so.
const GRACE: Duration = Duration::from_secs(2);
/// How long what it started then has.
const REST: Duration = Duration::from_millis(200);
/// How long what a program left running, when it ended by itself, may still write.
const LINGER: Duration = Duration::from_secs(1);

/// Waits for its end, or brings it about; `None` where it was interrupted.
pub(crate) fn keep(
    child: &mut Child,
    timeout: Duration,
    watch: &dyn Watch,
    closing: &Closing,
) -> io::Result<Option<HowEnded>> {
    let group = Pid::from_child(child);
    let watched = watched(group, timeout, watch);
    let ended_by_itself = matches!(watched, Ok(Watched::Ended));
    if !ended_by_itself {
        end(group);
    }
    // After its group was ended, and not before.
    let status = child.wait();
    closing.after(if ended_by_itself { LINGER } else { REST });
    let status = status?;
    Ok(match watched? {
        Watched::Interrupted => None,
        Watched::TimedOut => Some(HowEnded::TimedOut),
        Watched::Ended => Some(match (status.code(), status.signal()) {
            (Some(code), _) => HowEnded::Exited(code),
            (None, signal) => HowEnded::Signalled(signal.unwrap_or_default()),
        }),
    })
}

enum Watched {
    Ended,
    TimedOut,
    Interrupted,
}

fn watched(program: Pid, timeout: Duration, watch: &dyn Watch) -> io::Result<Watched> {
    let began = Instant::now();
    let handle = pidfd_open(program, PidfdFlags::empty())?;
    loop {
        let left = timeout.saturating_sub(began.elapsed());
        if has_ended(&handle, left.min(HEED))? {
            return Ok(Watched::Ended);
        }
        if watch.interrupted() {
            return Ok(Watched::Interrupted);
        }
        if left.is_zero() {
            return Ok(Watched::TimedOut);
        }
    }
}

/// Asks the group to end, then ends it. That nobody is left in it is what is wanted.
fn end(group: Pid) {
    let _ = kill_process_group(group, Signal::TERM);
    if let Ok(handle) = pidfd_open(group, PidfdFlags::empty()) {
        let began = Instant::now();
        while began.elapsed() < GRACE && !has_ended(&handle, HEED).unwrap_or(true) {}
        std::thread::sleep(REST);
    }
    let _ = kill_process_group(group, Signal::KILL);
}

/// Waits so long for the end of a program, without reaping it.
fn has_ended(handle: &OwnedFd, time: Duration) -> io::Result<bool> {
    let time = Timespec::try_from(time).map_err(io::Error::other)?;
    let mut waiting = [PollFd::new(handle, PollFlags::IN)];
    match poll(&mut waiting, Some(&time)) {
        Ok(ready) => Ok(ready > 0),
        Err(Errno::INTR) => Ok(false),
        Err(errno) => Err(errno.into()),
    }
}
