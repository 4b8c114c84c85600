//! Certificates on the disk: canonical JSON, its signature beside it, and `allowed_signers` for `ssh-keygen -Y verify`.

use crate::ledger::roll::CERTIFICATE;
use crate::ledger::{Ledger, safe};
use crate::pass::pass_of;
use counterpart_evidence::certificate::{self, Certificate, Examples, Moment};
use counterpart_evidence::chain::Link;
use counterpart_evidence::{key, signature};
use counterpart_model::{Code, Failure};
use counterpart_port::is_pass_name;
use counterpart_store::files::{names_with, read_bytes};
use std::path::PathBuf;

pub(super) const MAX_SIGNATURE_BYTES: u64 = 16 << 10;
pub(super) const MAX_CERTIFICATE_BYTES: u64 = 16 << 20;

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

impl Ledger {
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

    /// The file of the examples that belong to a pass's certificate.
    ///
    /// # Errors
    /// The name is none of a pass.
    pub fn examples_path(&self, pass: &str) -> Result<PathBuf, Failure> {
        let name = Examples::file_name(safe(pass)?);
        Ok(self.dir().certificates_dir()?.join(name))
    }

    /// The passes that have a certificate, oldest first.
    pub(super) fn certified_passes(&self) -> Result<Vec<String>, Failure> {
        let mut names = names_with(&self.dir().certificates_dir()?, ".json")?;
        // Beside them lie examples, whose names have a point more.
        names.retain(|name| is_pass_name(name));
        Ok(names)
    }

    /// The certificate of a pass, checked against its signature by the key that was in force.
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
        let signature = String::from_utf8_lossy(&signature);
        let checked = self
            .key_of(pass, &signature)
            .and_then(|public| certificate::check(&json, &signature, &public));
        let certificate = checked.map_err(|failure| Failure {
            doing: format!("checking the certificate of {pass}"),
            ..failure
        })?;
        Ok((certificate, json))
    }

    /// The key that a certificate must be signed by, where it is. One that the journal does not name yet may be signed by
    /// any of its keys.
    fn key_of(&self, pass: &str, signature: &str) -> Result<String, Failure> {
        let by = signature::signer_of(signature)?;
        let roll = self.roll()?;
        let fingerprint = key::fingerprint(&by)?;
        let known = roll.of_pass(pass).or_else(|| roll.register.find(&fingerprint));
        if known.is_some_and(|known| known.public == by) {
            return Ok(by);
        }
        let why = roll.register.why_refused(&fingerprint);
        Err(Failure::new(Code::EvidenceBroken, "", why))
    }

    /// The first findings of a pass by name; `None` where its certificate names none, or their file is gone.
    ///
    /// # Errors
    /// `evidence-broken` when the file is not the one that the certificate names.
    pub fn examples(&self, certificate: &Certificate) -> Result<Option<Examples>, Failure> {
        if certificate.examples.is_none() {
            return Ok(None);
        }
        let path = self.examples_path(&certificate.identity.pass)?;
        let read = read_bytes(&path, MAX_CERTIFICATE_BYTES)?;
        let checked = read.map(|json| Examples::of(certificate, &json)).transpose();
        checked.map_err(|failure| Failure {
            doing: format!("reading {}", path.display()),
            ..failure
        })
    }

    /// Until when the certificate of a pass says that its history is kept, in seconds since 1970; `None` where there is
    /// no certificate. A retention that was shortened since cannot end it sooner.
    ///
    /// # Errors
    /// The certificate does not hold: then nothing of its pass may go.
    pub fn kept_until(&self, pass: &str) -> Result<Option<i64>, Failure> {
        match self.certificate(&pass_of(pass)) {
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
        let passes = self.certified_passes()?;
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

    /// The last certificate in the journal.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn last_link(&self) -> Result<Option<Link>, Failure> {
        self.settle_certificates(false)?;
        let mut last = None;
        for record in self.journal()?.records()? {
            let record = record?;
            if record.kind == CERTIFICATE {
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
