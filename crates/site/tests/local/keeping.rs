//! What a site keeps for callers of another host, against them too: the chain's head, and history.

use counterpart_model::{Code, Digest, SiteRole};
use counterpart_port::{ChainHead, Site as _, Standby as _};
use counterpart_site::{LocalSite, LocalSiteOptions, Retention};
use std::path::Path;

const DAY: u64 = 86_400;

fn site(dir: &Path, retention: Retention) -> LocalSite {
    std::fs::create_dir_all(dir.join("root")).unwrap();
    LocalSite::new(LocalSiteOptions {
        role: SiteRole::Standby,
        pair: "p".to_owned(),
        root: dir.join("root"),
        state: dir.join("state"),
        plain_root: false,
        read_ahead_threads: None,
        retention,
    })
}

fn head(sequence: u64, pass: &str) -> ChainHead {
    ChainHead {
        sequence,
        hash: Digest([7; 32]),
        pass: pass.to_owned(),
        at_seconds: 1,
    }
}

#[test]
fn the_number_of_the_head_only_grows() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path(), Retention::USUAL);
    assert_eq!(site.chain_head().unwrap(), None);
    for good in [head(3, "a"), head(3, "a"), head(9, "b")] {
        site.keep_chain_head(&good).unwrap();
        assert_eq!(site.chain_head().unwrap(), Some(good));
    }
    let long = "a".repeat(65);
    for bad in [
        head(9, "c"),
        head(8, "b"),
        head(0, "b"),
        head(u64::MAX, "b"),
        head(10, ""),
        head(10, "../b"),
        head(10, &long),
    ] {
        assert_eq!(
            site.keep_chain_head(&bad).unwrap_err().code,
            Code::EvidenceBroken,
            "{bad:?}"
        );
    }
    assert_eq!(site.chain_head().unwrap(), Some(head(9, "b")));
}

/// History of one pass, with an index that says that it ended so many days ago.
fn set_aside(dir: &Path, pass: &str, days: u64) {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let at = now.as_secs() - days * DAY;
    let kept = dir.join("root/.counterpart/history").join(pass);
    std::fs::create_dir_all(&kept).unwrap();
    std::fs::write(kept.join("1"), b"kept").unwrap();
    let line = format!(
        "{{\"n\":1,\"path\":\"a\",\"kind\":\"File\",\"size_bytes\":4,\"mtime\":{{\"seconds\":1,\"nanos\":0}},\
         \"mode\":\"0644\",\"why\":\"replaced\",\"at_seconds\":{at}}}\n"
    );
    std::fs::write(kept.join("index"), line).unwrap();
}

fn expired(site: &LocalSite, seconds: u64) -> Vec<String> {
    let expired = site.expired(seconds).unwrap();
    expired.passes.into_iter().map(|pass| pass.pass).collect()
}

#[test]
fn a_caller_of_another_host_shortens_no_history() {
    let dir = tempfile::tempdir().unwrap();
    set_aside(dir.path(), "kept", 20);
    std::thread::sleep(std::time::Duration::from_secs(3));
    for (retention, keep_seconds) in [(Retention::USUAL, 400 * DAY), (Retention::AtLeast(30), 30)] {
        let far = site(dir.path(), retention);
        assert_eq!(far.expired(0).unwrap().keep_seconds, keep_seconds);
        assert_eq!(far.expired(500 * DAY).unwrap().keep_seconds, 500 * DAY);
        assert!(expired(&far, 0).is_empty());
        for pass in ["kept", "../..", "", "none"] {
            let refused = far.end_history(&[pass.to_owned()], 0).unwrap_err();
            assert_eq!(refused.code, Code::Usage, "{pass}");
        }
    }
    let far = site(dir.path(), Retention::AtLeast(1));
    assert!(
        far.end_history(&["kept".to_owned(), "none".to_owned()], 0)
            .is_err()
    );
    assert_eq!(expired(&far, 0), ["kept"], "nothing went where one may not");
    far.end_history(&["kept".to_owned()], 0).unwrap();
    assert!(!dir.path().join("root/.counterpart/history/kept").exists());
}

#[test]
fn an_index_that_was_written_anew_makes_nothing_older() {
    let dir = tempfile::tempdir().unwrap();
    set_aside(dir.path(), "kept", 9000);
    let site = site(dir.path(), Retention::Caller);
    assert!(expired(&site, 1000).is_empty());
    std::fs::remove_file(dir.path().join("root/.counterpart/history/kept/index")).unwrap();
    assert!(expired(&site, 1000).is_empty());
    std::thread::sleep(std::time::Duration::from_secs(2));
    assert_eq!(expired(&site, 0), ["kept"]);
}
