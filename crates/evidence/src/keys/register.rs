//! The keys of a pair as its journal tells of them, and which of them is in force at which record.
//!
//! Records are taken in order, so at each point the register is what was true there. Times are for readers that have no
//! journal, such as `ssh-keygen`; here the order of records decides.

use super::statement::{After, Event, KeyRecord, Statement, broken, named};
use crate::certificate::Moment;
use crate::key::{self, PRINCIPAL};
use counterpart_model::Failure;

/// How a key ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ended {
    /// The record that says it.
    pub record: u64,
    /// When.
    pub at: Moment,
    /// It was given up without its signature.
    pub lost: bool,
    /// The fingerprint of the one that took its place.
    pub next: String,
}

/// That a key is not to be trusted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Revocation {
    /// The record that says it.
    pub record: u64,
    /// Since when.
    pub since: Moment,
    /// Why.
    pub reason: String,
}

/// One key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Known {
    /// The public key as one line, without a comment.
    pub public: String,
    /// Its fingerprint.
    pub fingerprint: String,
    /// The record that brought it.
    pub record: u64,
    /// When.
    pub since: Moment,
    /// Evidence older than that record is its own, too: the journal began before keys were recorded.
    pub from_the_beginning: bool,
    /// The key before signed for it, or it is the first.
    pub vouched: bool,
    /// Why it came.
    pub reason: Option<String>,
    /// How it ended; `None` of the one in force.
    pub ended: Option<Ended>,
    /// Set where it was revoked.
    pub revoked: Option<Revocation>,
}

impl Known {
    /// When a signature by it must have been made to be believed, in seconds since 1970: at or after, at or before.
    pub fn valid_seconds(&self) -> (Option<i64>, Option<i64>) {
        let after = (!self.from_the_beginning).then(|| self.since.seconds());
        let ended = self.ended.as_ref().map(|ended| ended.at.seconds());
        let revoked = self.revoked.as_ref().map(|revoked| revoked.since.seconds());
        (after, ended.into_iter().chain(revoked).min())
    }

    /// Its lines in `allowed_signers`; what a person should know stands above as a comment.
    ///
    /// # Errors
    /// `key` when it cannot be written out.
    pub fn allowed_signers(&self) -> Result<String, Failure> {
        let (after, before) = self.valid_seconds();
        let mut out = self.remarks();
        // ssh-keygen reads no line, nor any after it, whose key would have to end before it began.
        let backwards = after.zip(before).is_some_and(|(after, before)| before <= after);
        let before = match (&self.revoked, after) {
            (Some(_), _) if backwards => {
                return Ok(out + &format!("# {}: never to be believed\n", self.fingerprint));
            }
            (None, Some(after)) if backwards => Some(after + 1),
            _ => before,
        };
        out += &key::allowed_signers_between(PRINCIPAL, &self.public, after, before)?;
        Ok(out)
    }

    fn remarks(&self) -> String {
        let mut out = String::new();
        if !self.vouched {
            out += &format!(
                "# {}: no earlier key signed for it (record {})\n",
                self.fingerprint, self.record
            );
        }
        if let Some(revoked) = &self.revoked {
            out += &format!("# {}: revoked with record {}\n", self.fingerprint, revoked.record);
        }
        out
    }
}

/// The keys of a pair, oldest first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Register {
    keys: Vec<Known>,
    certificates_before: bool,
}

impl Register {
    /// Every key, oldest first; the last is in force.
    pub fn keys(&self) -> &[Known] {
        &self.keys
    }

    /// The key in force; `None` before the first.
    pub fn present(&self) -> Option<&Known> {
        self.keys.last()
    }

    /// The key of a fingerprint.
    pub fn find(&self, fingerprint: &str) -> Option<&Known> {
        self.keys.iter().find(|key| key.fingerprint == fingerprint)
    }

    /// Notes that a certificate stands at this point of the journal.
    pub fn saw_certificate(&mut self) {
        self.certificates_before |= self.keys.is_empty();
    }

    /// Takes in the record of that number, which follows `after`.
    ///
    /// # Errors
    /// `evidence-broken` when it does not hold, or may not say what it says; the register stays as it was.
    pub fn take(&mut self, record: u64, after: Option<After>, said: &KeyRecord) -> Result<(), Failure> {
        let statement = &said.statement;
        if statement.after != after {
            return Err(broken("it was signed for another place in the journal"));
        }
        match statement.event {
            Event::First => self.first(record, said),
            Event::Rotated | Event::Lost => self.replaced(record, said),
            Event::Revoked => self.revoke(record, said),
        }
    }

    fn first(&mut self, record: u64, said: &KeyRecord) -> Result<(), Failure> {
        if !self.keys.is_empty() {
            return Err(broken("it names a first key, and there is one already"));
        }
        let new = self.new_key(record, &said.statement)?;
        said.check(None, Some(&new.public))?;
        self.keys.push(new);
        Ok(())
    }

    fn replaced(&mut self, record: u64, said: &KeyRecord) -> Result<(), Failure> {
        let lost = said.statement.event == Event::Lost;
        let old = named(said.statement.old.as_ref())?;
        let new = self.new_key(record, &said.statement)?;
        let present = self.present().filter(|present| present.public == old);
        let Some(present) = present else {
            return Err(broken("the key that it replaces is not the one in force"));
        };
        let by = (!lost).then_some(present.public.as_str());
        said.check(by, Some(&new.public))?;
        let ended = Ended {
            record,
            at: said.statement.at,
            lost,
            next: new.fingerprint.clone(),
        };
        if let Some(present) = self.keys.last_mut() {
            present.ended = Some(ended);
        }
        self.keys.push(new);
        Ok(())
    }

    fn revoke(&mut self, record: u64, said: &KeyRecord) -> Result<(), Failure> {
        let which = named(said.statement.revoked.as_ref())?;
        let revocation = Revocation {
            record,
            since: said.statement.since.unwrap_or(said.statement.at),
            reason: said.statement.reason.clone().unwrap_or_default(),
        };
        said.check(self.present().map(|present| present.public.as_str()), None)?;
        let found = self.keys.iter_mut().find(|key| key.public == which);
        match found {
            Some(key) if key.ended.is_none() => Err(broken("it revokes the key in force")),
            Some(key) if key.revoked.is_some() => Err(broken("it revokes a key once more")),
            Some(key) => {
                key.revoked = Some(revocation);
                Ok(())
            }
            None => Err(broken("it revokes a key that the journal does not name")),
        }
    }

    /// The key that a statement brings, which must not have been there before.
    fn new_key(&self, record: u64, statement: &Statement) -> Result<Known, Failure> {
        let public = named(statement.new.as_ref())?;
        if self.keys.iter().any(|key| key.public == public) {
            return Err(broken("its new key was in use before"));
        }
        Ok(Known {
            public: public.to_owned(),
            fingerprint: key::fingerprint(public)?,
            record,
            since: statement.at,
            from_the_beginning: self.keys.is_empty() && self.certificates_before,
            vouched: statement.event != Event::Lost,
            reason: statement.reason.clone(),
            ended: None,
            revoked: None,
        })
    }

    /// Why a signature by this key is refused at a point where another is in force.
    pub fn why_refused(&self, fingerprint: &str) -> String {
        let by = format!("it is signed by {fingerprint}");
        let Some(known) = self.find(fingerprint) else {
            return format!("{by}, a key that no record of the journal before it names");
        };
        let mut why = match &known.ended {
            None => format!("{by}, which came into use only with record {}", known.record),
            Some(ended) if ended.lost => format!(
                "{by}, which was given up as lost with record {} at {}",
                ended.record,
                ended.at.utc()
            ),
            Some(ended) => format!(
                "{by}, which was replaced by {} with record {} at {}",
                ended.next,
                ended.record,
                ended.at.utc()
            ),
        };
        if let Some(revoked) = &known.revoked {
            why += &format!(", and revoked with record {}: {}", revoked.record, revoked.reason);
        }
        why
    }

    /// An `allowed_signers` file with every key and the times between which it is to be believed.
    ///
    /// # Errors
    /// `key` when one cannot be written out.
    pub fn allowed_signers(&self) -> Result<String, Failure> {
        self.keys.iter().map(Known::allowed_signers).collect()
    }
}
