//! The Ed25519 key that signs a site's evidence, in OpenSSH's formats.
//!
//! Where the key is kept, and with which mode, is the business of `store`; a passphrase is not supported, since
//! passes run unattended.

use counterpart_model::{Code, Failure};
use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::rand_core::{OsRng, RngCore as _};
use ssh_key::{Algorithm, HashAlg, LineEnding, PrivateKey, PublicKey};
use std::fmt;
use std::ops::Deref;

/// The namespace of every signature, so that one made for another purpose is never taken for evidence.
pub const NAMESPACE: &str = "counterpart";

/// The signer's name in `allowed_signers`, as the printed commands use it.
pub const PRINCIPAL: &str = "counterpart";

const MAX_KEY_BYTES: usize = 16 * 1024;
const SEED_BYTES: usize = 32;

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

    pub(crate) const fn inner(&self) -> &PrivateKey {
        &self.0
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "SigningKey({})", self.fingerprint())
    }
}

/// The fingerprint of a public key in OpenSSH's one-line format.
///
/// # Errors
/// `key` when it is not an Ed25519 public key.
pub fn fingerprint(public_openssh: &str) -> Result<String, Failure> {
    Ok(parse_public(public_openssh)?
        .fingerprint(HashAlg::Sha256)
        .to_string())
}

/// The line of an `allowed_signers` file that trusts a key for evidence and for nothing else.
///
/// # Errors
/// `key` when the key is not one, or the principal has characters that mean something in that file.
pub fn allowed_signers_line(principal: &str, public_openssh: &str) -> Result<String, Failure> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || ".-_@+".contains(letter);
    if principal.is_empty() || !principal.chars().all(plain) {
        let why = "a principal has only letters, digits and .-_@+";
        return Err(broken("writing allowed_signers", why));
    }
    let mut public = parse_public(public_openssh)?;
    public.set_comment("");
    let key = public
        .to_openssh()
        .map_err(|error| broken("writing allowed_signers", error))?;
    Ok(format!(
        "{principal} namespaces=\"{NAMESPACE}\" {}\n",
        key.trim_end()
    ))
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

fn only_ed25519(doing: &str, algorithm: &Algorithm) -> Result<(), Failure> {
    match algorithm {
        Algorithm::Ed25519 => Ok(()),
        other => Err(broken(doing, format!("it is {other}, not ssh-ed25519"))),
    }
}

fn broken(doing: &str, why: impl fmt::Display) -> Failure {
    Failure::new(Code::Key, doing, why)
}
