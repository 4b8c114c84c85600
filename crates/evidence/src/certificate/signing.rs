//! Point 12: signing a certificate, and reading one back without trusting it.

use super::limits::MAX_JSON_BYTES;
use super::{Certificate, Format, Sentences, consistency};
use crate::key::{self, NAMESPACE, PRINCIPAL, Signer};
use crate::{canonical, signature};
use counterpart_model::{Code, Failure};
use serde::{Deserialize, Serialize};

/// How the certificate is signed. It names the key for the reader's convenience; whom to trust is the reader's choice.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signing {
    /// Always `sshsig`: the format of `ssh-keygen -Y`.
    pub format: String,
    /// Always `counterpart`.
    pub namespace: String,
    /// The signer's name in `allowed_signers`.
    pub principal: String,
    /// Fingerprint of the key.
    pub fingerprint: String,
    /// The public key in OpenSSH's format.
    pub public_key: String,
}

/// A signed certificate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signed {
    /// The certificate as canonical JSON; these very bytes are signed.
    pub json: Vec<u8>,
    /// The armoured signature.
    pub signature: String,
    /// SHA-256 of `json` in hexadecimal: what the next certificate names.
    pub sha256: String,
}

/// As much of a document as tells whether the rest can be read.
#[derive(Deserialize)]
struct Envelope {
    format: Format,
}

impl Signing {
    /// How this key signs.
    ///
    /// # Errors
    /// `key` when the public key cannot be written out.
    pub fn of(signer: &dyn Signer) -> Result<Self, Failure> {
        let public = signer.public_openssh()?;
        Ok(Self {
            format: "sshsig".to_owned(),
            namespace: NAMESPACE.to_owned(),
            principal: PRINCIPAL.to_owned(),
            fingerprint: key::fingerprint(&public)?,
            public_key: public.trim_end().to_owned(),
        })
    }
}

impl Certificate {
    /// The certificate with its two sentences written from all the rest; the last step before signing.
    #[must_use]
    pub fn with_sentences(mut self) -> Self {
        self.sentences = Sentences::of(&self);
        self
    }

    /// Writes the certificate out and signs it.
    ///
    /// # Errors
    /// `evidence-broken` when it contradicts itself or its sentences do not say what it holds; `key` when it names
    /// another key than the one that signs.
    pub fn to_signed(&self, key: &dyn Signer) -> Result<Signed, Failure> {
        consistency::check(self)?;
        if self.sentences != Sentences::of(self) {
            return Err(unsignable("its sentences do not say what it holds"));
        }
        if self.signing != Signing::of(key)? {
            return Err(Failure::new(
                Code::Key,
                "signing a certificate",
                "it names another key",
            ));
        }
        let json = canonical::to_vec(self)?;
        if json.len() > MAX_JSON_BYTES {
            return Err(unsignable(&format!("it is longer than {MAX_JSON_BYTES} bytes")));
        }
        let signature = signature::sign(key, &json)?;
        let sha256 = canonical::sha256_hex(&json);
        Ok(Signed {
            json,
            signature,
            sha256,
        })
    }

    /// Reads a certificate. It must be canonical to the byte, so nothing in it can go unseen; it is not yet verified.
    ///
    /// # Errors
    /// `evidence-broken` when it is too long, of another format, malformed, not canonical or contradicts itself.
    pub fn from_json(json: &[u8]) -> Result<Self, Failure> {
        if json.len() > MAX_JSON_BYTES {
            return Err(unreadable(format!("it is longer than {MAX_JSON_BYTES} bytes")));
        }
        check_format(json)?;
        let certificate: Self = serde_json::from_slice(json).map_err(unreadable)?;
        if canonical::to_vec(&certificate)? != json {
            return Err(unreadable(
                "it is not canonical JSON with exactly the members of its format",
            ));
        }
        consistency::check(&certificate)?;
        Ok(certificate)
    }
}

/// Checks a signature over a certificate's bytes by a key that the caller trusts, then reads the certificate.
///
/// # Errors
/// `evidence-broken` when the signature or the certificate does not hold; `key` when the public key cannot be read.
pub fn check(json: &[u8], signature: &str, public_openssh: &str) -> Result<Certificate, Failure> {
    signature::verify(public_openssh, json, signature)?;
    Certificate::from_json(json)
}

fn check_format(json: &[u8]) -> Result<(), Failure> {
    let Envelope { format } = serde_json::from_slice(json).map_err(unreadable)?;
    if format == Format::default() {
        return Ok(());
    }
    let why = format!("it is {:?} version {}", format.name, format.version);
    Err(unreadable(why).hint("Read it with the version of Counterpart that its `tool` names, or newer."))
}

fn unsignable(why: &str) -> Failure {
    Failure::new(Code::EvidenceBroken, "signing a certificate", why)
        .hint("Nothing was signed. Report this: it is an error of the program.")
}

fn unreadable(why: impl std::fmt::Display) -> Failure {
    Failure::new(Code::EvidenceBroken, "reading a certificate", why)
}
