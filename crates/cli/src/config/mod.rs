//! The configuration: reads `counterpart.toml`, explains each mistake in it with its place, and writes a first one.
//!
//! Only the form is judged here. Whether a site can be reached is for `check`, whether roots overlap for the engine.

mod act;
mod bandwidth;
mod find;
mod hooks;
mod location;
mod mistake;
pub mod named;
pub mod notify;
mod pair;
mod probe;
mod retention;
mod schedule;
mod secret;
mod section;
mod serve;
mod template;
mod trusted;
pub mod value;

pub use bandwidth::{Bandwidth, Span, span};
pub use find::{Found, find};
pub use location::{FarLocation, Location};
pub use mistake::{Mistake, Mistakes};
pub use notify::Notify;
pub use pair::{Link, Pair};
pub use retention::Retention;
pub use schedule::text as schedule_text;
pub use secret::SecretText;
pub use serve::Serve;
pub use template::{template, toml_string};
pub use value::{duration, duration_text};

use counterpart_model::{Code, Failure};
use mistake::Source;
use section::Section;
use std::path::{Path, PathBuf};

/// A configuration that was understood.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file it came from.
    pub file: PathBuf,
    /// The pairs, by name.
    pub pairs: Vec<Pair>,
    /// How `serve` runs them.
    pub serve: Serve,
}

/// Longest configuration that is read.
const MAX_CONFIG_BYTES: u64 = 1 << 20;

/// Tables that a later version will understand.
const LATER_TABLES: [&str; 1] = ["backup"];

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// The file cannot be read, or all mistakes that are in it.
    pub fn load(file: &Path) -> Result<Self, Mistakes> {
        let text = read(file).map_err(|why| Mistakes::unreadable(file, &why))?;
        Self::parse(file, &text)
    }

    /// Understands the text of a file.
    ///
    /// # Errors
    /// All mistakes that are in it, in the order of their places.
    pub fn parse(file: &Path, text: &str) -> Result<Self, Mistakes> {
        let source = Source::new(file, text);
        let document = source.document()?;
        let mut root = Section::new(&source, String::new(), document.get_ref());
        let base = file.parent().unwrap_or(Path::new("")).to_owned();
        let notify = root.table("notify").map(|section| Notify::read(section, &base));
        let pairs = pairs(&mut root, &base, &notify.unwrap_or_default());
        let serve = root.table("serve").map(Serve::read).unwrap_or_default();
        root.later(&LATER_TABLES);
        root.end();
        if pairs.is_empty() && source.is_clean() {
            source.add(
                0..0,
                "it names no pair",
                "add a [pair.NAME] table; `counterpart init` shows one",
            );
        }
        source.finish().map(|()| Self {
            file: file.to_owned(),
            pairs,
            serve,
        })
    }

    /// The pair of a name, or the only one.
    ///
    /// # Errors
    /// `usage`, with the names that there are.
    pub fn pair(&self, name: Option<&str>) -> Result<&Pair, Failure> {
        match (name, self.pairs.as_slice()) {
            (Some(name), pairs) => pairs
                .iter()
                .find(|pair| pair.name == name)
                .ok_or_else(|| unknown_pair(name, &self.names())),
            (None, [only]) => Ok(only),
            (None, _) => Err(many_pairs(&self.names())),
        }
    }

    /// Names of all pairs.
    pub fn names(&self) -> Vec<String> {
        self.pairs.iter().map(|pair| pair.name.clone()).collect()
    }
}

fn pairs(root: &mut Section<'_>, base: &Path, notify: &Notify) -> Vec<Pair> {
    let Some(mut tables) = root.table("pair") else {
        return Vec::new();
    };
    tables
        .sections()
        .into_iter()
        .filter_map(|(name, section)| Pair::read(&name, section, base, notify))
        .collect()
}

/// The refusal of a pair that there is not.
pub fn unknown_pair(name: &str, known: &[String]) -> Failure {
    let words: Vec<&str> = known.iter().map(String::as_str).collect();
    let near = crate::words::nearest(name, &words).map(|word| format!("Did you mean `{word}`? "));
    let hint = format!(
        "{}There is {}.",
        near.unwrap_or_default(),
        crate::words::list(&words)
    );
    Failure::new(
        Code::Usage,
        "choosing a pair",
        format!("there is no pair `{name}`"),
    )
    .hint(hint)
}

/// The refusal to guess which pair is meant.
pub fn many_pairs(known: &[String]) -> Failure {
    let words: Vec<&str> = known.iter().map(String::as_str).collect();
    let why = format!("there are {} pairs and none is named", known.len());
    Failure::new(Code::Usage, "choosing a pair", why)
        .hint(format!("Name one of {}.", crate::words::list(&words)))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the configuration is read by the program alone"
)]
fn read(file: &Path) -> Result<String, String> {
    use std::io::Read as _;
    let opened = std::fs::File::open(file).map_err(|error| error.to_string())?;
    let mut text = String::new();
    let read = opened.take(MAX_CONFIG_BYTES + 1).read_to_string(&mut text);
    match read {
        Ok(len) if len as u64 > MAX_CONFIG_BYTES => Err("it is longer than 1 MiB".to_owned()),
        Ok(_) => Ok(text),
        Err(error) => Err(error.to_string()),
    }
}
