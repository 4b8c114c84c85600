//! Verification of all evidence of a pair, in the order in which it was written: what fails first is named first.
//!
//! Nothing is written and no lock is taken, so a pass may run meanwhile.

use super::exceptions::Exceptions;
use super::roll::{CERTIFICATE, KEY, take_statement};
use super::timestamps::{StampRecord, TIMESTAMP};
use crate::ledger::Ledger;
use counterpart_evidence::certificate::{self, Certificate, Probe};
use counterpart_evidence::chain::{Chain, Link};
use counterpart_evidence::keys::{Known, Register};
use counterpart_evidence::{canonical, signature};
use counterpart_model::{Code, Digest, Failure};
use counterpart_port::ChainHead;
use counterpart_store::files::read_bytes;
use counterpart_store::{LineReader, Record, Walk};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::certificates::{MAX_CERTIFICATE_BYTES, MAX_SIGNATURE_BYTES};

const DOING_HEAD: &str = "comparing the journal with a head that is kept elsewhere";

/// A time-stamp that is whole. Whether its authority is to be believed was not judged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SeenStamp {
    /// The record that took it.
    pub record: u64,
    /// What that record says.
    pub said: StampRecord,
    /// The authority's answer.
    pub file: PathBuf,
}

/// What was verified.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    /// How many certificates there are.
    pub certificates: u64,
    /// SHA-256 of the last one.
    pub last_certificate: Option<Digest>,
    /// The hash of each record, in order.
    hashes: Vec<Digest>,
    /// Every key, oldest first; the last is in force.
    pub keys: Vec<Known>,
    /// Certificates that only their place in the chain speaks for: when they were made, their key was not to be trusted
    /// any more, as was found later.
    pub doubtful: Vec<String>,
    /// Time-stamps, in the order in which they were taken.
    pub stamps: Vec<SeenStamp>,
    /// The last line of the journal is not a whole record.
    pub torn: bool,
}

impl Verified {
    /// Number and hash of the last record; `None` of an empty journal.
    pub fn head(&self) -> Option<(u64, Digest)> {
        self.hashes.last().map(|hash| (self.records(), *hash))
    }

    /// How many records there are.
    pub fn records(&self) -> u64 {
        self.hashes.len() as u64
    }

    /// The hash of a record.
    pub fn hash_of(&self, sequence: u64) -> Option<Digest> {
        let at = usize::try_from(sequence.checked_sub(1)?).ok()?;
        self.hashes.get(at).copied()
    }

    /// Checks that the journal has a record that somebody else knows as its head.
    ///
    /// # Errors
    /// `evidence-broken` that says whether the end was cut or the journal is another.
    pub fn has(&self, sequence: u64, hash: Digest, whose: &str) -> Result<(), Failure> {
        let why = match self.hash_of(sequence) {
            Some(found) if found == hash => return Ok(()),
            Some(_) => format!(
                "{whose} has another record {sequence}: the journal was written anew from that record or an earlier one on"
            ),
            None => format!(
                "{whose} has record {sequence}, and the journal ends with record {}: its end was cut, or an older one was put back",
                self.records()
            ),
        };
        Err(Failure::new(Code::EvidenceBroken, DOING_HEAD, why).hint(
            "Bring the journal and the certificates back from a copy; keep what is there now as evidence.",
        ))
    }

    /// The same of the head that a far site keeps.
    ///
    /// # Errors
    /// As [`Verified::has`].
    pub fn has_head(&self, kept: &ChainHead, site: &str) -> Result<(), Failure> {
        let whose = format!("{site}, which keeps the head of pass {},", kept.pass);
        self.has(kept.sequence, kept.hash, &whose)
            .map_err(|failure| failure.hint(Code::JournalBehind.remedy()))
    }
}

/// A certificate whose key may turn out to be revoked.
struct Made {
    pass: String,
    key: usize,
    ended_seconds: i64,
}

struct Verifying<'a> {
    ledger: &'a Ledger,
    /// Keys that are believed though no key before signed for them.
    trusted: &'a [String],
    register: Register,
    exceptions: Exceptions,
    chain: Chain,
    made: Vec<Made>,
    verified: Verified,
}

impl Ledger {
    /// Checks every record of the journal, what is said of keys, every certificate with its signature, and the chain. A
    /// key without the signature of the one before must be among `trusted`.
    ///
    /// # Errors
    /// `evidence-broken` that names the first record that does not hold, its file, what is wrong and what to do.
    pub fn verify_evidence(&self, trusted: &[String]) -> Result<Verified, Failure> {
        self.settle_certificates(false)?;
        let mut verifying = Verifying {
            ledger: self,
            trusted,
            register: Register::default(),
            exceptions: Exceptions::default(),
            chain: Chain::new(),
            made: Vec::new(),
            verified: Verified::default(),
        };
        let mut walk = Walk::of(&self.dir().journal_dir()?)?;
        let path = walk.path().to_owned();
        for record in walk.by_ref() {
            let record = record.map_err(|failure| verifying.advised(failure, &path))?;
            verifying.take(&record)?;
        }
        verifying.verified.torn = walk.is_torn();
        verifying.finish()
    }
}

impl Verifying<'_> {
    fn take(&mut self, record: &Record) -> Result<(), Failure> {
        match record.kind.as_str() {
            KEY => self.key(record)?,
            CERTIFICATE => self.certificate(record)?,
            TIMESTAMP => self.timestamp(record)?,
            _ => {}
        }
        self.exceptions.take(record);
        self.exceptions.believed().map_err(|failure| {
            self.broken(
                record,
                "what it says of an exception",
                &failure.why,
                &self.journal(),
            )
        })?;
        self.verified.hashes.push(record.hash);
        Ok(())
    }

    fn key(&mut self, record: &Record) -> Result<(), Failure> {
        let journal = self.journal();
        take_statement(&mut self.register, record)
            .map_err(|failure| self.broken(record, "what it says of a key", &failure.why, &journal))?;
        let unvouched = self.register.present().filter(|key| {
            key.record == record.sequence && !key.vouched && !self.trusted.contains(&key.fingerprint)
        });
        let Some(key) = unvouched else { return Ok(()) };
        let why = format!(
            "it puts {} in force without the signature of the key before ({})",
            key.fingerprint,
            key.reason.as_deref().unwrap_or("no reason given")
        );
        let hint = format!(
            "Nothing in the journal speaks for this key. Make sure of its fingerprint with whoever gave the old one up, then: \
             counterpart certificate verify --trust {}",
            key.fingerprint
        );
        Err(self
            .broken(record, "a key that was given up", &why, &journal)
            .hint(hint))
    }

    fn certificate(&mut self, record: &Record) -> Result<(), Failure> {
        self.register.saw_certificate();
        let pass = record.body["pass"].as_str().unwrap_or_default();
        let what = format!("the certificate of pass {pass}");
        let path = self.ledger.certificate_path(pass)?;
        let fail = |why: &str, file: &Path| self.broken(record, &what, why, file);
        let Some(json) = read_bytes(&path, MAX_CERTIFICATE_BYTES)? else {
            return Err(fail("its file is gone", &path));
        };
        if record.body["sha256"].as_str() != Some(&canonical::sha256_hex(&json)) {
            return Err(fail(
                "its file was changed or replaced: it is not the one that the record names",
                &path,
            ));
        }
        let signature_path = path.with_extension("json.sig");
        let Some(signature) = read_bytes(&signature_path, MAX_SIGNATURE_BYTES)? else {
            return Err(fail("its signature is gone", &signature_path));
        };
        let signature = String::from_utf8_lossy(&signature);
        let key = self.key_at()?;
        let by = signature::signer_of(&signature).map_err(|failure| fail(&failure.why, &signature_path))?;
        if by != key.public {
            let by = counterpart_evidence::key::fingerprint(&by)?;
            return Err(fail(&self.register.why_refused(&by), &signature_path));
        }
        let certificate = certificate::check(&json, &signature, &key.public)
            .map_err(|failure| fail(&failure.why, &signature_path))?;
        let examples = self.ledger.examples_path(pass)?;
        match self.ledger.examples(&certificate) {
            Ok(None) if certificate.examples.is_some() => {
                return Err(fail("its examples are gone", &examples));
            }
            Ok(_) => {}
            Err(failure) => return Err(fail(&failure.why, &examples)),
        }
        let log = self.ledger.log_path(pass)?;
        if !has_log(&log, &certificate)? {
            let why =
                "its itemised log was changed or replaced: it is not the one that the certificate names";
            return Err(fail(why, &log));
        }
        for named in certificate.probes.iter().flat_map(Probe::attachments) {
            // One whose retention has ended is gone, and no harm.
            if let Err(failure) = self.ledger.output(pass, named) {
                return Err(fail(&failure.why, &self.ledger.output_path(pass, &named.name)?));
            }
        }
        self.exceptions
            .check(&certificate, record)
            .map_err(|why| fail(&why, &path))?;
        let link = Link::of(&json)?;
        let mut chain = self.chain;
        chain.push(link).map_err(|failure| fail(&failure.why, &path))?;
        self.chain = chain;
        self.remember(pass, &certificate);
        Ok(())
    }

    fn timestamp(&mut self, record: &Record) -> Result<(), Failure> {
        let what = "a time-stamp";
        let said = serde_json::from_value::<StampRecord>(record.body.clone());
        let said = said.map_err(|error| self.broken(record, what, &error.to_string(), &self.journal()))?;
        if self.verified.hash_of(said.head.sequence) != Some(said.head.hash) {
            let why = format!(
                "record {} of the journal is not the one that it stamps",
                said.head.sequence
            );
            return Err(self.broken(record, what, &why, &self.journal()));
        }
        let checked = self.ledger.check_stamp(&said);
        let file = checked.map_err(|(why, file)| self.broken(record, what, &why, &file))?;
        self.verified.stamps.push(SeenStamp {
            record: record.sequence,
            said,
            file,
        });
        Ok(())
    }

    fn remember(&mut self, pass: &str, certificate: &Certificate) {
        self.made.push(Made {
            pass: pass.to_owned(),
            key: self.register.keys().len().saturating_sub(1),
            ended_seconds: certificate.times.ended.seconds(),
        });
    }

    /// The key in force here. Before the first statement it is the one that statement names.
    fn key_at(&self) -> Result<Known, Failure> {
        if let Some(present) = self.register.present() {
            return Ok(present.clone());
        }
        let roll = self.ledger.roll()?;
        roll.register.keys().first().cloned().ok_or_else(|| {
            let why = "the journal names no key at all";
            Failure::new(Code::EvidenceBroken, "verifying certificates", why)
                .hint("The next pass of the pair enters its key.")
        })
    }

    fn finish(mut self) -> Result<Verified, Failure> {
        self.check_strays()?;
        let keys = self.register.keys();
        let doubtful = self.made.iter().filter(|made| {
            let revoked = keys.get(made.key).and_then(|key| key.revoked.as_ref());
            revoked.is_some_and(|revoked| made.ended_seconds > revoked.since.seconds())
        });
        self.verified.doubtful = doubtful.map(|made| made.pass.clone()).collect();
        let head = self.chain.head();
        self.verified.certificates = head.map_or(0, |head| head.sequence);
        self.verified.last_certificate = head.map(|head| head.sha256);
        self.verified.keys = keys.to_vec();
        Ok(self.verified)
    }

    /// Every certificate that lies there must be in the journal: one that was cut would name fewer.
    fn check_strays(&self) -> Result<(), Failure> {
        let named: BTreeSet<&str> = self.made.iter().map(|made| made.pass.as_str()).collect();
        let lying = self.ledger.certified_passes()?;
        let Some(stray) = lying.iter().find(|pass| !named.contains(pass.as_str())) else {
            return Ok(());
        };
        let file = self.ledger.certificate_path(stray)?;
        let records = self.verified.records();
        let why = format!(
            "no record of the journal, which ends with record {records}, names {}: its end was cut, or the file was put there",
            file.display()
        );
        let doing = "comparing the journal with the certificates";
        Err(Failure::new(Code::EvidenceBroken, doing, why).hint(format!(
            "Bring {} back from a copy; keep what is there now as evidence.",
            self.journal().display()
        )))
    }

    fn journal(&self) -> PathBuf {
        let dir = self.ledger.dir().journal_dir().unwrap_or_default();
        dir.join("journal.ndjson")
    }

    /// A record that does not hold: its number, what it is, what is wrong with which file, and what to do.
    fn broken(&self, record: &Record, what: &str, why: &str, file: &Path) -> Failure {
        let doing = format!("verifying record {}, {what}", record.sequence);
        let failure = Failure::new(Code::EvidenceBroken, doing, format!("{why} ({})", file.display()));
        self.advised(failure, file)
    }

    fn advised(&self, failure: Failure, file: &Path) -> Failure {
        let holds = match self.verified.records() {
            0 => String::new(),
            1 => "Record 1 holds. ".to_owned(),
            last => format!("Records 1 to {last} hold. "),
        };
        failure.hint(format!(
            "{holds}Bring {} back from a copy or a pack; keep what is there now as evidence.",
            file.display()
        ))
    }
}

/// Whether the itemised log is the one that a certificate names; one whose retention has ended is gone.
fn has_log(file: &Path, certificate: &Certificate) -> Result<bool, Failure> {
    let Some(named) = &certificate.changes.log else {
        return Ok(true);
    };
    match LineReader::sha256(file) {
        Ok(found) => Ok(found == named.sha256),
        Err(failure) if failure.code == Code::NotFound => Ok(true),
        Err(failure) => Err(failure),
    }
}
