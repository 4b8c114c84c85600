//! Time-stamps of the journal's head: requests that wait for an answer, answers beside the evidence, records of them.
//!
//! What is stamped is the hash of a record, which fixes every record before it.

use super::keys::Acting;
use crate::ledger::Ledger;
use counterpart_evidence::canonical;
use counterpart_evidence::timestamp::{Request, Stamp, hex};
use counterpart_model::{Code, Digest, Failure};
use counterpart_store::files::{names_with, read_bytes, write_bytes_atomic};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The kind of a journal record that a time-stamp is.
pub(super) const TIMESTAMP: &str = "timestamp";
const MAX_BYTES: u64 = 1 << 20;
const DOING: &str = "taking the answer of a time-stamp authority";

/// A record that was, or is to be, stamped.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stamped {
    /// Its hash: what is stamped.
    pub hash: Digest,
    /// Its number.
    pub sequence: u64,
}

/// The body of a journal record of the kind `timestamp`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StampRecord {
    /// The authority's answer.
    pub answer: StampFile,
    /// The record that it stamps.
    pub head: Stamped,
    /// The policy that the authority names.
    pub policy: String,
    /// The authority's number, in hexadecimal.
    pub serial: String,
    /// When, RFC 3339 in UTC, by the authority's clock.
    pub time: String,
}

/// A file beside the evidence.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StampFile {
    /// Length in bytes.
    pub bytes: u64,
    /// Its name in `timestamps`.
    pub name: String,
    /// SHA-256 of it.
    pub sha256: Digest,
}

/// A request that was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Requested {
    /// The record that is to be stamped.
    pub head: Stamped,
    /// The request itself.
    pub der: Vec<u8>,
    /// Where it is kept until its answer comes.
    pub kept: PathBuf,
}

/// An answer that was taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Taken {
    /// The record of the journal that says so.
    pub record: u64,
    /// What the record says.
    pub said: StampRecord,
    /// The answer's file.
    pub file: PathBuf,
}

impl Ledger {
    /// Makes a request for the present head of the journal, and keeps it.
    ///
    /// # Errors
    /// `not-found` while the journal is empty.
    pub fn request_timestamp(&self) -> Result<Requested, Failure> {
        let empty = || {
            Failure::new(
                Code::NotFound,
                "making a request for a time-stamp",
                "the journal has no record yet",
            )
            .hint("Run the pair first.")
        };
        let head = self.chain_head()?.ok_or_else(empty)?;
        let head = Stamped {
            hash: head.hash,
            sequence: head.sequence,
        };
        let request = Request::new(head.hash)?;
        let der = request.to_der()?;
        let nonce = hex(&request.nonce);
        let kept = self
            .dir()
            .timestamps_dir()?
            .join(format!("{:08}-{nonce}.tsq", head.sequence));
        write_bytes_atomic(&kept, &der)?;
        Ok(Requested { head, der, kept })
    }

    /// Takes an answer in: it must answer a request of this pair, for a record that the journal still has. Whoever asks
    /// holds the pair.
    ///
    /// # Errors
    /// `timestamp` when it does not.
    pub fn take_timestamp(&self, acting: &Acting<'_>, der: &[u8]) -> Result<Taken, Failure> {
        let stamp = Stamp::read(der)?;
        let name = self.asked_for(&stamp)?;
        let head = self.stamped_record(&stamp, &name)?;
        let file = self.dir().timestamps_dir()?.join(&name);
        let said = StampRecord {
            answer: StampFile {
                bytes: der.len() as u64,
                name,
                sha256: counterpart_model::Algorithm::Sha256.of(der),
            },
            head,
            policy: stamp.policy,
            serial: stamp.serial,
            time: stamp.time,
        };
        write_bytes_atomic(&file, der)?;
        let body =
            serde_json::to_value(&said).map_err(|error| Failure::new(Code::Timestamp, DOING, error))?;
        let record = self.journal()?.append(TIMESTAMP, acting.at, body)?;
        Ok(Taken {
            record: record.sequence,
            said,
            file,
        })
    }

    /// The name for the answer to a request of ours.
    fn asked_for(&self, stamp: &Stamp) -> Result<String, Failure> {
        let dir = self.dir().timestamps_dir()?;
        let mut same_record = false;
        for name in names_with(&dir, ".tsq")? {
            let kept = read_bytes(&dir.join(format!("{name}.tsq")), MAX_BYTES)?.unwrap_or_default();
            let Ok(request) = Request::read(&kept) else {
                continue;
            };
            if stamp.answers(&request).is_ok() {
                return Ok(format!("{name}.tsr"));
            }
            same_record |= request.imprint == stamp.imprint;
        }
        let why = if same_record {
            "it stamps a record of this journal, and answers no request that was made here"
        } else {
            "it answers no request that was made here: it stamps something else"
        };
        Err(Failure::new(Code::Timestamp, DOING, why)
            .hint("Take the answer to a request of `counterpart timestamp request`, for the same pair."))
    }

    /// The record that a stamp is of, where the journal has it and no answer under this name yet.
    fn stamped_record(&self, stamp: &Stamp, name: &str) -> Result<Stamped, Failure> {
        let mut found = None;
        for record in self.journal()?.records()? {
            let record = record?;
            if record.hash == stamp.imprint {
                found = Some(Stamped {
                    hash: record.hash,
                    sequence: record.sequence,
                });
            }
            if record.kind == TIMESTAMP && record.body["answer"]["name"] == name {
                let why = format!(
                    "record {} took the answer to this request already",
                    record.sequence
                );
                return Err(Failure::new(Code::Timestamp, DOING, why).hint(
                    "Nothing is to be done. `counterpart certificate verify` shows every time-stamp.",
                ));
            }
        }
        found.ok_or_else(|| {
            let why = "the journal does not have the record that it stamps any more";
            Failure::new(Code::EvidenceBroken, DOING, why).hint(Code::JournalBehind.remedy())
        })
    }

    /// Reads a record's answer again, as it lies beside the evidence.
    ///
    /// # Errors
    /// In words, with the file: what does not hold.
    pub(super) fn check_stamp(&self, said: &StampRecord) -> Result<PathBuf, (String, PathBuf)> {
        let dir = self.dir().timestamps_dir().unwrap_or_default();
        let plain = Path::new(&said.answer.name).extension() == Some("tsr".as_ref());
        if !plain || said.answer.name.contains('/') {
            return Err(("its answer has a name that none has".to_owned(), dir));
        }
        let file = dir.join(&said.answer.name);
        let fail = |why: &str| (why.to_owned(), file.clone());
        let der = read_bytes(&file, MAX_BYTES).map_err(|failure| fail(&failure.why))?;
        let der = der.ok_or_else(|| fail("its file is gone"))?;
        if canonical::sha256_hex(&der) != said.answer.sha256.to_string() {
            return Err(fail(
                "its file was changed or replaced: it is not the one that the record names",
            ));
        }
        let stamp = Stamp::read(&der).map_err(|failure| fail(&failure.why))?;
        if stamp.imprint != said.head.hash || stamp.time != said.time || stamp.policy != said.policy {
            return Err(fail("the record says something else than the authority's answer"));
        }
        Ok(file)
    }
}
