//! Work that cannot be broken off, done by a thread that is left to its own end when nobody waits any more.

use counterpart_model::{Code, Failure};
use counterpart_port::Watch;
use crossbeam_channel::{RecvTimeoutError, bounded};
use std::time::Duration;

/// How soon an interruption is noticed.
const HEED: Duration = Duration::from_millis(50);

/// What `work` gives. It must end by itself within a time.
///
/// # Errors
/// It was interrupted, or there is no thread for it.
pub(crate) fn patiently<T: Send + 'static>(
    called: &str,
    work: impl FnOnce() -> T + Send + 'static,
    watch: &dyn Watch,
) -> Result<T, Failure> {
    let doing = || format!("asking for {called}");
    let (tell, told) = bounded(1);
    std::thread::Builder::new()
        .name("asking".to_owned())
        // Where nobody waits any more, what came is let go.
        .spawn(move || drop(tell.send(work())))
        .map_err(|error| Failure::new(Code::Io, doing(), error))?;
    loop {
        match told.recv_timeout(HEED) {
            Ok(given) => return Ok(given),
            Err(RecvTimeoutError::Timeout) if watch.interrupted() => {
                return Err(Failure::new(Code::Interrupted, doing(), "it was asked to end"));
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Failure::new(Code::Io, doing(), "a thread ended before its time"));
            }
        }
    }
}
