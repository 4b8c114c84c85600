//! What a site is asked to do, as the configuration writes it: a list is a program with its arguments, a text an address,
//! a `tcp://host:port`, or the name of a command of a far site's own file.

use super::section::{Placed, Section};
use super::value;
use counterpart_model::SiteRole;
use counterpart_port::{Act, Address, CommandName, Task};

/// How long something may take of which nothing is said.
pub(super) const USUAL_TIMEOUT_SECONDS: u64 = 600;
const FORMS: &str = "write [\"/path/of/program\", \"argument\"], \"http://host:port/path\", \"tcp://host:port\", or the name of a command of a far site's own file";
/// The keys of [`keyed`], of which one is written.
const KEYS: [&str; 3] = ["run", "get", "command"];

/// For which site something is read, and what its words stand for.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) pair: String,
    pub(super) site: SiteRole,
    pub(super) root: String,
    /// The site is on this host, where commands have no names.
    pub(super) is_here: bool,
}

impl Place {
    fn filled(&self, word: &str) -> String {
        word.replace("{root}", &self.root)
            .replace("{pair}", &self.pair)
            .replace("{site}", self.site.word())
    }
}

/// What is written under a key; `None` where nothing is, or nothing right.
pub(super) fn act(section: &mut Section<'_>, key: &'static str, place: &Place) -> Option<Act> {
    if section.is_list(key) {
        return program(section, key, place);
    }
    let text = section.address(key)?;
    match named(&place.filled(&text.value), place) {
        Ok(act) => Some(act),
        Err(hint) => {
            section.wrong(text.span, format!("`{key}` cannot be {:?}", text.value), hint);
            None
        }
    }
}

/// As [`act`], with the time it may take.
pub(super) fn task(
    section: &mut Section<'_>,
    key: &'static str,
    place: &Place,
    timeout_seconds: u64,
) -> Option<Task> {
    act(section, key, place).map(|act| Task { act, timeout_seconds })
}

/// What a table of its own says is to be done, by one of the keys `run`, `get` and `command`, within its `timeout`.
pub(super) fn keyed(section: &mut Section<'_>, place: &Place) -> Option<Task> {
    let timeout_seconds = timeout(section);
    keyed_within(section, place, timeout_seconds)
}

/// The same within a time that was read already.
pub(super) fn keyed_within(section: &mut Section<'_>, place: &Place, timeout_seconds: u64) -> Option<Task> {
    let mut written = KEYS.into_iter().filter(|key| section.has(key));
    let (first, second) = (written.next(), written.next());
    match (first, second) {
        (Some(key), None) => task(section, key, place, timeout_seconds),
        (None, _) => {
            section.wrong(
                section.span(),
                "nothing is to be run",
                "write `run`, `get` or `command`",
            );
            None
        }
        (Some(first), Some(second)) => {
            section.wrong(
                section.span(),
                format!("`{first}` and `{second}` exclude each other"),
                "keep one of them",
            );
            // Both are known settings.
            act(section, first, place)
                .and(act(section, second, place))
                .and(None)
        }
    }
}

/// True where a table says by itself what is to be done.
pub(super) fn is_keyed(section: &Section<'_>) -> bool {
    KEYS.into_iter().any(|key| section.has(key))
}

/// The settings of [`keyed`] where they are not read.
pub(super) fn know_keys(section: &mut Section<'_>) {
    for key in KEYS {
        section.know(key);
    }
}

/// The table's `timeout`.
pub(super) fn timeout(section: &mut Section<'_>) -> u64 {
    section
        .parsed("timeout", value::duration)
        .unwrap_or(USUAL_TIMEOUT_SECONDS)
        .max(1)
}

fn program(section: &mut Section<'_>, key: &'static str, place: &Place) -> Option<Act> {
    let words = section.texts(key)?;
    let filled = |word: Placed<String>| place.filled(&word.value);
    if words.first().is_none_or(|program| program.value.is_empty()) {
        section.wrong(section.span(), format!("`{key}` names no program"), FORMS);
        return None;
    }
    Some(Act::Run(words.into_iter().map(filled).collect()))
}

fn named(text: &str, place: &Place) -> Result<Act, String> {
    if text.contains("://") {
        return match text.strip_prefix("tcp://") {
            Some(port) => connect(port),
            None => Address::checked(text).map(Act::Get),
        };
    }
    if place.is_here {
        return Err(format!(
            "this site is on this host, where commands have no names: {FORMS}"
        ));
    }
    CommandName::checked(text).map(Act::Command)
}

fn connect(port: &str) -> Result<Act, String> {
    let good = port
        .rsplit_once(':')
        .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0));
    good.then(|| Act::Connect(port.to_owned()))
        .ok_or_else(|| "write tcp://host:port".to_owned())
}
