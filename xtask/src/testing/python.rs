//! The Python that tests ask for a second opinion, in an environment of the project's own.
//! Nothing of the product is written in Python, and nothing outside the target directory is changed.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::workspace::Workspace;

/// From `PyPI`, by name: a second reader of DICOM, of the tables that Counterpart writes, of packs, and of pages; what a
/// second reader of the state directory is put together from; and a mail server.
const LIBRARIES: [&str; 8] = [
    "pydicom",
    "duckdb",
    "bagit",
    "html5lib",
    "zstandard",
    "blake3",
    "rfc8785",
    "aiosmtpd",
];

/// The environment's interpreter; built once and used again.
pub(super) fn ensure(workspace: &Workspace) -> Result<PathBuf> {
    let home = workspace.scratch("venv");
    let python = home.join("bin/python");
    if process::works(Command::new(&python).args(["-c", &format!("import {}", LIBRARIES.join(", "))])) {
        return Ok(python);
    }
    build(&home, &python).with_context(|| {
        format!(
            "preparing Python with {}; the tests ask it for a second opinion",
            LIBRARIES.join(" and ")
        )
    })?;
    Ok(python)
}

fn build(home: &Path, python: &Path) -> Result<()> {
    // Debian's own modules (fusepy) must be seen from inside.
    let options = ["-m", "venv", "--clear", "--system-site-packages"];
    process::must_pass(Command::new(system_python()).args(options).arg(home))?;
    let options = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    process::must_pass(Command::new(python).args(options).args(LIBRARIES))
}

/// Debian's Python, which has Debian's modules, before any other on the search path.
fn system_python() -> &'static str {
    let debian = "/usr/bin/python3";
    if Path::new(debian).exists() {
        debian
    } else {
        "python3"
    }
}
