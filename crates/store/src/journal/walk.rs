//! The journal from its first record on, each record checked, and not a byte of the file touched.

use super::{FILE_NAME, Record, Records};
use counterpart_evidence::merkle::MerkleTree;
use counterpart_model::{Code, Failure};
use std::path::{Path, PathBuf};

/// The records of a journal in order. Ends with the first that does not hold.
pub struct Walk {
    /// `None` where there is no journal, and at its end.
    lines: Option<Records>,
    path: PathBuf,
    before: Option<Record>,
    /// Over the records that held.
    tree: MerkleTree,
    torn: bool,
}

impl Walk {
    /// Begins at the first record of the journal in `dir`.
    ///
    /// # Errors
    /// The file cannot be read; one that is not there has no records.
    pub fn of(dir: &Path) -> Result<Self, Failure> {
        let path = dir.join(FILE_NAME);
        let lines = match Records::of(&path) {
            Ok(records) => Some(records),
            Err(failure) if failure.code == Code::NotFound => None,
            Err(failure) => return Err(failure),
        };
        Ok(Self {
            lines,
            path,
            before: None,
            tree: MerkleTree::new(),
            torn: false,
        })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The last record that held.
    pub fn last_record(&self) -> Option<&Record> {
        self.before.as_ref()
    }

    /// True when the last line is not a whole record: a crash cut it short, or it is being written now.
    pub fn is_torn(&self) -> bool {
        self.torn
    }

    fn step(&mut self) -> Result<Option<Record>, Failure> {
        let Some(lines) = &mut self.lines else {
            return Ok(None);
        };
        let Some(mut line) = lines.next_line()? else {
            return Ok(None);
        };
        let number = lines.line;
        let is_cut = line.last() != Some(&b'\n');
        if is_cut {
            line.push(b'\n');
        }
        let broken = |why: String| broken(&self.path, number, &why);
        let record: Record = match serde_json::from_slice(&line) {
            Err(_) if is_cut => {
                self.torn = true;
                return Ok(None);
            }
            other => other.map_err(|error| broken(format!("it is not a record: {error}")))?,
        };
        record
            .follows(self.before.as_ref())
            .map_err(|why| broken(why.to_owned()))?;
        if record.root != self.tree.root() {
            return Err(broken(
                "it has another root than the records before it".to_owned(),
            ));
        }
        if record.line()? != line {
            return Err(broken("it is not in canonical form".to_owned()));
        }
        self.tree.push(&record.hash.0);
        self.before = Some(record.clone());
        Ok(Some(record))
    }
}

impl Iterator for Walk {
    type Item = Result<Record, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.step().transpose();
        if !matches!(next, Some(Ok(_))) {
            self.lines = None;
        }
        next
    }
}

pub(super) fn broken(path: &Path, line: u64, why: &str) -> Failure {
    let doing = format!("checking record {line} of {}", path.display());
    Failure::new(Code::EvidenceBroken, doing, why)
}
