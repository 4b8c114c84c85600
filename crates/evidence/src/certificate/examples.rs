//! The first few findings and failures by name: a document beside the certificate, which names it by its digest.
//!
//! It is apart because a certificate is shown whole, and the paths in here may belong to a study that its reader has
//! nothing to do with. A certificate without it is complete; nothing is decided by it.

use super::limits::{MAX_EXAMPLE_TEXT_BYTES, MAX_EXAMPLES, MAX_JSON_BYTES};
use super::{Attachment, Certificate, Format, Group};
use crate::canonical;
use counterpart_model::{Algorithm, Code, Failure, Finding, SiteRole, Verdict};
use serde::{Deserialize, Serialize};

/// The document.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Examples {
    /// Name and version of the format.
    pub format: Format,
    /// Name of the pair.
    pub pair: String,
    /// Name of the pass.
    pub pass: String,
    /// Of what was not compared.
    pub not_compared: Vec<Listing>,
    /// Of all other findings.
    pub findings: Vec<Listing>,
    /// Of what failed or was refused.
    pub failures: Vec<FailureEntry>,
}

/// The first findings of one group of the certificate.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// The group's code.
    pub code: Code,
    /// The group's site.
    pub site: SiteRole,
    /// The group's verdict.
    pub verdict: Verdict,
    /// Whether the group is declared.
    pub declared: bool,
    /// The findings.
    pub examples: Vec<Example>,
}

/// One finding.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The path as shown.
    pub path: String,
    /// The reason in words.
    pub message: String,
}

/// One failure or refusal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FailureEntry {
    /// The path as shown; `null` when a site or the pass as a whole is meant.
    pub path: Option<String>,
    /// The code.
    pub code: Code,
    /// What was being done, and why it failed.
    pub message: String,
}

impl Default for Examples {
    fn default() -> Self {
        Self {
            format: Format {
                name: Self::FORMAT.to_owned(),
                version: Self::VERSION,
            },
            pair: String::new(),
            pass: String::new(),
            not_compared: Vec::new(),
            findings: Vec::new(),
            failures: Vec::new(),
        }
    }
}

impl Listing {
    /// An empty list of a group's findings.
    pub fn of(group: &Group) -> Self {
        Self {
            code: group.code,
            site: group.site,
            verdict: group.verdict,
            declared: group.declared,
            examples: Vec::new(),
        }
    }

    /// Takes a finding in while there is room; gives the bytes of text that it added to the `used` ones.
    pub(super) fn offer(&mut self, finding: &Finding, used: usize) -> usize {
        let path = finding.path.to_string();
        let more = path.len() + finding.message.len();
        if self.examples.len() >= MAX_EXAMPLES || used + more > MAX_EXAMPLE_TEXT_BYTES {
            return 0;
        }
        let message = finding.message.clone();
        self.examples.push(Example { path, message });
        more
    }

    /// True when it is of that group.
    pub fn is_of(&self, group: &Group) -> bool {
        (self.code, self.site, self.verdict, self.declared)
            == (group.code, group.site, group.verdict, group.declared)
    }
}

impl Examples {
    /// The name of the format.
    pub const FORMAT: &'static str = "counterpart-examples";
    /// The version that this crate reads and writes.
    pub const VERSION: u64 = 1;

    /// The file's name beside the certificate of a pass.
    pub fn file_name(pass: &str) -> String {
        format!("{pass}.examples.json")
    }

    /// The same, of a pass of a pair.
    #[must_use]
    pub fn named(self, pair: &str, pass: &str) -> Self {
        Self {
            pair: pair.to_owned(),
            pass: pass.to_owned(),
            ..self
        }
    }

    /// Adds a failure while there is room.
    pub fn add_failure(&mut self, path: Option<String>, failure: &Failure) {
        if self.failures.len() < MAX_EXAMPLES {
            self.failures.push(FailureEntry {
                path,
                code: failure.code,
                message: failure.to_string(),
            });
        }
    }

    /// True when it names nothing; then no such document is kept.
    pub const fn is_empty(&self) -> bool {
        self.not_compared.is_empty() && self.findings.is_empty() && self.failures.is_empty()
    }

    /// The document's bytes, and what a certificate says of them; `None` when it names nothing.
    ///
    /// # Errors
    /// `evidence-broken` when it cannot be written.
    pub fn to_attached(&self) -> Result<Option<(Attachment, Vec<u8>)>, Failure> {
        if self.is_empty() {
            return Ok(None);
        }
        let json = canonical::to_vec(self)?;
        let attachment = Attachment {
            name: Self::file_name(&self.pass),
            bytes: json.len() as u64,
            sha256: Algorithm::Sha256.of(&json),
        };
        Ok(Some((attachment, json)))
    }

    /// Reads the document that belongs to a certificate.
    ///
    /// # Errors
    /// `evidence-broken` when the certificate names none or another, or the bytes are not canonical JSON of this format, or
    /// it speaks of what the certificate does not have.
    pub fn of(certificate: &Certificate, json: &[u8]) -> Result<Self, Failure> {
        let Some(named) = &certificate.examples else {
            return Err(broken("the certificate names no such document"));
        };
        if named.bytes != json.len() as u64 || named.sha256 != Algorithm::Sha256.of(json) {
            let why = format!(
                "it is not the one that the certificate names: {} of SHA-256 {}",
                named.name, named.sha256
            );
            return Err(broken(why));
        }
        if json.len() > MAX_JSON_BYTES {
            return Err(broken(format!("it is longer than {MAX_JSON_BYTES} bytes")));
        }
        let examples: Self = serde_json::from_slice(json).map_err(broken)?;
        if canonical::to_vec(&examples)? != json {
            return Err(broken(
                "it is not canonical JSON with exactly the members of its format",
            ));
        }
        examples.check(certificate)?;
        Ok(examples)
    }

    fn check(&self, certificate: &Certificate) -> Result<(), Failure> {
        let default = Self::default();
        rule(self.format == default.format, "it is of another format")?;
        let identity = &certificate.identity;
        let same = self.pair == identity.pair && self.pass == identity.pass;
        rule(same, "it is of another pass")?;
        fits(&self.not_compared, &certificate.not_compared)?;
        fits(&self.findings, &certificate.findings)?;
        let counted = |entry: &FailureEntry| {
            let codes = &certificate.failures.codes;
            codes.iter().any(|known| known.code == entry.code)
        };
        let few = self.failures.len() as u64 <= certificate.failures.count;
        let known = self.failures.iter().all(counted);
        rule(
            few && known,
            "it names failures that the certificate does not count",
        )
    }
}

/// Every list must be of a group, and no longer than the group and the limit.
fn fits(listings: &[Listing], groups: &[Group]) -> Result<(), Failure> {
    let fit = |listing: &Listing| {
        let long = listing.examples.len();
        let group = groups.iter().find(|group| listing.is_of(group));
        long <= MAX_EXAMPLES && group.is_some_and(|group| long as u64 <= group.count)
    };
    rule(
        listings.iter().all(fit),
        "it names findings that the certificate does not count",
    )
}

fn rule(holds: bool, wrong: &str) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(broken(wrong)) }
}

fn broken(why: impl std::fmt::Display) -> Failure {
    Failure::new(Code::EvidenceBroken, "reading the examples of a certificate", why)
        .hint("Bring the file back from a copy. The certificate holds without it.")
}
