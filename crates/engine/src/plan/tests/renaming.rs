//! Renames: found by content, the hint first; never claimed for what was not read.

use super::Given;
use crate::testing::{directory, file, gone, new, path, unread};
use counterpart_model::{Content, Digest};
use counterpart_port::Observed;
use std::collections::BTreeMap;

fn hinted(at: &str, from: &str, byte: u8, size_bytes: u64) -> Observed {
    Observed {
        moved_from: Some(path(from)),
        ..new(at, unread(byte, size_bytes))
    }
}

#[test]
fn a_file_that_moved_is_renamed_out_of_a_directory_that_goes() {
    let planned = Given {
        production: vec![
            gone("a", directory()),
            gone("a/x", file(1, 5)),
            gone("a/y", file(2, 6)),
            new("b", directory()),
            new("b/x", unread(9, 5)),
        ],
        contents: BTreeMap::from([("b/x", 1)]),
        ..Given::default()
    }
    .plan();
    assert_eq!(
        planned.told(),
        [
            "Remove a",
            "RemovedWithParent a/y",
            "Create b",
            "rename a/x to b/x"
        ]
    );
    let totals = planned.plan.totals;
    assert_eq!((totals.renamed, totals.deleted, totals.created), (1, 2, 1));
    assert_eq!((totals.rename_candidates, totals.bytes), (1, 0));
    let renamed = planned.steps().pop().unwrap();
    assert_eq!(renamed.wanted.unwrap().content, Content::Digest(Digest([1; 32])));
}

#[test]
fn where_nothing_may_be_read_a_hint_is_believed_and_nothing_else_is() {
    let planned = |presume| {
        Given {
            production: vec![
                gone("a", file(1, 5)),
                gone("b", file(1, 5)),
                hinted("c", "b", 1, 5),
                new("d", unread(1, 5)),
            ],
            presume,
            ..Given::default()
        }
        .plan()
    };
    assert_eq!(planned(true).told(), ["Remove a", "rename b to c", "Create d"]);
    assert_eq!(planned(true).plan.totals.rename_candidates, 2);
    assert_eq!(planned(false).plan.totals.renamed, 0);
}

#[test]
fn of_equal_files_the_hinted_one_is_taken() {
    let planned = Given {
        production: vec![
            gone("a", file(1, 5)),
            gone("b", file(1, 5)),
            hinted("c", "b", 1, 5),
            hinted("d", "a", 1, 5),
            new("e", unread(1, 5)),
        ],
        contents: BTreeMap::from([("c", 1), ("d", 1), ("e", 1)]),
        ..Given::default()
    }
    .plan();
    assert_eq!(planned.told(), ["rename b to c", "rename a to d", "Create e"]);
}

#[test]
fn a_wrong_hint_is_not_believed() {
    let planned = Given {
        production: vec![
            gone("a", file(1, 5)),
            hinted("b", "a", 2, 5),
            new("c", unread(1, 5)),
        ],
        contents: BTreeMap::from([("b", 2), ("c", 1)]),
        ..Given::default()
    }
    .plan();
    assert_eq!(planned.told(), ["Create b", "rename a to c"]);
}

#[test]
fn only_candidates_are_read_all_of_one_size_at_once() {
    let planned = Given {
        production: vec![
            gone("a", file(1, 5)),
            gone("b", file(2, 6)),
            new("c", unread(1, 5)),
            new("d", unread(1, 5)),
            new("e", unread(1, 7)),
            new("f", unread(1, 0)),
            gone("g", file(1, 0)),
        ],
        ..Given::default()
    }
    .plan();
    assert_eq!(planned.read, [["c", "d"]]);
    assert_eq!(planned.plan.totals.rename_candidates, 2);
    assert_eq!(planned.plan.totals.renamed, 0);
}

#[test]
fn a_vanished_file_that_was_never_read_is_no_candidate() {
    let planned = Given {
        production: vec![gone("a", unread(1, 5)), new("b", unread(1, 5))],
        contents: BTreeMap::from([("b", 1)]),
        ..Given::default()
    }
    .plan();
    assert_eq!(planned.told(), ["Remove a", "Create b"]);
    assert!(planned.read.is_empty());
}
