//! A key in an ssh-agent: found by its fingerprint, asked to sign.
//!
//! An agent may wait for a person who touches a token, so it has a minute; and no longer, since passes run unattended.

use crate::wire::{self, Identity};
use counterpart_evidence::Signer;
use counterpart_evidence::key;
use counterpart_model::{Code, Failure};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long an agent may take for one answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A key that an agent holds and that may sign evidence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Held {
    /// The public key as one line, without a comment.
    pub public: String,
    /// Its fingerprint.
    pub fingerprint: String,
    /// What the agent calls it.
    pub comment: String,
}

/// A key that signs by the hand of an agent.
#[derive(Clone, Debug)]
pub struct AgentKey {
    socket: PathBuf,
    public: String,
}

impl AgentKey {
    /// Finds the key of a fingerprint in the agent at a socket.
    ///
    /// # Errors
    /// `key` when the agent does not answer, or does not hold it.
    pub fn find(socket: &Path, fingerprint: &str) -> Result<Self, Failure> {
        let held = held(socket)?;
        let found = held.iter().find(|key| key.fingerprint == fingerprint);
        let missing = || {
            let known: Vec<&str> = held.iter().map(|key| key.fingerprint.as_str()).collect();
            let known = if known.is_empty() {
                "holds no key that may sign".to_owned()
            } else {
                format!("holds {}", known.join(", "))
            };
            Failure::new(Code::Key, doing(socket), format!("it does not hold {fingerprint}; it {known}"))
                .hint("Add the key with `ssh-add`, or plug its token in. It must be ssh-ed25519 or sk-ssh-ed25519@openssh.com.")
        };
        found.ok_or_else(missing).map(|key| Self {
            socket: socket.to_owned(),
            public: key.public.clone(),
        })
    }
}

impl Signer for AgentKey {
    fn public_openssh(&self) -> Result<String, Failure> {
        Ok(self.public.clone())
    }

    fn sign_bytes(&self, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
        let wire = key::to_wire(&self.public)?;
        let mut agent = connect(&self.socket)?;
        wire::signature(&mut agent, &wire, bytes).map_err(|error| {
            silent(&self.socket, &error).hint(
                "Look whether the agent is locked, asks for each use (`ssh-add -c`), or waits for a touch of the token.",
            )
        })
    }
}

/// The keys that the agent at a socket holds and that may sign evidence.
///
/// # Errors
/// `key` when it does not answer.
pub fn held(socket: &Path) -> Result<Vec<Held>, Failure> {
    let mut agent = connect(socket)?;
    let identities = wire::identities(&mut agent).map_err(|error| silent(socket, &error))?;
    Ok(identities.iter().filter_map(usable).collect())
}

fn usable(identity: &Identity) -> Option<Held> {
    let public = key::from_wire(&identity.key)?;
    Some(Held {
        fingerprint: key::fingerprint(&public).ok()?,
        public,
        comment: String::from_utf8_lossy(&identity.comment).into_owned(),
    })
}

fn connect(socket: &Path) -> Result<UnixStream, Failure> {
    let connected = UnixStream::connect(socket).and_then(|agent| {
        agent.set_read_timeout(Some(PATIENCE))?;
        agent.set_write_timeout(Some(PATIENCE))?;
        Ok(agent)
    });
    connected.map_err(|error| silent(socket, &error))
}

fn silent(socket: &Path, error: &std::io::Error) -> Failure {
    let why = match error.kind() {
        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut => {
            format!("it did not answer for {} seconds", PATIENCE.as_secs())
        }
        _ => error.to_string(),
    };
    Failure::new(Code::Key, doing(socket), why)
        .hint("Start the agent, or name its socket in the configuration: [pair.NAME.key] socket = \"/path\".")
}

fn doing(socket: &Path) -> String {
    format!("asking the ssh-agent at {}", socket.display())
}
