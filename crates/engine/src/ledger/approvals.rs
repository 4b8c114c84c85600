//! Approvals: what a guard refused, kept so that an approval covers exactly that and nothing more.

use crate::ledger::Ledger;
use counterpart_model::{Code, Digest, EntryPath, Failure, escape};
use counterpart_store::SpoolWriter;
use counterpart_store::spool::{Spool, SpoolReader};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// One entry that made a guard refuse.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Offence {
    /// The guard.
    pub code: Code,
    /// The entry; the root where the site as a whole is meant.
    pub path: EntryPath,
    /// What is approved of it, where the path alone does not say.
    pub text: String,
}

/// Writes a refusal down and gives it its name.
pub struct RefusalWriter {
    spool: SpoolWriter<Offence>,
    hasher: counterpart_model::Hasher,
    temporary: PathBuf,
}

impl RefusalWriter {
    /// Starts the list of a refusal.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn create(ledger: &Ledger) -> Result<Self, Failure> {
        let temporary = ledger.dir().approvals_dir()?.join("refused.new");
        let spool = SpoolWriter::named(&temporary)?;
        Ok(Self {
            spool,
            hasher: counterpart_model::Algorithm::Sha256.hasher(),
            temporary,
        })
    }

    /// Adds an offence; those of one guard come in path order.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn push(&mut self, offence: &Offence) -> Result<(), Failure> {
        let line = format!(
            "{} {} {}\n",
            offence.code,
            escape::canonical(offence.path.as_bytes()),
            escape::canonical(offence.text.as_bytes())
        );
        self.hasher.update(line.as_bytes());
        self.spool.push(offence)
    }

    /// Ends the list and gives the hash that approves it: the first sixteen digits of the SHA-256 of its lines.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(self, ledger: &Ledger) -> Result<String, Failure> {
        self.spool.finish()?;
        let hash = short(self.hasher.finish());
        counterpart_store::files::rename(&self.temporary, &path(ledger, &hash)?)?;
        Ok(hash)
    }
}

fn short(digest: Digest) -> String {
    let mut text = digest.to_string();
    text.truncate(16);
    text
}

fn path(ledger: &Ledger, hash: &str) -> Result<PathBuf, Failure> {
    Ok(ledger
        .dir()
        .approvals_dir()?
        .join(format!("{}.refused", super::safe(hash)?)))
}

/// What an operator approved.
pub struct Approved(Spool<Offence>);

impl Approved {
    /// Loads what was refused under a hash.
    ///
    /// # Errors
    /// `approval` when nothing was refused under that hash.
    pub fn load(ledger: &Ledger, hash: &str) -> Result<Self, Failure> {
        let unknown = |_| {
            Failure::new(
                Code::Approval,
                format!("reading the approval {hash}"),
                "nothing was refused under that hash",
            )
            .hint("Give the hash that the refusal printed.")
        };
        Spool::open(&path(ledger, hash)?).map(Self).map_err(unknown)
    }

    /// Reads what one guard refused, in path order.
    ///
    /// # Errors
    /// `state-damaged`.
    pub fn of(&self, code: Code) -> Result<ApprovedOf, Failure> {
        Ok(ApprovedOf {
            code,
            reader: self.0.reader()?,
            next: None,
        })
    }
}

/// The approved offences of one guard, asked in path order.
pub struct ApprovedOf {
    code: Code,
    reader: SpoolReader<Offence>,
    next: Option<Offence>,
}

impl ApprovedOf {
    /// True when the offence was approved.
    ///
    /// # Errors
    /// `state-damaged`.
    pub fn covers(&mut self, offence: &Offence) -> Result<bool, Failure> {
        loop {
            if self.next.is_none() {
                self.next = self.advance()?;
            }
            match &self.next {
                None => return Ok(false),
                Some(next) if next.path > offence.path => return Ok(false),
                Some(next) if next.path == offence.path && next.text == offence.text => return Ok(true),
                // Of one path, a guard may have refused more than one thing.
                Some(_) => self.next = None,
            }
        }
    }

    fn advance(&mut self) -> Result<Option<Offence>, Failure> {
        while let Some(offence) = self.reader.next()? {
            if offence.code == self.code {
                return Ok(Some(offence));
            }
        }
        Ok(None)
    }
}
