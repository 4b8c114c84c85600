//! Proofs: that an entry was in a copy, without showing any other's line, and that a journal extends an older one.
//!
//! A proof is small and stands by itself: with a certificate and SHA-256, anybody can check it (`docs/verify.py`). Where the
//! lines come from is not known here.

mod extends;
mod finder;

pub use extends::{ExtendsProof, Head};
pub use finder::{Finder, Proven};

use crate::certificate::Certificate;
use crate::merkle::AuditPath;
use counterpart_model::{Code, Digest, Failure, SiteRole};
use serde::{Deserialize, Serialize};

/// Name and version of the format of a proof.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofFormat {
    /// Always `counterpart-proof`.
    pub name: String,
    /// Changes when a reader of the version before would misread it.
    pub version: u64,
}

/// That a site held an entry when a certificate was made.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryProof {
    /// Name and version of the format.
    pub format: ProofFormat,
    /// The certificate that has the root.
    pub certificate: Certified,
    /// Which site held it.
    pub side: SiteRole,
    /// The fact line of the entry.
    pub line: String,
    /// From the line to the root of its segment.
    pub segment: AuditPath,
    /// From there to the root of the manifest.
    pub manifest: AuditPath,
    /// The root, which the certificate has for that site.
    pub root: Digest,
}

/// Which certificate is meant.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certified {
    /// Name of the pair.
    pub pair: String,
    /// Name of the pass.
    pub pass: String,
    /// Its number in the pair's chain.
    pub sequence: u64,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
}

impl Default for ProofFormat {
    fn default() -> Self {
        Self {
            name: Self::NAME.to_owned(),
            version: Self::VERSION,
        }
    }
}

impl ProofFormat {
    /// The name of the format.
    pub const NAME: &'static str = "counterpart-proof";
    /// The version that this crate reads and writes.
    pub const VERSION: u64 = 1;
}

impl Certified {
    /// The certificate of these bytes.
    pub fn of(certificate: &Certificate, sha256: Digest) -> Self {
        let identity = &certificate.identity;
        Self {
            pair: identity.pair.clone(),
            pass: identity.pass.clone(),
            sequence: identity.sequence,
            sha256,
        }
    }
}

impl EntryProof {
    /// The proof of an entry that was found.
    pub fn of(certificate: Certified, side: SiteRole, root: Digest, proven: Proven) -> Self {
        let Proven {
            line,
            segment,
            manifest,
        } = proven;
        Self {
            format: ProofFormat::default(),
            certificate,
            side,
            line,
            segment,
            manifest,
            root,
        }
    }

    /// Checks it against a certificate and the SHA-256 of that one's bytes. Whether the certificate is signed is not asked.
    ///
    /// # Errors
    /// `evidence-broken` that says what does not hold.
    pub fn check(&self, certificate: &Certificate, sha256: Digest) -> Result<(), Failure> {
        if self.format != ProofFormat::default() {
            return Err(broken("its format is not known"));
        }
        if self.certificate != Certified::of(certificate, sha256) {
            return Err(broken("it is of another certificate"));
        }
        let held = match self.side {
            SiteRole::Production => &certificate.production,
            SiteRole::Standby => &certificate.standby,
        };
        if held.as_ref().map(|held| held.root) != Some(self.root) {
            return Err(broken("the certificate has another root"));
        }
        let segment = self.segment.root(self.line.as_bytes());
        let root = segment.and_then(|segment| self.manifest.root(&segment.0));
        if root != Some(self.root) {
            return Err(broken("its hashes do not lead from the line to the root"));
        }
        Ok(())
    }
}

fn broken(why: &str) -> Failure {
    Failure::new(Code::EvidenceBroken, "checking a proof", why)
}
