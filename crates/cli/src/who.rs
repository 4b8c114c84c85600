//! Who runs this, with what: recorded with every pass as evidence.

use crate::{clock, invocation};
use counterpart_engine::{Actor, Tool};
use counterpart_link::Program;
use counterpart_model::{Algorithm, Digest};
use std::ffi::{OsStr, OsString};
use std::io::Read;

/// The account, the host and the command. An entry that it names is recorded as `PATH`: a certificate names no entry.
pub(crate) fn actor(arguments: &[OsString], entry: Option<&OsStr>) -> Actor {
    let mut words = arguments.to_vec();
    let named = entry.and_then(|entry| words.iter().rposition(|word| word == entry));
    if let Some(at) = named {
        words[at] = OsString::from("PATH");
    }
    Actor {
        account: account(),
        host: host(),
        command: invocation::line(&words),
    }
}

/// This program.
pub(crate) fn tool() -> Tool {
    Tool {
        name: "counterpart".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        sha256: own_digest().unwrap_or_default(),
        utc_offset_seconds: clock::offset_at(clock::now().seconds),
    }
}

/// This program, as the other end of a link is told.
pub(crate) fn program() -> Program {
    Program {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        sha256: own_digest().and_then(|digest| Digest::from_hex(&digest)),
    }
}

/// The name of the host.
pub(crate) fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// The account by its number, never by a variable that anybody can set; its name where the host's list has it.
fn account() -> String {
    let number = rustix::process::geteuid().as_raw();
    let name = small_file("/etc/passwd").and_then(|list| name_in(&list, number));
    name.unwrap_or_else(|| format!("uid {number}"))
}

fn name_in(list: &str, number: u32) -> Option<String> {
    list.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(number)).then(|| name.to_owned())
    })
}

#[expect(clippy::disallowed_methods, reason = "the program tells who runs it")]
fn small_file(path: &str) -> Option<String> {
    let mut text = String::new();
    std::fs::File::open(path)
        .ok()?
        .take(4 << 20)
        .read_to_string(&mut text)
        .ok()?;
    Some(text)
}

#[expect(clippy::disallowed_methods, reason = "the program digests itself")]
fn own_digest() -> Option<String> {
    let mut program = std::fs::File::open("/proc/self/exe").ok()?;
    let (digest, _) = Algorithm::Sha256.of_stream(&mut program).ok()?;
    Some(digest.to_string())
}
