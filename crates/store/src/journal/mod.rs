//! The journal's file: one canonical JSON record a line, each with the hash of the one before.
//!
//! It is only ever appended to. What a record means, and who signs it, is `evidence`'s.

mod record;
mod tail;
mod tree;
mod turn;
mod walk;

pub use record::Record;
pub use walk::Walk;

use crate::failing::io_at;
use crate::files::open;
use counterpart_model::{Code, Failure, Timestamp};
use record::Unhashed;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use tree::Tree;
use turn::Turn;

const FILE_NAME: &str = "journal.ndjson";
/// No line is longer.
const MAX_LINE_BYTES: u64 = 64 << 20;

/// The journal of a pair, open for appending. Who appends holds the pair; who opens it mends its end, so both take turns.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
    len_bytes: u64,
    head: Option<Record>,
}

/// The records of a journal in order.
pub struct Records {
    lines: BufReader<File>,
    path: PathBuf,
    /// Number of the line that was read last.
    line: u64,
    failed: bool,
}

impl Journal {
    /// Opens or starts the journal in `dir`. A last line that a crash cut short is set aside as `journal.torn-<n>`.
    pub fn open(dir: &Path) -> Result<Self, Failure> {
        let path = dir.join(FILE_NAME);
        let file = open::append(&path)?;
        let turn = Turn::take(&file, &path)?;
        let (len_bytes, head) = tail::mend(&file, &path)?;
        drop(turn);
        if len_bytes == 0 {
            open::sync_parent(&path)?;
        }
        Ok(Self {
            file,
            path,
            len_bytes,
            head,
        })
    }

    /// Adds a record and makes it durable.
    pub fn append(&mut self, kind: &str, at: Timestamp, body: serde_json::Value) -> Result<Record, Failure> {
        self.append_all(kind, at, vec![body])?;
        let lost = || crate::failing::misuse("writing the journal", "nothing was written");
        self.head.clone().ok_or_else(lost)
    }

    /// Adds records of one kind, one after the other, and makes them durable together.
    pub fn append_all(
        &mut self,
        kind: &str,
        at: Timestamp,
        bodies: Vec<serde_json::Value>,
    ) -> Result<(), Failure> {
        let file = self
            .file
            .try_clone()
            .map_err(|error| io_at("writing", &self.path, &error))?;
        let _turn = Turn::take(&file, &self.path)?;
        self.catch_up()?;
        let (mut head, mut lines) = (self.head.clone(), Vec::new());
        let mut tree = Tree::of(&self.path, self.head.as_ref())?;
        for body in bodies {
            let record = Unhashed::after(head.as_ref(), tree.root(), kind, at, body).hashed()?;
            tree.push(&record);
            let line = record.line()?;
            if line.len() as u64 > MAX_LINE_BYTES {
                let why = "a record is longer than any";
                return Err(crate::failing::misuse("writing the journal", why));
            }
            lines.extend_from_slice(&line);
            head = Some(record);
        }
        self.write(&lines)?;
        tree.keep(&self.path);
        self.head = head;
        Ok(())
    }

    /// Takes over what another process added since.
    fn catch_up(&mut self) -> Result<(), Failure> {
        let metadata = self.file.metadata();
        let len_bytes = metadata
            .map_err(|error| io_at("reading", &self.path, &error))?
            .len();
        if len_bytes != self.len_bytes {
            (self.len_bytes, self.head) = tail::mend(&self.file, &self.path)?;
        }
        Ok(())
    }

    fn write(&mut self, lines: &[u8]) -> Result<(), Failure> {
        let written = self.file.write_all(lines).and_then(|()| self.file.sync_data());
        if let Err(error) = written {
            // Nothing may follow a part of a line.
            let _ = self.file.set_len(self.len_bytes);
            return Err(io_at("writing", &self.path, &error));
        }
        self.len_bytes += lines.len() as u64;
        Ok(())
    }

    /// The last record; `None` while there is none.
    pub fn head(&self) -> Option<&Record> {
        self.head.as_ref()
    }

    /// The records from the first on, as they are written: each is parsed, none is checked.
    pub fn records(&self) -> Result<Records, Failure> {
        Records::of(&self.path)
    }

    /// Checks every record's hash, number and link, and names the first that does not hold.
    pub fn check(&self) -> Result<(), Failure> {
        let mut walk = Walk::of(self.path.parent().unwrap_or(Path::new("")))?;
        walk.by_ref().try_for_each(|record| record.map(|_| ()))?;
        if walk.last_record() == self.head.as_ref() {
            return Ok(());
        }
        let last = walk.last_record().map_or(0, |record| record.sequence);
        let why = "it is not the one that was written last";
        Err(walk::broken(&self.path, last, why))
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Records {
    /// Those of a journal's file.
    fn of(path: &Path) -> Result<Self, Failure> {
        let file = open::read(path)?;
        Ok(Self {
            lines: BufReader::new(file),
            path: path.to_owned(),
            line: 0,
            failed: false,
        })
    }

    /// The next line with its newline, which only the last may lack.
    fn next_line(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let mut line = Vec::new();
        let mut limited = self.lines.by_ref().take(MAX_LINE_BYTES + 1);
        limited
            .read_until(b'\n', &mut line)
            .map_err(|error| io_at("reading", &self.path, &error))?;
        if line.is_empty() {
            return Ok(None);
        }
        self.line += 1;
        Ok(Some(line))
    }

    fn next_record(&mut self) -> Result<Option<Record>, Failure> {
        let Some(line) = self.next_line()? else {
            return Ok(None);
        };
        let doing = || format!("reading record {} of {}", self.line, self.path.display());
        let record = serde_json::from_slice(&line);
        record
            .map(Some)
            .map_err(|error| Failure::new(Code::EvidenceBroken, doing(), error))
    }
}

impl Iterator for Records {
    type Item = Result<Record, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let next = self.next_record().transpose();
        self.failed = matches!(next, Some(Err(_)));
        next
    }
}
