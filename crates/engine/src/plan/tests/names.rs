//! Names that a standby cannot hold.

use crate::plan::names::NameCheck;
use crate::testing::{path, unread};
use counterpart_model::{Action, Code, Step};
use counterpart_port::{Capabilities, NameRules};
use std::collections::HashSet;

fn check(change: impl Fn(&mut NameRules)) -> NameCheck {
    let mut rules = Capabilities::full().names;
    change(&mut rules);
    NameCheck::new(rules, HashSet::new())
}

#[test]
fn every_rule_refuses_its_names_at_any_depth() {
    let long = "x".repeat(120);
    let cases: [(NameCheck, &[u8], &[u8]); 4] = [
        (check(|rules| rules.max_bytes = 100), long.as_bytes(), b"x"),
        (
            check(|rules| rules.any_bytes = false),
            b"\xff",
            "\u{e9}".as_bytes(),
        ),
        (check(|rules| rules.reserved_characters = false), b"a:b", b"a-b"),
        (check(|rules| rules.trailing_dot_or_space = false), b"a.", b".a"),
    ];
    for (check, bad, good) in cases {
        for bad in [bad.to_vec(), [b"up/", bad].concat(), [bad, b"/down"].concat()] {
            assert!(
                check.unheld(&bad).is_some(),
                "{:?}",
                String::from_utf8_lossy(&bad)
            );
        }
        assert_eq!(check.unheld(good), None);
    }
    assert_eq!(check(|_| {}).unheld(b"a:b./\xff \x01"), None);
}

#[test]
fn only_what_would_be_made_is_refused() {
    let check = check(|rules| rules.reserved_characters = false);
    let mut step = Step::of(path("a:b"), Action::Create);
    step.wanted = Some(unread(1, 1));
    assert_eq!(check.refuses(&step).unwrap().code, Code::NameNotHeld);
    step.action = Action::Modify;
    assert_eq!(check.refuses(&step), None);
    step.action = Action::Remove;
    assert_eq!(check.refuses(&step), None);
}

#[test]
fn names_that_become_one_fold_alike() {
    let mut rules = Capabilities::full().names;
    assert!(!NameCheck::may_collide(&rules));
    rules.case_sensitive = false;
    assert!(NameCheck::may_collide(&rules));
    assert_eq!(
        NameCheck::folded(&rules, b"A/B"),
        NameCheck::folded(&rules, b"a/b")
    );
    assert_ne!(
        NameCheck::folded(&rules, "e\u{301}".as_bytes()),
        NameCheck::folded(&rules, "\u{e9}".as_bytes())
    );
    rules.normalisation_sensitive = false;
    assert_eq!(
        NameCheck::folded(&rules, "e\u{301}".as_bytes()),
        NameCheck::folded(&rules, "\u{c9}".as_bytes())
    );
    assert_eq!(NameCheck::folded(&rules, b"\xff\xfe"), b"\xff\xfe");
}
