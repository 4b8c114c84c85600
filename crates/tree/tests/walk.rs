//! The walk: its order, hostile names, depth, huge directories, links, and what cannot be read.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "these are tests: they fail by panicking and build the trees that they look at"
)]

mod support;

use counterpart_model::{Code, Kind};
use counterpart_tree::walk::WalkLimits;
use counterpart_tree::{WalkOptions, What};
use proptest::prelude::*;
use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::fs::symlink;
use std::process::Command;
use support::{Ground, entries, expected, lines};

/// Walks with 0, 1 and 4 threads ahead, with names in memory and on disk; all must agree.
fn walk_every_way(ground: &Ground, options: &WalkOptions) -> Vec<String> {
    let first = lines(&ground.walk(options.clone()));
    for (threads, names_in_memory, entries_ahead) in
        [(0, 3, 8), (1, 16_384, 16_384), (4, 5, 100), (4, 16_384, 1)]
    {
        let limits = WalkLimits {
            names_in_memory,
            entries_ahead,
            ..options.limits
        };
        let other = ground.walk(WalkOptions {
            read_ahead_threads: threads,
            limits,
            ..options.clone()
        });
        assert_eq!(
            first,
            lines(&other),
            "{threads} threads, {names_in_memory} names in memory"
        );
    }
    first
}

#[test]
fn order_is_the_models() {
    let ground = Ground::new();
    for name in [
        "a/b", "a!", "a/a/z", "a-b/c", "a.txt", "B", "b", "aa", "a b", "\u{e9}", "z/\u{1}",
    ] {
        ground.file(name, b"x");
    }
    let all = ground.walk(ground.options());
    assert_eq!(entries(&all), expected(&ground.tree()));
    walk_every_way(&ground, &ground.options());
}

#[test]
fn an_empty_root_is_one_entry_and_its_mount() {
    let ground = Ground::new();
    let all = lines(&ground.walk(ground.options()));
    assert_eq!(all.len(), 2, "{all:?}");
    assert!(
        all[0].starts_with("E . directory") && all[1].starts_with("M . "),
        "{all:?}"
    );
}

#[test]
fn hostile_names_come_byte_for_byte() {
    let ground = Ground::new();
    let long = [b'n'; 255];
    let names: [&[u8]; 8] = [
        b"\xff\xfe",
        b"line\nbreak",
        b"\x1b[31mred",
        b" ",
        b"-rf",
        &long,
        b"%s\\x41",
        "\u{202e}cod.mcd".as_bytes(),
    ];
    for name in names {
        ground.file([name, b"/", name].concat(), b"x");
    }
    assert_eq!(entries(&ground.walk(ground.options())), expected(&ground.tree()));
    walk_every_way(&ground, &ground.options());
}

#[test]
fn reserved_name_is_passed_over_at_the_top_only() {
    let ground = Ground::new();
    ground.file(".counterpart/history/x", b"x");
    ground.file("sub/.counterpart/y", b"y");
    let found = lines(&ground.walk(ground.options())).join("\n");
    assert!(
        !found.contains("history") && found.contains("E sub/.counterpart/y"),
        "{found}"
    );
    let all = ground.walk(WalkOptions {
        skip_reserved: false,
        ..ground.options()
    });
    assert_eq!(entries(&all), expected(&ground.tree()));
}

#[test]
fn links_are_told_and_never_followed() {
    let ground = Ground::new();
    ground.file("outside-of-walk/secret", b"x");
    ground.folder("in");
    symlink(ground.at("outside-of-walk"), ground.at("in/absolute")).unwrap();
    symlink("..", ground.at("in/loop")).unwrap();
    symlink("nowhere", ground.at("in/broken")).unwrap();
    let all = entries(&ground.walk(ground.options()));
    assert_eq!(all, expected(&ground.tree()));
    assert_eq!(all.iter().filter(|(_, kind)| *kind == Kind::Symlink).count(), 3);
    let root = ground.root();
    assert_eq!(root.read_link(&support::path("in/loop")).unwrap(), b"..");
    assert_eq!(
        root.stat(&support::path("in/absolute")).unwrap().kind,
        Kind::Symlink
    );
    assert_eq!(
        root.stat(&support::path("in/absolute/secret")).unwrap_err().code,
        Code::Vanished
    );
    assert_eq!(
        root.directory(&support::path("in/loop")).unwrap_err().code,
        Code::Vanished
    );
    assert_eq!(
        root.stat(&support::path("../spool")).unwrap_err().code,
        Code::UnreadableDirectory
    );
}

/// Makes `depth` directories, one in the other, and a file in each, beyond what one path may name.
fn dig(ground: &Ground, depth: usize, name: &str) {
    use rustix::fs::{Mode, OFlags, mkdirat, openat};
    let open = |at: &OwnedFd, name: &str, flags| openat(at, name, flags, Mode::RWXU).unwrap();
    let mut at: OwnedFd = fs::File::open(ground.tree()).unwrap().into();
    for _ in 0..depth {
        open(&at, "zfile", OFlags::CREATE | OFlags::WRONLY);
        mkdirat(&at, name, Mode::RWXU).unwrap();
        at = open(&at, name, OFlags::RDONLY | OFlags::DIRECTORY);
    }
    open(&at, "last", OFlags::CREATE | OFlags::WRONLY);
}

#[test]
fn paths_beyond_4096_bytes_and_a_depth_of_1000() {
    let ground = Ground::new();
    let name = "d".repeat(60);
    dig(&ground, 1_000, &name);
    let all = entries(&ground.walk(ground.options()));
    assert_eq!(all.len(), 1 + 1_000 * 2 + 1);
    let deepest = all.iter().find(|(path, _)| path.ends_with(b"/last")).unwrap();
    assert_eq!(deepest.0.len(), 1_000 * 61 + 4);
    let last = support::path(&deepest.0);
    let stat = ground.root().stat(&last).unwrap();
    assert_eq!(stat.kind, Kind::File);
    assert!(ground.root().open_file(&last).is_ok());
    walk_every_way(&ground, &ground.options());
}

#[test]
fn too_deep_is_unlisted_not_fatal() {
    let ground = Ground::new();
    ground.file("a/b/c/d", b"x");
    ground.file("z", b"x");
    let limits = WalkLimits {
        depth: 2,
        ..WalkLimits::default()
    };
    let all = walk_every_way(
        &ground,
        &WalkOptions {
            limits,
            ..ground.options()
        },
    );
    assert!(all.iter().any(|line| line == "U a/b/c too-deep"), "{all:?}");
    assert!(all.iter().any(|line| line.starts_with("E z ")), "{all:?}");
    assert!(!all.iter().any(|line| line.contains("a/b/c/d")), "{all:?}");
}

#[test]
fn a_hundred_thousand_names_in_one_directory_are_sorted_on_disk() {
    let ground = Ground::new();
    ground.folder("big");
    // Two files of many names: making a hundred thousand files would take most of the test's time.
    ground.file("one", b"x");
    ground.file("two", b"x");
    for number in 0..100_000_u64 {
        let name = format!("big/{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let file = if number % 2 == 0 { "one" } else { "two" };
        fs::hard_link(ground.at(file), ground.at(name)).unwrap();
    }
    let expected = expected(&ground.tree());
    for threads in [0, 3] {
        let all = ground.walk(WalkOptions {
            read_ahead_threads: threads,
            ..ground.options()
        });
        assert_eq!(entries(&all), expected, "{threads} threads");
    }
    assert_eq!(
        fs::read_dir(ground.spool()).unwrap().count(),
        0,
        "the spool is left empty"
    );
}

#[test]
fn names_beyond_the_walks_memory_are_sorted_on_disk() {
    let ground = Ground::new();
    for number in 0..300 {
        ground.file(format!("a/b{number}/c{number}"), b"");
    }
    let limits = WalkLimits {
        names_bytes: 0,
        names_in_memory: 640,
        ..WalkLimits::default()
    };
    walk_every_way(
        &ground,
        &WalkOptions {
            limits,
            ..ground.options()
        },
    );
}

#[test]
fn a_spool_that_cannot_be_written_ends_the_walk() {
    let ground = Ground::new();
    ground.folder("big");
    // More than the sorter holds in memory.
    let padding = "n".repeat(240);
    for number in 0..20_000 {
        fs::write(ground.at(format!("big/{number}{padding}")), b"").unwrap();
    }
    let options = WalkOptions {
        spool_dir: ground.at("no/such/folder"),
        ..ground.options()
    };
    let mut walker = counterpart_tree::Walker::new(&ground.root(), options);
    let mut met = counterpart_tree::Walked::default();
    let end = loop {
        match walker.next_into(&mut met) {
            Ok(true) => {}
            end => break end,
        }
    };
    assert!(end.is_err());
}

#[test]
fn what_may_not_be_listed_is_told_and_the_rest_walked() {
    let ground = Ground::new();
    for name in ["open/x", "shut/x", "names-only/x"] {
        ground.file(name, b"x");
    }
    let chmod = |mode: &str, name: &str| {
        assert!(
            Command::new("chmod")
                .arg(mode)
                .arg(ground.at(name))
                .status()
                .unwrap()
                .success()
        );
    };
    for (mode, name) in [("0700", "shut"), ("0744", "names-only")] {
        chmod(mode, name);
    }
    for folder in [ground.dir.path(), &ground.spool()] {
        assert!(
            Command::new("chmod")
                .arg("0777")
                .arg(folder)
                .status()
                .unwrap()
                .success()
        );
    }
    let told = as_nobody("print_the_walk_of_a_tree_named_in_the_environment", &ground);
    let has = |line: &str| assert!(told.contains(line), "{line} is not in\n{told}");
    has("U shut unreadable-directory");
    has("S names-only/x unreadable");
    has("E open/x");
    assert!(!told.contains("shut/x"), "{told}");
}

/// Runs one test of this file as a user without rights and gives what it prints. Root may do everything, so only
/// another user meets a directory that cannot be listed.
fn as_nobody(test: &str, ground: &Ground) -> String {
    // The test program itself may lie where that user cannot reach it.
    let program = ground.dir.path().join("test-program");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let output = Command::new("setpriv")
        .args(["--reuid", "65534", "--regid", "65534", "--clear-groups"])
        .arg(program)
        .args([
            "--exact",
            test,
            "--include-ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .env("WALK_TREE", ground.tree())
        .env("WALK_SPOOL", ground.spool())
        .output()
        .expect("setpriv of util-linux runs");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{told}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    told
}

/// Not a test of its own: the far side of `as_nobody`.
#[test]
#[ignore = "run by another test as another user"]
fn print_the_walk_of_a_tree_named_in_the_environment() {
    let tree = std::env::var_os("WALK_TREE").expect("the tree is named");
    let spool = std::env::var_os("WALK_SPOOL").expect("the spool is named");
    let root = counterpart_tree::Root::open(tree.as_ref()).unwrap();
    for threads in [0, 2] {
        let options = WalkOptions {
            read_ahead_threads: threads,
            ..WalkOptions::new(spool.clone().into())
        };
        println!("{}", lines(&support::walk(&root, options)).join("\n"));
    }
}

#[test]
fn a_mounted_filesystem_is_told_and_crossed() {
    let ground = Ground::new();
    ground.file("before", b"x");
    ground.folder("m");
    let mount = Mounted::tmpfs(&ground.at("m"));
    ground.file("m/inside/x", b"x");
    ground.file("n", b"x");
    let all = ground.walk(ground.options());
    assert_eq!(entries(&all), expected(&ground.tree()));
    let mounts: Vec<_> = all
        .iter()
        .filter(|walked| matches!(walked.what, What::Mount(_)))
        .collect();
    assert_eq!(mounts.len(), 2);
    assert!(mounts[0].path.is_root());
    assert_eq!(mounts[1].path.as_bytes(), b"m");
    let What::Mount(told) = &mounts[1].what else {
        unreachable!()
    };
    assert_eq!(told.kind, "tmpfs");
    assert!(!told.identity.is_empty());
    walk_every_way(&ground, &ground.options());
    drop(mount);
}

/// A mounted tmpfs, taken away at the end.
struct Mounted(std::path::PathBuf);

impl Mounted {
    fn tmpfs(at: &std::path::Path) -> Self {
        let done = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"])
            .arg(at)
            .status();
        assert!(done.unwrap().success(), "these tests may mount");
        Self(at.to_path_buf())
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_walk_that_is_dropped_midway_ends_its_threads() {
    let ground = Ground::new();
    for number in 0..500 {
        ground.file(format!("d{}/f{number}", number % 50), b"");
    }
    let options = WalkOptions {
        read_ahead_threads: 4,
        ..ground.options()
    };
    let mut walker = counterpart_tree::Walker::new(&ground.root(), options);
    let mut met = counterpart_tree::Walked::default();
    for _ in 0..40 {
        assert!(walker.next_into(&mut met).unwrap());
    }
}

#[test]
fn a_tree_that_changes_meanwhile_stays_in_order() {
    let ground = Ground::new();
    for number in 0..2_000 {
        ground.file(format!("d{:02}/f{number}", number % 20), b"");
    }
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0.. {
                if stop.load(std::sync::atomic::Ordering::Relaxed) {
                    return;
                }
                let folder = ground.at(format!("d{:02}", round % 20));
                let aside = ground.at(format!("moved{round}"));
                let _ = fs::rename(&folder, &aside);
                let _ = fs::create_dir(&folder);
                let _ = fs::remove_dir_all(&aside);
            }
        });
        for threads in [0, 3, 0, 3] {
            let all = ground.walk(WalkOptions {
                read_ahead_threads: threads,
                ..ground.options()
            });
            let found = entries(&all);
            assert!(found.is_sorted_by(|a, b| counterpart_model::path::compare(&a.0, &b.0).is_lt()));
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn a_walk_is_the_standard_librarys_recursion_sorted(
        paths in proptest::collection::vec("[ -.0-9A-Ca-c\u{e9}]{1,3}(/[ -.a-c\u{ff}]{1,3}){0,4}", 0..40),
    ) {
        let ground = Ground::new();
        for path in &paths {
            let at = ground.at(path);
            if path.split('/').any(|name| name == "." || name == "..") || at.exists() {
                continue;
            }
            // A file may already stand where this path wants a folder.
            if fs::create_dir_all(at.parent().unwrap()).is_ok() {
                let _ = fs::write(at, path);
            }
        }
        let all = ground.walk(ground.options());
        prop_assert_eq!(entries(&all), expected(&ground.tree()));
        walk_every_way(&ground, &ground.options());
    }
}
