//! The messages of an ssh-agent that are used here: which keys are there, and a signature by one.
//!
//! Source of the format: draft-ietf-sshm-ssh-agent, sections 3 (framing), 3.5 (identities) and 3.6 (signing). Numbers are
//! big-endian, a string is its length in four bytes and its bytes.

use std::io::{self, Read, Write};

/// Longest answer that is read.
const MAX_ANSWER_BYTES: usize = 256 << 10;

const FAILURE: u8 = 5;
const REQUEST_IDENTITIES: u8 = 11;
const IDENTITIES_ANSWER: u8 = 12;
const SIGN_REQUEST: u8 = 13;
const SIGN_RESPONSE: u8 = 14;

/// One key that an agent holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Identity {
    /// The public key as SSH sends it.
    pub(crate) key: Vec<u8>,
    /// What the agent calls it.
    pub(crate) comment: Vec<u8>,
}

/// Asks which keys the agent holds.
pub(crate) fn identities(agent: &mut (impl Read + Write)) -> io::Result<Vec<Identity>> {
    let answer = ask(agent, &[REQUEST_IDENTITIES], IDENTITIES_ANSWER)?;
    let mut rest = Fields(&answer);
    let number = rest.number()?;
    let mut keys = Vec::new();
    // A number that lies is found when the answer ends.
    for _ in 0..number {
        keys.push(Identity {
            key: rest.string()?.to_vec(),
            comment: rest.string()?.to_vec(),
        });
    }
    rest.end()?;
    Ok(keys)
}

/// Asks for a signature by a key over bytes; gives it as SSH writes it.
pub(crate) fn signature(agent: &mut (impl Read + Write), key: &[u8], bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut request = vec![SIGN_REQUEST];
    push_string(&mut request, key)?;
    push_string(&mut request, bytes)?;
    // No flags: those choose a hash for RSA.
    request.extend(0_u32.to_be_bytes());
    let answer = ask(agent, &request, SIGN_RESPONSE)?;
    let mut rest = Fields(&answer);
    let signature = rest.string()?.to_vec();
    rest.end()?;
    Ok(signature)
}

/// Sends a message and reads the answer, which must be of one kind.
fn ask(agent: &mut (impl Read + Write), message: &[u8], wanted: u8) -> io::Result<Vec<u8>> {
    let mut framed = Vec::with_capacity(message.len() + 4);
    push_string(&mut framed, message)?;
    agent.write_all(&framed)?;
    agent.flush()?;
    let mut len = [0; 4];
    agent.read_exact(&mut len)?;
    let len = u32::from_be_bytes(len) as usize;
    if len == 0 || len > MAX_ANSWER_BYTES {
        return Err(strange("its answer is too long, or empty"));
    }
    let mut answer = vec![0; len];
    agent.read_exact(&mut answer)?;
    match answer.remove(0) {
        kind if kind == wanted => Ok(answer),
        FAILURE => Err(io::Error::other("the agent refuses")),
        kind => Err(strange(&format!("it answers with a message of kind {kind}"))),
    }
}

fn push_string(into: &mut Vec<u8>, bytes: &[u8]) -> io::Result<()> {
    let len = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    into.extend(len.to_be_bytes());
    into.extend(bytes);
    Ok(())
}

/// What is left of an answer.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn number(&mut self) -> io::Result<u32> {
        let (number, rest) = self.0.split_first_chunk().ok_or_else(short)?;
        self.0 = rest;
        Ok(u32::from_be_bytes(*number))
    }

    fn string(&mut self) -> io::Result<&'a [u8]> {
        let len = self.number()? as usize;
        let (string, rest) = self.0.split_at_checked(len).ok_or_else(short)?;
        self.0 = rest;
        Ok(string)
    }

    fn end(&self) -> io::Result<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(strange("its answer is longer than it says"))
        }
    }
}

fn short() -> io::Error {
    strange("its answer is shorter than it says")
}

fn strange(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_owned())
}
