//! Ctrl-C and SIGTERM: the first asks the pass to end without loss, the second ends the program at once. And SIGHUP, which
//! asks `serve` to read its configuration again.

use crate::exit::Exit;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// The flag that the first signal sets. From the first call on, signals do not end the program by themselves.
pub(crate) fn interrupted_flag() -> Arc<AtomicBool> {
    static FLAG: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    Arc::clone(FLAG.get_or_init(|| {
        let flag = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            // The order matters: the second signal must find the flag that the first one set. Where the system refuses
            // a handler, the signal ends the program as it always did.
            let code = i32::from(Exit::Unfinished.code());
            let second = signal_hook::flag::register_conditional_shutdown(signal, code, Arc::clone(&flag));
            let _ = second.and_then(|_| signal_hook::flag::register(signal, Arc::clone(&flag)));
        }
        flag
    }))
}

/// The flag that SIGHUP sets. From the first call on, that signal does not end the program.
pub(crate) fn hangup_flag() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    // Where the system refuses a handler, the signal ends the program as it always did.
    let _ = signal_hook::flag::register(SIGHUP, Arc::clone(&flag));
    flag
}

/// True when somebody asked the program to end.
pub(crate) fn is_interrupted() -> bool {
    interrupted_flag().load(Ordering::Relaxed)
}
