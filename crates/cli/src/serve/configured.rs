//! The configuration that `serve` goes by: read again when it changed, kept as it was while the new one is broken.

use crate::config::{Config, Found, Pair, find};
use crate::context::Context;
use counterpart_model::{Algorithm, Code, Digest, Failure};
use std::path::{Path, PathBuf};

/// The configuration in force.
pub(super) struct Configured {
    file: PathBuf,
    config: Config,
    /// Digest of the text that was looked at last; `None` where it could not be read.
    seen: Option<Digest>,
    broken: Option<String>,
}

/// What a look at the file came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Looked {
    /// It is as it was.
    Same,
    /// There is a new one, now in force.
    New,
    /// There is a new one with mistakes, and the old one stays in force.
    Broken(String),
}

impl Configured {
    /// Reads it for the first time.
    ///
    /// # Errors
    /// There is none, or what is wrong with it.
    pub(super) fn load(context: &Context) -> Result<Self, Failure> {
        let file = match find(context.global.config.as_deref()) {
            Found::At(file) => std::path::absolute(&file).unwrap_or(file),
            Found::Nowhere => {
                let why = "there is no ./counterpart.toml and no /etc/counterpart/counterpart.toml";
                return Err(Failure::new(Code::Config, "starting to serve", why)
                    .hint("Write one with `counterpart init`, or name one with --config."));
            }
        };
        let seen = digest(&file);
        let config = Config::load(&file).map_err(|mistakes| mistakes.failure())?;
        Ok(Self {
            file,
            config,
            seen,
            broken: None,
        })
    }

    /// The file.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// What is in force.
    pub(super) const fn config(&self) -> &Config {
        &self.config
    }

    /// The pairs that have a schedule.
    pub(super) fn scheduled(&self) -> impl Iterator<Item = &Pair> {
        self.config.pairs.iter().filter(|pair| pair.schedule.is_some())
    }

    /// What is wrong with the file as it is now; `None` where it is in force.
    pub(super) fn broken(&self) -> Option<&str> {
        self.broken.as_deref()
    }

    /// Looks whether the file changed, and reads it then.
    pub(super) fn look(&mut self) -> Looked {
        if digest(&self.file) == self.seen {
            return Looked::Same;
        }
        self.read()
    }

    /// Reads the file, changed or not.
    pub(super) fn read(&mut self) -> Looked {
        self.seen = digest(&self.file);
        match Config::load(&self.file) {
            Ok(config) => {
                self.config = config;
                self.broken = None;
                Looked::New
            }
            Err(mistakes) => {
                let told = mistakes.failure().to_string();
                self.broken = Some(told.clone());
                Looked::Broken(told)
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the program looks at its own configuration"
)]
fn digest(file: &Path) -> Option<Digest> {
    let mut opened = std::fs::File::open(file).ok()?;
    let (digest, _) = Algorithm::Sha256.of_stream(&mut opened).ok()?;
    Some(digest)
}
