//! Outputs of probes on the disk: a directory for each pass, in it each output compressed, named by probe, site and kind.
//!
//! A certificate names an output by the length and digest of its content, not of the compressed file.

use crate::ledger::{Ledger, safe};
use counterpart_evidence::certificate::Attachment;
use counterpart_model::{Algorithm, Code, Failure};
use counterpart_store::files::{make_dir, read_packed, write_packed_together};
use std::path::{Path, PathBuf};

/// How the name of a compressed output ends.
const PACKED: &str = "zst";
/// Longest output that is read; none that is kept is longer.
const MAX_OUTPUT_BYTES: u64 = counterpart_probe::MAX_NORMALISED_BYTES as u64;

impl Ledger {
    /// Keeps outputs of a pass, and gives what a certificate says of each.
    ///
    /// # Errors
    /// They cannot be written.
    pub(crate) fn keep_outputs(
        &self,
        pass: &str,
        files: &[(String, &[u8])],
    ) -> Result<Vec<Attachment>, Failure> {
        make_dir(&self.outputs_dir(pass)?)?;
        let paths: Vec<PathBuf> = files
            .iter()
            .map(|(name, _)| self.output_path(pass, name))
            .collect::<Result<_, _>>()?;
        let contents = files.iter().map(|(_, bytes)| *bytes);
        let packed: Vec<(&Path, &[u8])> = paths.iter().map(PathBuf::as_path).zip(contents).collect();
        write_packed_together(&packed)?;
        Ok(files
            .iter()
            .map(|(name, bytes)| attachment(name, bytes))
            .collect())
    }

    /// An output that a certificate names, checked against its digest; `None` where it is not kept any more.
    ///
    /// # Errors
    /// `evidence-broken` where it is not the one that is named.
    pub fn output(&self, pass: &str, named: &Attachment) -> Result<Option<Vec<u8>>, Failure> {
        let path = self.output_path(pass, &named.name)?;
        let broken =
            |why: String| Failure::new(Code::EvidenceBroken, format!("reading {}", path.display()), why);
        let read = read_packed(&path, MAX_OUTPUT_BYTES).map_err(|failure| match failure.code {
            Code::StateDamaged => broken(failure.why),
            _ => failure,
        })?;
        let Some(bytes) = read else {
            return Ok(None);
        };
        if attachment(&named.name, &bytes) == *named {
            Ok(Some(bytes))
        } else {
            Err(broken(
                "it was changed or replaced: it is not the one that the certificate names".to_owned(),
            ))
        }
    }

    /// The file of an output.
    ///
    /// # Errors
    /// The name is none of a pass, or none of an output.
    pub fn output_path(&self, pass: &str, name: &str) -> Result<PathBuf, Failure> {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
            let why = "it is not the name of an output";
            return Err(Failure::new(
                Code::EvidenceBroken,
                format!("reading the output {name:?}"),
                why,
            ));
        }
        Ok(self.outputs_dir(pass)?.join(format!("{name}.{PACKED}")))
    }

    fn outputs_dir(&self, pass: &str) -> Result<PathBuf, Failure> {
        Ok(self.dir().probes_dir()?.join(safe(pass)?))
    }
}

fn attachment(name: &str, bytes: &[u8]) -> Attachment {
    Attachment {
        name: name.to_owned(),
        bytes: bytes.len() as u64,
        sha256: Algorithm::Sha256.of(bytes),
    }
}
