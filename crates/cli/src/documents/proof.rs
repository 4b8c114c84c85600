//! The documents of `certificate prove`, which is a proof as docs/FORMAT.md has it, and of `certificate pack`.

use counterpart_evidence::merkle::AuditPath;
use counterpart_evidence::proof::{EntryProof, ExtendsProof, ProofFormat};
use schemars::JsonSchema;
use serde::Serialize;

/// What `certificate prove` prints.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum CertificateProveDocument {
    /// That a copy held an entry.
    Entry(Box<EntryProofDocument>),
    /// That the journal extends an older one.
    Extends(Box<ExtendsProofDocument>),
}

/// That the journal extends the one that had a record as its last.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ExtendsProofDocument {
    /// Name and version of the format.
    pub format: ProofFormatDocument,
    /// The last record that was known then.
    pub old: HeadDocument,
    /// From its hash to the root that the new record has.
    pub records: AuditPathDocument,
    /// The last record now, whole, as docs/FORMAT.md has it.
    pub new: serde_json::Value,
}

/// A record as somebody knows it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct HeadDocument {
    /// Its number.
    pub sequence: u64,
    /// Its hash, in hexadecimal.
    pub hash: String,
}

/// That a copy held an entry when a certificate was made.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EntryProofDocument {
    /// Name and version of the format.
    pub format: ProofFormatDocument,
    /// The certificate that has the root.
    pub certificate: CertifiedDocument,
    /// Which copy held it: `production` or `standby`.
    pub side: String,
    /// The fact line of the entry.
    pub line: String,
    /// From the line to the root of its segment.
    pub segment: AuditPathDocument,
    /// From there to the root of the manifest.
    pub manifest: AuditPathDocument,
    /// The root, which the certificate has for that copy, in hexadecimal.
    pub root: String,
}

/// Name and version of a format.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProofFormatDocument {
    /// `counterpart-proof`.
    pub name: String,
    /// 1.
    pub version: u64,
}

/// Which certificate is meant.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CertifiedDocument {
    /// Name of the pair.
    pub pair: String,
    /// Name of the pass.
    pub pass: String,
    /// Its number in the chain.
    pub sequence: u64,
    /// SHA-256 of its file, in hexadecimal.
    pub sha256: String,
}

/// Where a leaf is in a tree, and the hashes beside its way to the root.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuditPathDocument {
    /// Number of the leaf, from 0.
    pub index: u64,
    /// How many leaves the tree has.
    pub leaves: u64,
    /// The hashes, from the leaf on, in hexadecimal.
    pub hashes: Vec<String>,
}

/// What `certificate pack` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CertificatePackDocument {
    /// Name of the pair.
    pub pair: String,
    /// The file.
    pub file: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
    /// Number of the first certificate in it.
    pub first: u64,
    /// Number of the last certificate in it.
    pub last: u64,
    /// The subtrees that it is of; none where it is of everything.
    pub subtrees: Vec<String>,
    /// Lines of whole manifests in it.
    pub lines: u64,
    /// Proofs in it.
    pub proofs: u64,
    /// The command that checks it, after it was unpacked.
    pub check: String,
}

impl From<&ProofFormat> for ProofFormatDocument {
    fn from(format: &ProofFormat) -> Self {
        Self {
            name: format.name.clone(),
            version: format.version,
        }
    }
}

impl From<&ExtendsProof> for ExtendsProofDocument {
    fn from(proof: &ExtendsProof) -> Self {
        Self {
            format: ProofFormatDocument::from(&proof.format),
            old: HeadDocument {
                sequence: proof.old.sequence,
                hash: proof.old.hash.to_string(),
            },
            records: AuditPathDocument::from(&proof.records),
            new: proof.new.clone(),
        }
    }
}

impl From<&EntryProof> for EntryProofDocument {
    fn from(proof: &EntryProof) -> Self {
        Self {
            format: ProofFormatDocument::from(&proof.format),
            certificate: CertifiedDocument {
                pair: proof.certificate.pair.clone(),
                pass: proof.certificate.pass.clone(),
                sequence: proof.certificate.sequence,
                sha256: proof.certificate.sha256.to_string(),
            },
            side: proof.side.word().to_owned(),
            line: proof.line.clone(),
            segment: AuditPathDocument::from(&proof.segment),
            manifest: AuditPathDocument::from(&proof.manifest),
            root: proof.root.to_string(),
        }
    }
}

impl From<&AuditPath> for AuditPathDocument {
    fn from(path: &AuditPath) -> Self {
        Self {
            index: path.index,
            leaves: path.leaves,
            hashes: path.hashes.iter().map(ToString::to_string).collect(),
        }
    }
}
