//! That a journal which somebody knew at an earlier time is the beginning of the present one: by the root that each record has
//! of all before it.

use super::{ProofFormat, broken};
use crate::canonical;
use crate::merkle::AuditPath;
use counterpart_model::{Algorithm, Digest, Failure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A record as somebody knows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Its number.
    pub sequence: u64,
    /// Its hash.
    pub hash: Digest,
}

/// That a journal extends an older one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtendsProof {
    /// Name and version of the format.
    pub format: ProofFormat,
    /// The last record that was known then.
    pub old: Head,
    /// From its hash to the root that the new record has.
    pub records: AuditPath,
    /// The last record now, whole.
    pub new: Value,
}

impl ExtendsProof {
    /// Checks it; gives the head now, which is to be compared with what is known of that.
    ///
    /// # Errors
    /// `evidence-broken` that says what does not hold.
    pub fn check(&self) -> Result<Head, Failure> {
        if self.format != ProofFormat::default() {
            return Err(broken("its format is not known"));
        }
        let member = |name: &str| {
            self.new
                .get(name)
                .and_then(Value::as_str)
                .and_then(Digest::from_hex)
        };
        let (Some(hash), Some(root)) = (member("hash"), member("root")) else {
            return Err(broken("its new record is none"));
        };
        let mut bare = self.new.clone();
        bare.as_object_mut().map(|members| members.remove("hash"));
        if Algorithm::Sha256.of(&canonical::to_vec(&bare)?) != hash {
            return Err(broken("the hash of its new record is not that of its content"));
        }
        let sequence = self.new.get("sequence").and_then(Value::as_u64);
        let counts = sequence == self.records.leaves.checked_add(1);
        if !counts || self.old.sequence.checked_sub(1) != Some(self.records.index) {
            return Err(broken("its numbers do not fit together"));
        }
        if self.records.root(&self.old.hash.0) != Some(root) {
            return Err(broken(
                "its hashes do not lead from the old record to the root that the new one has",
            ));
        }
        Ok(Head {
            sequence: self.records.leaves + 1,
            hash,
        })
    }
}
