//! Small files of bytes that others than this program read too: certificates, signatures, keys, lists.

use super::json::{beside, publish};
use super::open;
use crate::failing::{damaged, io_at};
use counterpart_model::{Code, Failure};
use std::io::{Read as _, Write as _};
use std::path::Path;

/// Reads a whole file of at most `max_bytes`; `None` when there is none.
pub fn read_bytes(path: &Path, max_bytes: u64) -> Result<Option<Vec<u8>>, Failure> {
    let Some(file) = open_file(path)? else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    file.take(max_bytes + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| io_at("reading", path, &error))?;
    if bytes.len() as u64 > max_bytes {
        return Err(damaged(path, "it is longer than any such file"));
    }
    Ok(Some(bytes))
}

/// Opens a file to be read; `None` when there is none.
pub fn open_file(path: &Path) -> Result<Option<std::fs::File>, Failure> {
    match open::read(path) {
        Err(failure) if failure.code == Code::NotFound => Ok(None),
        other => other.map(Some),
    }
}

/// Writes a file beside `path`, makes it durable and renames it into place.
pub fn write_bytes_atomic(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write_bytes_together(&[(path, bytes)])
}

/// Writes some files of one directory as [`write_bytes_atomic`] does, with one sync of the directory for all. A power
/// loss leaves none, some or all of them, each whole.
pub fn write_bytes_together(files: &[(&Path, &[u8])]) -> Result<(), Failure> {
    for (path, bytes) in files {
        let new = beside(path, "new");
        let mut file = open::create_over(&new)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        written.map_err(|error| io_at("writing", &new, &error))?;
        std::fs::rename(&new, path).map_err(|error| io_at("renaming into place", path, &error))?;
    }
    files.last().map_or(Ok(()), |(path, _)| open::sync_parent(path))
}

/// The names in a directory that end in `suffix`, sorted, without it.
pub fn names_with(dir: &Path, suffix: &str) -> Result<Vec<String>, Failure> {
    let listing = std::fs::read_dir(dir).map_err(|error| io_at("listing", dir, &error))?;
    let mut names = Vec::new();
    for entry in listing {
        let entry = entry.map_err(|error| io_at("listing", dir, &error))?;
        let name = entry.file_name();
        if let Some(stem) = name.to_str().and_then(|name| name.strip_suffix(suffix)) {
            names.push(stem.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Gives a durable file its final name, over what had it.
pub fn rename(from: &Path, to: &Path) -> Result<(), Failure> {
    publish(from, to)
}
