//! Where keys are: in a file of the pair's state, or in an ssh-agent.

use crate::ledger::Ledger;
use counterpart_evidence::keys::{Known, Register};
use counterpart_evidence::{Signer, SigningKey};
use counterpart_model::{Code, Failure};
use counterpart_signer::AgentKey;
use counterpart_store::files::{read_bytes, remove, rename, write_bytes_atomic};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

const MAX_KEY_BYTES: u64 = 16 << 10;

/// Where the configuration says that the key is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyPlace {
    /// Fingerprint of a key that an ssh-agent holds; `None` for a key in a file of the pair's state.
    pub agent: Option<String>,
    /// The agent's socket, where one is known.
    pub socket: Option<PathBuf>,
}

impl KeyPlace {
    /// The key of a fingerprint in the agent.
    fn in_agent(&self, fingerprint: &str) -> Result<AgentKey, Failure> {
        let unknown = || {
            let why = "neither the configuration nor $SSH_AUTH_SOCK names its socket";
            Failure::new(Code::Key, format!("asking the ssh-agent for {fingerprint}"), why)
                .hint("Set [pair.NAME.key] socket = \"/path\" in the configuration, or SSH_AUTH_SOCK.")
        };
        AgentKey::find(self.socket.as_deref().ok_or_else(unknown)?, fingerprint)
    }
}

/// What lies in a file for a key.
pub(super) enum InFile {
    Nothing,
    Key(Box<SigningKey>),
    /// Why it is none.
    Strange(Failure),
}

impl InFile {
    pub(super) fn of(path: &Path) -> Result<Self, Failure> {
        let Some(text) = read_bytes(path, MAX_KEY_BYTES)? else {
            return Ok(Self::Nothing);
        };
        let key = String::from_utf8(text)
            .map_err(|error| Failure::new(Code::Key, "reading a key", error))
            .and_then(|text| SigningKey::from_openssh(&text));
        Ok(match key {
            Ok(key) => Self::Key(Box::new(key)),
            Err(failure) => Self::Strange(Failure {
                doing: format!("reading {}", path.display()),
                ..failure
            }),
        })
    }

    pub(super) fn is(&self, fingerprint: &str) -> bool {
        matches!(self, Self::Key(key) if key.fingerprint() == fingerprint)
    }
}

impl Ledger {
    /// The file of the private key.
    pub fn key_path(&self) -> PathBuf {
        self.dir().path().join("signing-key")
    }

    /// A key that is not in force yet: it waits here until the journal names it.
    pub(super) fn next_key_path(&self) -> PathBuf {
        self.dir().path().join("signing-key.next")
    }

    /// The key in force, where the configuration says that it is.
    pub(super) fn holder_of(&self, present: &Known) -> Result<Box<dyn Signer>, Failure> {
        let fingerprint = &present.fingerprint;
        match &self.key_place.agent {
            Some(wanted) if wanted == fingerprint => Ok(Box::new(self.key_place.in_agent(wanted)?)),
            Some(wanted) => Err(not_in_force(
                fingerprint,
                &format!("the configuration names {wanted}"),
            )),
            None => match InFile::of(&self.key_path())? {
                InFile::Key(key) if key.fingerprint() == *fingerprint => Ok(key),
                InFile::Key(other) => {
                    let why = format!("{} holds {}", self.key_path().display(), other.fingerprint());
                    Err(not_in_force(fingerprint, &why))
                }
                InFile::Nothing => {
                    let why = format!("there is no {}", self.key_path().display());
                    Err(not_in_force(fingerprint, &why))
                }
                InFile::Strange(failure) => Err(failure),
            },
        }
    }

    /// The key in force, wherever it is: what is configured may be its successor already.
    pub(super) fn wherever(&self, present: &Known) -> Result<Box<dyn Signer>, Failure> {
        let fingerprint = &present.fingerprint;
        match InFile::of(&self.key_path())? {
            InFile::Key(key) if key.fingerprint() == *fingerprint => return Ok(key),
            _ => {}
        }
        let in_agent = self.key_place.in_agent(fingerprint);
        in_agent
            .map(|key| Box::new(key) as Box<dyn Signer>)
            .map_err(|failure| {
                let why = format!("it is not in {}, and: {failure}", self.key_path().display());
                not_in_force(fingerprint, &why)
            })
    }

    /// The key that the configuration names; one in a file is made where there is none.
    pub(super) fn configured_key(&self) -> Result<Box<dyn Signer>, Failure> {
        if let Some(fingerprint) = &self.key_place.agent {
            return Ok(Box::new(self.key_place.in_agent(fingerprint)?));
        }
        match InFile::of(&self.key_path())? {
            InFile::Key(key) => Ok(key),
            InFile::Strange(failure) => Err(failure),
            InFile::Nothing => new_key(&self.key_path()).map(|key| Box::new(key) as Box<dyn Signer>),
        }
    }

    /// Puts files where they belong after a change of keys, also one that a crash cut short: the key that the journal
    /// names gets its name, and the private half of one that has ended goes. What is no key of the journal is set aside.
    pub(super) fn settle_keys(&self) -> Result<(), Failure> {
        let (path, next) = (self.key_path(), self.next_key_path());
        let waiting = InFile::of(&next)?;
        let roll = self.roll()?;
        let Some(present) = roll.register.present() else {
            return Ok(());
        };
        let here = InFile::of(&path)?;
        if waiting.is(&present.fingerprint) {
            if !is_ended(&here, &roll.register) && !matches!(here, InFile::Nothing) {
                self.set_aside(&path)?;
            }
            return rename(&next, &path);
        }
        if is_ended(&here, &roll.register) {
            return remove(&path);
        }
        Ok(())
    }

    fn set_aside(&self, path: &Path) -> Result<(), Failure> {
        let name = |number: u32| self.dir().path().join(format!("signing-key.set-aside-{number}"));
        let mut number = 1;
        while !matches!(read_bytes(&name(number), MAX_KEY_BYTES), Ok(None)) {
            number += 1;
        }
        rename(path, &name(number))
    }
}

fn not_in_force(fingerprint: &str, why: &str) -> Failure {
    let doing = format!("looking for {fingerprint}, the key that the journal has in force");
    Failure::new(Code::Key, doing, why).hint(
        "Bring it back to where it was. `counterpart key rotate` puts the configured one in force, if the old one can still \
         sign; `counterpart key rotate --lost --reason TEXT` if it cannot.",
    )
}

/// True of a key that was in force and is not any more.
fn is_ended(file: &InFile, register: &Register) -> bool {
    let InFile::Key(key) = file else {
        return false;
    };
    let known = register.find(&key.fingerprint());
    known.is_some_and(|known| known.ended.is_some())
}

/// Makes a key in a file that only its owner can read.
pub(super) fn new_key(path: &Path) -> Result<SigningKey, Failure> {
    let key = SigningKey::generate("counterpart")?;
    write_bytes_atomic(path, key.to_openssh()?.as_bytes())?;
    Ok(key)
}
