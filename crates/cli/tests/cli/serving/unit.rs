//! The unit in packaging/systemd: systemd itself reads it, and judges how far it is shut in.

use std::path::{Path, PathBuf};
use std::process::Command;

fn unit() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/systemd/counterpart.service")
}

#[test]
fn systemd_understands_every_line() {
    let place = tempfile::tempdir().unwrap();
    // The program that it starts must be there for systemd to be content.
    let text = std::fs::read_to_string(unit()).unwrap();
    let text = text.replace("/usr/bin/counterpart", env!("CARGO_BIN_EXE_counterpart"));
    let copy = place.path().join("counterpart.service");
    std::fs::write(&copy, text).unwrap();
    let judged = Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .arg(&copy)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&judged.stderr);
    assert!(
        judged.status.success() && !told.contains("counterpart.service"),
        "{told}"
    );
}

#[test]
fn it_is_shut_in_as_far_as_reading_archives_lets_it() {
    let judged = Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--threshold=25", "--no-pager"])
        .arg(unit())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&judged.stdout);
    assert!(
        judged.status.success(),
        "{told}{}",
        String::from_utf8_lossy(&judged.stderr)
    );
}
