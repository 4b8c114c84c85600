//! `${file:PATH}` and `${env:NAME}`: how a value says that a secret is brought into it after it was parsed.
//!
//! A value keeps its references: that is what is shown, recorded and digested. Only who is about to use it asks for the
//! secret itself.

use super::named::Environment;
use super::trusted::open_private;
use counterpart_model::{Code, Failure, Secret};
use serde::{Serialize, Serializer};
use std::ffi::OsString;
use std::fmt;
use std::io::Read as _;
use std::path::{Path, PathBuf};

const MAX_BYTES: u64 = 64 << 10;
const OPENING: &str = "${";
/// What to do with a password that was written out.
pub(super) const ADVICE: &str = "put it into a file that others cannot read, and write \"${file:/etc/counterpart/NAME.pw}\"; or \
     \"${env:NAME}\"";

/// A value as the configuration has it, with references to secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText {
    written: String,
    parts: Vec<Part>,
}

#[derive(Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    File(PathBuf),
    Variable(String),
}

impl SecretText {
    /// Understands a value. Files are named from `base` on.
    ///
    /// # Errors
    /// What a reference looks like.
    pub fn parse(written: &str, base: &Path) -> Result<Self, String> {
        let (mut parts, mut rest) = (Vec::new(), written);
        while let Some(at) = rest.find(OPENING) {
            let (text, from) = rest.split_at(at);
            let end = from.find('}').ok_or_else(|| expected(from))?;
            if !text.is_empty() {
                parts.push(Part::Text(text.to_owned()));
            }
            parts.push(part(&from[OPENING.len()..end], base).ok_or_else(|| expected(&from[..=end]))?);
            rest = &from[end + 1..];
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Self {
            written: written.to_owned(),
            parts,
        })
    }

    /// True when nothing of it is written out.
    pub(super) fn is_only_references(&self) -> bool {
        !self.parts.is_empty() && !self.parts.iter().any(|part| matches!(part, Part::Text(_)))
    }

    /// The value with its references, as it is written.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The value with its secrets brought in.
    ///
    /// # Errors
    /// `config`: a file that is not there, that others can read, or that is no line of text; a variable that is not set.
    pub fn reveal(&self, environment: Environment<'_>) -> Result<Secret, Failure> {
        self.reveal_as(environment, |secret| secret)
    }

    /// The same as a part of an address, where letters of a secret would mean something else: each is written as RFC 3986
    /// has it.
    ///
    /// # Errors
    /// As of [`SecretText::reveal`].
    pub fn reveal_in_address(&self, environment: Environment<'_>) -> Result<Secret, Failure> {
        self.reveal_as(environment, |secret| percent_encoded(&secret))
    }

    fn reveal_as(
        &self,
        environment: Environment<'_>,
        write: fn(String) -> String,
    ) -> Result<Secret, Failure> {
        let mut value = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => value += text,
                Part::File(path) => value += &write(of_file(path)?),
                Part::Variable(name) => value += &write(of_variable(name, environment(name))?),
            }
        }
        Ok(Secret::new(value))
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.written, out)
    }
}

impl Serialize for SecretText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.written)
    }
}

fn part(reference: &str, base: &Path) -> Option<Part> {
    let (kind, name) = reference.split_once(':')?;
    match kind {
        _ if name.is_empty() => None,
        "file" => Some(Part::File(base.join(name))),
        "env"
            if name
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '_') =>
        {
            Some(Part::Variable(name.to_owned()))
        }
        _ => None,
    }
}

fn expected(found: &str) -> String {
    format!("`{found}` brings in nothing: write \"${{file:/path/of/a/file}}\" or \"${{env:NAME}}\"")
}

fn of_file(path: &Path) -> Result<String, Failure> {
    let doing = || format!("reading the secret in {}", path.display());
    let opened = open_private(path)
        .map_err(|distrust| Failure::new(Code::Config, doing(), distrust.why).hint(distrust.hint))?;
    let mut bytes = Vec::new();
    let read = opened.take(MAX_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::new(Code::Config, doing(), error))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(
            Failure::new(Code::Config, doing(), "it is longer than 64 KiB").hint("Name another file.")
        );
    }
    line(&bytes)
        .map_err(|why| Failure::new(Code::Config, doing(), why).hint("Write the secret alone into it."))
}

fn of_variable(name: &str, value: Option<OsString>) -> Result<String, Failure> {
    let doing = format!("reading the secret in the variable {name}");
    let Some(value) = value else {
        return Err(Failure::new(Code::Config, doing, "it is not set")
            .hint("Set it where this program is started, or name a file with ${file:PATH}."));
    };
    line(value.as_encoded_bytes())
        .map_err(|why| Failure::new(Code::Config, doing, why).hint("Set it to the secret alone."))
}

fn percent_encoded(secret: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let one = |byte: u8| match byte {
        byte if plain(byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    secret.bytes().map(one).collect()
}

/// One line of text, without its end.
fn line(bytes: &[u8]) -> Result<String, &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not text in UTF-8")?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        Err("it is empty")
    } else if text.chars().any(char::is_control) {
        Err("it has more than one line, or a control character")
    } else {
        Ok(text.to_owned())
    }
}

/// The first reference in a value.
pub(super) fn reference(text: &str) -> Option<&str> {
    ["${file:", "${env:"]
        .into_iter()
        .filter_map(|opening| whole(text, text.find(opening)?))
        .min_by_key(|found| {
            // The one that stands first.
            found.as_ptr() as usize
        })
}

/// True for an address in which a password is written out: `scheme://user:password@host`.
pub(super) fn has_password(address: &str) -> bool {
    let bare = without_references(address);
    let Some((_, rest)) = bare.split_once("://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let user = authority.rsplit_once('@').map(|(user, _)| user);
    let password = user
        .and_then(|user| user.split_once(':'))
        .map(|(_, password)| password);
    password.is_some_and(|password| !password.is_empty())
}

/// Whether an address may be asked for; `None` of what is none. Secrets stand before its host and nowhere else, since all else
/// of it is shown and is evidence.
pub(super) fn judged_address(text: &str) -> Option<Result<(), (&'static str, &'static str)>> {
    const PLACE: &str = "write such as \"https://user:${file:/etc/counterpart/NAME.pw}@host/path\"";
    let (scheme, rest) = text.split_once("://")?;
    if reference(scheme).is_some() {
        return None;
    }
    if has_password(text) {
        return Some(Err(("has a password written out in it", ADVICE)));
    }
    let Ok(parsed) = SecretText::parse(rest, Path::new("")) else {
        return Some(Err(("has a reference that brings in nothing", PLACE)));
    };
    let is_relative = |part: &Part| matches!(part, Part::File(path) if !path.is_absolute());
    if parsed.parts.iter().any(is_relative) {
        return Some(Err(("brings in a file that has no absolute path", PLACE)));
    }
    // From the last reference on there must be the end of the name and password, and no part of a path before it.
    let last = parsed
        .parts
        .iter()
        .rposition(|part| !matches!(part, Part::Text(_)));
    let Some(last) = last else { return Some(Ok(())) };
    let text_of = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::File(_) | Part::Variable(_) => String::new(),
    };
    let before: String = parsed.parts[..last].iter().map(text_of).collect();
    let after: String = parsed.parts[last..].iter().map(text_of).collect();
    let authority = after.split(['/', '?', '#']).next().unwrap_or_default();
    let is_before_host = authority.contains('@') && !before.contains(['/', '?', '#', '@']);
    Some(if is_before_host {
        Ok(())
    } else {
        Err(("brings in a secret elsewhere than before its host", PLACE))
    })
}

fn without_references(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(found) = reference(rest) {
        let at = found.as_ptr() as usize - rest.as_ptr() as usize;
        out += &rest[..at];
        rest = &rest[at + found.len()..];
    }
    out + rest
}

fn whole(text: &str, at: usize) -> Option<&str> {
    let rest = &text[at..];
    let end = rest.find('}').map_or(rest.len(), |end| end + 1);
    rest.get(..end)
}
