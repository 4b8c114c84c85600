//! The user's own command line: as it is recorded, and as it would have to be to allow what was refused.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;

/// A command line as a shell would take it, the program by its plain name.
pub(crate) fn line(arguments: &[OsString]) -> String {
    let rest = arguments.iter().skip(1).map(|word| quoted(word));
    std::iter::once("counterpart".to_owned())
        .chain(rest)
        .collect::<Vec<_>>()
        .join(" ")
}

/// The same command line with one more option, and `plan` or a dry run made real.
pub(crate) fn allowing(arguments: &[OsString], option: &[&str]) -> String {
    let mut words: Vec<OsString> = Vec::with_capacity(arguments.len() + option.len());
    let mut given = arguments.iter();
    while let Some(word) = given.next() {
        match word.to_str() {
            Some("--approve") => drop(given.next()),
            Some("--dry-run" | "-n" | "--json") => {}
            Some(text) if text.starts_with("--approve=") => {}
            _ => words.push(word.clone()),
        }
    }
    make_real(&mut words);
    words.extend(option.iter().map(OsString::from));
    line(&words)
}

/// The first word that is `plan` is the command: no option before it takes a value of that name in earnest.
fn make_real(words: &mut [OsString]) {
    let real = |word: &OsStr| {
        matches!(
            word.to_str(),
            Some("run" | "mirror" | "verify" | "repair" | "demo")
        )
    };
    let plan = words
        .iter()
        .skip(1)
        .position(|word| word == "plan")
        .map(|at| at + 1);
    let other = words.iter().skip(1).position(|word| real(word)).map(|at| at + 1);
    if let Some(at) = plan.filter(|plan| other.is_none_or(|other| *plan < other)) {
        words[at] = OsString::from("run");
    }
}

/// A word as a shell takes it back to the same bytes.
pub(crate) fn quoted(word: &OsStr) -> String {
    let bytes = word.as_bytes();
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_./=:,+@%^".contains(byte);
    if !bytes.is_empty() && bytes.iter().all(plain) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    match word.to_str() {
        Some(text) if crate::clean::clean(text) == text => format!("'{}'", text.replace('\'', r"'\''")),
        _ => format!(
            "$'{}'",
            counterpart_model::escape::shown(bytes).replace('\'', r"\'")
        ),
    }
}
