//! The register of exceptions, read off the journal and written to it. There is no other place where it is kept.

use super::keys::Acting;
use crate::exceptions::{
    Accepted, Covers, Ended, EndedBody, Exception, MAX_AHEAD_SECONDS, MAX_IN_FORCE, MAX_TEXT_BYTES, Wanted,
};
use crate::ledger::Ledger;
use counterpart_evidence::certificate::{Certificate, Moment};
use counterpart_model::{Code, Failure};
use counterpart_store::{Record, Walk};
use serde::Serialize;
use std::collections::BTreeMap;

/// The kind of a journal record that brings an exception.
pub(super) const ADDED: &str = "exception-added";
/// The kind of a journal record that ends one.
pub(super) const ENDED: &str = "exception-ended";
const ADDING: &str = "accepting a finding";
const ENDING: &str = "ending an exception";

/// What a journal says of exceptions, record by record.
#[derive(Clone, Debug, Default)]
pub(super) struct Exceptions {
    all: Vec<Exception>,
    /// The first record that cannot be one of Counterpart's own.
    broken: Option<Failure>,
}

impl Exceptions {
    /// Takes in a record, if it says anything of exceptions.
    pub(super) fn take(&mut self, record: &Record) {
        let taken = match record.kind.as_str() {
            ADDED => self.added(record),
            ENDED => self.ended(record),
            super::roll::CERTIFICATE => {
                self.used(&matched_of(record));
                Ok(())
            }
            _ => Ok(()),
        };
        if let Err(why) = taken {
            self.broken.get_or_insert_with(|| {
                let doing = format!(
                    "reading what record {} of the journal says of an exception",
                    record.sequence
                );
                Failure::new(Code::EvidenceBroken, doing, why)
            });
        }
    }

    fn added(&mut self, record: &Record) -> Result<(), String> {
        let said: Accepted = body(record)?;
        if said.id != self.next_id() {
            return Err(format!(
                "it names {}, and the next one is {}",
                said.id,
                self.next_id()
            ));
        }
        Covers::new(&said.pattern, &said.codes).map_err(|failure| failure.why)?;
        self.all.push(Exception {
            said,
            ended: None,
            uses: crate::exceptions::Uses::default(),
            record: record.sequence,
        });
        Ok(())
    }

    fn ended(&mut self, record: &Record) -> Result<(), String> {
        let said: EndedBody = body(record)?;
        let known = self.all.iter_mut().find(|known| known.said.id == said.id);
        let known = known.filter(|known| known.ended.is_none());
        let known = known.ok_or_else(|| format!("it ends {}, which there is not", said.id))?;
        known.ended = Some(Ended {
            said,
            at_seconds: record.at_seconds,
        });
        Ok(())
    }

    fn used(&mut self, matched: &BTreeMap<String, u64>) {
        for known in &mut self.all {
            if let Some(count) = matched.get(&known.said.id) {
                known.uses.passes += 1;
                known.uses.matched = known.uses.matched.saturating_add(*count);
                known.uses.matched_last = *count;
            }
        }
    }

    fn next_id(&self) -> String {
        format!("x-{}", self.all.len() + 1)
    }

    /// Every exception, oldest first.
    pub(super) fn believed(&self) -> Result<&[Exception], Failure> {
        self.broken.clone().map_or(Ok(&self.all), Err)
    }

    /// Checks that a certificate tells of those that were in force when its pass began, and of no other. A pass that found
    /// the journal broken believed none, and says so.
    ///
    /// # Errors
    /// Which one is told wrongly.
    pub(super) fn check(&self, certificate: &Certificate, record: &Record) -> Result<(), String> {
        let told = &certificate.exceptions;
        let matched: BTreeMap<String, u64> = told.iter().map(|one| (one.id.clone(), one.matched)).collect();
        if matched != matched_of(record) {
            return Err("the journal counts other exceptions for it".to_owned());
        }
        let disbelieved = certificate
            .findings
            .iter()
            .any(|group| group.code == Code::EvidenceBroken);
        if told.is_empty() && disbelieved {
            return Ok(());
        }
        let began = certificate.times.began.seconds();
        let all = self.believed().map_err(|failure| failure.why)?;
        let mut in_force = all.iter().filter(|known| known.is_in_force(began));
        for one in told {
            let same = in_force
                .next()
                .is_some_and(|known| known.said.certified(one.matched) == *one);
            if !same {
                return Err(format!(
                    "the journal does not have its exception {} as it stands there",
                    one.id
                ));
            }
        }
        match in_force.next() {
            Some(known) => Err(format!(
                "it does not tell of exception {}, which was in force",
                known.said.id
            )),
            None => Ok(()),
        }
    }
}

/// How many entries each exception in force covered, as the record of a certificate has it.
fn matched_of(record: &Record) -> BTreeMap<String, u64> {
    let matched = record.body.get("exceptions").cloned().unwrap_or_default();
    serde_json::from_value(matched).unwrap_or_default()
}

fn body<T: serde::de::DeserializeOwned>(record: &Record) -> Result<T, String> {
    serde_json::from_value(record.body.clone()).map_err(|error| error.to_string())
}

impl Ledger {
    /// Every exception of the pair, oldest first, from a journal that holds.
    ///
    /// # Errors
    /// `evidence-broken`: where any exception was accepted, and the journal does not hold.
    pub fn exceptions(&self) -> Result<Vec<Exception>, Failure> {
        let roll = self.roll()?;
        let all = roll.exceptions.believed()?;
        if !all.is_empty() {
            Walk::of(&self.dir().journal_dir()?)?.try_for_each(|record| record.map(drop))?;
        }
        Ok(all.to_vec())
    }

    /// Accepts a finding, and enters that in the journal. Whoever asks holds the pair.
    ///
    /// # Errors
    /// `usage` that says what of it cannot be accepted.
    pub fn add_exception(&self, acting: &Acting<'_>, wanted: &Wanted) -> Result<Exception, Failure> {
        Covers::new(&wanted.pattern, &wanted.codes)?;
        check_text(ADDING, "the pattern", &wanted.pattern, "PATTERN")?;
        let owner = said(
            ADDING,
            "an owner",
            &wanted.owner,
            "--owner: a person or a role who answers for it",
        )?;
        let reason = said(
            ADDING,
            "a reason",
            acting.reason.unwrap_or_default(),
            "--reason TEXT",
        )?;
        check_until(acting.at.seconds, wanted.until_seconds)?;
        let known = self.exceptions()?;
        let open = known.iter().filter(|known| known.is_in_force(acting.at.seconds));
        if open.count() >= MAX_IN_FORCE {
            let why = format!("{MAX_IN_FORCE} exceptions are in force already");
            return Err(Failure::new(Code::Usage, ADDING, why)
                .hint("End some, and cover what belongs together by one pattern."));
        }
        let mut codes = wanted.codes.clone();
        codes.sort_by_key(|code| code.word());
        codes.dedup();
        let accepted = Accepted {
            id: format!("x-{}", known.len() + 1),
            pattern: wanted.pattern.clone(),
            codes,
            reason,
            owner,
            accepted: acting.moment(),
            expires: Moment::from_seconds(wanted.until_seconds, acting.utc_offset_seconds),
            account: acting.actor.account.clone(),
            host: acting.actor.host.clone(),
        };
        self.enter(ADDED, acting, &accepted)?;
        self.exception(&accepted.id, ADDING)
    }

    /// Ends an exception before its time. Whoever asks holds the pair.
    ///
    /// # Errors
    /// `not-found` where there is none of that name, `usage` where it was ended before or no reason is given.
    pub fn end_exception(&self, acting: &Acting<'_>, id: &str) -> Result<Exception, Failure> {
        let reason = said(
            ENDING,
            "a reason",
            acting.reason.unwrap_or_default(),
            "--reason TEXT",
        )?;
        let known = self.exception(id, ENDING)?;
        if let Some(ended) = &known.ended {
            let why = format!("{id} was ended already: {}", ended.said.reason);
            return Err(
                Failure::new(Code::Usage, ENDING, why).hint("`counterpart exception list --all` shows how.")
            );
        }
        let body = EndedBody {
            id: id.to_owned(),
            reason,
            account: acting.actor.account.clone(),
            host: acting.actor.host.clone(),
        };
        self.enter(ENDED, acting, &body)?;
        self.exception(id, ENDING)
    }

    fn exception(&self, id: &str, doing: &str) -> Result<Exception, Failure> {
        let known = self.exceptions()?.into_iter().find(|known| known.said.id == id);
        known.ok_or_else(|| {
            Failure::new(Code::NotFound, doing, format!("there is no exception {id}"))
                .hint("`counterpart exception list --all` shows every one, with its name.")
        })
    }

    fn enter(&self, kind: &str, acting: &Acting<'_>, body: &impl Serialize) -> Result<(), Failure> {
        let body = serde_json::to_value(body)
            .map_err(|error| Failure::new(Code::Io, "writing the journal", error))?;
        self.journal()?.append(kind, acting.at, body).map(drop)
    }
}

/// A text that must say something, without the blanks around it.
fn said(doing: &str, what: &str, text: &str, option: &str) -> Result<String, Failure> {
    let text = text.trim();
    if text.is_empty() {
        let why = format!("it needs {what}");
        return Err(
            Failure::new(Code::Usage, doing, why).hint(format!("Say it with {option}; it is recorded."))
        );
    }
    check_text(doing, what, text, option)?;
    Ok(text.to_owned())
}

fn check_text(doing: &str, what: &str, text: &str, option: &str) -> Result<(), Failure> {
    if text.len() <= MAX_TEXT_BYTES && !text.contains(char::is_control) {
        return Ok(());
    }
    let why = format!("{what} is longer than {MAX_TEXT_BYTES} bytes, or has a control character in it");
    Err(Failure::new(Code::Usage, doing, why).hint(format!("Say it in one line: {option}.")))
}

fn check_until(now_seconds: i64, until_seconds: i64) -> Result<(), Failure> {
    let why = if until_seconds <= now_seconds {
        "--until is not in the future"
    } else if until_seconds - now_seconds > MAX_AHEAD_SECONDS {
        "--until is more than two years ahead"
    } else {
        return Ok(());
    };
    Err(Failure::new(Code::Usage, ADDING, why).hint(
        "Name a day within two years, such as 2027-06-30. Who still wants it then accepts it again, with a new look at it.",
    ))
}
