//! The precedence of exclude patterns, as a table, and what the walk makes of them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "these are tests: they fail by panicking and build the trees that they look at"
)]

mod support;

use counterpart_model::Code;
use counterpart_tree::exclude::Excluder;
use counterpart_tree::{WalkOptions, What};
use support::{Ground, excluder, lines, path};

/// Patterns, a path (a `/` at its end makes it a directory), and whether they leave it out.
const TABLE: &[(&[&str], &str, bool)] = &[
    (&[], "a", false),
    // Without a slash: a name at any depth.
    (&["*.tar"], "x.tar", true),
    (&["*.tar"], "a/b/x.tar", true),
    (&["*.tar"], "x.tar.gz", false),
    (&["*.tar*"], "x.tar.gz", true),
    (&["cache"], "a/cache", true),
    (&["cache"], "a/cached", false),
    // With a slash: anchored at the root.
    (&["a/cache"], "a/cache", true),
    (&["a/cache"], "b/a/cache", false),
    (&["/cache"], "cache", true),
    (&["/cache"], "a/cache", false),
    (&["**/a/cache"], "b/a/cache", true),
    (&["**/a/cache"], "a/cache", true),
    (&["**/DFserver.cf*"], "study/lib/DFserver.cf.bak", true),
    // A star stays within a component.
    (&["a/*"], "a/b", true),
    (&["a/*"], "a/b/c", false),
    (&["a/**"], "a/b/c", true),
    (&["a/**"], "a", false),
    (&["a/**/z"], "a/z", true),
    (&["a/**/z"], "a/b/c/z", true),
    (&["?.dcm"], "1.dcm", true),
    (&["a?b/c"], "a/b/c", false),
    (&["[0-9]*"], "7up", true),
    (&["*.{log,tmp}"], "x/y.tmp", true),
    (&["\\!x"], "!x", true),
    (&["\\*"], "*", true),
    (&["\\*"], "x", false),
    // A slash at the end: directories only, still at any depth.
    (&["cache/"], "a/cache/", true),
    (&["cache/"], "a/cache", false),
    (&["a/cache/"], "a/cache/", true),
    (&["a/cache/"], "b/a/cache/", false),
    // The last match decides.
    (&["*.log", "!keep.log"], "keep.log", false),
    (&["*.log", "!keep.log"], "x.log", true),
    (&["!keep.log", "*.log"], "keep.log", true),
    (&["*.log", "!keep.log", "a/keep.log"], "a/keep.log", true),
    (&["*.log", "!keep.log", "a/keep.log"], "b/keep.log", false),
    (&["*", "!a/"], "a/", false),
    (&["*", "!a/"], "a", true),
    // The root itself never.
    (&["*", "**"], "", false),
];

#[test]
fn the_table_of_precedence() {
    for (patterns, entry, wanted) in TABLE {
        let (name, directory) = entry
            .strip_suffix('/')
            .map_or((*entry, false), |name| (name, true));
        let found = excluder(patterns).excludes(name.as_bytes(), directory);
        assert_eq!(found, *wanted, "{patterns:?} on {entry}");
    }
}

#[test]
fn beneath_an_excluded_directory_nothing_comes_back() {
    let set = excluder(&["cache/", "!**/cache/keep", "!keep"]);
    assert!(!set.excludes(b"a/cache/keep", false));
    assert!(set.excludes_somewhere(&path("a/cache/keep"), false));
    assert!(!set.excludes_somewhere(&path("a/keep"), false));
    assert!(
        !set.excludes_somewhere(&path("a/cache"), false),
        "a file of that name is in"
    );
}

#[test]
fn names_are_bytes() {
    let set = excluder(&["*.bad", "x?y"]);
    assert!(set.excludes(b"d\xff/\xfe\n.bad", false));
    assert!(set.excludes(b"x\xffy", false));
    // A character of two bytes takes two.
    assert!(!set.excludes("x\u{e9}y".as_bytes(), false));
    assert!(excluder(&["x??y"]).excludes("x\u{e9}y".as_bytes(), false));
}

#[test]
fn a_bad_pattern_is_named() {
    for pattern in ["a[", "", "/", "!", "x/{a", "[\u{e9}]"] {
        let failure = Excluder::new(&["ok".to_owned(), pattern.to_owned()]).unwrap_err();
        assert_eq!(failure.code, Code::Config);
        assert!(failure.doing.contains(&format!("{pattern:?}")), "{failure}");
    }
}

#[test]
fn without_patterns_nothing_is_asked() {
    assert!(Excluder::new(&[]).unwrap().is_empty());
    assert!(!excluder(&["x"]).is_empty());
}

fn excluded_tree() -> Ground {
    let ground = Ground::new();
    for name in [
        "a/cache/keep",
        "a/cache/sub/x",
        "a/cachet",
        "b.tar",
        "keep",
        "z/cache",
    ] {
        ground.file(name, b"x");
    }
    ground
}

#[test]
fn the_walk_does_not_enter_what_is_excluded() {
    let ground = excluded_tree();
    let told = lines(&ground.walk(ground.excluding(&["cache/", "*.tar", "!keep"])));
    let mut excluded = told.iter().filter(|line| line.starts_with('X'));
    assert_eq!(excluded.next().unwrap(), "X a/cache false");
    assert_eq!(excluded.next().unwrap(), "X b.tar false");
    assert_eq!(excluded.next(), None);
    assert!(
        told.iter().any(|line| line.starts_with("E z/cache file")),
        "{told:?}"
    );
    assert!(!told.iter().any(|line| line.contains("a/cache/")), "{told:?}");
}

#[test]
fn where_excluded_entries_are_walked_all_beneath_is_excluded() {
    let ground = excluded_tree();
    let options = WalkOptions {
        walk_excluded: true,
        ..ground.excluding(&["cache/", "*.tar", "!keep"])
    };
    for threads in [0, 2] {
        let options = WalkOptions {
            read_ahead_threads: threads,
            ..options.clone()
        };
        let all = ground.walk(options);
        let excluded: Vec<_> = lines(&all)
            .into_iter()
            .filter(|line| line.starts_with('X'))
            .collect();
        let wanted = ["a/cache", "a/cache/keep", "a/cache/sub", "a/cache/sub/x", "b.tar"];
        assert_eq!(excluded, wanted.map(|name| format!("X {name} true")));
        assert_eq!(
            all.iter()
                .filter(|walked| matches!(walked.what, What::Mount(_)))
                .count(),
            1
        );
    }
}
