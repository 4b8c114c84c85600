//! SIGKILL at random moments: every name holds the old entry or the new one, whole, and nothing else is there.
//!
//! The work is done by this binary once more, in a child that is killed.

use crate::support::*;
use counterpart_model::{Action, EntryPath, Kind, Step};
use counterpart_port::Apply;
use counterpart_tree::history;
use std::path::Path;
use std::time::Duration;

const SCENE: &str = "COUNTERPART_TEST_CRASH";
const RUN: &str = "COUNTERPART_TEST_CRASH_RUN";
const KILLS: u32 = 110;
pub const FILES: [&str; 3] = ["d/a", "d/b", "d/c"];

/// Content that tells its generation and whether it is whole.
pub fn content(run: u32, pass: u32) -> Vec<u8> {
    let mut text = format!("{run:08}-{pass:08}\n").into_bytes();
    let len = 20_000 + (run as usize * 7 + pass as usize * 13) % 30_000;
    text.resize(len, b'.');
    text.extend_from_slice(b"end");
    text
}

/// The generation of whole content.
pub fn generation(bytes: &[u8], what: &str) -> (u32, u32) {
    let head = std::str::from_utf8(&bytes[..17.min(bytes.len())]).unwrap();
    let (run, pass) = head
        .split_once('-')
        .unwrap_or_else(|| panic!("{what} is half: {head:?}"));
    let (run, pass) = (run.parse().unwrap(), pass.parse().unwrap());
    assert!(bytes == content(run, pass), "{what} is half");
    (run, pass)
}

#[test]
fn killed_at_any_moment_every_name_is_old_or_new_and_whole() {
    let scene = Scene::new();
    fill_scene(&scene);
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for run in 1..=KILLS {
        next_random(&mut random);
        let mut command = std::process::Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "crash::child", "--nocapture"]);
        let mut child = command
            .env(SCENE, &scene.path)
            .env(RUN, run.to_string())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros(8_000 + random % 45_000));
        child.kill().unwrap();
        let status = child.wait().unwrap();
        assert_eq!(
            std::os::unix::process::ExitStatusExt::signal(&status),
            Some(9),
            "run {run} ended by itself"
        );
        check(&scene);
    }
    scene.apply("last", &[]);
    check(&scene);
    assert!(
        scene
            .on_disk(".counterpart/incoming")
            .read_dir()
            .unwrap()
            .next()
            .is_none()
    );
    let kept = check_history(&scene);
    assert!(
        kept > KILLS as usize,
        "only {kept} versions: the child hardly did anything"
    );
}

/// What every pass changes.
pub fn fill_scene(scene: &Scene) {
    scene.mkdir("d", 0o755, time(1));
    scene.mkdir("r", 0o755, time(1));
    for path in FILES {
        scene.write(path, &content(0, 0), 0o644, time(1));
    }
    scene.write("r/x", &content(0, 0), 0o644, time(1));
    scene.write("k", &content(0, 0), 0o644, time(1));
}

pub fn next_random(random: &mut u64) {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
}

pub fn check(scene: &Scene) {
    for path in FILES {
        generation(&scene.read(path), path);
    }
    let renamed: Vec<&str> = ["r/x", "r/y"]
        .into_iter()
        .filter(|path| scene.exists(path))
        .collect();
    assert_eq!(renamed.len(), 1, "{renamed:?}");
    generation(&scene.read(renamed[0]), renamed[0]);
    check_kind(scene);
    if scene.exists("n") {
        generation(&scene.read("n"), "n");
    }
    if scene.exists("u") {
        let first = generation(&scene.read("u/a"), "u/a");
        assert_eq!(generation(&scene.read("u/in/b"), "u/in/b"), first);
    }
    let allowed = [
        "d", "d/a", "d/b", "d/c", "k", "k/child", "n", "r", "r/x", "r/y", "u", "u/a", "u/in", "u/in/b",
    ];
    for name in scene.names() {
        assert!(allowed.contains(&name.as_str()), "{name} should not be there");
    }
}

fn check_kind(scene: &Scene) {
    let kind = scene.on_disk("k").symlink_metadata().unwrap();
    if kind.is_dir() {
        generation(&scene.read("k/child"), "k/child");
    } else if kind.is_file() {
        generation(&scene.read("k"), "k");
    }
}

/// Every kept version is whole and older than what has the name now: it once had the name itself.
pub fn check_history(scene: &Scene) -> usize {
    let versions = history::versions(&scene.root, &EntryPath::root()).unwrap();
    for version in &versions {
        let path = version.path.to_string();
        if version.fact.kind == Kind::File && FILES.contains(&path.as_str()) {
            let kept = std::fs::read(scene.on_disk(".counterpart/history").join(&version.id.0)).unwrap();
            let (old, new) = (generation(&kept, &path), generation(&scene.read(&path), &path));
            assert!(
                old < new,
                "{} of {path} never had the name: {old:?}, now {new:?}",
                version.id.0
            );
        }
    }
    versions.len()
}

#[test]
fn child() {
    let Some(path) = std::env::var_os(SCENE) else {
        return;
    };
    let run: u32 = std::env::var(RUN).unwrap().parse().unwrap();
    let scene = Scene::at(Path::new(&path));
    for pass in 1.. {
        one_pass(&scene, run, pass);
    }
}

pub fn one_pass(scene: &Scene, run: u32, pass: u32) {
    let new = content(run, pass);
    let wanted = file(&new, 0o644, time(2));
    let applier = scene.start(&format!("p{run:08}-{pass:08}"));
    let apply = |step: &Step| drop(self::run(&applier, step, &new).unwrap());
    for path in FILES {
        apply(&change(
            Action::Modify,
            path,
            file(&scene.read(path), 0o644, time(1)),
            wanted.clone(),
        ));
    }
    kind_step(scene, &applier, &new);
    if scene.exists("n") {
        apply(&remove("n", file(&scene.read("n"), 0o644, time(1))));
    } else {
        apply(&create("n", wanted.clone()));
    }
    let (from, to) = if scene.exists("r/x") {
        ("r/x", "r/y")
    } else {
        ("r/y", "r/x")
    };
    let mut renaming = rename(from, to, file(&scene.read(from), 0o644, time(3)));
    renaming.present = None;
    apply(&renaming);
    if scene.exists("u") {
        apply(&remove("u", directory(0o755, time(1))));
    } else {
        for made in [
            create("u", directory(0o755, time(4))),
            create("u/a", wanted.clone()),
        ] {
            apply(&made);
        }
        apply(&create("u/in", directory(0o555, time(4))));
        apply(&create("u/in/b", wanted));
    }
    applier.rest().unwrap();
    // Some passes end, others are found unfinished by the next.
    if pass.is_multiple_of(3) {
        applier.finish().unwrap();
    }
}

/// Turns `k` from a file into a directory, from that into a link, and from that into a file.
fn kind_step(scene: &Scene, applier: &counterpart_tree::Applier, new: &[u8]) {
    let present = scene.on_disk("k").symlink_metadata().unwrap();
    let child = file(new, 0o644, time(2));
    if present.is_file() {
        let old = file(&scene.read("k"), 0o644, time(1));
        run(
            applier,
            &change(Action::Replace, "k", old, directory(0o755, time(2))),
            b"",
        )
        .unwrap();
        run(applier, &create("k/child", child), new).unwrap();
    } else if present.is_dir() {
        let old = directory(0o755, time(2));
        run(
            applier,
            &change(Action::Replace, "k", old, symlink(b"nowhere", time(2))),
            b"",
        )
        .unwrap();
    } else {
        let old = symlink(b"nowhere", time(2));
        run(applier, &change(Action::Replace, "k", old, child), new).unwrap();
    }
}
