//! Debian packages that the tests use: peers to compare with, filesystems to mount, checkers to ask.
//! Only what is missing is installed, and only by root on a system that has apt-get.

use std::process::Command;

use anyhow::{Result, bail};

use crate::process;

/// Debian packages, by name.
pub const PACKAGES: [&str; 29] = [
    "rsync",
    "b3sum",
    "attr",
    "acl",
    "fuse3",
    "python3-fusepy",
    "xfsprogs",
    "e2fsprogs",
    "btrfs-progs",
    "util-linux",
    "openssh-client",
    "openssh-server",
    "openssl",
    "iproute2",
    "nftables",
    "libfaketime",
    "procps",
    "dcmtk",
    "orthanc",
    "curl",
    "python3-venv",
    "mandoc",
    "groff-base",
    "zsh",
    "fish",
    "gzip",
    "zstd",
    "xz-utils",
    "systemd",
];

/// Installs what is missing, or says what to install.
pub(super) fn ensure() -> Result<()> {
    let missing = missing();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    if !process::works(Command::new("apt-get").arg("--version")) {
        bail!(
            "the tests need these Debian packages, or their like: {names}; \
             install them, then run `cargo xtask test --no-install`"
        );
    }
    if !process::is_root() {
        bail!("the tests need these packages: {names}; run `sudo apt-get install {names}` first");
    }
    install(&missing)
}

/// The packages that are not installed, in the order of the list.
fn missing() -> Vec<&'static str> {
    let mut query = Command::new("dpkg-query");
    query
        .args(["-W", "-f=${Package} ${db:Status-Status}\\n"])
        .args(PACKAGES);
    // It fails when it does not know one of them, and still prints the others.
    let printed = query.output().map(|output| output.stdout).unwrap_or_default();
    let installed = installed_in(&String::from_utf8_lossy(&printed));
    PACKAGES
        .into_iter()
        .filter(|name| !installed.iter().any(|have| have == name))
        .collect()
}

/// The names that dpkg-query's lines call installed.
pub fn installed_in(printed: &str) -> Vec<String> {
    let installed = printed.lines().filter_map(|line| line.strip_suffix(" installed"));
    installed.map(str::to_owned).collect()
}

/// Installs from the lists at hand, and with fresh lists where those are missing or old.
fn install(missing: &[&str]) -> Result<()> {
    let arguments = ["install", "--yes", "--no-install-recommends"];
    if process::passes(apt_get().args(arguments).args(missing))? {
        return Ok(());
    }
    process::must_pass(apt_get().arg("update"))?;
    process::must_pass(apt_get().args(arguments).args(missing))
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").arg("--quiet");
    command
}
