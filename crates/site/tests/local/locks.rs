//! Two callers of one standby: other state directories, other names of pairs, one root.

use counterpart_model::{Code, Failure, Policy, SiteRole};
use counterpart_port::{OpenRequest, Opened, Site as _, Standby as _};
use counterpart_site::{LocalSite, LocalSiteOptions, Retention};
use std::path::Path;

fn caller(dir: &Path, pair: &str, host: &str) -> LocalSite {
    LocalSite::new(LocalSiteOptions {
        role: SiteRole::Standby,
        pair: pair.to_owned(),
        root: dir.join("root"),
        state: dir.join(host).join(pair),
        plain_root: false,
        read_ahead_threads: None,
        retention: Retention::Caller,
    })
}

fn open(site: &LocalSite, pair: &str, read_only: bool) -> Result<Opened, Failure> {
    site.open(&OpenRequest {
        pair: pair.to_owned(),
        pass: format!("pass-of-{pair}"),
        policy: Policy::default(),
        read_only,
        after: None,
        read_from: None,
    })
}

fn adopted(dir: &Path) {
    std::fs::create_dir(dir.join("root")).unwrap();
    let site = caller(dir, "p", "here");
    open(&site, "p", false).unwrap();
    site.adopt().unwrap();
    site.abandon();
}

#[test]
fn two_hosts_and_two_names_do_not_meet_at_one_root() {
    let dir = tempfile::tempdir().unwrap();
    adopted(dir.path());
    let first = caller(dir.path(), "p", "here");
    open(&first, "p", false).unwrap();
    for (pair, host) in [("p", "there"), ("q", "here"), ("q", "there")] {
        let second = caller(dir.path(), pair, host);
        for read_only in [false, true] {
            let refused = open(&second, pair, read_only).unwrap_err();
            assert_eq!(refused.code, Code::Locked, "{refused}");
            assert!(
                refused.why.contains("pass pass-of-p of pair \"p\"")
                    && refused.why.contains(&format!("process {}", std::process::id())),
                "{refused}"
            );
        }
    }
    first.abandon();
    open(&caller(dir.path(), "p", "there"), "p", false).unwrap();
}

#[test]
fn those_who_only_read_share_the_root() {
    let dir = tempfile::tempdir().unwrap();
    adopted(dir.path());
    let readers = ["here", "there"].map(|host| caller(dir.path(), "p", host));
    for reader in &readers {
        open(reader, "p", true).unwrap();
    }
    let refused = open(&caller(dir.path(), "p", "elsewhere"), "p", false).unwrap_err();
    assert_eq!(refused.code, Code::Locked, "{refused}");
}

#[test]
fn who_only_looks_makes_nothing_beneath_the_root() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("root")).unwrap();
    open(&caller(dir.path(), "p", "here"), "p", true).unwrap();
    assert_eq!(std::fs::read_dir(dir.path().join("root")).unwrap().count(), 0);
}

#[test]
fn of_two_first_passes_the_second_does_not_take_what_the_first_took() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(dir.path().join("root/data of others")).unwrap();
    let (first, second) = (caller(dir.path(), "p", "here"), caller(dir.path(), "q", "there"));
    open(&first, "p", false).unwrap();
    open(&second, "q", false).unwrap();
    first.adopt().unwrap();
    assert_eq!(second.adopt().unwrap_err().code, Code::Locked);
    first.abandon();
    let late = second.adopt().unwrap_err();
    assert_eq!(late.code, Code::Locked, "{late}");
    assert!(late.why.contains("since this one began"), "{late}");
    let again = open(&caller(dir.path(), "p", "here"), "p", false).unwrap_err();
    assert_eq!(again.code, Code::Locked, "the second still holds the root");
    second.abandon();
    assert!(
        open(&caller(dir.path(), "p", "here"), "p", false)
            .unwrap()
            .adopted
    );
}

#[test]
fn a_crashed_holder_stands_in_nobodys_way() {
    let dir = tempfile::tempdir().unwrap();
    adopted(dir.path());
    let left = br#"{"pid":1,"host":"gone","pass":"killed","pair":"q","since_seconds":0}"#;
    std::fs::write(dir.path().join("root/.counterpart/lock"), left).unwrap();
    open(&caller(dir.path(), "p", "here"), "p", false).unwrap();
}
