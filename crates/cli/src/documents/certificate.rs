//! The documents of `certificate list`, `show` and `verify`.

use super::{KeyLine, TimestampLine};
use counterpart_engine::{CertificateEntry, Verified};
use counterpart_model::{SiteRole, Timestamp};
use counterpart_port::ChainHead;
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
    /// The same as a page for people: text, or HTML where it was asked for.
    pub page: String,
    /// The file that the page was written to; absent without one.
    pub saved: Option<String>,
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
    /// How many records the journal has.
    pub records: u64,
    /// The head of the journal: the number of its last record, a colon, the record's hash. `--head` takes it.
    pub journal: String,
    /// How many certificates the chain has.
    pub certificates: u64,
    /// SHA-256 of the last one, in hexadecimal: the head of the chain.
    pub head: Option<String>,
    /// Fingerprint of the key in force.
    pub fingerprint: String,
    /// Every key, oldest first.
    pub keys: Vec<KeyLine>,
    /// Passes whose certificates hold by their place in the journal alone: since their key was revoked, its signature says
    /// nothing of that time.
    pub doubtful: Vec<String>,
    /// Time-stamps of the journal, whole; the authority's signature is not checked here.
    pub timestamps: Vec<TimestampLine>,
    /// What far sites keep of the chain; the journal has it. A site that could not be asked is absent.
    pub far: Vec<FarHead>,
}

impl CertificateVerifyDocument {
    /// What was verified.
    pub(crate) fn of(pair: String, verified: &Verified, far: Vec<FarHead>) -> Self {
        let head = verified.head();
        Self {
            pair,
            holds: true,
            records: verified.records(),
            journal: head.map_or_else(String::new, |(sequence, hash)| format!("{sequence}:{hash}")),
            certificates: verified.certificates,
            head: verified.last_certificate.map(|digest| digest.to_string()),
            fingerprint: verified
                .keys
                .last()
                .map_or_else(String::new, |key| key.fingerprint.clone()),
            keys: verified.keys.iter().map(KeyLine::from).collect(),
            doubtful: verified.doubtful.clone(),
            timestamps: verified.stamps.iter().map(TimestampLine::of_seen).collect(),
            far,
        }
    }
}

/// The head of the journal that a far site keeps.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FarHead {
    /// `production` or `standby`.
    pub side: String,
    /// Number of the record.
    pub sequence: u64,
    /// Its hash, in hexadecimal.
    pub hash: String,
    /// The pass that wrote it.
    pub pass: String,
    /// When, RFC 3339 in UTC.
    pub at: String,
}

impl FarHead {
    /// What a site keeps.
    pub(crate) fn of(role: SiteRole, kept: &ChainHead) -> Self {
        Self {
            side: role.word().to_owned(),
            sequence: kept.sequence,
            hash: kept.hash.to_string(),
            pass: kept.pass.clone(),
            at: Timestamp::new(kept.at_seconds, 0).rfc3339(),
        }
    }
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
