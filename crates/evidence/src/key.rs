//! The keys that sign a pair's evidence, in OpenSSH's formats: Ed25519, in a file or held by somebody else.
//!
//! Where a key is kept, and with which mode, is the business of `store`; a passphrase is not supported, since
//! passes run unattended. Which key is in force when is `keys`' business.

use counterpart_model::{Code, Failure};
use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::rand_core::{OsRng, RngCore as _};
use ssh_key::{Algorithm, HashAlg, LineEnding, PrivateKey, PublicKey, Signature};
use std::fmt;
use std::ops::Deref;

/// The namespace of a certificate's signature, so that one made for another purpose is never taken for evidence.
pub const NAMESPACE: &str = "counterpart";

/// The namespace of a signature over what is said of keys, so that neither is ever taken for a certificate's.
pub const KEY_NAMESPACE: &str = "counterpart-key";

/// The signer's name in `allowed_signers`, as the printed commands use it.
pub const PRINCIPAL: &str = "counterpart";

const MAX_KEY_BYTES: usize = 16 * 1024;
const SEED_BYTES: usize = 32;

/// Who signs: a key at hand, or one that somebody else holds and is asked to use.
pub trait Signer {
    /// The public key as one line.
    ///
    /// # Errors
    /// `key` when it cannot be written out.
    fn public_openssh(&self) -> Result<String, Failure>;

    /// Signs bytes as they are. Gives the signature as SSH writes it: the algorithm's name, then the signature.
    ///
    /// # Errors
    /// `key` when the key cannot be used.
    fn sign_bytes(&self, bytes: &[u8]) -> Result<Vec<u8>, Failure>;
}

/// A private Ed25519 key. Its memory is overwritten when it is dropped; its `Debug` shows the fingerprint only.
pub struct SigningKey(PrivateKey);

impl SigningKey {
    /// Makes a new key from the system's randomness.
    ///
    /// # Errors
    /// `key` when the system gives no randomness.
    pub fn generate(comment: &str) -> Result<Self, Failure> {
        const DOING: &str = "making a signing key";
        let mut seed = [0; SEED_BYTES];
        OsRng
            .try_fill_bytes(&mut seed)
            .map_err(|error| broken(DOING, error))?;
        let pair = KeypairData::Ed25519(Ed25519Keypair::from_seed(&seed));
        seed.fill(0);
        PrivateKey::new(pair, comment)
            .map(Self)
            .map_err(|error| broken(DOING, error))
    }

    /// Reads a private key in OpenSSH's format.
    ///
    /// # Errors
    /// `key` when it is damaged, has a passphrase, or is not Ed25519.
    pub fn from_openssh(text: &str) -> Result<Self, Failure> {
        const DOING: &str = "reading the signing key";
        let text = within_limit(DOING, text)?;
        let key = PrivateKey::from_openssh(text).map_err(|error| broken(DOING, error))?;
        if key.is_encrypted() {
            let hint = "Remove its passphrase with `ssh-keygen -p`, and guard the file by its mode.";
            return Err(broken(DOING, "it has a passphrase").hint(hint));
        }
        only_ed25519(DOING, &key.algorithm())?;
        Ok(Self(key))
    }

    /// The private key in OpenSSH's format; the text is overwritten in memory when it is dropped.
    ///
    /// # Errors
    /// `key` when it cannot be written out.
    pub fn to_openssh(&self) -> Result<impl Deref<Target = String> + use<>, Failure> {
        let text = self.0.to_openssh(LineEnding::LF);
        text.map_err(|error| broken("writing the signing key", error))
    }

    /// The public key as one line: `ssh-ed25519 AAAA… comment`.
    ///
    /// # Errors
    /// `key` when it cannot be written out.
    pub fn public_openssh(&self) -> Result<String, Failure> {
        let text = self.0.public_key().to_openssh();
        text.map_err(|error| broken("writing the public key", error))
    }

    /// The fingerprint as `ssh-keygen -l` prints it: `SHA256:…`.
    pub fn fingerprint(&self) -> String {
        self.0.fingerprint(HashAlg::Sha256).to_string()
    }
}

impl Signer for SigningKey {
    fn public_openssh(&self) -> Result<String, Failure> {
        Self::public_openssh(self)
    }

    fn sign_bytes(&self, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
        const DOING: &str = "signing";
        let signature = signature_of(&self.0, bytes).ok_or_else(|| broken(DOING, "the key failed"))?;
        Vec::try_from(signature).map_err(|error| broken(DOING, error))
    }
}

/// By a bound, since the trait of signing is another crate's.
fn signature_of(key: &impl ssh_key::SigningKey, bytes: &[u8]) -> Option<Signature> {
    key.try_sign(bytes).ok()
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "SigningKey({})", self.fingerprint())
    }
}

/// The fingerprint of a public key in OpenSSH's one-line format.
///
/// # Errors
/// `key` when it is not an Ed25519 public key, in software or in hardware.
pub fn fingerprint(public_openssh: &str) -> Result<String, Failure> {
    Ok(parse_public(public_openssh)?
        .fingerprint(HashAlg::Sha256)
        .to_string())
}

/// A public key without its comment: how keys are compared, and how statements about keys name them.
///
/// # Errors
/// As [`fingerprint`].
pub fn bare(public_openssh: &str) -> Result<String, Failure> {
    let mut key = parse_public(public_openssh)?;
    key.set_comment("");
    let text = key
        .to_openssh()
        .map_err(|error| broken("writing a public key", error))?;
    Ok(text.trim_end().to_owned())
}

/// The public key that SSH's own bytes hold, without a comment; `None` where it is of a kind that may not sign evidence.
pub fn from_wire(bytes: &[u8]) -> Option<String> {
    let key = PublicKey::from_bytes(bytes).ok()?;
    may_sign(&key.algorithm())
        .then(|| key.to_openssh().ok())
        .flatten()
        .map(|text| text.trim_end().to_owned())
}

/// The bytes of a public key as SSH sends them.
///
/// # Errors
/// As [`fingerprint`].
pub fn to_wire(public_openssh: &str) -> Result<Vec<u8>, Failure> {
    parse_public(public_openssh)?
        .to_bytes()
        .map_err(|error| broken("writing a public key", error))
}

/// The line of an `allowed_signers` file that trusts a key for certificates and for nothing else, at all times.
///
/// # Errors
/// `key` when the key is not one, or the principal has characters that mean something in that file.
pub fn allowed_signers_line(principal: &str, public_openssh: &str) -> Result<String, Failure> {
    allowed_signers(principal, public_openssh, &format!("namespaces=\"{NAMESPACE}\""))
}

/// The line that trusts a key for certificates and for statements about keys, between times in seconds since 1970.
///
/// # Errors
/// As [`allowed_signers_line`].
pub fn allowed_signers_between(
    principal: &str,
    public_openssh: &str,
    after_seconds: Option<i64>,
    before_seconds: Option<i64>,
) -> Result<String, Failure> {
    let mut options = format!("namespaces=\"{NAMESPACE},{KEY_NAMESPACE}\"");
    for (word, seconds) in [("valid-after", after_seconds), ("valid-before", before_seconds)] {
        if let Some(seconds) = seconds {
            options += &format!(",{word}=\"{}\"", ssh_time(seconds));
        }
    }
    allowed_signers(principal, public_openssh, &options)
}

fn allowed_signers(principal: &str, public_openssh: &str, options: &str) -> Result<String, Failure> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || ".-_@+".contains(letter);
    if principal.is_empty() || !principal.chars().all(plain) {
        let why = "a principal has only letters, digits and .-_@+";
        return Err(broken("writing allowed_signers", why));
    }
    Ok(format!("{principal} {options} {}\n", bare(public_openssh)?))
}

/// A time as `ssh-keygen` reads it: `20261122021407Z`.
pub fn ssh_time(seconds: i64) -> String {
    // Beyond what jiff holds, which no clock shows, the nearest end is as good.
    let time = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MAX);
    time.strftime("%Y%m%d%H%M%SZ").to_string()
}

/// Reads a public key; a trailing newline is allowed.
pub(crate) fn parse_public(text: &str) -> Result<PublicKey, Failure> {
    const DOING: &str = "reading a public key";
    let text = within_limit(DOING, text)?.trim_end();
    let key = PublicKey::from_openssh(text).map_err(|error| broken(DOING, error))?;
    only_ed25519(DOING, &key.algorithm())?;
    Ok(key)
}

fn within_limit<'a>(doing: &str, text: &'a str) -> Result<&'a str, Failure> {
    if text.len() > MAX_KEY_BYTES {
        return Err(broken(doing, format!("it is longer than {MAX_KEY_BYTES} bytes")));
    }
    Ok(text)
}

/// What may sign evidence: one curve, in software or in a FIDO token. Each has exactly one signature's spelling.
const fn may_sign(algorithm: &Algorithm) -> bool {
    matches!(algorithm, Algorithm::Ed25519 | Algorithm::SkEd25519)
}

fn only_ed25519(doing: &str, algorithm: &Algorithm) -> Result<(), Failure> {
    if may_sign(algorithm) {
        return Ok(());
    }
    let why = format!("it is {algorithm}, not ssh-ed25519 or sk-ssh-ed25519@openssh.com");
    Err(broken(doing, why))
}

fn broken(doing: &str, why: impl fmt::Display) -> Failure {
    Failure::new(Code::Key, doing, why)
}
