//! An account bound by permission bits: directories that are closed to their owner are lent for a change and put back.
//!
//! The tests run as root, so the work is done by this binary once more, under another account.

use crate::support::*;
use counterpart_model::Action;
use std::os::unix::process::CommandExt;

const SCENE: &str = "COUNTERPART_TEST_UNPRIVILEGED";
const ACCOUNT: u32 = 65_534;

#[test]
fn directories_closed_to_their_owner_are_changed_and_closed_again() {
    let scene = Scene::new();
    scene.mkdir("d/e", 0o755, time(10));
    scene.write("d/e/old", b"old", 0o444, time(1));
    scene.mkdir("gone", 0o755, time(1));
    scene.write("gone/f", b"f", 0o444, time(1));
    scene.mkdir("dark/e", 0o755, time(10));
    for (path, mode) in [
        ("d/e", 0o555),
        ("d", 0o555),
        ("gone", 0o555),
        ("dark/e", 0o755),
        ("dark", 0o311),
        ("", 0o755),
    ] {
        scene.stamp(path, mode, time(10));
    }
    let mut all = vec![scene.path.clone(), scene.path.parent().unwrap().to_owned()];
    all.extend(scene.names().iter().map(|name| scene.on_disk(name)));
    for path in &all {
        std::os::unix::fs::lchown(path, Some(ACCOUNT), Some(ACCOUNT)).unwrap();
    }
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child
        .args(["--exact", "unprivileged::child", "--nocapture"])
        .env(SCENE, &scene.path);
    let output = child.uid(ACCOUNT).gid(ACCOUNT).output().unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(
        scene.names(),
        [
            "d",
            "d/e",
            "d/e/new",
            "d/e/new/f",
            "d/e/old",
            "dark",
            "dark/e",
            "dark/e/f"
        ]
    );
    assert_eq!(
        (scene.mode("d"), scene.mode("d/e"), scene.mode("dark")),
        (0o555, 0o555, 0o311)
    );
    assert_eq!(
        (scene.mtime("d"), scene.mtime("d/e"), scene.mtime("dark/e")),
        (time(10), time(10), time(10))
    );
    assert_eq!((scene.mode("d/e/new"), scene.mtime("d/e/new")), (0o555, time(2)));
    assert_eq!(scene.read("d/e/old"), b"new");
    let kept = scene.on_disk(".counterpart/history/p1");
    assert_eq!(std::fs::read(kept.join("2/f")).unwrap(), b"f");
    assert_eq!(Scene::at(&kept).mode("2"), 0o555);
}

#[test]
fn child() {
    let Some(path) = std::env::var_os(SCENE) else {
        return;
    };
    let scene = Scene::at(std::path::Path::new(&path));
    let steps = [
        (create("d/e/new", directory(0o555, time(2))), &b""[..]),
        (create("d/e/new/f", file(b"f", 0o444, time(2))), b"f"),
        (
            change(
                Action::Modify,
                "d/e/old",
                file(b"old", 0o444, time(1)),
                file(b"new", 0o444, time(2)),
            ),
            b"new",
        ),
        (create("dark/e/f", file(b"f", 0o444, time(2))), b"f"),
        (remove("gone", directory(0o555, time(1))), b""),
    ];
    scene.apply("p1", &steps);
}
