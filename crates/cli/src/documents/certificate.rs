//! The documents of `certificate list`, `show` and `verify`.

use counterpart_engine::CertificateEntry;
use schemars::JsonSchema;
use serde::Serialize;

/// What `certificate list` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CertificateListDocument {
    /// Name of the pair.
    pub pair: String,
    /// The certificates, oldest first.
    pub certificates: Vec<CertificateLine>,
}

/// One certificate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CertificateLine {
    /// Its number in the chain.
    pub sequence: u64,
    /// Name of the pass.
    pub pass: String,
    /// The time for which it holds, RFC 3339 in UTC.
    pub as_of: String,
    /// True when both sides were equal.
    pub congruent: bool,
    /// Its file.
    pub file: String,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
}

/// What `certificate show` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CertificateShowDocument {
    /// Name of the pair.
    pub pair: String,
    /// Name of the pass.
    pub pass: String,
    /// Its file.
    pub file: String,
    /// The certificate itself.
    pub certificate: serde_json::Value,
    /// The same as a page for people.
    pub page: String,
    /// The command that checks its signature without Counterpart.
    pub check: String,
}

/// What `certificate verify` prints when all records hold.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CertificateVerifyDocument {
    /// Name of the pair.
    pub pair: String,
    /// True: otherwise the command prints an error.
    pub holds: bool,
    /// How many certificates the chain has.
    pub certificates: u64,
    /// SHA-256 of the last one, in hexadecimal: the head of the chain.
    pub head: Option<String>,
    /// Fingerprint of the signing key.
    pub fingerprint: String,
}

impl From<&CertificateEntry> for CertificateLine {
    fn from(entry: &CertificateEntry) -> Self {
        Self {
            sequence: entry.sequence,
            pass: entry.pass.clone(),
            as_of: entry.as_of.clone(),
            congruent: entry.congruent,
            file: entry.file.display().to_string(),
            sha256: entry.sha256.clone(),
        }
    }
}
