//! How a certificate comes to be kept: it waits under another name until the journal names it.
//!
//! A program that is killed in between leaves either a certificate that nobody was told of, which goes, or one that the
//! journal names already, which gets its name late. Else such a kill would look like a journal that was cut.

use crate::ledger::Ledger;
use crate::ledger::roll::CERTIFICATE;
use counterpart_evidence::certificate::Signed;
use counterpart_model::{Code, Failure, Timestamp};
use counterpart_store::files::{names_with, remove, rename, write_bytes_together};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// How the name of a certificate ends that the journal does not name yet.
const WAITING: &str = "waiting";
/// How the name of its examples ends.
const EXAMPLES: &str = "examples.json";

impl Ledger {
    /// Keeps a signed certificate with its examples, and enters it in the journal.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn keep_certificate(
        &self,
        pass: &str,
        signed: &Signed,
        examples: Option<&[u8]>,
        at: Timestamp,
        body: serde_json::Value,
    ) -> Result<PathBuf, Failure> {
        self.settle_certificates(true)?;
        let path = self.certificate_path(pass)?;
        let waiting = path.with_extension(WAITING);
        let signature = path.with_extension("json.sig");
        let beside = path.with_extension(EXAMPLES);
        let mut files = vec![(signature.as_path(), signed.signature.as_bytes())];
        files.extend(examples.map(|json| (beside.as_path(), json)));
        // Last what the others belong to.
        files.push((&waiting, &signed.json));
        write_bytes_together(&files)?;
        self.journal()?.append(CERTIFICATE, at, body)?;
        self.settle_certificates(false)?;
        Ok(path)
    }

    /// Gives certificates their names that the journal names. Of the others those `left` by a killed pass go, of which
    /// only a pass of its own can be sure.
    pub(super) fn settle_certificates(&self, left: bool) -> Result<(), Failure> {
        let waiting = names_with(&self.dir().certificates_dir()?, &format!(".{WAITING}"))?;
        if waiting.is_empty() {
            return Ok(());
        }
        let mut named = BTreeSet::new();
        for record in self.journal()?.records()? {
            let record = record?;
            if record.kind == CERTIFICATE {
                named.extend(record.body["pass"].as_str().map(str::to_owned));
            }
        }
        for pass in waiting {
            let path = self.certificate_path(&pass)?;
            if named.contains(&pass) {
                match rename(&path.with_extension(WAITING), &path) {
                    // Another reader was faster.
                    Err(failure) if failure.code == Code::NotFound => {}
                    renamed => renamed?,
                }
            } else if left {
                remove(&path.with_extension(WAITING))?;
                remove(&path.with_extension("json.sig"))?;
                remove(&path.with_extension(EXAMPLES))?;
            }
        }
        Ok(())
    }
}
