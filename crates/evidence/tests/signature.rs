//! Signatures and keys against the system's `ssh-keygen`, both ways, and against every changed byte.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]
#![allow(clippy::disallowed_methods, reason = "ssh-keygen takes files")]

mod fixture;

use counterpart_evidence::{SigningKey, key, signature};
use counterpart_model::Code;
use fixture::{ssh_keygen, write_key};
use std::path::Path;

const MESSAGE: &[u8] = b"{\"a\":1}";

fn verify_by_ssh_keygen(directory: &Path, message: &[u8], armoured: &str) -> bool {
    let line = key::allowed_signers_line("counterpart", &fixture::public()).unwrap();
    std::fs::write(directory.join("allowed_signers"), line).unwrap();
    std::fs::write(directory.join("m.sig"), armoured).unwrap();
    let arguments = "-Y verify -f allowed_signers -I counterpart -n counterpart -s m.sig";
    let output = ssh_keygen(directory, &arguments.split(' ').collect::<Vec<_>>(), message);
    output.status.success()
}

#[test]
fn ssh_keygen_accepts_what_we_sign_and_refuses_other_bytes() {
    let directory = tempfile::tempdir().unwrap();
    let armoured = signature::sign(&fixture::key(), MESSAGE).unwrap();
    assert!(verify_by_ssh_keygen(directory.path(), MESSAGE, &armoured));
    assert!(!verify_by_ssh_keygen(directory.path(), b"{\"a\":2}", &armoured));
}

#[test]
fn we_accept_what_ssh_keygen_signs_and_it_is_the_same_text() {
    let directory = tempfile::tempdir().unwrap();
    write_key(&directory.path().join("key"));
    let output = ssh_keygen(
        directory.path(),
        &["-Y", "sign", "-f", "key", "-n", "counterpart"],
        MESSAGE,
    );
    let theirs = String::from_utf8(output.stdout).unwrap();
    signature::verify(&fixture::public(), MESSAGE, &theirs).unwrap();
    assert_eq!(theirs, signature::sign(&fixture::key(), MESSAGE).unwrap());
}

#[test]
fn a_signature_for_another_purpose_or_with_another_hash_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    write_key(&directory.path().join("key"));
    for arguments in [
        "-Y sign -f key -n file",
        "-Y sign -f key -n counterpart -O hashalg=sha256",
    ] {
        let arguments: Vec<_> = arguments.split(' ').collect();
        let output = ssh_keygen(directory.path(), &arguments, MESSAGE);
        let theirs = String::from_utf8(output.stdout).unwrap();
        assert!(theirs.starts_with("-----BEGIN SSH SIGNATURE-----"));
        let failure = signature::verify(&fixture::public(), MESSAGE, &theirs).unwrap_err();
        assert_eq!(failure.code, Code::EvidenceBroken);
    }
}

#[test]
fn another_key_is_refused() {
    let other = SigningKey::generate("other").unwrap();
    let armoured = signature::sign(&other, MESSAGE).unwrap();
    signature::verify(&other.public_openssh().unwrap(), MESSAGE, &armoured).unwrap();
    let failure = signature::verify(&fixture::public(), MESSAGE, &armoured).unwrap_err();
    assert_eq!(
        (failure.code, failure.why.as_str()),
        (Code::EvidenceBroken, "it was made by another key")
    );
}

#[test]
fn every_changed_byte_of_a_signature_is_refused() {
    let armoured = signature::sign(&fixture::key(), MESSAGE).unwrap();
    let public = fixture::public();
    for position in 0..armoured.len() {
        for other in 0..=0x7f_u8 {
            let mut bytes = armoured.clone().into_bytes();
            if bytes[position] == other {
                continue;
            }
            bytes[position] = other;
            let changed = String::from_utf8(bytes).unwrap();
            let result = signature::verify(&public, MESSAGE, &changed);
            assert!(result.is_err(), "byte {position} as {other:#04x}");
        }
    }
}

#[test]
fn a_cut_or_lengthened_signature_is_refused() {
    let armoured = signature::sign(&fixture::key(), MESSAGE).unwrap();
    let public = fixture::public();
    for length in 0..armoured.len() {
        assert!(
            signature::verify(&public, MESSAGE, &armoured[..length]).is_err(),
            "cut to {length}"
        );
    }
    let long = armoured.clone() + &"\n".repeat(5000);
    for other in [
        armoured.clone() + "\n",
        "\n".to_owned() + &armoured,
        armoured.replace('\n', "\r\n"),
        long,
    ] {
        assert!(signature::verify(&public, MESSAGE, &other).is_err());
    }
}

#[test]
fn a_new_key_survives_its_own_format_and_ssh_keygen_reads_it() {
    let directory = tempfile::tempdir().unwrap();
    let key = SigningKey::generate("a pair").unwrap();
    let again = SigningKey::from_openssh(&key.to_openssh().unwrap()).unwrap();
    assert_eq!(again.public_openssh().unwrap(), key.public_openssh().unwrap());
    assert!(key.public_openssh().unwrap().ends_with(" a pair"));
    let output = ssh_keygen(
        directory.path(),
        &["-l", "-f", "-"],
        key.public_openssh().unwrap().as_bytes(),
    );
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.contains(&key.fingerprint()), "{printed}");
    assert_eq!(
        key::fingerprint(&key.public_openssh().unwrap()).unwrap(),
        key.fingerprint()
    );
    assert!(!format!("{key:?}").contains("PRIVATE"));
}

#[test]
fn keys_that_cannot_be_used_are_named() {
    let directory = tempfile::tempdir().unwrap();
    for (arguments, word) in [
        ("-t ed25519 -N secret", "passphrase"),
        ("-t ecdsa -N ", "reading the signing key"),
    ] {
        let file = directory.path().join(word.replace(' ', "-"));
        let mut arguments: Vec<_> = arguments.split(' ').collect();
        arguments.extend(["-q", "-f", file.to_str().unwrap()]);
        assert!(ssh_keygen(directory.path(), &arguments, b"").status.success());
        let failure = SigningKey::from_openssh(&std::fs::read_to_string(&file).unwrap()).unwrap_err();
        assert_eq!(failure.code, Code::Key);
        assert!(failure.to_string().contains(word), "{failure}");
    }
    for text in ["", "ssh-ed25519", "ssh-ed25519 AAAA", "rubbish"] {
        assert_eq!(signature::verify(text, MESSAGE, "").unwrap_err().code, Code::Key);
        assert_eq!(SigningKey::from_openssh(text).unwrap_err().code, Code::Key);
    }
}

#[test]
fn an_allowed_signers_line_trusts_a_key_for_evidence_only() {
    let line = key::allowed_signers_line("counterpart", &(fixture::public() + "\n")).unwrap();
    let public = fixture::public();
    let body = public.split(' ').nth(1).unwrap();
    assert_eq!(
        line,
        format!("counterpart namespaces=\"counterpart\" ssh-ed25519 {body}\n")
    );
    for principal in ["", "*", "a b", "a,b", "!a", "a\nb", "a\""] {
        assert_eq!(
            key::allowed_signers_line(principal, &public).unwrap_err().code,
            Code::Key
        );
    }
}
