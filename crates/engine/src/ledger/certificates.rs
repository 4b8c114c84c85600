//! Certificates on the disk: canonical JSON, its signature beside it, and `allowed_signers` for `ssh-keygen -Y verify`.

use crate::ledger::{Ledger, safe};
use counterpart_evidence::certificate::{self, Certificate, Moment};
use counterpart_evidence::chain::{Chain, Link};
use counterpart_evidence::key::{SigningKey, allowed_signers_line};
use counterpart_evidence::page;
use counterpart_model::{Code, Failure};
use counterpart_store::files::{names_with, read_bytes, write_bytes_atomic};
use std::path::PathBuf;

const MAX_KEY_BYTES: u64 = 16 << 10;
const MAX_SIGNATURE_BYTES: u64 = 16 << 10;
const MAX_CERTIFICATE_BYTES: u64 = 16 << 20;

/// One certificate of a pair.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CertificateEntry {
    /// Its number in the chain.
    pub sequence: u64,
    /// The pass that it is of.
    pub pass: String,
    /// Its file.
    pub file: PathBuf,
    /// What it says.
    pub congruent: bool,
    /// The time that it is of, RFC 3339 in UTC.
    pub as_of: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// A certificate that the journal names must be there.
fn broken_where_missing(failure: Failure) -> Failure {
    match failure.code {
        Code::NotFound => {
            let why = "the journal names it, and it is gone";
            Failure::new(Code::EvidenceBroken, failure.doing, why)
        }
        _ => failure,
    }
}

impl Ledger {
    /// The pair's signing key, made at its first use; readable by its owner only.
    ///
    /// # Errors
    /// `key` when it cannot be read, or made.
    pub fn signing_key(&self) -> Result<SigningKey, Failure> {
        let path = self.dir().path().join("signing-key");
        if let Some(text) = read_bytes(&path, MAX_KEY_BYTES)? {
            let text = String::from_utf8(text)
                .map_err(|error| Failure::new(Code::Key, format!("reading {}", path.display()), error))?;
            return SigningKey::from_openssh(&text);
        }
        let key = SigningKey::generate("counterpart")?;
        write_bytes_atomic(&path, key.to_openssh()?.as_bytes())?;
        let line = allowed_signers_line(counterpart_evidence::key::PRINCIPAL, &key.public_openssh()?)?;
        write_bytes_atomic(
            &self.allowed_signers_path()?,
            format!("{}\n", line.trim_end()).as_bytes(),
        )?;
        Ok(key)
    }

    /// Fingerprint of the pair's signing key.
    ///
    /// # Errors
    /// As [`Ledger::signing_key`].
    pub fn fingerprint(&self) -> Result<String, Failure> {
        self.signing_key().map(|key| key.fingerprint())
    }

    /// The file that tells `ssh-keygen` whom to believe.
    ///
    /// # Errors
    /// The directory cannot be made.
    pub fn allowed_signers_path(&self) -> Result<PathBuf, Failure> {
        Ok(self.dir().certificates_dir()?.join("allowed_signers"))
    }

    /// The file of a pass's certificate.
    ///
    /// # Errors
    /// The name is none of a pass.
    pub fn certificate_path(&self, pass: &str) -> Result<PathBuf, Failure> {
        Ok(self
            .dir()
            .certificates_dir()?
            .join(format!("{}.json", safe(pass)?)))
    }

    /// The certificate of a pass, checked against its signature by the pair's own key.
    ///
    /// # Errors
    /// `not-found`, or `evidence-broken` that says what does not hold.
    pub fn certificate(&self, pass: &str) -> Result<(Certificate, Vec<u8>), Failure> {
        let path = self.certificate_path(pass)?;
        let missing = || {
            Failure::new(
                Code::NotFound,
                format!("reading the certificate of {pass}"),
                "there is none",
            )
        };
        let json = read_bytes(&path, MAX_CERTIFICATE_BYTES)?.ok_or_else(missing)?;
        let signature =
            read_bytes(&path.with_extension("json.sig"), MAX_SIGNATURE_BYTES)?.ok_or_else(|| {
                Failure::new(
                    Code::EvidenceBroken,
                    format!("checking the certificate of {pass}"),
                    "its signature is gone",
                )
            })?;
        let public = self.signing_key()?.public_openssh()?;
        let certificate =
            certificate::check(&json, &String::from_utf8_lossy(&signature), &public).map_err(|failure| {
                Failure {
                    doing: format!("checking the certificate of {pass}"),
                    ..failure
                }
            })?;
        Ok((certificate, json))
    }

    /// The certificate of a pass as a page of 80 columns.
    ///
    /// # Errors
    /// As [`Ledger::certificate`].
    pub fn page(&self, pass: &str) -> Result<String, Failure> {
        let (certificate, json) = self.certificate(pass)?;
        Ok(page::text(
            &certificate,
            &counterpart_evidence::canonical::sha256_hex(&json),
        ))
    }

    /// Until when the certificate of a pass says that its history is kept, in seconds since 1970; `None` where there is
    /// no certificate. A retention that was shortened since cannot end it sooner.
    ///
    /// # Errors
    /// The certificate does not hold: then nothing of its pass may go.
    pub fn kept_until(&self, pass: &str) -> Result<Option<i64>, Failure> {
        match self.certificate(pass) {
            Ok((certificate, _)) => Ok(certificate.changes.history.kept_until.map(Moment::seconds)),
            Err(failure) if failure.code == Code::NotFound => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Every certificate of the pair, in order.
    ///
    /// # Errors
    /// The directory cannot be listed, or a certificate does not hold.
    pub fn certificates(&self) -> Result<Vec<CertificateEntry>, Failure> {
        self.settle_certificates(false)?;
        let passes = names_with(&self.dir().certificates_dir()?, ".json")?;
        passes.iter().map(|pass| self.entry(pass)).collect()
    }

    fn entry(&self, pass: &str) -> Result<CertificateEntry, Failure> {
        let (certificate, json) = self.certificate(pass)?;
        Ok(CertificateEntry {
            sequence: certificate.identity.sequence,
            pass: pass.to_owned(),
            file: self.certificate_path(pass)?,
            congruent: certificate.verdicts.congruent,
            as_of: certificate.times.as_of.utc(),
            sha256: counterpart_evidence::canonical::sha256_hex(&json),
        })
    }

    /// Checks every signature, the chain of certificates, the journal, and that both name the same certificates.
    ///
    /// # Errors
    /// `evidence-broken` that names the first record that does not hold.
    pub fn verify_certificates(&self) -> Result<u64, Failure> {
        self.settle_certificates(false)?;
        let journal = self.journal()?;
        journal.check()?;
        let mut chain = Chain::new();
        for record in journal.records()? {
            let record = record?;
            if record.kind != "certificate" {
                continue;
            }
            let pass = record.body["pass"].as_str().unwrap_or_default();
            let (_, json) = self.certificate(pass).map_err(broken_where_missing)?;
            let link = Link::of(&json)?;
            if record.body["sha256"].as_str() != Some(&link.sha256.to_string()) {
                let why = "the journal names another content";
                return Err(Failure::new(
                    Code::EvidenceBroken,
                    format!("checking the certificate of {pass}"),
                    why,
                ));
            }
            chain.push(link)?;
        }
        self.check_count(chain.head().map_or(0, |head| head.sequence))
    }

    /// Every certificate that lies there must be in the journal: a journal that was cut would name fewer.
    fn check_count(&self, chained: u64) -> Result<u64, Failure> {
        let kept = names_with(&self.dir().certificates_dir()?, ".json")?.len() as u64;
        if kept == chained {
            return Ok(chained);
        }
        let why = format!("the journal names {chained} certificates, and {kept} are kept");
        Err(Failure::new(
            Code::EvidenceBroken,
            "comparing the journal with the certificates",
            why,
        ))
    }

    /// The last certificate in the journal.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn last_link(&self) -> Result<Option<Link>, Failure> {
        self.settle_certificates(false)?;
        let mut last = None;
        for record in self.journal()?.records()? {
            let record = record?;
            if record.kind == "certificate" {
                last = record.body["pass"].as_str().map(str::to_owned);
            }
        }
        let Some(pass) = last else { return Ok(None) };
        let path = self.certificate_path(&pass)?;
        let missing = || {
            Failure::new(
                Code::EvidenceBroken,
                format!("reading the certificate of {pass}"),
                "the journal names it, and it is gone",
            )
        };
        let json = read_bytes(&path, MAX_CERTIFICATE_BYTES)?.ok_or_else(missing)?;
        Link::of(&json).map(Some)
    }
}
