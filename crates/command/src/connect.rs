//! Whether somebody accepts connections somewhere.

use crate::patient::patiently;
use counterpart_model::Failure;
use counterpart_port::{Ended, HowEnded, Watch};
use std::io;
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

/// What a program says that could not do what it should.
const REFUSED: HowEnded = HowEnded::Exited(1);

/// Makes a connection and lets it go.
pub(crate) fn connect(
    called: &str,
    place: &str,
    timeout: Duration,
    watch: &dyn Watch,
) -> Result<Ended, Failure> {
    let place = place.to_owned();
    let how = match patiently(called, move || attempt(&place, timeout), watch)? {
        Ok(()) => HowEnded::Exited(0),
        Err(error) if error.kind() == io::ErrorKind::TimedOut => HowEnded::TimedOut,
        Err(_) => REFUSED,
    };
    Ok(Ended {
        how,
        omitted_bytes: 0,
        omitted_error_bytes: 0,
    })
}

/// Tries every address that the host has, one after the other.
fn attempt(place: &str, timeout: Duration) -> io::Result<()> {
    let began = Instant::now();
    let mut failed = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in place.to_socket_addrs()? {
        let left = timeout.saturating_sub(began.elapsed());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        match TcpStream::connect_timeout(&address, left) {
            Ok(_) => return Ok(()),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}
