//! What is kept for a time, file by file or folder by folder: listed, measured, and removed whole.

use super::open::sync_parent;
use crate::failing::io_at;
use counterpart_model::Failure;
use std::io::ErrorKind;
use std::path::Path;

/// The names in a directory, sorted; none where it is not there. Names that are no text are passed over.
pub fn names_in(dir: &Path) -> Result<Vec<String>, Failure> {
    let listing = match std::fs::read_dir(dir) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        listing => listing.map_err(|error| io_at("listing", dir, &error))?,
    };
    let mut names = Vec::new();
    for entry in listing {
        let name = entry.map_err(|error| io_at("listing", dir, &error))?.file_name();
        names.extend(name.to_str().map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

/// Bytes of a file, or of all files in a folder. No link is followed.
pub fn bytes_of(path: &Path) -> Result<u64, Failure> {
    let found = std::fs::symlink_metadata(path).map_err(|error| io_at("looking at", path, &error))?;
    if !found.is_dir() {
        return Ok(found.len());
    }
    let names = names_in(path)?;
    names
        .iter()
        .try_fold(0, |sum, name| Ok(sum + bytes_of(&path.join(name))?))
}

/// Removes a file, or a folder with all that is in it, durably. What is not there is no failure; no link is followed.
pub fn remove_all(path: &Path) -> Result<(), Failure> {
    let removed = match std::fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => std::fs::remove_dir_all(path),
        Ok(_) => std::fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Ok(()) => sync_parent(path),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(io_at("removing", path, &error)),
    }
}
