//! What was last found of all that files do not carry: `readiness.json` in the pair's state.

use crate::hooks::Checked;
use crate::ledger::Ledger;
use counterpart_model::Failure;
use counterpart_store::files::{read_json, write_json_atomic};

const FILE: &str = "readiness.json";

impl Ledger {
    /// What the last pass found; nothing before the first.
    ///
    /// # Errors
    /// `state-damaged`.
    pub fn readiness(&self) -> Result<Vec<Checked>, Failure> {
        Ok(read_json(&self.path().join(FILE))?.unwrap_or_default())
    }

    pub(crate) fn keep_readiness(&self, found: &[Checked]) -> Result<(), Failure> {
        write_json_atomic(&self.path().join(FILE), &found)
    }
}
