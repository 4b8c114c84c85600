//! The end of the journal when it is opened: the last record, and what a crash left of one.

use super::{MAX_LINE_BYTES, Record};
use crate::failing::{damaged, io_at};
use crate::files::open;
use counterpart_model::{Code, Failure};
use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

/// How much is read at once, backwards.
const STEP_BYTES: u64 = 64 << 10;

/// Makes the file end with a whole line. Gives its length and its last record.
pub(super) fn mend(file: &File, path: &Path) -> Result<(u64, Option<Record>), Failure> {
    let len = file
        .metadata()
        .map_err(|error| io_at("reading", path, &error))?
        .len();
    let begin = line_start(file, path, len)?;
    let torn = read(file, path, begin, len)?;
    if torn.is_empty() {
        return Ok((len, last_record(file, path, len)?));
    }
    if let Some(record) = whole(&torn) {
        return append_newline(file, path).map(|()| (len + 1, Some(record)));
    }
    set_aside(path, &torn)?;
    file.set_len(begin)
        .and_then(|()| file.sync_all())
        .map_err(|error| io_at("cutting", path, &error))?;
    Ok((begin, last_record(file, path, begin)?))
}

/// The record of the last line, which ends at `end` with its newline.
fn last_record(file: &File, path: &Path, end: u64) -> Result<Option<Record>, Failure> {
    let Some(before_newline) = end.checked_sub(1) else {
        return Ok(None);
    };
    let begin = line_start(file, path, before_newline)?;
    let line = read(file, path, begin, before_newline)?;
    let broken = || {
        let doing = format!("reading the last record of {}", path.display());
        Failure::new(Code::EvidenceBroken, doing, "it does not match its hash")
    };
    whole(&line).map(Some).ok_or_else(broken)
}

/// The record of a line that is whole.
fn whole(line: &[u8]) -> Option<Record> {
    serde_json::from_slice(line).ok().filter(Record::is_whole)
}

/// Where the line begins that goes up to `end`.
fn line_start(file: &File, path: &Path, end: u64) -> Result<u64, Failure> {
    let mut at = end;
    while at > 0 && end - at <= MAX_LINE_BYTES {
        let from = at.saturating_sub(STEP_BYTES);
        let bytes = read(file, path, from, at)?;
        if let Some(newline) = bytes.iter().rposition(|byte| *byte == b'\n') {
            return Ok(from + newline as u64 + 1);
        }
        at = from;
    }
    if at == 0 {
        Ok(0)
    } else {
        Err(damaged(path, "its last line is longer than any"))
    }
}

fn read(file: &File, path: &Path, from: u64, to: u64) -> Result<Vec<u8>, Failure> {
    let len = usize::try_from(to - from).map_err(|error| damaged(path, error))?;
    let mut bytes = vec![0; len];
    file.read_exact_at(&mut bytes, from)
        .map_err(|error| io_at("reading", path, &error))?;
    Ok(bytes)
}

/// Only the newline of the last record is missing.
fn append_newline(mut file: &File, path: &Path) -> Result<(), Failure> {
    file.write_all(b"\n")
        .and_then(|()| file.sync_data())
        .map_err(|error| io_at("writing", path, &error))
}

/// Keeps a torn line in a file of its own, under the first free number.
fn set_aside(path: &Path, torn: &[u8]) -> Result<(), Failure> {
    let free = (1..=u32::MAX)
        .map(|number| torn_name(path, number))
        .find(|name| name.symlink_metadata().is_err());
    let name = free.ok_or_else(|| damaged(path, "there is no free name to keep its torn line under"))?;
    let mut file = open::create_new(&name)?;
    file.write_all(torn)
        .map_err(|error| io_at("writing", &name, &error))?;
    open::sync(&file, &name)?;
    open::sync_parent(&name)
}

fn torn_name(path: &Path, number: u32) -> PathBuf {
    path.with_file_name(format!("journal.torn-{number}"))
}
