//! Which directories go whole, what keeps them, and what a plan adds up to.

use super::Given;
use crate::testing::{changed, directory, file, gone, new, unread};
use counterpart_model::{Fact, Kind, Verdict};

#[test]
fn a_directory_that_is_gone_goes_whole() {
    let planned = Given {
        production: vec![
            gone("a", directory()),
            gone("a/b", directory()),
            gone("a/b/c", file(1, 5)),
            gone("a/d", file(2, 5)),
            gone("a-b", file(3, 5)),
        ],
        ..Given::default()
    }
    .plan();
    let told = [
        "Remove a",
        "RemovedWithParent a/b",
        "RemovedWithParent a/b/c",
        "RemovedWithParent a/d",
        "Remove a-b",
    ];
    assert_eq!(planned.told(), told);
    assert_eq!(planned.plan.totals.deleted, 5);
    assert_eq!(planned.plan.totals.steps(), 5);
}

#[test]
fn an_excluded_entry_keeps_the_directories_above_it() {
    let planned = Given {
        production: vec![
            gone("a", directory()),
            gone("a/b", directory()),
            gone("a/b/x", file(1, 5)),
            gone("a/c", directory()),
            gone("a/c/y", file(1, 5)),
        ],
        excluded: vec!["a/b/cache.tmp", "z"],
        ..Given::default()
    }
    .plan();
    assert_eq!(
        planned.told(),
        ["Remove a/b/x", "Remove a/c", "RemovedWithParent a/c/y"]
    );
    assert_eq!(planned.codes(), ["excluded-beneath", "excluded-beneath"]);
    assert!(planned.found.iter().all(|finding| finding.declared));
    assert_eq!(planned.plan.totals.declared, 2);
}

#[test]
fn an_append_only_entry_keeps_the_directories_above_it() {
    let planned = Given {
        production: vec![
            gone("a", directory()),
            gone("a/keep", file(1, 5)),
            gone("a/x", file(1, 5)),
        ],
        append_only: vec!["**/keep".to_owned()],
        ..Given::default()
    }
    .plan();
    assert_eq!(planned.told(), ["Remove a/x"]);
    assert_eq!(planned.codes(), ["append-only-delete", "excluded-beneath"]);
}

#[test]
fn a_directory_that_becomes_a_file_goes_whole_and_one_that_is_kept_is_told() {
    let turned = || {
        vec![
            changed("a", directory(), unread(7, 5)),
            gone("a/b", directory()),
            gone("a/b/c", file(1, 5)),
        ]
    };
    let planned = Given {
        production: turned(),
        ..Given::default()
    }
    .plan();
    assert_eq!(
        planned.told(),
        ["Replace a", "RemovedWithParent a/b", "RemovedWithParent a/b/c"]
    );
    let kept = Given {
        production: turned(),
        excluded: vec!["a/z"],
        ..Given::default()
    }
    .plan();
    assert_eq!(kept.told(), ["Remove a/b", "RemovedWithParent a/b/c"]);
    let finding = &kept.found[0];
    assert_eq!((finding.verdict, finding.declared), (Verdict::Different, false));
}

#[test]
fn a_file_that_becomes_a_directory_is_filled_after_it() {
    let planned = Given {
        production: vec![changed("a", file(1, 5), directory()), new("a/b", unread(2, 6))],
        ..Given::default()
    }
    .plan();
    assert_eq!(planned.told(), ["Replace a", "Create a/b"]);
}

#[test]
fn totals_add_up() {
    let link = Fact {
        target: b"a".to_vec(),
        ..Fact::of(Kind::HardLink)
    };
    let planned = Given {
        production: vec![
            new("a", unread(1, 5)),
            new("b", link),
            new("c", directory()),
            changed("d", file(1, 5), unread(2, 7)),
            changed("e", directory(), Fact::of(Kind::Symlink)),
            gone("f", file(1, 100)),
            changed(
                "g",
                file(1, 5),
                Fact {
                    metadata: file(2, 5).metadata,
                    ..file(1, 5)
                },
            ),
        ],
        ..Given::default()
    }
    .plan();
    let totals = planned.plan.totals;
    assert_eq!(
        (totals.created, totals.created_files, totals.hardlinks),
        (3, 1, 1)
    );
    assert_eq!((totals.modified, totals.deleted, totals.metadata), (2, 1, 1));
    assert_eq!(totals.bytes, 12);
    assert_eq!(totals.steps(), planned.plan.steps.len());
}
