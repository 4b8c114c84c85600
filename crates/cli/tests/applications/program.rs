//! The program under test, other programs, and waiting for what they do.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Far beyond what anything here takes.
const PATIENCE: Duration = Duration::from_secs(120);

/// Runs the program with a configuration of this directory; gives its code and its document.
pub(crate) fn counterpart(dir: &Path, arguments: &[&str]) -> (i32, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_counterpart"))
        .arg("--config")
        .arg(dir.join("counterpart.toml"))
        .arg("--state")
        .arg(dir.join("state"))
        .arg("--json")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let document = serde_json::from_slice(&output.stdout);
    let document = document.unwrap_or_else(|error| panic!("{arguments:?}: {error}: {said}"));
    (output.status.code().unwrap(), document)
}

/// Runs another program, which must be there and must succeed.
pub(crate) fn done(command: &mut Command) -> Output {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {said}");
    output
}

/// The Python that has pydicom.
pub(crate) fn python() -> Command {
    let python = std::env::var("COUNTERPART_PYTHON");
    Command::new(python.expect("COUNTERPART_PYTHON is set by `cargo xtask test`"))
}

/// Waits until something holds.
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "{what} does not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}
