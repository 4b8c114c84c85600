//! One of the two sites behind ssh, in test programs that are called so: the same cases, over a real ssh and sshd.
//!
//! Each pair of trees has a daemon of its own, so that a test may change its keys.

use super::PROGRAM;
use super::sshd::Daemon;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// How the far site is reached; its daemon begins when it is first asked for.
pub struct Way {
    dir: PathBuf,
    daemon: OnceLock<Daemon>,
}

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
}

impl Way {
    /// To sites in a directory.
    pub fn new(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
            daemon: OnceLock::new(),
        }
    }

    /// How the program is told of it: options of `mirror`.
    pub fn options(&self) -> Vec<OsString> {
        if Far::wanted() == Far::Neither {
            return Vec::new();
        }
        let ssh = format!("--ssh={}", self.configuration());
        ["--ssh=-F", &ssh, "--remote", &self.remote()]
            .map(OsString::from)
            .into()
    }

    /// The same as settings of a pair.
    pub fn settings(&self) -> String {
        if Far::wanted() == Far::Neither {
            return String::new();
        }
        let (configuration, remote) = (self.configuration(), self.remote());
        format!("ssh = [\"-F\", \"{configuration}\"]\nremote = \"{remote}\"\n")
    }

    fn configuration(&self) -> String {
        let daemon = self.daemon.get_or_init(|| Daemon::here(&self.dir.join("ssh")));
        daemon.configuration().display().to_string()
    }

    fn remote(&self) -> String {
        format!("{PROGRAM} agent --state {}", self.dir.join("far-state").display())
    }
}

fn far(path: &OsString) -> OsString {
    let mut location = OsString::from("far:");
    location.push(path);
    location
}
