//! A log of lines in one zstd file, which `zstd -dc` reads too: what a pass changed, a JSON document a line.
//!
//! What a line says is its writer's affair.

use crate::failing::{damaged, io_at};
use crate::files::open;
use counterpart_model::{Algorithm, Digest, Failure, Hasher};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write};
use std::path::{Path, PathBuf};

/// Compression level: logs are written while content moves, so it must cost next to nothing.
const LEVEL: i32 = 1;
/// Longest line that is read, in bytes.
const MAX_LINE_BYTES: u64 = 1 << 20;

/// A log that is being written.
pub struct LineLog {
    path: PathBuf,
    encoder: zstd::stream::write::Encoder<'static, Digesting>,
    lines: u64,
}

/// A finished log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FinishedLog {
    /// Where it is.
    pub path: PathBuf,
    /// How many lines it has.
    pub lines: u64,
    /// Length of the file in bytes.
    pub len_bytes: u64,
    /// SHA-256 of the file.
    pub sha256: Digest,
}

/// Reads a log line by line.
pub struct LineReader {
    path: PathBuf,
    lines: BufReader<zstd::stream::read::Decoder<'static, BufReader<File>>>,
}

/// Digests the file's own bytes on their way to the disk.
struct Digesting {
    file: File,
    hasher: Hasher,
    len_bytes: u64,
}

impl LineLog {
    /// Starts a log, over an older one of the same name.
    pub fn create(path: &Path) -> Result<Self, Failure> {
        let file = open::create_over(path)?;
        let digesting = Digesting {
            file,
            hasher: Algorithm::Sha256.hasher(),
            len_bytes: 0,
        };
        let encoder = zstd::stream::write::Encoder::new(digesting, LEVEL)
            .map_err(|error| io_at("starting", path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            encoder,
            lines: 0,
        })
    }

    /// Adds one line, given without its line feed.
    pub fn push(&mut self, line: &[u8]) -> Result<(), Failure> {
        self.lines += 1;
        let written = self
            .encoder
            .write_all(line)
            .and_then(|()| self.encoder.write_all(b"\n"));
        written.map_err(|error| io_at("writing", &self.path, &error))
    }

    /// How many lines were added.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Ends the log and makes it durable.
    pub fn finish(self) -> Result<FinishedLog, Failure> {
        let Self { path, encoder, lines } = self;
        let done = encoder
            .finish()
            .and_then(|done| done.file.sync_all().map(|()| done));
        let done = done.map_err(|error| io_at("writing", &path, &error))?;
        Ok(FinishedLog {
            path,
            lines,
            len_bytes: done.len_bytes,
            sha256: done.hasher.finish(),
        })
    }
}

impl LineReader {
    /// Opens a log; a log that a crash cut short ends where it was cut.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let decoder = zstd::stream::read::Decoder::new(open::read(path)?);
        let decoder = decoder.map_err(|error| io_at("reading", path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            lines: BufReader::new(decoder),
        })
    }

    /// SHA-256 of a log's file, as [`FinishedLog`] has it.
    pub fn sha256(path: &Path) -> Result<Digest, Failure> {
        let mut file = open::read(path)?;
        let digested = Algorithm::Sha256.of_stream(&mut file);
        digested
            .map(|(digest, _)| digest)
            .map_err(|error| io_at("reading", path, &error))
    }

    /// Reads the next line into `line`, without its line feed; `false` at the end.
    pub fn next_into(&mut self, line: &mut Vec<u8>) -> Result<bool, Failure> {
        use std::io::Read as _;
        line.clear();
        match (&mut self.lines).take(MAX_LINE_BYTES).read_until(b'\n', line) {
            Ok(_) if line.last() == Some(&b'\n') => {
                line.pop();
                Ok(true)
            }
            Ok(len) if len as u64 == MAX_LINE_BYTES => Err(damaged(&self.path, "a line is too long")),
            Ok(_) => Ok(false),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(damaged(&self.path, error)),
        }
    }
}

impl Write for Digesting {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let len = self.file.write(bytes)?;
        self.hasher.update(&bytes[..len]);
        self.len_bytes += len as u64;
        Ok(len)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}
