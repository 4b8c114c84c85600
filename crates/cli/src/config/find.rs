//! Which configuration is meant: `--config`, else `./counterpart.toml`, then `/etc/counterpart/counterpart.toml`.

use std::path::{Path, PathBuf};

/// The name of the file in the present directory.
const LOCAL: &str = "counterpart.toml";

const SYSTEM: &str = "/etc/counterpart/counterpart.toml";

/// Where the configuration is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It was named, or is at one of the usual places.
    At(PathBuf),
    /// There is none.
    Nowhere,
}

/// Looks for the configuration. A file that was named need not be there: reading it then says so.
pub fn find(named: Option<&Path>) -> Found {
    if let Some(named) = named {
        return Found::At(named.to_owned());
    }
    let usual = [Path::new(LOCAL), Path::new(SYSTEM)];
    // A link that leads nowhere is found too, so that it is not passed over in silence.
    let there = usual.into_iter().find(|path| path.exists() || path.is_symlink());
    there.map_or(Found::Nowhere, |path| Found::At(path.to_owned()))
}
