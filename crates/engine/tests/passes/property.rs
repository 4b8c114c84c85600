//! Whatever the trees: a run makes the standby equal, and the next one finds nothing to do.

use crate::support::{FakeSite, Node, Pair, Recorder, Tree, dir, file, link, path};
use counterpart_engine::report::ChangeCounts;
use counterpart_engine::{Guards, Limit};
use counterpart_model::{EntryPath, Kind};
use proptest::prelude::*;

fn node() -> impl Strategy<Value = Node> {
    let bytes = proptest::sample::select(vec![
        "",
        "a",
        "b",
        "aa",
        "bb",
        "some bytes",
        "more bytes",
        "much longer than one piece",
    ]);
    prop_oneof![
        6 => (bytes, 1_i64..4).prop_map(|(bytes, mtime)| file(bytes, mtime)),
        3 => Just(dir()),
        1 => "[ab]".prop_map(|target| link(&target)),
    ]
}

fn at() -> impl Strategy<Value = EntryPath> {
    "[abc](/[ab-]){0,3}".prop_map(|text| path(&text))
}

/// One thing that somebody does in a tree.
#[derive(Clone, Debug)]
enum Edit {
    Put(EntryPath, Node),
    Take(EntryPath),
    Chmod(EntryPath),
    Rename(EntryPath, EntryPath),
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        5 => (at(), node()).prop_map(|(path, node)| Edit::Put(path, node)),
        2 => at().prop_map(Edit::Take),
        1 => at().prop_map(Edit::Chmod),
        2 => (at(), at()).prop_map(|(from, to)| Edit::Rename(from, to)),
    ]
}

fn is_directory(tree: &Tree, path: &EntryPath) -> bool {
    path.is_root() || tree.get(path).is_some_and(|node| node.kind == Kind::Directory)
}

/// Does one thing, where the tree allows it.
fn apply(site: &FakeSite, edit: &Edit) {
    let tree = site.state().tree.clone();
    match edit {
        Edit::Put(path, node) => {
            if is_directory(&tree, &path.parent().unwrap()) {
                if node.kind != Kind::Directory {
                    site.take(path);
                }
                site.put(path, node.clone());
            }
        }
        Edit::Take(path) => site.take(path),
        Edit::Chmod(path) => {
            if let Some(node) = tree.get(path).filter(|node| node.kind != Kind::Symlink) {
                site.put(
                    path,
                    Node {
                        mode: node.mode ^ 0o022,
                        ..node.clone()
                    },
                );
            }
        }
        Edit::Rename(from, to) => {
            let file = tree.get(from).is_some_and(|node| node.kind == Kind::File);
            if file && !tree.contains_key(to) && is_directory(&tree, &to.parent().unwrap()) {
                site.rename(from, to);
            }
        }
    }
}

fn pair() -> Pair {
    let mut pair = Pair::new();
    let free = Limit::Entries(u64::MAX);
    pair.settings.guards = Guards {
        max_delete: free,
        max_change: free,
        ..Guards::default()
    };
    // Always there, so that neither side is ever empty, nor another tree.
    pair.production.put(&path("zz"), file("anchor", 1));
    pair.standby.put(&path("zz"), file("anchor", 1));
    pair
}

/// Does things as programs do that write: every file that is put there has a time of its own.
fn work(site: &FakeSite, edits: &[Edit]) {
    for edit in edits {
        let mut edit = edit.clone();
        if let Edit::Put(_, node) = &mut edit {
            node.mtime += 10 * i64::try_from(site.state().clock).unwrap();
        }
        apply(site, &edit);
    }
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    proptest::collection::vec(edit(), 0..20)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_run_makes_the_standby_equal_and_the_next_has_no_steps(days in proptest::collection::vec(edits(), 1..4)) {
        let pair = pair();
        pair.verify(true);
        for day in &days {
            work(&pair.production, day);
            let report = pair.run();
            prop_assert!(report.congruent, "{report:?}");
            prop_assert_eq!(&report.production.root, &report.standby.root);
            let (production, standby) = pair.trees();
            prop_assert_eq!(production, standby);
            let again = pair.run();
            prop_assert_eq!(again.changes, ChangeCounts::default());
            prop_assert!(again.congruent);
        }
        prop_assert!(pair.verify(true).congruent);
    }

    #[test]
    fn a_standby_that_anything_was_done_to_is_equal_after_a_run(first in edits(), drift in edits(), then in edits()) {
        let pair = pair();
        pair.verify(true);
        work(&pair.production, &first);
        pair.run();
        for edit in &drift {
            apply(&pair.standby, edit);
        }
        for edit in &then {
            apply(&pair.production, edit);
        }
        let before = pair.standby.state().tree.clone();
        let kept = pair.standby.state().history.len();
        let report = pair.run();
        let (production, standby) = pair.trees();
        // Other bytes behind one size and time may be rot, which is told and left to a person.
        let rotten: Vec<&str> = report.failures.iter().filter(|failure| failure.code.starts_with("rot-")).map(|failure| failure.path.as_str()).collect();
        let differing: Vec<String> = production.keys().chain(standby.keys()).filter(|path| production.get(path) != standby.get(path)).map(ToString::to_string).collect();
        prop_assert!(differing.iter().all(|path| rotten.contains(&path.as_str())), "{differing:?} {report:?}");
        // What is new at both sites with one size and time is taken over, and said to be unread.
        let unread = report.failures.iter().any(|failure| failure.code == "not-read");
        prop_assert_eq!(report.congruent, rotten.is_empty() && !unread, "{:?}", report);
        // Nothing is destroyed: what is no longer in the tree is in history, or under another name.
        let state = pair.standby.state();
        for (path, node) in before.iter().filter(|(_, node)| node.kind == Kind::File) {
            let there = state.tree.values().any(|now| now.bytes == node.bytes);
            let aside = state.history[kept..].iter().any(|(_, old)| old.bytes == node.bytes);
            prop_assert!(there || aside, "{path} was destroyed");
        }
    }

    #[test]
    fn an_interrupted_run_is_completed_by_the_next(first in edits(), then in edits(), stop in 1_usize..12) {
        let pair = pair();
        pair.verify(true);
        work(&pair.production, &first);
        pair.run();
        work(&pair.production, &then);
        let listener = Recorder::stopping_after(stop);
        let _ = pair.pass(&crate::support::pair::request(counterpart_engine::PassKind::Run), &listener);
        // The fake forgets what an interrupted pass did, as a site without its apply log would; it is done again.
        pair.run();
        let report = pair.run();
        let (production, standby) = pair.trees();
        prop_assert!(report.failures.iter().any(|failure| failure.code.starts_with("rot-")) || production == standby, "{report:?}");
    }
}
