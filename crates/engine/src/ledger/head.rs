//! The head of the journal, and whether the journal has one that is kept elsewhere.

use crate::ledger::Ledger;
use counterpart_model::Failure;
use counterpart_port::ChainHead;
use counterpart_store::journal::Record;

impl Ledger {
    /// The last record of the journal, for another site to keep; `None` while there is none.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn chain_head(&self) -> Result<Option<ChainHead>, Failure> {
        Ok(self.journal()?.head().map(head_of))
    }

    /// True when the journal has the record that another site keeps as its head.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn has_head(&self, kept: &ChainHead) -> Result<bool, Failure> {
        let journal = self.journal()?;
        let is_it = |record: &Record| record.sequence == kept.sequence && record.hash == kept.hash;
        // Mostly it is the last one.
        match journal.head() {
            Some(head) if is_it(head) => return Ok(true),
            Some(head) if head.sequence > kept.sequence => {}
            _ => return Ok(false),
        }
        for record in journal.records()? {
            if is_it(&record?) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn head_of(record: &Record) -> ChainHead {
    ChainHead {
        sequence: record.sequence,
        hash: record.hash,
        pass: record.body["pass"].as_str().unwrap_or("none").to_owned(),
        at_seconds: record.at_seconds,
    }
}
