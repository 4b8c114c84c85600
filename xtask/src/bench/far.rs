//! A far host for the cases over ssh: this one, reached through a real ssh and sshd on a pipe, with keys made for it.
//! Nothing of the network is measured; what both ends and the encryption cost is. What ssh carried is read by `wire`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::{output_of, quietly};

/// How the host is called.
pub(super) const HOST: &str = "far";

/// How the host is reached.
#[derive(Clone)]
pub(super) struct Way {
    configuration: PathBuf,
    log: Option<PathBuf>,
}

impl Way {
    /// With keys and configurations in a directory, made where there are none.
    pub(super) fn prepare(directory: &Path) -> Result<Self> {
        Ok(Self {
            configuration: configure(directory)?,
            log: None,
        })
    }

    /// The same way, where ssh writes into a log what it carried.
    pub(super) fn counted(self, log: &Path) -> Self {
        Self {
            log: Some(log.to_owned()),
            ..self
        }
    }

    /// What ssh is to be told, before the host.
    pub(super) fn arguments(&self) -> Vec<String> {
        let mut arguments = vec!["-F".to_owned(), self.configuration.display().to_string()];
        if let Some(log) = &self.log {
            arguments.extend(["-v".to_owned(), "-E".to_owned(), log.display().to_string()]);
        }
        arguments
    }
}

fn configure(directory: &Path) -> Result<PathBuf> {
    let configuration = directory.join("config");
    if configuration.exists() {
        return Ok(configuration);
    }
    fs::create_dir_all(directory)?;
    // sshd will not start without it.
    fs::create_dir_all("/run/sshd")?;
    for key in ["host", "user"] {
        let mut make = Command::new("ssh-keygen");
        make.args(["-q", "-t", "ed25519", "-N", "", "-f"])
            .arg(directory.join(key));
        output_of(&mut make).context("making a key with ssh-keygen (Debian package openssh-client)")?;
    }
    let here = directory.display();
    let public = fs::read_to_string(directory.join("host.pub"))?;
    fs::write(directory.join("known_hosts"), format!("{HOST} {public}"))?;
    fs::copy(directory.join("user.pub"), directory.join("authorized_keys"))?;
    let daemon = format!(
        "HostKey {here}/host\nAuthorizedKeysFile {here}/authorized_keys\nStrictModes no\nPermitRootLogin yes\nUsePAM no\n"
    );
    fs::write(directory.join("sshd_config"), daemon)?;
    let client = format!(
        "Host {HOST}\n  HostName {HOST}\n  User root\n  IdentityFile {here}/user\n  IdentitiesOnly yes\n  \
         UserKnownHostsFile {here}/known_hosts\n  ProxyCommand /usr/sbin/sshd -i -f {here}/sshd_config\n"
    );
    fs::write(&configuration, client)?;
    let mut attempt = Command::new("ssh");
    attempt.arg("-F").arg(&configuration).args([HOST, "true"]);
    quietly(&mut attempt).context("reaching sshd (Debian package openssh-server)")?;
    Ok(configuration)
}
