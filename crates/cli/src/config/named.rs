//! The file of what an agent does by name: `[command.NAME]` with `run`, `get` or `connect`, `timeout_seconds` and `env`.
//!
//! It belongs to the site where they run. What is wrong in it is told as in the configuration; a file that somebody else
//! could have written is refused.

use super::mistake::{Mistake, Mistakes, Source};
use super::section::{Placed, Section};
use super::trusted::open_trusted;
use counterpart_command::{Job, Program, Table};
use counterpart_port::{Address, CommandName};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

const MAX_BYTES: u64 = 1 << 20;
const USUAL_TIMEOUT_SECONDS: u64 = 600;
const MAX_TIMEOUT_SECONDS: u64 = 86_400;
/// Where programs look for others, unless `env` brings in the agent's own.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// What the other end asked ssh to run: its own words, which must not reach a command.
const ITS_WORDS: &str = "SSH_ORIGINAL_COMMAND";

/// What the environment of this program holds under a name.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// Reads the file, where nobody else can write it.
///
/// # Errors
/// It cannot be read or trusted, or all mistakes that are in it.
pub fn named_commands(file: &Path, environment: Environment<'_>) -> Result<Table, Mistakes> {
    let distrusted = |why: String, hint: String| {
        Mistakes::of(vec![Mistake {
            file: file.to_owned(),
            place: None,
            why,
            hint,
        }])
    };
    let opened = open_trusted(file).map_err(|distrust| distrusted(distrust.why, distrust.hint))?;
    let mut text = String::new();
    let read = opened.take(MAX_BYTES + 1).read_to_string(&mut text);
    let len = read.map_err(|error| distrusted(error.to_string(), "Write it as TOML.".to_owned()))?;
    if len as u64 > MAX_BYTES {
        return Err(distrusted(
            "it is longer than 1 MiB".to_owned(),
            "Shorten it.".to_owned(),
        ));
    }
    parse(file, &text, environment)
}

/// Understands the text of such a file.
///
/// # Errors
/// All mistakes that are in it.
pub fn parse(file: &Path, text: &str, environment: Environment<'_>) -> Result<Table, Mistakes> {
    let source = Source::new(file, text);
    let document = source.document()?;
    let mut root = Section::new(&source, String::new(), document.get_ref());
    let mut jobs = BTreeMap::new();
    for (name, section) in root
        .table("command")
        .map(|mut all| all.sections())
        .unwrap_or_default()
    {
        jobs.extend(one(&name, section, environment));
    }
    root.end();
    source.finish().map(|()| Table::new(jobs))
}

fn one(name: &str, mut section: Section<'_>, environment: Environment<'_>) -> Option<(CommandName, Job)> {
    let checked = match CommandName::checked(name) {
        Ok(checked) => Some(checked),
        Err(hint) => {
            section.wrong(
                section.span(),
                format!("a command cannot be called {name:?}"),
                hint,
            );
            None
        }
    };
    let timeout_seconds = section.number_or_text("timeout_seconds", timeout);
    let timeout = Duration::from_secs(timeout_seconds.unwrap_or(USUAL_TIMEOUT_SECONDS));
    let job = if section.has("get") {
        page(&mut section, timeout)
    } else if section.has("connect") {
        port(&mut section, timeout)
    } else {
        program(&mut section, timeout, environment)
    };
    section.end();
    Some((checked?, job?))
}

fn page(section: &mut Section<'_>, timeout: Duration) -> Option<Job> {
    let address = section.parsed("get", |text| Address::checked(text))?;
    Some(Job::Get { address, timeout })
}

fn port(section: &mut Section<'_>, timeout: Duration) -> Option<Job> {
    let good = |text: &str| match text.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => Ok(text.to_owned()),
        _ => Err("write \"host:port\"".to_owned()),
    };
    let place = section.parsed("connect", good)?;
    Some(Job::Connect { place, timeout })
}

fn program(section: &mut Section<'_>, timeout: Duration, environment: Environment<'_>) -> Option<Job> {
    let argv = argv(section);
    let environment = allowed(section, environment);
    Some(Job::Program(Program {
        argv: argv?,
        timeout,
        environment,
    }))
}

fn argv(section: &mut Section<'_>) -> Option<Vec<OsString>> {
    const HINT: &str = "write run = [\"/path/of/program\", \"argument\"]; no shell reads it";
    let Some(words) = section.texts("run") else {
        if !section.has("run") {
            section.wrong(section.span(), "`run` is missing", HINT);
        }
        return None;
    };
    match words.first() {
        None => section.wrong(section.span(), "`run` names no program", HINT),
        Some(program) if !program.value.starts_with('/') => {
            let why = format!(
                "`run` has the program {:?}, which is no absolute path",
                program.value
            );
            section.wrong(program.span.clone(), why, HINT);
        }
        Some(_) => return Some(words.into_iter().map(|word| word.value.into()).collect()),
    }
    None
}

fn timeout(text: &str) -> Result<u64, String> {
    let seconds = text.parse().ok();
    seconds
        .filter(|seconds| (1..=MAX_TIMEOUT_SECONDS).contains(seconds))
        .ok_or_else(|| format!("write seconds from 1 to {MAX_TIMEOUT_SECONDS}"))
}

/// The whole environment of a command: a search path of its own, and what of the agent's is allowed.
fn allowed(section: &mut Section<'_>, environment: Environment<'_>) -> Vec<(OsString, OsString)> {
    let mut all = BTreeMap::from([(OsString::from("PATH"), OsString::from(PATH))]);
    for Placed { value: name, span } in section.texts("env").unwrap_or_default() {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        if name.is_empty() || !name.chars().all(plain) || name == ITS_WORDS {
            let hint = "write names such as \"LANG\"; what the other end says never reaches a command";
            section.wrong(span, format!("`env` cannot have {name:?}"), hint);
        } else if let Some(value) = environment(&name) {
            all.insert(name.into(), value);
        }
    }
    all.into_iter().collect()
}
