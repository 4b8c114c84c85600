//! Which pairs there are: those of the configuration, and the trees that `mirror` was given and remembers.

use crate::config::{Config, Found, Link, Location, Pair, find, many_pairs, unknown_pair};
use crate::context::Context;
use counterpart_engine::{Ledger, PairSettings};
use counterpart_model::{Algorithm, Code, Failure, escape};
use counterpart_store::files::{PairDir, read_json, write_json_atomic};
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// What is remembered of a pair that no configuration names. Paths are in their shown form, which loses no byte.
#[derive(Serialize, Deserialize)]
struct Remembered {
    production: String,
    standby: String,
    #[serde(default)]
    link: Link,
    settings: PairSettings,
}

const FILE: &str = "mirror.json";

/// The evidence of the pair of a name, or of the only one, with its name.
///
/// # Errors
/// As of [`one`], or its state cannot be opened.
pub(crate) fn ledger(context: &Context, name: Option<&str>) -> Result<(String, Ledger), Failure> {
    let pair = one(context, name)?;
    let ledger = Ledger::open(context.state()?.pair(&pair.name)?)?;
    Ok((pair.name, ledger))
}

/// The pair of a name, or the only one.
///
/// # Errors
/// `usage` where none or several could be meant; what is wrong with the configuration.
pub(crate) fn one(context: &Context, name: Option<&str>) -> Result<Pair, Failure> {
    let config = configuration(context)?;
    let remembered = remembered(context)?;
    let Some(name) = name else {
        return only(config, remembered);
    };
    let known: Vec<Pair> = config
        .into_iter()
        .flat_map(|config| config.pairs)
        .chain(remembered)
        .collect();
    let names: Vec<String> = known.iter().map(|pair| pair.name.clone()).collect();
    known
        .into_iter()
        .find(|pair| pair.name == name)
        .ok_or_else(|| unknown_pair(name, &names))
}

fn only(config: Option<Config>, mut remembered: Vec<Pair>) -> Result<Pair, Failure> {
    match config {
        Some(config) => config.pair(None).cloned(),
        None if remembered.is_empty() => Err(no_configuration()),
        None if remembered.len() == 1 => Ok(remembered.remove(0)),
        None => Err(many_pairs(
            &remembered
                .iter()
                .map(|pair| pair.name.clone())
                .collect::<Vec<_>>(),
        )),
    }
}

/// The pair of a name, or all of them.
///
/// # Errors
/// As [`one`].
pub(crate) fn all(context: &Context, name: Option<&str>) -> Result<Vec<Pair>, Failure> {
    if name.is_some() {
        return one(context, name).map(|pair| vec![pair]);
    }
    let mut pairs = configuration(context)?
        .map(|config| config.pairs)
        .unwrap_or_default();
    let named: Vec<String> = pairs.iter().map(|pair| pair.name.clone()).collect();
    pairs.extend(
        remembered(context)?
            .into_iter()
            .filter(|pair| !named.contains(&pair.name)),
    );
    if pairs.is_empty() {
        Err(no_configuration())
    } else {
        Ok(pairs)
    }
}

/// The pair of two trees, with the settings of its last `mirror` where there was one.
///
/// # Errors
/// A tree is far away, or its path cannot be made absolute.
pub(crate) fn of_trees(
    context: &Context,
    production: &OsString,
    standby: &OsString,
) -> Result<Pair, Failure> {
    let pair = Pair::of("", tree(production)?, tree(standby)?);
    if let (Location::Far(_), Location::Far(_)) = (&pair.production, &pair.standby) {
        let why = "both sites are far away";
        return Err(Failure::new(Code::Usage, "reading the locations", why)
            .hint("Run it on one of the two hosts, and write that one's path without a host."));
    }
    let name = name_of(&pair);
    let known = remembered(context)?.into_iter().find(|known| known.name == name);
    Ok(known.unwrap_or_else(|| Pair::of(&name, pair.production, pair.standby)))
}

fn tree(path: &OsString) -> Result<Location, Failure> {
    let parsed = match path.to_str() {
        Some(text) => Location::parse(text, Path::new("")),
        None => Ok(Location::local(Path::new(path), Path::new(""))),
    };
    parsed.map_err(|hint| {
        let shown = escape::shown(path.as_bytes());
        Failure::new(
            Code::Usage,
            format!("reading the location {shown}"),
            "it cannot be used",
        )
        .hint(hint)
    })
}

/// A name that is the same whenever the same two trees are given: what the source is called, and a digest of both.
fn name_of(pair: &Pair) -> String {
    let both = [&pair.production, &pair.standby].map(|location| match location {
        Location::Here(path) => path.as_os_str().as_bytes().to_vec(),
        far @ Location::Far(_) => far.to_string().into_bytes(),
    });
    let both = both.join(&0);
    let called = pair
        .production
        .path()
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let plain = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '-' || *letter == '_';
    let called: String = called.chars().filter(plain).take(40).collect();
    let called = if called.is_empty() {
        "tree".to_owned()
    } else {
        called
    };
    let digest = Algorithm::Sha256.of(&both).to_string();
    format!("{called}-{}", &digest[..8])
}

/// Remembers a pair that no configuration names.
///
/// # Errors
/// The state directory cannot be written.
pub(crate) fn remember(directory: &PairDir, pair: &Pair) -> Result<(), Failure> {
    let remembered = Remembered {
        production: pair.production.to_string(),
        standby: pair.standby.to_string(),
        link: pair.link.clone(),
        settings: pair.settings.clone(),
    };
    write_json_atomic(&directory.path().join(FILE), &remembered)
}

fn remembered(context: &Context) -> Result<Vec<Pair>, Failure> {
    let mut pairs = Vec::new();
    for directory in pair_directories(&context.state_path()?.join("pairs"))? {
        let file = directory.join(FILE);
        if let Some(remembered) = read_json::<Remembered>(&file)? {
            pairs.push(recall(remembered, &file)?);
        }
    }
    pairs.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(pairs)
}

fn recall(remembered: Remembered, file: &Path) -> Result<Pair, Failure> {
    let location = |text: &str| {
        Location::from_shown(text)
            .map_err(|why| Failure::new(Code::StateDamaged, format!("reading {}", file.display()), why))
    };
    let mut pair = Pair::of(
        &remembered.settings.name,
        location(&remembered.production)?,
        location(&remembered.standby)?,
    );
    pair.link = remembered.link;
    pair.settings = remembered.settings;
    Ok(pair)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the program looks for what it remembers"
)]
fn pair_directories(pairs: &Path) -> Result<Vec<PathBuf>, Failure> {
    let listed = match std::fs::read_dir(pairs) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other,
    };
    let list = || -> std::io::Result<Vec<PathBuf>> {
        listed?.map(|entry| entry.map(|entry| entry.path())).collect()
    };
    list().map_err(|error| Failure::new(Code::Io, format!("listing {}", pairs.display()), error))
}

/// The configuration, where there is one.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn configuration(context: &Context) -> Result<Option<Config>, Failure> {
    match find(context.global.config.as_deref()) {
        Found::Nowhere => Ok(None),
        Found::At(file) => Config::load(&file)
            .map(Some)
            .map_err(|mistakes| mistakes.failure()),
    }
}

fn no_configuration() -> Failure {
    let why = "there is no ./counterpart.toml and no /etc/counterpart/counterpart.toml, and nothing was mirrored yet";
    Failure::new(Code::Config, "choosing a pair", why)
        .hint("Write one with `counterpart init`, name one with --config, or begin with `counterpart mirror SRC DST`.")
}
