//! Any tree becomes any other tree, exactly, and what it loses is in history.

use crate::support::*;
use counterpart_model::{Action, EntryPath, Fact, Kind, Step};
use counterpart_tree::history;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;

type Tree = BTreeMap<EntryPath, (Fact, Vec<u8>)>;

fn node() -> impl Strategy<Value = (Fact, Vec<u8>)> {
    let modes = prop::sample::select(vec![0o644, 0o600, 0o444, 0o755, 0o4755, 0o000]);
    let folders = prop::sample::select(vec![0o755, 0o700, 0o555, 0o2775, 0o1777]);
    prop_oneof![
        (prop::collection::vec(any::<u8>(), 0..40), modes, 1_i64..5)
            .prop_map(|(content, mode, at)| { (file(&content, mode, time(at)), content) }),
        (folders, 1_i64..5).prop_map(|(mode, at)| (directory(mode, time(at)), Vec::new())),
        ("[a-c]{1,2}", 1_i64..5).prop_map(|(target, at)| (symlink(target.as_bytes(), time(at)), Vec::new())),
    ]
}

fn tree() -> impl Strategy<Value = Tree> {
    let name = prop::sample::select(vec!["a", "a.b", "b", "c-\u{e9}", "z "]);
    let path = prop::collection::vec(name, 1..4);
    prop::collection::vec((path, node()), 0..14).prop_map(|entries| {
        let mut tree = Tree::new();
        for (components, node) in entries {
            insert(&mut tree, &components, node);
        }
        tree
    })
}

/// Adds an entry unless something that is no directory is in the way; directories above it are added.
fn insert(tree: &mut Tree, components: &[&str], node: (Fact, Vec<u8>)) {
    let mut path = EntryPath::root();
    for name in &components[..components.len() - 1] {
        path.push(name.as_bytes());
        let above = tree
            .entry(path.clone())
            .or_insert_with(|| (directory(0o755, time(9)), Vec::new()));
        if above.0.kind != Kind::Directory {
            return;
        }
    }
    path.push(components[components.len() - 1].as_bytes());
    tree.entry(path).or_insert(node);
}

fn steps(old: &Tree, new: &Tree) -> Vec<(Step, Vec<u8>)> {
    let mut paths: Vec<&EntryPath> = old.keys().chain(new.keys()).collect();
    paths.sort();
    paths.dedup();
    paths
        .into_iter()
        .filter_map(|path| step_of(path, old, new))
        .collect()
}

fn step_of(path: &EntryPath, old: &Tree, new: &Tree) -> Option<(Step, Vec<u8>)> {
    let (present, wanted) = (old.get(path), new.get(path));
    let gone_above = || {
        path.parent().is_some_and(|above| {
            !above.is_root()
                && new
                    .get(&above)
                    .is_none_or(|(fact, _)| fact.kind != Kind::Directory)
        })
    };
    let action = match (present, wanted) {
        (None, _) => Action::Create,
        (Some(_), None) if gone_above() => Action::RemovedWithParent,
        (Some(_), None) => Action::Remove,
        (Some((was, _)), Some((is, _))) if was.kind != is.kind || was.target != is.target => Action::Replace,
        (Some((was, _)), Some((is, _))) if was.content != is.content => Action::Modify,
        (Some((was, _)), Some((is, _))) if was != is => Action::Metadata,
        _ => return None,
    };
    let mut step = Step::of(path.clone(), action);
    step.present = present.map(|(fact, _)| fact.clone());
    step.wanted = wanted.map(|(fact, _)| fact.clone());
    Some((
        step,
        wanted.map(|(_, content)| content.clone()).unwrap_or_default(),
    ))
}

fn seen(scene: &Scene) -> Tree {
    let mut tree = Tree::new();
    for name in scene.names() {
        let stat = scene.on_disk(&name).symlink_metadata().unwrap();
        let (mode, at) = (scene.mode(&name), scene.mtime(&name));
        let node = if stat.is_dir() {
            (directory(mode, at), Vec::new())
        } else if stat.is_symlink() {
            let target = std::fs::read_link(scene.on_disk(&name)).unwrap();
            (symlink(target.as_os_str().as_encoded_bytes(), at), Vec::new())
        } else {
            (file(&scene.read(&name), mode, at), scene.read(&name))
        };
        tree.insert(at_name(&name), node);
    }
    tree
}

fn at_name(name: &str) -> EntryPath {
    EntryPath::checked(name.as_bytes()).unwrap()
}

fn apply(scene: &Scene, pass: &str, steps: &[(Step, Vec<u8>)]) {
    let borrowed: Vec<(Step, &[u8])> = steps
        .iter()
        .map(|(step, content)| (step.clone(), &**content))
        .collect();
    scene.apply(pass, &borrowed);
}

/// Checks the last stamp that the keeper was told of each path against the disk.
fn check_told(scene: &Scene) {
    let touched = scene.memory.touched.lock().unwrap();
    let mut last = BTreeMap::new();
    for change in touched.iter() {
        if change.whole {
            last.retain(|path: &EntryPath, _| !path.is_beneath(&change.path));
        }
        last.insert(change.path.clone(), change.now.clone());
    }
    for (path, now) in last {
        let on_disk = scene
            .on_disk(std::str::from_utf8(path.as_bytes()).unwrap())
            .symlink_metadata();
        match now {
            None => assert!(on_disk.is_err(), "{path} is still there"),
            Some((_, seen)) => {
                let stat = on_disk.unwrap();
                let ctime = (seen.ctime.seconds, i64::from(seen.ctime.nanos));
                assert_eq!(
                    (stat.ino(), stat.ctime(), stat.ctime_nsec()),
                    (seen.inode, ctime.0, ctime.1),
                    "{path}"
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_tree_becomes_any_other(first in tree(), second in tree(), exchange in any::<bool>(), entries in 1_usize..9) {
        let mut scene = Scene::new();
        scene.capabilities.exchange = exchange;
        scene.group.entries = entries;
        apply(&scene, "p1", &steps(&Tree::new(), &first));
        prop_assert_eq!(seen(&scene), first.clone());
        check_told(&scene);
        let change = steps(&first, &second);
        apply(&scene, "p2", &change);
        prop_assert_eq!(seen(&scene), second);
        check_told(&scene);
        let lost = change.iter().filter(|(step, _)| matches!(step.action, Action::Remove | Action::Replace | Action::Modify)).count();
        prop_assert_eq!(history::versions(&scene.root, &EntryPath::root()).unwrap().len(), lost);
        prop_assert!(scene.on_disk(".counterpart/incoming").read_dir().unwrap().next().is_none());
    }
}
