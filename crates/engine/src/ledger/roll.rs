//! What the journal says of keys and of exceptions, and which key was in force at which certificate.
//!
//! Read off the journal once, and again when it grew. Each statement about keys is checked; the chain between records is
//! `verify`'s business.

use crate::ledger::Ledger;
use crate::ledger::exceptions::Exceptions;
use counterpart_evidence::keys::{After, KeyRecord, Known, Register};
use counterpart_model::{Digest, Failure};
use counterpart_store::Record;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

/// The kind of a journal record that a statement about keys is.
pub(crate) const KEY: &str = "key";
/// The kind of a journal record that a certificate is.
pub(crate) const CERTIFICATE: &str = "certificate";

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Roll {
    /// Every key.
    pub(crate) register: Register,
    /// Every exception.
    pub(super) exceptions: Exceptions,
    /// Of each certificate's pass, how many keys there were at its record.
    keys_at: BTreeMap<String, usize>,
    head: Option<Digest>,
}

impl Roll {
    /// The key that must have signed the certificate of a pass; `None` where the journal does not name the pass.
    pub(crate) fn of_pass(&self, pass: &str) -> Option<&Known> {
        let keys = *self.keys_at.get(pass)?;
        // A journal that is older than its first statement: that one speaks for what stands before it.
        self.register.keys().get(keys.saturating_sub(1))
    }

    fn take(&mut self, record: &Record) -> Result<(), Failure> {
        match record.kind.as_str() {
            KEY => take_statement(&mut self.register, record)?,
            CERTIFICATE => {
                self.register.saw_certificate();
                if let Some(pass) = record.body["pass"].as_str() {
                    self.keys_at.insert(pass.to_owned(), self.register.keys().len());
                }
            }
            _ => {}
        }
        self.exceptions.take(record);
        self.head = Some(record.hash);
        Ok(())
    }
}

/// Takes the statement of a record in.
pub(super) fn take_statement(register: &mut Register, record: &Record) -> Result<(), Failure> {
    let taken =
        KeyRecord::read(&record.body).and_then(|said| register.take(record.sequence, before(record), &said));
    taken.map_err(|failure| Failure {
        doing: format!(
            "reading what record {} of the journal says of a key",
            record.sequence
        ),
        ..failure
    })
}

fn before(record: &Record) -> Option<After> {
    (record.sequence > 1).then(|| After {
        hash: record.previous,
        sequence: record.sequence - 1,
    })
}

impl Ledger {
    /// What the journal says of keys, as it is now.
    pub(crate) fn roll(&self) -> Result<Arc<Roll>, Failure> {
        let journal = self.journal()?;
        let head = journal.head().map(|record| record.hash);
        let mut kept = self.roll.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(roll) = kept.as_ref().filter(|roll| roll.head == head) {
            return Ok(Arc::clone(roll));
        }
        let mut roll = Roll::default();
        for record in journal.records()? {
            roll.take(&record?)?;
        }
        let roll = Arc::new(roll);
        *kept = Some(Arc::clone(&roll));
        Ok(roll)
    }

    /// The keys of the pair, oldest first; the last is in force. None before the first certificate.
    ///
    /// # Errors
    /// The journal cannot be read, or a statement in it does not hold.
    pub fn keys(&self) -> Result<Vec<Known>, Failure> {
        Ok(self.roll()?.register.keys().to_vec())
    }

    /// What `ssh-keygen` must be told of all keys: the text of an `allowed_signers` file.
    ///
    /// # Errors
    /// As [`Ledger::keys`].
    pub fn allowed_signers(&self) -> Result<String, Failure> {
        self.roll()?.register.allowed_signers()
    }
}
