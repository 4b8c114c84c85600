//! The documents of `key list`, `rotate`, `revoke` and `allowed-signers`.

use counterpart_evidence::keys::Known;
use counterpart_model::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// What `key list` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct KeyListDocument {
    /// Name of the pair.
    pub pair: String,
    /// Its keys, oldest first; the last is in force.
    pub keys: Vec<KeyLine>,
}

/// One key.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct KeyLine {
    /// Its fingerprint.
    pub fingerprint: String,
    /// The public key as one line.
    pub public_key: String,
    /// `in-force`, `replaced`, `lost` or `revoked`.
    pub standing: String,
    /// The record of the journal that brought it.
    pub record: u64,
    /// False where nothing but this host speaks for it: the key before it was lost and did not sign.
    pub vouched: bool,
    /// What it signed at this time or later is to be believed, RFC 3339 in UTC; absent where there is no such time.
    pub valid_after: Option<String>,
    /// What it signed at this time or before is to be believed, RFC 3339 in UTC; absent of the key in force.
    pub valid_before: Option<String>,
    /// Why it came, where that was said.
    pub reason: Option<String>,
    /// The record that ended it.
    pub ended_by: Option<u64>,
    /// The record that revoked it.
    pub revoked_by: Option<u64>,
    /// Why it was revoked.
    pub revoked_because: Option<String>,
}

/// What `key rotate` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct KeyRotateDocument {
    /// Name of the pair.
    pub pair: String,
    /// Fingerprint of the key that ended.
    pub old: String,
    /// Fingerprint of the key in force.
    pub new: String,
    /// True when the old key did not sign for the new one.
    pub lost: bool,
    /// The record of the journal that says so.
    pub record: u64,
    /// The head of the journal now: the number of its last record, a colon, the record's hash.
    pub head: String,
}

/// What `key revoke` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct KeyRevokeDocument {
    /// Name of the pair.
    pub pair: String,
    /// Fingerprint of the revoked key.
    pub fingerprint: String,
    /// Since when it is not to be trusted, RFC 3339 in UTC.
    pub since: String,
    /// The record of the journal that says so.
    pub record: u64,
    /// The head of the journal now: the number of its last record, a colon, the record's hash.
    pub head: String,
}

/// What `key allowed-signers` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AllowedSignersDocument {
    /// Name of the pair.
    pub pair: String,
    /// The text for `ssh-keygen -Y verify -f`.
    pub allowed_signers: String,
}

impl From<&Known> for KeyLine {
    fn from(known: &Known) -> Self {
        let (after, before) = known.valid_seconds();
        let shown = |seconds: i64| Timestamp::new(seconds, 0).rfc3339();
        let standing = match (&known.revoked, &known.ended) {
            (Some(_), _) => "revoked",
            (None, Some(ended)) if ended.lost => "lost",
            (None, Some(_)) => "replaced",
            (None, None) => "in-force",
        };
        Self {
            fingerprint: known.fingerprint.clone(),
            public_key: known.public.clone(),
            standing: standing.to_owned(),
            record: known.record,
            vouched: known.vouched,
            valid_after: after.map(shown),
            valid_before: before.map(shown),
            reason: known.reason.clone(),
            ended_by: known.ended.as_ref().map(|ended| ended.record),
            revoked_by: known.revoked.as_ref().map(|revoked| revoked.record),
            revoked_because: known.revoked.as_ref().map(|revoked| revoked.reason.clone()),
        }
    }
}
