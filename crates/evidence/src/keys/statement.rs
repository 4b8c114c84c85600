//! What is said of keys: one statement a record of the journal, signed by whoever may say it.
//!
//! The signed bytes are the canonical JSON of the statement. It names the record before its own, so that it can stand
//! nowhere else. Whether it may say what it says is the register's business.

use crate::certificate::{Format, Moment};
use crate::key::{self, KEY_NAMESPACE, Signer};
use crate::{canonical, signature};
use counterpart_model::{Code, Digest, Failure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What happened to a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Event {
    /// The first key of a pair came into use.
    First,
    /// A new key took the place of the old one, which signed for it.
    Rotated,
    /// A new key took the place of one that could not sign any more: nothing but this host speaks for it.
    Lost,
    /// A key that is not in force any more is declared untrustworthy.
    Revoked,
}

/// Who said it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementActor {
    /// The account that ran the command.
    pub account: String,
    /// The host where it ran.
    pub host: String,
}

/// The record of the journal that stands before a statement's own.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct After {
    /// Its hash.
    pub hash: Digest,
    /// Its number.
    pub sequence: u64,
}

/// What is said; every member is always written.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Name and version of this document's format.
    pub format: Format,
    /// Name of the pair.
    pub pair: String,
    /// What happened.
    pub event: Event,
    /// When.
    pub at: Moment,
    /// Who said it.
    pub actor: StatementActor,
    /// The record before; `null` where this is the journal's first.
    pub after: Option<After>,
    /// The key that was in force, of `rotated` and `lost`.
    pub old: Option<String>,
    /// The key that is in force from here on, of `first`, `rotated` and `lost`.
    pub new: Option<String>,
    /// The key that is revoked.
    pub revoked: Option<String>,
    /// Since when a revoked key is not to be trusted.
    pub since: Option<Moment>,
    /// Why.
    pub reason: Option<String>,
}

/// The body of a journal record of the kind `key`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRecord {
    /// What is said.
    pub statement: Statement,
    /// By the key that was in force before it; `null` of `first` and `lost`.
    pub signature: Option<String>,
    /// By the new key, which shows that somebody has it; `null` of `revoked`.
    pub possession: Option<String>,
}

impl Statement {
    /// The name of the format.
    pub const FORMAT: &'static str = "counterpart-key-statement";

    /// The format of every statement.
    pub fn format() -> Format {
        Format {
            name: Self::FORMAT.to_owned(),
            version: 1,
        }
    }

    /// The bytes that are signed: its canonical JSON.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn bytes(&self) -> Result<Vec<u8>, Failure> {
        canonical::to_vec(self)
    }

    /// Signed by those who must: the key in force before, and the new one.
    ///
    /// # Errors
    /// `key` when one of them does not sign.
    pub fn signed(self, old: Option<&dyn Signer>, new: Option<&dyn Signer>) -> Result<KeyRecord, Failure> {
        let bytes = self.bytes()?;
        let sign = |signer: &dyn Signer| signature::sign_for(KEY_NAMESPACE, signer, &bytes);
        Ok(KeyRecord {
            signature: old.map(sign).transpose()?,
            possession: new.map(sign).transpose()?,
            statement: self,
        })
    }
}

impl KeyRecord {
    /// Reads the body of a record; it must be written as it was signed.
    ///
    /// # Errors
    /// `evidence-broken` when it is not such a body.
    pub fn read(body: &Value) -> Result<Self, Failure> {
        let record: Self = serde_json::from_value(body.clone()).map_err(broken)?;
        if record.statement.format != Statement::format() {
            return Err(
                broken("it is of another format").hint("Read it with a newer version of Counterpart.")
            );
        }
        if canonical::to_vec(&record)? != canonical::to_vec(body)? {
            return Err(broken("it is not written as it was signed"));
        }
        Ok(record)
    }

    /// The record's body.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn to_body(&self) -> Result<Value, Failure> {
        serde_json::to_value(self).map_err(broken)
    }

    /// Checks who signed it: by `old` and by `new`, each where there must be one and nowhere else.
    pub(super) fn check(&self, old: Option<&str>, new: Option<&str>) -> Result<(), Failure> {
        let bytes = self.statement.bytes()?;
        for (by, signature, whose) in [
            (old, &self.signature, "the key that was in force"),
            (new, &self.possession, "the new key"),
        ] {
            match (by, signature) {
                (None, None) => {}
                (Some(public), Some(signature)) => {
                    signature::verify_for(KEY_NAMESPACE, public, &bytes, signature)
                        .map_err(|failure| broken(format!("the signature of {whose}: {}", failure.why)))?;
                }
                (Some(_), None) => return Err(broken(format!("{whose} did not sign it"))),
                (None, Some(_)) => {
                    return Err(broken(format!(
                        "it has a signature of {whose}, which has no part in it"
                    )));
                }
            }
        }
        Ok(())
    }
}

/// A key as statements name it, or why it cannot be one.
pub(super) fn named(key: Option<&String>) -> Result<&str, Failure> {
    let text = key.ok_or_else(|| broken("it does not name the key that it is about"))?;
    if key::bare(text)? == *text {
        return Ok(text);
    }
    Err(broken("it names a key in another spelling than OpenSSH's"))
}

pub(super) fn broken(why: impl std::fmt::Display) -> Failure {
    Failure::new(Code::EvidenceBroken, "reading what is said of a key", why)
}
