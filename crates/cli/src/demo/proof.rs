//! What the demo checks with means that are not Counterpart's: a digest over a tree, and ssh-keygen.

use crate::commands::check_command;
use counterpart_engine::Ledger;
use counterpart_evidence::key::{NAMESPACE, PRINCIPAL, ssh_time};
use counterpart_model::{Algorithm, Code, Digest, Failure};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A digest over the names and contents of a small tree, but what Counterpart keeps in it.
pub(crate) fn digest_of(root: &Path) -> Result<Digest, Failure> {
    let mut files = Vec::new();
    let read = list(root, &mut files).and_then(|()| {
        files.sort();
        let mut hasher = Algorithm::Sha256.hasher();
        for file in &files {
            hasher.update(
                file.strip_prefix(root)
                    .unwrap_or(file)
                    .as_os_str()
                    .as_encoded_bytes(),
            );
            hasher.update(&[0]);
            hasher.update(&Algorithm::Sha256.of(&bytes_of(file)?).0);
        }
        Ok(hasher.finish())
    });
    read.map_err(|error| Failure::new(Code::Io, format!("reading {}", root.display()), error))
}

#[expect(clippy::disallowed_methods, reason = "the demo looks at its own files")]
fn bytes_of(path: &Path) -> std::io::Result<Vec<u8>> {
    std::fs::read(path)
}

#[expect(clippy::disallowed_methods, reason = "the demo looks at its own files")]
fn list(directory: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_name() == ".counterpart" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            list(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

/// What ssh-keygen said of a certificate.
pub(crate) struct Checked {
    /// The command, as a user would type it.
    pub(crate) command: String,
    /// Whether it accepted it; `None` where it is not installed.
    pub(crate) accepted: Option<bool>,
    /// What it printed.
    pub(crate) said: String,
}

/// Runs ssh-keygen over a certificate.
pub(crate) fn ask_ssh_keygen(ledger: &Ledger, pass: &str) -> Result<Checked, Failure> {
    let file = ledger.certificate_path(pass)?;
    let signers = ledger.allowed_signers_path()?;
    let ended_seconds = ledger.certificate(pass)?.0.times.ended.seconds();
    let command = check_command(&file, &signers, ended_seconds);
    match ssh_keygen(&file, &signers, &ssh_time(ended_seconds)) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Checked {
            command,
            accepted: None,
            said: "ssh-keygen is not installed here".to_owned(),
        }),
        Err(error) => Err(Failure::new(Code::Io, "running ssh-keygen", error)),
        Ok((accepted, said)) => Ok(Checked {
            command,
            accepted: Some(accepted),
            said,
        }),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the certificate is given to ssh-keygen on its standard input"
)]
fn ssh_keygen(file: &Path, signers: &Path, time: &str) -> std::io::Result<(bool, String)> {
    let mut signature = file.as_os_str().to_owned();
    signature.push(".sig");
    let certificate = std::fs::File::open(file).map_err(std::io::Error::other)?;
    let output = Command::new("ssh-keygen")
        .args(["-Y", "verify", "-f"])
        .arg(signers)
        .args(["-I", PRINCIPAL, "-n", NAMESPACE, "-O"])
        .arg(format!("verify-time={time}"))
        .arg("-s")
        .arg(signature)
        .stdin(Stdio::from(certificate))
        .output()?;
    let said = [output.stdout, output.stderr].concat();
    Ok((
        output.status.success(),
        String::from_utf8_lossy(&said).trim().to_owned(),
    ))
}
