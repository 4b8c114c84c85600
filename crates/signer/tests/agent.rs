//! Keys in agents: a real ssh-agent, one that holds a security key, and some that misbehave.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a test that cannot go on fails; ssh-keygen takes files"
)]

mod support;

use counterpart_evidence::{Signer as _, key, signature};
use counterpart_model::Code;
use counterpart_signer::{AgentKey, held};
use support::{Directory, FakeAgent, RealAgent, security_key};

const MESSAGE: &[u8] = b"{\"a\":1}";

#[test]
fn a_real_agent_signs_with_the_key_that_is_named() {
    let directory = Directory::new();
    let (first, second) = (directory.new_key("first"), directory.new_key("second"));
    let agent = RealAgent::start(&directory);
    agent.add(&directory.path("first"));
    agent.add(&directory.path("second"));
    let all = held(&agent.socket).unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].comment, "first");
    for public in [first, second] {
        let signer = AgentKey::find(&agent.socket, &key::fingerprint(&public).unwrap()).unwrap();
        let armoured = signature::sign(&signer, MESSAGE).unwrap();
        assert!(directory.ssh_keygen_accepts(&public, MESSAGE, &armoured));
        assert!(!directory.ssh_keygen_accepts(&public, b"{}", &armoured));
        assert_eq!(
            signature::signer_of(&armoured).unwrap(),
            key::bare(&public).unwrap()
        );
    }
}

#[test]
fn an_agent_without_the_key_or_without_an_answer_is_told_with_what_to_do() {
    let directory = Directory::new();
    directory.new_key("there");
    let agent = RealAgent::start(&directory);
    let other = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let failure = AgentKey::find(&agent.socket, other).unwrap_err();
    assert_eq!(failure.code, Code::Key);
    assert!(failure.why.contains("holds no key"), "{failure}");
    agent.add(&directory.path("there"));
    let failure = AgentKey::find(&agent.socket, other).unwrap_err();
    assert!(failure.why.contains("it holds SHA256:"), "{failure}");
    assert!(failure.hint.contains("ssh-add"), "{}", failure.hint);
    let failure = held(&directory.path("nobody")).unwrap_err();
    assert!(failure.hint.contains("Start the agent"), "{}", failure.hint);
}

#[test]
fn a_key_that_was_taken_out_meanwhile_is_refused_by_the_agent() {
    let directory = Directory::new();
    let public = directory.new_key("key");
    let agent = RealAgent::start(&directory);
    agent.add(&directory.path("key"));
    let signer = AgentKey::find(&agent.socket, &key::fingerprint(&public).unwrap()).unwrap();
    agent.remove_all();
    let failure = signer.sign_bytes(MESSAGE).unwrap_err();
    assert!(failure.why.contains("the agent refuses"), "{failure}");
}

#[test]
fn a_security_key_signs_and_ssh_keygen_accepts_it() {
    let directory = Directory::new();
    let (public, wire, sign) = security_key();
    let agent = FakeAgent::holding(&directory, wire, move |bytes| Some(sign(bytes)));
    let signer = AgentKey::find(&agent.socket, &key::fingerprint(&public).unwrap()).unwrap();
    let armoured = signature::sign(&signer, MESSAGE).unwrap();
    assert!(directory.ssh_keygen_accepts(&public, MESSAGE, &armoured));
    assert!(!directory.ssh_keygen_accepts(&public, b"{}", &armoured));
    signature::verify(&public, b"{}", &armoured).unwrap_err();
}

#[test]
fn what_an_agent_gives_is_not_believed() {
    let directory = Directory::new();
    let (public, wire, sign) = security_key();
    // Over other bytes than it was asked.
    let agent = FakeAgent::holding(&directory, wire.clone(), move |_| Some(sign(b"something else")));
    let fingerprint = key::fingerprint(&public).unwrap();
    let signer = AgentKey::find(&agent.socket, &fingerprint).unwrap();
    let failure = signature::sign(&signer, MESSAGE).unwrap_err();
    assert_eq!(failure.code, Code::Key);
    assert!(failure.why.contains("does not hold"), "{failure}");
    // No signature at all.
    let directory = Directory::new();
    let agent = FakeAgent::holding(&directory, wire, |_| Some(b"not a signature".to_vec()));
    let signer = AgentKey::find(&agent.socket, &fingerprint).unwrap();
    assert_eq!(signature::sign(&signer, MESSAGE).unwrap_err().code, Code::Key);
}

#[test]
fn answers_that_lie_about_their_length_are_refused_before_memory_is_taken() {
    for answer in [
        &b"\xff\xff\xff\xff\x0c"[..],
        b"\0\0\0\0",
        b"\0\0\0\x05\x0c\xff\xff\xff\xff",
        b"\0\0\0\x09\x0c\0\0\0\x01\xff\xff\xff\xff",
        b"\0\0\0\x06\x0c\0\0\0\0\0",
        b"\0\0\0\x01\x06",
        b"\0\0",
    ] {
        let directory = Directory::new();
        let agent = FakeAgent::answering(&directory, answer.to_vec());
        assert_eq!(held(&agent.socket).unwrap_err().code, Code::Key, "{answer:?}");
    }
}
