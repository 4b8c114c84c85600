//! Who is at the other end, before anything else is said.
//!
//! Both sides say the same first bytes with their revision and version; then the caller says which site it wants, and the
//! agent whether it has it. Two revisions do not talk to each other: a message that one of them misreads could cost data.

use crate::connection::{Patient, decode, encode};
use counterpart_model::escape::shown;
use counterpart_model::{Code, Digest, Failure, SiteRole};
use rustix::fd::OwnedFd;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{Read, Write};
use std::time::Duration;

/// What is spoken over the link; another one for every change to a message.
pub const REVISION: u32 = 3;

const MARK: &[u8; 16] = b"counterpart-link";
/// Longest message before a connection stands.
const MAX_BYTES: u32 = 64 << 10;
/// How much of something else is shown.
const SHOWN_BYTES: usize = 200;
/// How long the other side may take to begin.
const PATIENCE: Duration = Duration::from_secs(60);

/// The site that the caller wants.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Wanted {
    /// Which end of the pair it is.
    pub role: SiteRole,
    /// Name of the pair.
    pub pair: String,
    /// Root of its tree, as bytes of a path at that host.
    pub root: Vec<u8>,
}

/// A program at one end, as it says of itself: recorded, and never believed for more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Program {
    /// Its version.
    pub version: String,
    /// SHA-256 of its file, where it could be read.
    pub sha256: Option<Digest>,
}

/// A stream before a connection takes it over.
pub(crate) struct Greeting {
    input: Patient,
    output: File,
}

impl Greeting {
    pub(crate) fn new(input: OwnedFd, output: OwnedFd) -> Self {
        Self {
            input: Patient::new(input, PATIENCE),
            output: File::from(output),
        }
    }

    /// Says who this is, and hears who is there.
    ///
    /// # Errors
    /// The other side is something else, or of another revision; both versions are named.
    pub(crate) fn exchange(&mut self, this: &Program) -> Result<Program, Failure> {
        let mut said = MARK.to_vec();
        said.extend(REVISION.to_le_bytes());
        self.write(&said)?;
        self.send(this)?;
        self.hear_mark()?;
        let mut revision = [0; 4];
        self.read(&mut revision)?;
        let theirs: Program = self.receive()?;
        match u32::from_le_bytes(revision) {
            REVISION => Ok(theirs),
            revision => Err(another(revision, &theirs.version, &this.version)),
        }
    }

    fn hear_mark(&mut self) -> Result<(), Failure> {
        let mut heard = Vec::new();
        while heard.len() < MARK.len() {
            let mut byte = [0];
            match self.input.read(&mut byte) {
                Ok(0) => break,
                Ok(_) => heard.push(byte[0]),
                Err(error) => return Err(silent(error)),
            }
            if !MARK.starts_with(&heard) {
                return Err(self.something_else(heard));
            }
        }
        if heard.len() == MARK.len() {
            return Ok(());
        }
        Err(silent("it ended before it said anything"))
    }

    /// A shell's greeting, mostly: shown, so that its origin can be found.
    fn something_else(&mut self, mut heard: Vec<u8>) -> Failure {
        let mut more = [0; SHOWN_BYTES];
        if let Ok(len) = self.input.read(&mut more) {
            heard.extend_from_slice(&more[..len]);
        }
        heard.truncate(SHOWN_BYTES);
        let why = format!("something else answered: {}", shown(heard.trim_ascii()));
        Failure::new(Code::SiteLost, "greeting the far end", why)
            .hint("Its account must print nothing when a command is run: look at its shell's start-up files.")
    }

    /// Sends one message.
    pub(crate) fn send<T: Serialize>(&mut self, message: &T) -> Result<(), Failure> {
        let bytes = encode(message)?;
        let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.write(&len.to_le_bytes())?;
        self.write(&bytes)
    }

    /// Receives one message.
    pub(crate) fn receive<T: DeserializeOwned>(&mut self) -> Result<T, Failure> {
        let mut len = [0; 4];
        self.read(&mut len)?;
        let len = u32::from_le_bytes(len);
        if len > MAX_BYTES {
            return Err(silent("it sent a greeting that is longer than any may be"));
        }
        let mut bytes = vec![0; len as usize];
        self.read(&mut bytes)?;
        decode(&bytes)
    }

    /// The stream, for a connection.
    pub(crate) fn into_stream(self) -> (OwnedFd, OwnedFd) {
        (self.input.into_inner(), OwnedFd::from(self.output))
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<(), Failure> {
        self.input.read_exact(buffer).map_err(silent)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.output.write_all(bytes).map_err(silent)
    }
}

fn silent(why: impl std::fmt::Display) -> Failure {
    Failure::new(Code::SiteLost, "greeting the far end", why)
}

fn another(revision: u32, theirs: &str, ours: &str) -> Failure {
    let why = format!(
        "it is version {theirs}, which speaks revision {revision} of the link; this is version {ours}, revision {REVISION}"
    );
    silent(why).hint("Install the same version at both ends.")
}
