//! Small JSON files, replaced whole.

use super::open;
use crate::failing::{damaged, io_at, misuse};
use counterpart_model::{Code, Failure};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Longest JSON file that is read.
const MAX_JSON_BYTES: u64 = 64 << 20;

/// Reads a JSON file; `None` when there is none.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, Failure> {
    let file = match open::read(path) {
        Err(failure) if failure.code == Code::NotFound => return Ok(None),
        other => other?,
    };
    let mut text = Vec::new();
    file.take(MAX_JSON_BYTES + 1)
        .read_to_end(&mut text)
        .map_err(|error| io_at("reading", path, &error))?;
    if text.len() as u64 > MAX_JSON_BYTES {
        return Err(damaged(path, "it is longer than any such file"));
    }
    serde_json::from_slice(&text)
        .map(Some)
        .map_err(|error| damaged(path, error))
}

/// Writes a JSON file beside `path`, makes it durable and renames it into place; one that says the same is left alone.
pub fn write_json_atomic<T: Serialize>(path: &Path, value: &T) -> Result<(), Failure> {
    let mut text = serde_json::to_vec_pretty(value)
        .map_err(|error| misuse(format!("writing {}", path.display()), error))?;
    text.push(b'\n');
    if says_already(path, &text) {
        return Ok(());
    }
    let new = beside(path, "new");
    let file = open::create_over(&new)?;
    fill(file, &text).map_err(|error| io_at("writing", &new, &error))?;
    publish(&new, path)
}

/// True when the file was written with these bytes before. What cannot be read is written anew.
fn says_already(path: &Path, text: &[u8]) -> bool {
    let present = open::read(path).and_then(|file| {
        let mut present = Vec::new();
        let read = file.take(text.len() as u64 + 1).read_to_end(&mut present);
        read.map(|_| present)
            .map_err(|error| io_at("reading", path, &error))
    });
    present.is_ok_and(|present| present == text)
}

/// Removes a file durably; one that is not there is no failure.
pub fn remove(path: &Path) -> Result<(), Failure> {
    match std::fs::remove_file(path) {
        Ok(()) => open::sync_parent(path),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(io_at("removing", path, &error)),
    }
}

/// `path` with a suffix: the name of a file that is not finished.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

/// Gives a durable file its final name, durably.
pub(crate) fn publish(new: &Path, path: &Path) -> Result<(), Failure> {
    std::fs::rename(new, path).map_err(|error| io_at("renaming into place", path, &error))?;
    open::sync_parent(path)
}

fn fill(mut file: File, text: &[u8]) -> std::io::Result<()> {
    file.write_all(text)?;
    file.sync_all()
}
