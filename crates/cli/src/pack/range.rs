//! Which certificates go into a pack.

use crate::commands::which_pass;
use counterpart_engine::{CertificateEntry, Ledger};
use counterpart_evidence::Certificate;
use counterpart_model::{Algorithm, Code, Digest, Failure};
use jiff::civil::Date;

/// A certificate that is packed.
pub(crate) struct Packed {
    /// What it says.
    pub(crate) certificate: Certificate,
    /// Its bytes.
    pub(crate) json: Vec<u8>,
    /// Their digest.
    pub(crate) sha256: Digest,
}

impl Packed {
    /// Its number.
    pub(crate) const fn sequence(&self) -> u64 {
        self.certificate.identity.sequence
    }

    /// Name of its pass.
    pub(crate) fn pass(&self) -> &str {
        &self.certificate.identity.pass
    }
}

/// The certificates from one to another, both included; to the first and the last where nothing is said.
///
/// # Errors
/// There is none in the range, an end of it is not known, or a certificate does not hold.
pub(crate) fn in_range(
    ledger: &Ledger,
    from: Option<&str>,
    to: Option<&str>,
) -> Result<Vec<Packed>, Failure> {
    let entries = ledger.certificates()?;
    let passes: Vec<String> = entries.iter().map(|entry| entry.pass.clone()).collect();
    let end = |text: Option<&str>| text.map(|text| End::of(ledger, &passes, text)).transpose();
    let (first, last) = (end(from)?, end(to)?);
    let wanted = entries.iter().filter(|entry| {
        let begun = first.as_ref().is_none_or(|first| first.is_not_after(entry));
        begun && last.as_ref().is_none_or(|last| last.is_not_before(entry))
    });
    let packed = wanted
        .map(|entry| packed(ledger, &entry.pass))
        .collect::<Result<Vec<Packed>, Failure>>()?;
    if packed.is_empty() {
        let why = "there is no certificate in that range";
        let failure = Failure::new(Code::NotFound, "choosing certificates", why);
        return Err(failure.hint("`counterpart certificate list` lists all."));
    }
    Ok(packed)
}

/// An end of a range.
enum End {
    /// A day of UTC.
    Day(String),
    /// A certificate, by its pass.
    Pass(String),
}

impl End {
    fn of(ledger: &Ledger, passes: &[String], text: &str) -> Result<Self, Failure> {
        match text.parse::<Date>() {
            Ok(day) => Ok(Self::Day(day.to_string())),
            Err(_) => which_pass(ledger, passes, Some(text)).map(Self::Pass),
        }
    }

    fn is_not_after(&self, entry: &CertificateEntry) -> bool {
        match self {
            Self::Day(day) => entry.as_of.as_str() >= day.as_str(),
            Self::Pass(pass) => entry.pass >= *pass,
        }
    }

    fn is_not_before(&self, entry: &CertificateEntry) -> bool {
        match self {
            Self::Day(day) => entry.as_of.get(..day.len()).is_some_and(|of| of <= day.as_str()),
            Self::Pass(pass) => entry.pass <= *pass,
        }
    }
}

fn packed(ledger: &Ledger, pass: &str) -> Result<Packed, Failure> {
    let (certificate, json) = ledger.certificate(pass)?;
    Ok(Packed {
        sha256: Algorithm::Sha256.of(&json),
        certificate,
        json,
    })
}
