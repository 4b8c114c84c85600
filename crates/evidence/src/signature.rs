//! Signatures in OpenSSH's format (PROTOCOL.sshsig), which `ssh-keygen -Y verify` checks.
//!
//! Exactly one form is made and accepted: Ed25519, SHA-512, namespace `counterpart`, the armour of `ssh-keygen`. So
//! no byte of a signature can change without it being refused. Whom to trust is decided by the caller's key.

use crate::key::{self, NAMESPACE, SigningKey};
use counterpart_model::{Code, Failure};
use ssh_key::{HashAlg, LineEnding, SshSig};
use std::fmt;

const MAX_SIGNATURE_BYTES: usize = 4096;

/// Signs a message; the result is the armoured text that goes in a `.sig` file.
///
/// # Errors
/// `key` when the key cannot sign.
pub fn sign(key: &SigningKey, message: &[u8]) -> Result<String, Failure> {
    let failed = |error| Failure::new(Code::Key, "signing", error);
    let signature = key
        .inner()
        .sign(NAMESPACE, HashAlg::Sha512, message)
        .map_err(failed)?;
    let armoured = signature.to_pem(LineEnding::LF).map_err(failed)?;
    Ok(ending_in_newline(armoured))
}

/// Checks that the holder of a key signed exactly this message.
///
/// # Errors
/// `key` when the public key cannot be read; `evidence-broken` when the signature is malformed, is by another key,
/// for another purpose or over other bytes.
pub fn verify(public_openssh: &str, message: &[u8], armoured: &str) -> Result<(), Failure> {
    let public = key::parse_public(public_openssh)?;
    let signature = parse(armoured)?;
    if signature.public_key() != public.key_data() {
        return Err(refused("it was made by another key"));
    }
    if signature.namespace() != NAMESPACE {
        return Err(refused("it was made for another purpose than evidence"));
    }
    public
        .verify(NAMESPACE, message, &signature)
        .map_err(|_| refused("it does not fit these bytes"))
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
