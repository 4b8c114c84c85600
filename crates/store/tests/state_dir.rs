//! Small files, locks and the layout of the state directory.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests make and damage files, and stop at the first surprise"
)]

use counterpart_model::{Code, SiteRole};
use counterpart_store::files::{read_json, remove, write_json_atomic};
use counterpart_store::{Holder, Lock, StateDir};
use std::os::unix::fs::{PermissionsExt as _, symlink};

fn holder(pass: &str) -> Holder {
    Holder {
        pid: 42,
        host: "colo".to_owned(),
        pass: pass.to_owned(),
        pair: "study".to_owned(),
        since_seconds: 1_700_000_000,
    }
}

#[test]
fn a_held_lock_names_its_holder() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lock");
    let lock = Lock::take(&path, &holder("pass-1")).unwrap();
    let refused = Lock::take(&path, &holder("pass-2")).unwrap_err();
    assert_eq!(refused.code, Code::Locked);
    assert!(
        refused.why.contains("process 42 on colo") && refused.why.contains("pass-1"),
        "{refused}"
    );
    assert!(refused.why.contains("pair \"study\""), "{refused}");
    let shared = || Lock::share(std::fs::File::open(&path).unwrap(), &path);
    assert_eq!(shared().unwrap_err().code, Code::Locked);
    drop(lock);
    let sharing = [shared().unwrap(), shared().unwrap()];
    let refused = Lock::take(&path, &holder("pass-3")).unwrap_err();
    assert!(refused.why.contains("only reads"), "{refused}");
    drop(sharing);
    Lock::take(&path, &holder("a much shorter one")).unwrap();
    Lock::take(&path, &holder("p")).unwrap();
}

#[test]
fn json_files_are_private_and_replaced_whole() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("settings.json");
    assert_eq!(read_json::<Vec<u32>>(&path).unwrap(), None);
    write_json_atomic(&path, &[1, 2]).unwrap();
    write_json_atomic(&path, &[3]).unwrap();
    assert_eq!(read_json::<Vec<u32>>(&path).unwrap(), Some(vec![3]));
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    std::fs::write(&path, b"[1, 2").unwrap();
    assert_eq!(read_json::<Vec<u32>>(&path).unwrap_err().code, Code::StateDamaged);
    remove(&path).unwrap();
    remove(&path).unwrap();
}

#[test]
fn no_link_is_followed() {
    let dir = tempfile::tempdir().unwrap();
    let (target, link) = (dir.path().join("target"), dir.path().join("link"));
    std::fs::write(&target, b"[1]").unwrap();
    symlink(&target, &link).unwrap();
    assert!(read_json::<Vec<u32>>(&link).is_err());
    assert!(Lock::take(&link, &holder("pass")).is_err());
    write_json_atomic(&link, &[2]).unwrap();
    assert_eq!(std::fs::read(&target).unwrap(), b"[1]");
    let outside = tempfile::tempdir().unwrap();
    let state = StateDir::open(dir.path()).unwrap();
    let pair = state.pair("one").unwrap();
    symlink(outside.path(), pair.path().join("spool")).unwrap();
    assert_eq!(pair.spool_dir().unwrap_err().code, Code::StateDamaged);
}

#[test]
fn every_pair_has_a_directory_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let state = StateDir::open(&dir.path().join("a/b")).unwrap();
    let long = "x".repeat(400);
    let longer = "x".repeat(401);
    let names = [
        "",
        ".",
        "..",
        "a/b",
        "a%2Fb",
        "a\0b",
        "é",
        "study-035",
        "%",
        &long,
        &longer,
    ];
    let mut paths: Vec<_> = names
        .iter()
        .map(|name| state.pair(name).unwrap().path().to_owned())
        .collect();
    assert!(
        paths
            .iter()
            .all(|path| path.parent() == Some(&state.path().join("pairs")))
    );
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), names.len());
    let pair = state.pair("study-035").unwrap();
    let site = pair.site(SiteRole::Standby).unwrap();
    assert!(site.ends_with("study-035/standby"));
    assert_eq!(
        std::fs::metadata(site).unwrap().permissions().mode() & 0o777,
        0o700
    );
    assert!(pair.lock_path().ends_with("study-035/lock"));
    for made in [
        pair.journal_dir(),
        pair.certificates_dir(),
        pair.approvals_dir(),
        pair.logs_dir(),
    ] {
        assert!(made.unwrap().is_dir());
    }
}

#[test]
fn the_boot_has_a_name() {
    assert_eq!(counterpart_store::boot_id().unwrap().len(), 36);
}
