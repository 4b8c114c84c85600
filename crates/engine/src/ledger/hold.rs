//! Who may write to the journal: one process at a time, which holds the pair here.
//!
//! The standby has locks of its own, wherever it is; this one also keeps commands apart that touch no site.

use crate::ledger::Ledger;
use counterpart_model::Failure;
use counterpart_store::{Holder, Lock};

impl Ledger {
    /// Holds the pair until the lock is dropped.
    ///
    /// # Errors
    /// `locked`, with who holds it.
    pub fn hold(&self, pass: &str, pair: &str, host: &str) -> Result<Lock, Failure> {
        let holder = Holder {
            pid: std::process::id(),
            host: host.to_owned(),
            pass: pass.to_owned(),
            pair: pair.to_owned(),
            since_seconds: jiff::Timestamp::now().as_second(),
        };
        Lock::take(&self.dir().lock_path(), &holder)
    }
}
