//! Proofs that the journal extends an older one.

use crate::ledger::Ledger;
use counterpart_evidence::merkle::{Levels, leaf_hash};
use counterpart_evidence::proof::{ExtendsProof, Head, ProofFormat};
use counterpart_model::{Code, Failure};
use counterpart_store::Walk;

const DOING: &str = "proving that the journal extends an older one";

impl Ledger {
    /// The proof that the journal has a record that somebody knew as its head; each record is checked on the way.
    ///
    /// # Errors
    /// `evidence-broken` where the journal does not have it or does not hold, `usage` where nothing came after it.
    pub fn extends(&self, old: Head) -> Result<ExtendsProof, Failure> {
        let mut hashes = Vec::new();
        let mut walk = Walk::of(&self.dir().journal_dir()?)?;
        for record in walk.by_ref() {
            hashes.push(record?.hash);
        }
        let at = old
            .sequence
            .checked_sub(1)
            .and_then(|at| usize::try_from(at).ok());
        if at.and_then(|at| hashes.get(at)) != Some(&old.hash) {
            let why = format!("it has no record {} with that hash", old.sequence);
            return Err(Failure::new(Code::EvidenceBroken, DOING, why).hint(Code::JournalBehind.remedy()));
        }
        hashes.pop();
        let levels = Levels::of(hashes.iter().map(|hash| leaf_hash(&hash.0)).collect());
        let (Some(records), Some(new)) = (levels.path(old.sequence - 1), walk.last_record()) else {
            let why = format!("record {} is the last one still", old.sequence);
            return Err(Failure::new(Code::Usage, DOING, why).hint("Ask again after the next pass."));
        };
        let new =
            serde_json::to_value(new).map_err(|error| Failure::new(Code::EvidenceBroken, DOING, error))?;
        let proof = ExtendsProof {
            format: ProofFormat::default(),
            old,
            records,
            new,
        };
        proof.check().map(|_| proof)
    }
}
