//! A security key made of software: what a FIDO token signs, by PROTOCOL.u2f of OpenSSH.
//!
//! A token signs SHA-256 of the application, its flags, its counter, and SHA-256 of the message.

use super::fake::string;
use counterpart_model::Algorithm;
use ssh_key::private::Ed25519Keypair;
use ssh_key::{PublicKey, SigningKey, public};

const APPLICATION: &str = "ssh:";
const KIND: &[u8] = b"sk-ssh-ed25519@openssh.com";
/// No touch was asked for, as a pass at night cannot give one.
const FLAGS: u8 = 0;
const COUNTER: [u8; 4] = [0, 0, 0, 9];

/// Its public key as one line and as SSH sends it, and how it signs.
pub(crate) fn security_key() -> (
    String,
    Vec<u8>,
    impl Fn(&[u8]) -> Vec<u8> + Clone + Send + 'static,
) {
    let pair = Ed25519Keypair::from_seed(&[9; 32]);
    let wire = [
        string(KIND),
        string(pair.public.as_ref()),
        string(APPLICATION.as_bytes()),
    ]
    .concat();
    let public = PublicKey::from_bytes(&wire).unwrap();
    assert!(matches!(public.key_data(), public::KeyData::SkEd25519(_)));
    let sign = move |message: &[u8]| {
        let signed = [
            &Algorithm::Sha256.of(APPLICATION.as_bytes()).0[..],
            &[FLAGS],
            &COUNTER,
            &Algorithm::Sha256.of(message).0,
        ]
        .concat();
        [
            string(KIND),
            string(&by(&pair, &signed)),
            vec![FLAGS],
            COUNTER.to_vec(),
        ]
        .concat()
    };
    (public.to_openssh().unwrap(), wire, sign)
}

fn by(pair: &Ed25519Keypair, bytes: &[u8]) -> Vec<u8> {
    fn sign(key: &impl SigningKey, bytes: &[u8]) -> Vec<u8> {
        key.try_sign(bytes).ok().unwrap().as_bytes().to_vec()
    }
    let key = ssh_key::PrivateKey::from(pair.clone());
    sign(&key, bytes)
}
