//! The youngest certificate, in a state directory or in any copy of its journal and certificates: found and checked without
//! a lock and without a byte written. What came before it is checked only as far as the journal's own chain goes.

use super::certificates::{MAX_CERTIFICATE_BYTES, MAX_SIGNATURE_BYTES};
use super::roll::{CERTIFICATE, KEY, take_statement};
use counterpart_evidence::canonical::sha256_hex;
use counterpart_evidence::certificate::{self, Certificate};
use counterpart_evidence::keys::Register;
use counterpart_model::{Code, Digest, Failure};
use counterpart_port::is_pass_name;
use counterpart_store::files::read_bytes;
use counterpart_store::{Record, Walk};
use std::path::{Path, PathBuf};

/// The youngest certificate of a journal.
#[derive(Clone, PartialEq, Debug)]
pub struct Youngest {
    /// What it says.
    pub certificate: Certificate,
    /// Its file.
    pub file: PathBuf,
    /// Number of the journal's last record.
    pub records: u64,
    /// Hash of the journal's last record.
    pub head: Digest,
}

/// Finds and checks it: every record of the journal, what is said of keys, and the last certificate with its signature and
/// its place in the chain. `None` where the journal has no certificate.
///
/// # Errors
/// `evidence-broken` that names what does not hold.
pub fn youngest(journal: &Path, certificates: &Path) -> Result<Option<Youngest>, Failure> {
    let mut register = Register::default();
    let (mut last, mut before): (Option<Record>, Option<Record>) = (None, None);
    let mut key = None;
    let mut walk = Walk::of(journal)?;
    for record in walk.by_ref() {
        let record = record?;
        match record.kind.as_str() {
            KEY => take_statement(&mut register, &record)?,
            CERTIFICATE => {
                register.saw_certificate();
                key = register.present().cloned();
                before = last.replace(record);
            }
            _ => {}
        }
    }
    let (Some(record), Some(head)) = (last, walk.last_record()) else {
        return Ok(None);
    };
    // A journal that is older than its first statement: that one speaks for what stands before it.
    let key = key.or_else(|| register.keys().first().cloned());
    let public = key.map(|key| key.public).unwrap_or_default();
    let (certificate, file) = checked(&record, before.as_ref(), &public, certificates)?;
    Ok(Some(Youngest {
        certificate,
        file,
        records: head.sequence,
        head: head.hash,
    }))
}

fn checked(
    record: &Record,
    before: Option<&Record>,
    public: &str,
    certificates: &Path,
) -> Result<(Certificate, PathBuf), Failure> {
    let pass = record.body["pass"]
        .as_str()
        .filter(|pass| is_pass_name(pass))
        .unwrap_or_default();
    let doing = || {
        format!(
            "checking the certificate of pass {pass:?}, which record {} names",
            record.sequence
        )
    };
    let broken = |why: &str| {
        Failure::new(Code::EvidenceBroken, doing(), why)
            .hint("Look with `counterpart certificate verify`; bring what is missing back from a copy.")
    };
    let file = certificates.join(format!("{pass}.json"));
    let json = read_bytes(&file, MAX_CERTIFICATE_BYTES)?;
    let json = json.ok_or_else(|| broken("its file is not there"))?;
    if record.body["sha256"].as_str() != Some(&sha256_hex(&json)) {
        return Err(broken("its file is not the one that the record names"));
    }
    let signature = read_bytes(&file.with_extension("json.sig"), MAX_SIGNATURE_BYTES)?;
    let signature = signature.ok_or_else(|| broken("its signature is not there"))?;
    let certificate =
        certificate::check(&json, &String::from_utf8_lossy(&signature), public).map_err(|failure| {
            Failure {
                doing: doing(),
                ..failure
            }
        })?;
    let previous = certificate.identity.previous.map(|digest| digest.to_string());
    let follows = before.and_then(|before| before.body["sha256"].as_str().map(str::to_owned));
    if certificate.identity.pass != pass || previous != follows {
        return Err(broken("it is not the one that follows the certificate before it"));
    }
    Ok((certificate, file))
}
