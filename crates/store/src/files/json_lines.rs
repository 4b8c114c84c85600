//! Files of JSON documents, one a line, that grow at their end: what a person asks for later, and no evidence.

use super::open;
use crate::failing::{io_at, misuse};
use counterpart_model::{Code, Failure};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// Longest line that is read.
const MAX_LINE_BYTES: u64 = 1 << 20;

/// Adds a line and makes it durable. A line that a crash cut short stays, and does not swallow this one.
pub fn append_json_line<T: Serialize>(path: &Path, value: &T) -> Result<(), Failure> {
    let mut line =
        serde_json::to_vec(value).map_err(|error| misuse(format!("writing {}", path.display()), error))?;
    line.push(b'\n');
    let mut file = open::append(path)?;
    let written = begin_line(&mut file)
        .and_then(|()| file.write_all(&line))
        .and_then(|()| file.sync_data());
    written.map_err(|error| io_at("writing", path, &error))
}

fn begin_line(file: &mut File) -> std::io::Result<()> {
    let mut last = [b'\n'];
    if file.metadata()?.len() > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    if last == *b"\n" {
        Ok(())
    } else {
        file.write_all(b"\n")
    }
}

/// Gives each document of the file in order; none where there is no file. A line that is none, as a crash leaves, is passed
/// over.
pub fn each_json_line<T: DeserializeOwned>(path: &Path, mut each: impl FnMut(T)) -> Result<(), Failure> {
    let file = match open::read(path) {
        Err(failure) if failure.code == Code::NotFound => return Ok(()),
        other => other?,
    };
    let mut lines = BufReader::new(file);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = lines.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line);
        if read.map_err(|error| io_at("reading", path, &error))? == 0 {
            return Ok(());
        }
        if let Ok(value) = serde_json::from_slice(&line) {
            each(value);
        }
    }
}
