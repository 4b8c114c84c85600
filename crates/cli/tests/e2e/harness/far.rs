//! One of the two sites behind ssh, in test programs that are called so: the same cases, over a real ssh and sshd.
//!
//! The daemon serves one connection on a pipe, so that none is left behind.

use super::{PROGRAM, done};
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Which site is far.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Far {
    /// None.
    Neither,
    /// The standby: what changed is pushed to it.
    Standby,
    /// Production: what changed is pulled from it.
    Production,
}

impl Far {
    /// What the test program is called after.
    pub fn wanted() -> Self {
        match env!("CARGO_CRATE_NAME") {
            "pushed" => Self::Standby,
            "pulled" => Self::Production,
            _ => Self::Neither,
        }
    }

    /// True when it is this side that is far.
    pub fn is(self, side: &str) -> bool {
        side == "standby" && self == Self::Standby || side == "production" && self == Self::Production
    }

    /// Production as the program is told of it.
    pub fn production(self, path: OsString) -> OsString {
        if self == Self::Production {
            far(&path)
        } else {
            path
        }
    }

    /// The standby as the program is told of it.
    pub fn standby(self, path: OsString) -> OsString {
        if self == Self::Standby { far(&path) } else { path }
    }

    /// How the program is told to reach it: options of `mirror`.
    pub fn options(self, dir: &Path) -> Vec<OsString> {
        if self == Self::Neither {
            return Vec::new();
        }
        let configuration = ssh_configuration(dir);
        [
            "--ssh=-F",
            &format!("--ssh={configuration}"),
            "--remote",
            &remote(dir),
        ]
        .map(OsString::from)
        .into()
    }

    /// The same as settings of a pair.
    pub fn settings(self, dir: &Path) -> String {
        if self == Self::Neither {
            return String::new();
        }
        let configuration = ssh_configuration(dir);
        format!(
            "ssh = [\"-F\", \"{configuration}\"]\nremote = \"{}\"\n",
            remote(dir)
        )
    }
}

fn far(path: &OsString) -> OsString {
    let mut location = OsString::from("far:");
    location.push(path);
    location
}

fn remote(dir: &Path) -> String {
    format!("{PROGRAM} agent --state {}", dir.join("far-state").display())
}

/// Makes keys and configurations, once a directory.
fn ssh_configuration(dir: &Path) -> String {
    let ssh = dir.join("ssh");
    let configuration = ssh.join("config");
    if !configuration.exists() {
        fs::create_dir_all(&ssh).unwrap();
        // It must be there, and only root may write to it.
        fs::create_dir_all("/run/sshd").unwrap();
        for key in ["host", "user"] {
            let made = Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(ssh.join(key))
                .output();
            assert!(made.unwrap().status.success(), "ssh-keygen");
        }
        fs::copy(ssh.join("user.pub"), ssh.join("authorized_keys")).unwrap();
        let host = fs::read_to_string(ssh.join("host.pub")).unwrap();
        fs::write(ssh.join("known_hosts"), format!("far {host}")).unwrap();
        fs::write(ssh.join("sshd_config"), daemon(&ssh)).unwrap();
        fs::write(&configuration, client(&ssh)).unwrap();
        done(
            Command::new("ssh")
                .arg("-F")
                .arg(&configuration)
                .args(["far", "true"]),
        );
    }
    configuration.display().to_string()
}

fn daemon(ssh: &Path) -> String {
    let ssh = ssh.display();
    format!(
        "HostKey {ssh}/host\nPidFile none\nAuthorizedKeysFile {ssh}/authorized_keys\nPermitRootLogin prohibit-password\n\
         PasswordAuthentication no\nUsePAM no\nStrictModes no\n"
    )
}

fn client(ssh: &Path) -> String {
    let ssh = ssh.display();
    format!(
        "Host far\n  ProxyCommand /usr/sbin/sshd -i -f {ssh}/sshd_config -E {ssh}/sshd.log\n  User root\n  \
         IdentityFile {ssh}/user\n  IdentitiesOnly yes\n  UserKnownHostsFile {ssh}/known_hosts\n  \
         StrictHostKeyChecking yes\n  BatchMode yes\n"
    )
}
