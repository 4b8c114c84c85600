//! Which certificates go into a pack.

use counterpart_engine::Ledger;
use counterpart_evidence::Certificate;
use counterpart_model::{Algorithm, Code, Digest, Failure};

/// A certificate that is packed.
pub(crate) struct Packed {
    /// Its number.
    pub(crate) sequence: u64,
    /// Name of its pass.
    pub(crate) pass: String,
    /// What it says.
    pub(crate) certificate: Certificate,
    /// Its bytes.
    pub(crate) json: Vec<u8>,
    /// Their digest.
    pub(crate) sha256: Digest,
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
    let mut wanted = Vec::new();
    for entry in entries {
        let day = entry.as_of.get(..DAY_LEN).unwrap_or_default();
        let after_first = from.is_none_or(|from| from.len() != DAY_LEN || day >= from);
        let before_last = to.is_none_or(|to| to.len() != DAY_LEN || day <= to);
        if after_first && before_last {
            wanted.push(entry);
        }
    }
    let number = |end: Option<&str>, open: u64| match end {
        Some(end) if end.len() != DAY_LEN => wanted
            .iter()
            .find(|entry| entry.pass == end || end.parse() == Ok(entry.sequence))
            .map(|entry| entry.sequence)
            .ok_or_else(|| unknown(end)),
        _ => Ok(open),
    };
    let (first, last) = (number(from, 0)?, number(to, u64::MAX)?);
    wanted.retain(|entry| (first..=last).contains(&entry.sequence));
    if wanted.is_empty() {
        let why = "there is no certificate in that range";
        return Err(
            Failure::new(Code::NotFound, DOING, why).hint("`counterpart certificate list` lists all.")
        );
    }
    wanted.iter().map(|entry| packed(ledger, &entry.pass)).collect()
}

const DOING: &str = "choosing certificates";
/// A day, such as 2026-11-23: no number and no name of a pass is as long.
const DAY_LEN: usize = 10;

fn packed(ledger: &Ledger, pass: &str) -> Result<Packed, Failure> {
    let (certificate, json) = ledger.certificate(pass)?;
    Ok(Packed {
        sequence: certificate.identity.sequence,
        pass: pass.to_owned(),
        sha256: Algorithm::Sha256.of(&json),
        certificate,
        json,
    })
}

fn unknown(end: &str) -> Failure {
    let why = format!("there is no certificate {end:?}");
    Failure::new(Code::NotFound, DOING, why).hint(
        "Give a number, a pass or a day, such as 42 or 2026-11-23; `counterpart certificate list` lists all.",
    )
}
