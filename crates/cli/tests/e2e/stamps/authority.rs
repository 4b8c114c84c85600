//! A time-stamp authority of the tests' own, by `openssl ts`.

use crate::harness::done;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A directory with its key, its certificate and its settings.
pub struct Authority {
    dir: PathBuf,
}

impl Authority {
    /// Signs with this digest; further settings come first.
    pub fn new(dir: &Path, digest: &str, settings: &str) -> Self {
        fs::create_dir_all(dir).unwrap();
        let text = format!(
            "[tsa]\ndefault_tsa = here\n[here]\n{settings}dir = {dir}\nserial = {dir}/serial\nsigner_cert = {dir}/tsa.pem\n\
             certs = {dir}/tsa.pem\nsigner_key = {dir}/key.pem\nsigner_digest = {digest}\ndefault_policy = 1.2.3.4.1\n\
             digests = sha256, sha512\naccuracy = secs:1\ness_cert_id_alg = sha256\n\
             [req]\ndistinguished_name = name\nx509_extensions = stamping\nprompt = no\n[name]\nCN = A local authority\n\
             [stamping]\nextendedKeyUsage = critical, timeStamping\nbasicConstraints = CA:FALSE\n\
             keyUsage = digitalSignature\n",
            dir = dir.display(),
            settings = settings,
        );
        // A setting that is said twice counts as it was said last.
        let text = if settings.starts_with("digests") {
            text.replace("digests = sha256, sha512\n", "")
        } else {
            text
        };
        fs::write(dir.join("tsa.cnf"), text).unwrap();
        fs::write(dir.join("serial"), "01\n").unwrap();
        let mut made = Command::new("openssl");
        made.args([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-keyout",
        ])
        .arg(dir.join("key.pem"))
        .arg("-out")
        .arg(dir.join("tsa.pem"))
        .arg("-config")
        .arg(dir.join("tsa.cnf"));
        done(&mut made);
        Self { dir: dir.to_owned() }
    }

    /// Its certificate, which is its own root.
    pub fn certificate(&self) -> PathBuf {
        self.dir.join("tsa.pem")
    }

    /// Its answer to a request.
    pub fn answer(&self, request: &Path) -> PathBuf {
        let number = fs::read_dir(&self.dir).unwrap().count();
        let out = self.dir.join(format!("answer-{number}.tsr"));
        let mut answered = Command::new("openssl");
        answered
            .args(["ts", "-reply", "-config"])
            .arg(self.dir.join("tsa.cnf"))
            .arg("-queryfile")
            .arg(request)
            .arg("-out")
            .arg(&out);
        // It says no by its answer, and by its exit.
        let output = answered.output().unwrap();
        assert!(out.exists(), "{output:?}");
        out
    }
}
