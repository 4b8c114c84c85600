//! A scan tells exactly what changed, and everything together is what a plain walk sees.

use crate::bench::Bench;
use counterpart_model::{EntryPath, Fact, SiteRole};
use counterpart_port::{Extent, Site as _};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;

#[derive(Clone, Debug)]
enum Edit {
    Write(String, String),
    Directory(String),
    Link(String, String),
    Remove(String),
    Chmod(String),
    Rename(String, String),
}

fn name() -> impl Strategy<Value = String> {
    "[ab](/[ab-]){0,2}"
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        4 => (name(), "[xy]{0,9}").prop_map(|(at, bytes)| Edit::Write(at, bytes)),
        3 => name().prop_map(Edit::Directory),
        1 => (name(), name()).prop_map(|(at, target)| Edit::Link(at, target)),
        2 => name().prop_map(Edit::Remove),
        1 => name().prop_map(Edit::Chmod),
        2 => (name(), name()).prop_map(|(from, to)| Edit::Rename(from, to)),
    ]
}

/// Does one thing; what the tree does not allow is left undone.
fn apply(bench: &Bench, edit: &Edit) {
    let done = match edit {
        Edit::Write(at, bytes) => std::fs::write(bench.at(at), bytes),
        Edit::Directory(at) => std::fs::create_dir_all(bench.at(at)),
        Edit::Link(at, target) => std::os::unix::fs::symlink(target, bench.at(at)),
        Edit::Remove(at) => {
            std::fs::remove_file(bench.at(at)).or_else(|_| std::fs::remove_dir_all(bench.at(at)))
        }
        Edit::Chmod(at) => std::fs::symlink_metadata(bench.at(at)).and_then(|stat| {
            let mode = stat.permissions().mode() ^ 0o022;
            if stat.is_symlink() {
                return Ok(());
            }
            std::fs::set_permissions(bench.at(at), std::fs::Permissions::from_mode(mode))
        }),
        Edit::Rename(from, to) => std::fs::rename(bench.at(from), bench.at(to)),
    };
    drop(done);
}

fn facts(bench: &Bench, extent: Extent) -> BTreeMap<EntryPath, Fact> {
    let seen = bench
        .observed(extent)
        .into_iter()
        .filter(|seen| !seen.path.is_root());
    seen.filter_map(|seen| Some((seen.path, seen.now?))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn what_changed_is_told_and_nothing_else(days in proptest::collection::vec(proptest::collection::vec(edit(), 0..12), 1..4)) {
        let bench = Bench::new(SiteRole::Production);
        bench.pass();
        let mut before = (bench.stamps(), bench.plain());
        for day in &days {
            for edit in day {
                apply(&bench, edit);
            }
            let (report, found) = bench.scan();
            prop_assert!(found.is_empty(), "{found:?}");
            let now = (bench.stamps(), bench.plain());
            let differs = |path: &&EntryPath| before.0.get(*path) != now.0.get(*path);
            let mut changed: Vec<EntryPath> = before.0.keys().chain(now.0.keys()).filter(differs).cloned().collect();
            changed.sort();
            changed.dedup();
            let observed = bench.observed(Extent::Changes);
            prop_assert_eq!(observed.iter().map(|seen| seen.path.clone()).collect::<Vec<_>>(), changed);
            prop_assert_eq!(report.changes, observed.len() as u64);
            for seen in observed.iter().filter(|seen| !seen.path.is_root()) {
                prop_assert_eq!(seen.before.as_ref(), before.1.get(&seen.path));
                prop_assert_eq!(seen.now.is_some(), now.1.contains_key(&seen.path));
                let times = |facts: &BTreeMap<EntryPath, Fact>| facts.get(&seen.path).map(|fact| (fact.kind, fact.size_bytes, fact.metadata.mtime));
                prop_assert_eq!(seen.times_same, seen.before.is_some() && times(&before.1) == times(&now.1));
            }
            prop_assert_eq!(report.tally.entries(), now.1.len() as u64);
            bench.read_unread();
            prop_assert_eq!(facts(&bench, Extent::Everything), now.1.clone());
            let closed = bench.site.close().unwrap();
            prop_assert_eq!(closed.unread.files, 0);
            prop_assert_eq!(closed.tally, report.tally);
            before = now;
        }
        // A site that never saw the tree before comes to the same root.
        let fresh = Bench::new(SiteRole::Production);
        std::fs::remove_dir(&fresh.root).unwrap();
        std::fs::rename(&bench.root, &fresh.root).unwrap();
        let last = bench.site.manifest().unwrap().unwrap().summary().root;
        prop_assert_eq!(fresh.pass().root, last);
    }
}
