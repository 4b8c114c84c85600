//! Random trees and random edits over several passes, against a plain model of the tree and the usual oracles.
//!
//! What is held besides: nothing is destroyed. Every content that the standby had before a pass is there afterwards,
//! in the tree or in history.

use crate::harness::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

/// Passes of one case.
const PASSES: usize = 4;

/// One change of production or of the standby. Names are few, so that changes meet.
#[derive(Clone, Debug)]
enum Edit {
    Write(String, u8),
    Directory(String),
    Link(String, String),
    Remove(String),
    Rename(String, String),
    Mode(String, u32),
    Touch(String, i64),
    Drift(String, u8),
    LoseCopy(String),
}

/// What is at a path, as plainly as can be.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Node {
    File(Vec<u8>),
    Directory,
    Link(String),
}

type Model = BTreeMap<String, Node>;

fn path() -> impl Strategy<Value = String> {
    prop::collection::vec("[abc]|b-|A", 1..4).prop_map(|parts| parts.join("/"))
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        6 => (path(), 0..12_u8).prop_map(|(path, seed)| Edit::Write(path, seed)),
        2 => path().prop_map(Edit::Directory),
        2 => (path(), path()).prop_map(|(path, target)| Edit::Link(path, target)),
        3 => path().prop_map(Edit::Remove),
        4 => (path(), path()).prop_map(|(from, to)| Edit::Rename(from, to)),
        2 => (path(), prop::sample::select(vec![0o644, 0o600, 0o755, 0o700])).prop_map(|(path, mode)| Edit::Mode(path, mode)),
        2 => (path(), 1_000_000_000..1_700_000_000_i64).prop_map(|(path, time)| Edit::Touch(path, time)),
        1 => (path(), 0..12_u8).prop_map(|(path, seed)| Edit::Drift(path, seed)),
        1 => path().prop_map(Edit::LoseCopy),
    ]
}

/// Few contents, some of one length, so that renames have rivals.
fn content(seed: u8) -> Vec<u8> {
    let len = [0, 1, 1_000, 1_000, 70_000][usize::from(seed) % 5];
    vec![b'a' + seed; len]
}

#[test]
fn random_edits_always_end_in_an_equal_standby() {
    let scripts = prop::collection::vec(prop::collection::vec(edit(), 1..25), PASSES);
    let config = Config {
        cases: times(6),
        failure_persistence: None,
        max_shrink_iters: 40,
        ..Config::default()
    };
    let ran = TestRunner::new(config).run(&scripts, |scripts| {
        one_case(&scripts);
        Ok(())
    });
    if let Err(error) = ran {
        panic!("{error}");
    }
}

fn one_case(scripts: &[Vec<Edit>]) {
    let world = World::new().with(&["--max-delete", "1000000", "--max-change", "1000000"]);
    let mut model = Model::new();
    world.file("always", "there");
    model.insert("always".into(), Node::File(b"there".to_vec()));
    for script in scripts {
        for edit in script {
            apply(&world, &mut model, edit);
        }
        let held = contents(&world.dst());
        world.congruent_pass();
        assert_eq!(model_of(&world.dst()), model);
        let lost: Vec<usize> = held.difference(&contents(&world.dst())).map(Vec::len).collect();
        assert!(
            lost.is_empty(),
            "contents of these lengths were destroyed: {lost:?}"
        );
        tick();
    }
    let verified = world.verify(&["--reread"]);
    assert_eq!(verified.code, 0, "{verified}");
    world.congruent_pass().changed_nothing().sent(0);
}

fn apply(world: &World, model: &mut Model, edit: &Edit) {
    match edit {
        Edit::Write(path, seed)
            if has_room(model, path) && !matches!(model.get(path), Some(Node::Directory | Node::Link(_))) =>
        {
            world.file(path, content(*seed));
            add_parents(model, path);
            model.insert(path.clone(), Node::File(content(*seed)));
        }
        Edit::Directory(path) if has_room(model, path) && !model.contains_key(path) => {
            fs::create_dir_all(world.s(path)).unwrap();
            add_parents(model, path);
            model.insert(path.clone(), Node::Directory);
        }
        Edit::Link(path, target) if has_room(model, path) && !model.contains_key(path) => {
            fs::create_dir_all(world.s(path).parent().unwrap()).unwrap();
            symlink(target, world.s(path)).unwrap();
            add_parents(model, path);
            model.insert(path.clone(), Node::Link(target.clone()));
        }
        Edit::Remove(path) if model.contains_key(path) => {
            on("rm", &["-r"], &world.s(path));
            model.retain(|name, _| name != path && !is_beneath(name, path));
        }
        Edit::Rename(from, to) => rename(world, model, from, to),
        Edit::Mode(path, mode) if matches!(model.get(path), Some(Node::File(_) | Node::Directory)) => {
            chmod(
                &world.s(path),
                mode | if model[path] == Node::Directory { 0o100 } else { 0 },
            );
        }
        Edit::Touch(path, time) if model.contains_key(path) => set_mtime(&world.s(path), *time, 3),
        Edit::Drift(path, seed) => {
            let at = world.d(path);
            if at.parent().is_some_and(Path::is_dir) && !at.is_dir() && !at.is_symlink() {
                fs::write(&at, content(*seed)).unwrap();
                // Not the very tick in which production may have written the same name: that would pass for a copy
                // that somebody made, which is believed once it was read.
                set_mtime(&at, 1_800_000_000 + i64::from(*seed), 5);
            }
        }
        Edit::LoseCopy(path) if world.d(path).is_file() => {
            // Moved out of the tree by somebody: what they took is theirs.
            fs::remove_file(world.d(path)).unwrap();
        }
        _ => {}
    }
}

fn rename(world: &World, model: &mut Model, from: &str, to: &str) {
    let free = has_room(model, to) && !model.contains_key(to);
    if !model.contains_key(from) || !free || from == to || is_beneath(to, from) {
        return;
    }
    fs::create_dir_all(world.s(to).parent().unwrap()).unwrap();
    fs::rename(world.s(from), world.s(to)).unwrap();
    add_parents(model, to);
    let moved: Vec<String> = model
        .keys()
        .filter(|name| *name == from || is_beneath(name, from))
        .cloned()
        .collect();
    for name in moved {
        let node = model.remove(&name).unwrap();
        model.insert(format!("{to}{}", &name[from.len()..]), node);
    }
}

fn is_beneath(name: &str, above: &str) -> bool {
    name.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'))
}

/// True when all above the path are directories or not there yet.
fn has_room(model: &Model, path: &str) -> bool {
    Path::new(path).ancestors().skip(1).all(|above| {
        let above = above.to_str().unwrap();
        above.is_empty() || matches!(model.get(above), None | Some(Node::Directory))
    })
}

fn add_parents(model: &mut Model, path: &str) {
    for above in Path::new(path)
        .ancestors()
        .skip(1)
        .map(|above| above.to_str().unwrap())
    {
        if !above.is_empty() {
            model.entry(above.to_owned()).or_insert(Node::Directory);
        }
    }
}

fn model_of(root: &Path) -> Model {
    let paths = listing(root)
        .paths()
        .into_iter()
        .filter(|path| !path.starts_with(".counterpart"));
    paths
        .map(|path| {
            let at = root.join(&path);
            let stat = fs::symlink_metadata(&at).unwrap();
            let node = if stat.is_symlink() {
                Node::Link(fs::read_link(&at).unwrap().to_str().unwrap().to_owned())
            } else if stat.is_dir() {
                Node::Directory
            } else {
                Node::File(fs::read(&at).unwrap())
            };
            (path, node)
        })
        .collect()
}

/// Every content of a file beneath a root, history included.
fn contents(root: &Path) -> BTreeSet<Vec<u8>> {
    let files = listing(root).paths().into_iter().map(|path| root.join(path));
    files
        .filter(|path| path.is_file() && !path.is_symlink() && is_archive(path))
        .map(|path| fs::read(path).unwrap())
        .collect()
}

/// Not Counterpart's own records, which change.
fn is_archive(path: &Path) -> bool {
    fs::metadata(path).unwrap().len() < 2 || {
        let content = fs::read(path).unwrap();
        content.iter().all(|byte| *byte == content[0]) || content == b"there"
    }
}
