//! Small files that are kept compressed, each one zstd frame, which `zstd -dc` reads too.

use super::bytes::{open_file, write_bytes_together};
use crate::failing::{damaged, io_at};
use counterpart_model::Failure;
use std::io::Read as _;
use std::path::Path;

const LEVEL: i32 = 3;

/// Writes some files of one directory compressed, as [`write_bytes_together`] does.
pub fn write_packed_together(files: &[(&Path, &[u8])]) -> Result<(), Failure> {
    let packed = |(path, bytes): &(&Path, &[u8])| {
        zstd::bulk::compress(bytes, LEVEL).map_err(|error| io_at("compressing", path, &error))
    };
    let contents = files.iter().map(packed).collect::<Result<Vec<_>, _>>()?;
    let paths = files.iter().map(|(path, _)| *path);
    let packed: Vec<(&Path, &[u8])> = paths.zip(contents.iter().map(Vec::as_slice)).collect();
    write_bytes_together(&packed)
}

/// Reads the content of a compressed file, at most `max_bytes` of it; `None` when there is none.
pub fn read_packed(path: &Path, max_bytes: u64) -> Result<Option<Vec<u8>>, Failure> {
    let Some(file) = open_file(path)? else {
        return Ok(None);
    };
    let unreadable = |error: std::io::Error| damaged(path, error);
    let decoder = zstd::stream::read::Decoder::new(file).map_err(unreadable)?;
    let mut bytes = Vec::new();
    decoder
        .take(max_bytes + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > max_bytes {
        return Err(damaged(path, "its content is longer than any such file's"));
    }
    Ok(Some(bytes))
}
