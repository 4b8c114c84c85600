//! A merge of what changed, where both sites start from one root, against a merge of everything.

use crate::compare::decide::{Decision, Rules, decide};
use crate::compare::merge::{Difference, Merge};
use crate::testing::listed;
use counterpart_model::{Content, Digest, EntryPath, Fact, Kind, PathGlobs, Standing, Timestamp};
use counterpart_port::{Extent, Observed};
use proptest::prelude::*;
use std::collections::BTreeMap;

type Tree = BTreeMap<EntryPath, Fact>;

fn fact() -> impl Strategy<Value = Fact> {
    let kinds = vec![Kind::File, Kind::File, Kind::File, Kind::Directory, Kind::Symlink];
    (
        proptest::sample::select(kinds),
        1_u8..4,
        1_u64..3,
        1_i64..3,
        0_u8..12,
    )
        .prop_map(|(kind, byte, size_bytes, seconds, standing)| {
            let mut fact = Fact::of(kind);
            if kind == Kind::File {
                fact.content = Content::Digest(Digest([byte; 32]));
                fact.size_bytes = size_bytes;
            }
            if kind == Kind::Symlink {
                fact.target = vec![byte];
            }
            if standing == 0 {
                fact.standing = Standing::Stub;
                fact.content = Content::Unread;
            }
            fact.metadata.mtime = Some(Timestamp::new(seconds, 0));
            fact
        })
}

fn path() -> impl Strategy<Value = EntryPath> {
    "[ab](/[ab-]{1,2}){0,2}".prop_map(|text| EntryPath::checked(text.as_bytes()).unwrap())
}

fn base() -> impl Strategy<Value = Tree> {
    let compared = fact().prop_map(|fact| Fact {
        standing: Standing::Compared,
        content: if fact.kind == Kind::File && fact.content == Content::Unread {
            Content::Digest(Digest([9; 32]))
        } else {
            fact.content
        },
        ..fact
    });
    proptest::collection::btree_map(path(), compared, 0..20)
}

/// What a site did since the base: an entry is changed or made, or removed, or seen again without a change.
fn edits() -> impl Strategy<Value = Vec<(EntryPath, Option<Fact>)>> {
    proptest::collection::vec((path(), proptest::option::weighted(0.7, fact())), 0..10)
}

fn edited(base: &Tree, edits: &[(EntryPath, Option<Fact>)]) -> Tree {
    let mut tree = base.clone();
    for (path, fact) in edits {
        match fact {
            Some(fact) => drop(tree.insert(path.clone(), fact.clone())),
            None => drop(tree.remove(path)),
        }
    }
    tree
}

/// An edit as somebody means it: with a time of its own, and of an entry that takes part.
fn meant((path, mut fact): (EntryPath, Option<Fact>)) -> Option<(EntryPath, Option<Fact>)> {
    if let Some(fact) = &mut fact {
        fact.metadata.mtime = Some(Timestamp::new(99, 0));
    }
    let compared = fact
        .as_ref()
        .is_none_or(|fact| fact.standing == Standing::Compared);
    compared.then_some((path, fact))
}

/// What a site tells of its tree.
fn told(base: &Tree, now: &Tree, extent: Extent) -> Vec<Observed> {
    let mut paths: Vec<&EntryPath> = base.keys().chain(now.keys()).collect();
    paths.sort();
    paths.dedup();
    let one = |path: &EntryPath| {
        let (before, now) = (base.get(path).cloned(), now.get(path).cloned());
        let times_same = before.is_some() && before.as_ref().map(times) == now.as_ref().map(times);
        Observed {
            path: path.clone(),
            before,
            now,
            times_same,
            moved_from: None,
            withheld: false,
            shared: extent == Extent::Changes,
        }
    };
    let all = paths.into_iter().map(one);
    all.filter(|seen| extent == Extent::Everything || seen.before != seen.now)
        .collect()
}

/// The same, but of the half that begins with `a`, which both bases have alike, only what changed.
fn told_unlike(base: &Tree, now: &Tree) -> Vec<Observed> {
    let everything = told(base, now, Extent::Everything).into_iter();
    let unlike = everything.filter(|seen| !is_shared(&seen.path) || seen.before != seen.now);
    let marked = unlike.map(|seen| Observed {
        shared: seen.before.is_some() && is_shared(&seen.path),
        ..seen
    });
    marked.collect()
}

fn is_shared(path: &EntryPath) -> bool {
    path.as_bytes().starts_with(b"a")
}

fn times(fact: &Fact) -> (Kind, u64, Option<Timestamp>) {
    (fact.kind, fact.size_bytes, fact.metadata.mtime)
}

fn decisions(production: Vec<Observed>, standby: Vec<Observed>) -> Vec<(EntryPath, Decision)> {
    let mut merge = Merge::new(listed(production), listed(standby));
    let append_only = PathGlobs::new(&["a/**".to_owned()]).unwrap();
    let rules = Rules {
        append_only: &append_only,
        known_rot: &|_| None,
        based: true,
        metadata: crate::compare::Comparable::Everything,
        repair: None,
    };
    let (mut difference, mut all) = (Difference::default(), Vec::new());
    let mut last: Option<EntryPath> = None;
    while merge.next_into(&mut difference).unwrap() {
        assert!(
            last.as_ref().is_none_or(|last| *last < difference.path),
            "in order, each once"
        );
        last = Some(difference.path.clone());
        let decision = decide(&difference, &rules);
        if decision != Decision::default() {
            all.push((difference.path.clone(), decision));
        }
    }
    all
}

proptest! {
    #[test]
    fn changes_say_what_everything_says(base in base(), here in edits(), there in edits()) {
        let (production, standby) = (edited(&base, &here), edited(&base, &there));
        let by = |extent| decisions(told(&base, &production, extent), told(&base, &standby, extent));
        prop_assert_eq!(by(Extent::Changes), by(Extent::Everything));
    }

    #[test]
    fn what_both_bases_have_alike_need_not_be_said(
        base in base(), of_production in base(), of_standby in base(), here in edits(), there in edits()
    ) {
        let with = |own: &Tree| -> Tree {
            let shared = base.iter().filter(|(path, _)| is_shared(path));
            let own = own.iter().filter(|(path, _)| !is_shared(path));
            shared.chain(own).map(|(path, fact)| (path.clone(), fact.clone())).collect()
        };
        let (old_production, old_standby) = (with(&of_production), with(&of_standby));
        let (production, standby) = (edited(&old_production, &here), edited(&old_standby, &there));
        let all = |old: &Tree, now: &Tree| told(old, now, Extent::Everything);
        let everything = decisions(
            all(&old_production, &production), all(&old_standby, &standby));
        let unlike = decisions(
            told_unlike(&old_production, &production), told_unlike(&old_standby, &standby));
        prop_assert_eq!(unlike, everything);
    }

    #[test]
    fn equal_sites_leave_nothing_to_do(base in base(), edits in edits()) {
        let edits: Vec<_> = edits.into_iter().filter_map(meant).collect();
        let now = edited(&base, &edits);
        let of = |before: &Tree| told(before, &now, Extent::Everything);
        prop_assert_eq!(decisions(of(&base), of(&base)), vec![]);
        prop_assert_eq!(decisions(of(&now), of(&now)), vec![]);
    }

    #[test]
    fn every_entry_is_met_once(base in base(), here in edits(), there in edits()) {
        let (production, standby) = (edited(&base, &here), edited(&base, &there));
        let list = |tree: &Tree| told(&Tree::new(), tree, Extent::Everything);
        let mut merge = Merge::new(listed(list(&production)), listed(list(&standby)));
        let (mut difference, mut met) = (Difference::default(), Vec::new());
        while merge.next_into(&mut difference).unwrap() {
            prop_assert_eq!(difference.production.now.as_ref(), production.get(&difference.path));
            prop_assert_eq!(difference.standby.now.as_ref(), standby.get(&difference.path));
            met.push(difference.path.clone());
        }
        let mut all: Vec<EntryPath> = production.keys().chain(standby.keys()).cloned().collect();
        all.sort();
        all.dedup();
        prop_assert_eq!(met, all);
    }
}
