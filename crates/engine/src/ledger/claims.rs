//! What imported logs claim of one path: when it was brought, changed and removed last, and in which log that stands.

use crate::ledger::Ledger;
use crate::ledger::imported::{ImportedDone, ImportedKind, ImportedLine, ImportedRun};
use counterpart_model::{Code, Failure, Timestamp};

/// What imported logs claim of one path.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Claims {
    /// How many lines name it.
    pub mentions: u64,
    /// How many of them are of dry runs, which are claimed below by none.
    pub of_dry_runs: u64,
    /// The earliest line.
    pub first: Option<Claim>,
    /// The latest line by which it was sent, received, made or linked.
    pub brought: Option<Claim>,
    /// The latest line by which it was changed otherwise.
    pub changed: Option<Claim>,
    /// The latest line by which it was removed.
    pub deleted: Option<Claim>,
    /// The latest trouble with it.
    pub trouble: Option<Claim>,
    /// The latest line of all.
    pub last: Option<Claim>,
}

/// One line that claims something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claim {
    /// Its time in seconds since 1970; that of its run where the line has none.
    pub at_seconds: i64,
    /// The run.
    pub run: String,
    /// The log's file, as shown.
    pub log: String,
    /// The line.
    pub line: ImportedLine,
    /// The line can be read in another way, too.
    pub doubtful: bool,
}

impl Ledger {
    /// What imported logs claim of a path, given as shown.
    ///
    /// # Errors
    /// The journal or a file of lines cannot be read, or does not hold.
    pub fn claims(&self, path: &str) -> Result<Claims, Failure> {
        let mut claims = Claims::default();
        let named = quoted(path)?;
        for run in self.imported_runs()? {
            let began = began(&run)?;
            let mut lines = self.imported_lines(&run)?;
            while let Some(line) = lines.next_that(|text| holds(text, &named))? {
                if line.names(path) {
                    claims.add(&run, began, line);
                }
            }
        }
        Ok(claims)
    }
}

/// The path as a JSON document has it.
fn quoted(path: &str) -> Result<String, Failure> {
    serde_json::to_string(path).map_err(|error| Failure::new(Code::Io, "looking for a path", error))
}

fn holds(line: &[u8], part: &str) -> bool {
    std::str::from_utf8(line).is_ok_and(|line| line.contains(part))
}

/// When a run began, in seconds since 1970.
///
/// # Errors
/// The record says no time.
pub(crate) fn began(run: &ImportedRun) -> Result<i64, Failure> {
    let parsed = run.began.parse::<jiff::Timestamp>();
    let broken = |error| {
        let doing = format!("reading the record of {}", run.run);
        Failure::new(Code::EvidenceBroken, doing, error)
    };
    parsed.map(jiff::Timestamp::as_second).map_err(broken)
}

impl ImportedLine {
    /// True when the line names the path, in any way in which it can be read.
    pub fn names(&self, path: &str) -> bool {
        self.path.as_deref() == Some(path) || self.also.iter().any(|other| other.path == path)
    }

    /// Its time as a document has it; that of its run where the line has none.
    pub fn at(&self, run: &ImportedRun) -> String {
        match self.at_seconds {
            Some(seconds) => Timestamp::new(seconds, 0).rfc3339(),
            None => run.began.clone(),
        }
    }
}

impl Claims {
    fn add(&mut self, run: &ImportedRun, began: i64, line: ImportedLine) {
        self.mentions += 1;
        if run.dry_run {
            self.of_dry_runs += 1;
            return;
        }
        let (kind, done) = (line.kind, line.done);
        let claim = Claim {
            at_seconds: line.at_seconds.unwrap_or(began),
            run: run.run.clone(),
            log: run.source.name.clone(),
            doubtful: !line.also.is_empty(),
            line,
        };
        if self
            .first
            .as_ref()
            .is_none_or(|first| claim.at_seconds < first.at_seconds)
        {
            self.first = Some(claim.clone());
        }
        if let Some(place) = self.place_of(kind, done) {
            keep_latest(place, &claim);
        }
        keep_latest(&mut self.last, &claim);
    }

    const fn place_of(
        &mut self,
        kind: ImportedKind,
        done: Option<ImportedDone>,
    ) -> Option<&mut Option<Claim>> {
        use ImportedDone::{
            Attributes, Changed, Created, Deleted, Linked, Received, Sent, Unchanged, Unknown,
        };
        match (kind, done) {
            (ImportedKind::Trouble, _) => Some(&mut self.trouble),
            (_, Some(Sent | Received | Created | Linked)) => Some(&mut self.brought),
            (_, Some(Changed | Attributes)) => Some(&mut self.changed),
            (_, Some(Deleted)) => Some(&mut self.deleted),
            (_, Some(Unchanged | Unknown) | None) => None,
        }
    }
}

fn keep_latest(place: &mut Option<Claim>, claim: &Claim) {
    if place
        .as_ref()
        .is_none_or(|known| claim.at_seconds >= known.at_seconds)
    {
        *place = Some(claim.clone());
    }
}
