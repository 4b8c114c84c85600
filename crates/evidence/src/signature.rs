//! Signatures in OpenSSH's format (PROTOCOL.sshsig), which `ssh-keygen -Y verify` checks.
//!
//! Exactly one form is made and accepted: Ed25519, SHA-512, one namespace a purpose, the armour of `ssh-keygen`. So
//! no byte of a signature can change without it being refused. Whom to trust is decided by the caller's key.

use crate::key::{self, NAMESPACE, Signer};
use counterpart_model::{Code, Failure};
use ssh_key::{HashAlg, LineEnding, PublicKey, Signature, SshSig};
use std::fmt;

const MAX_SIGNATURE_BYTES: usize = 4096;

/// Signs a certificate's bytes; the result is the armoured text that goes in a `.sig` file.
///
/// # Errors
/// `key` when the key cannot sign.
pub fn sign(signer: &dyn Signer, message: &[u8]) -> Result<String, Failure> {
    sign_for(NAMESPACE, signer, message)
}

/// Signs a message for one purpose.
///
/// # Errors
/// `key` when the key cannot sign, or what its holder gives is no signature by it over this message.
pub fn sign_for(namespace: &str, signer: &dyn Signer, message: &[u8]) -> Result<String, Failure> {
    let failed = |error| Failure::new(Code::Key, "signing", error);
    let public = signer.public_openssh()?;
    let bytes = SshSig::signed_data(namespace, HashAlg::Sha512, message).map_err(failed)?;
    let signature = Signature::try_from(signer.sign_bytes(&bytes)?.as_slice()).map_err(failed)?;
    let key = key::parse_public(&public)?.key_data().clone();
    let signature = SshSig::new(key, namespace, HashAlg::Sha512, signature).map_err(failed)?;
    let armoured = ending_in_newline(signature.to_pem(LineEnding::LF).map_err(failed)?);
    // Who holds the key may be another program: what it gave is checked as a stranger's.
    verify_for(namespace, &public, message, &armoured).map_err(|failure| Failure {
        code: Code::Key,
        doing: "signing".to_owned(),
        why: format!("the signature that was given does not hold: {}", failure.why),
        ..failure
    })?;
    Ok(armoured)
}

/// Checks that the holder of a key signed exactly this message as a certificate.
///
/// # Errors
/// `key` when the public key cannot be read; `evidence-broken` when the signature is malformed, is by another key,
/// for another purpose or over other bytes.
pub fn verify(public_openssh: &str, message: &[u8], armoured: &str) -> Result<(), Failure> {
    verify_for(NAMESPACE, public_openssh, message, armoured)
}

/// Checks the same of a message for one purpose.
///
/// # Errors
/// As [`verify`].
pub fn verify_for(
    namespace: &str,
    public_openssh: &str,
    message: &[u8],
    armoured: &str,
) -> Result<(), Failure> {
    let public = key::parse_public(public_openssh)?;
    let signature = parse(armoured)?;
    if signature.public_key() != public.key_data() {
        return Err(refused("it was made by another key"));
    }
    if signature.namespace() != namespace {
        return Err(refused(if namespace == NAMESPACE {
            "it was made for another purpose than evidence"
        } else {
            "it was made for another purpose"
        }));
    }
    public
        .verify(namespace, message, &signature)
        .map_err(|_| refused("it does not fit these bytes"))
}

/// The public key that a signature says it is by; nothing is checked but its form.
///
/// # Errors
/// `evidence-broken` when it is malformed, `key` when the key is of a kind that may not sign.
pub fn signer_of(armoured: &str) -> Result<String, Failure> {
    let key = PublicKey::from(parse(armoured)?.public_key().clone());
    key::bare(&key.to_openssh().map_err(refused)?)
}

/// Reads a signature and refuses every spelling but the one that [`sign`] and `ssh-keygen -Y sign` write.
fn parse(armoured: &str) -> Result<SshSig, Failure> {
    if armoured.len() > MAX_SIGNATURE_BYTES {
        return Err(refused("it is too long"));
    }
    let signature = SshSig::from_pem(armoured).map_err(refused)?;
    if signature.version() != SshSig::VERSION || signature.hash_alg() != HashAlg::Sha512 {
        return Err(refused("it is not version 1 with sha512"));
    }
    let again = signature.to_pem(LineEnding::LF).map_err(refused)?;
    if !signature.reserved().is_empty() || ending_in_newline(again) != armoured {
        return Err(refused("it is not written as ssh-keygen writes it"));
    }
    Ok(signature)
}

fn ending_in_newline(mut text: String) -> String {
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

fn refused(why: impl fmt::Display) -> Failure {
    Failure::new(Code::EvidenceBroken, "checking a signature", why)
}
