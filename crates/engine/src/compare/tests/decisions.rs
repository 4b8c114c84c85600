//! The three-way truth, case by case: what the last manifests say, what production holds, what the standby holds.

use crate::compare::decide::{Comparable, Decision, Rules, decide};
use crate::compare::merge::{Difference, Seen};
use counterpart_model::{
    Action, Code, Content, Digest, EntryPath, Fact, Kind, PathGlobs, SiteRole, Standing, Timestamp, Verdict,
};

/// A file of one size whose content is `byte` over and over, last changed at `seconds`; content 0 is unread.
fn file(byte: u8, seconds: i64) -> Fact {
    let content = if byte == 0 {
        Content::Unread
    } else {
        Content::Digest(Digest([byte; 32]))
    };
    let mut fact = Fact {
        size_bytes: 10,
        content,
        ..Fact::of(Kind::File)
    };
    fact.metadata.mtime = Some(Timestamp::new(seconds, 0));
    fact.metadata.mode = Some(0o644);
    fact
}

fn sized(size_bytes: u64, fact: Fact) -> Fact {
    Fact { size_bytes, ..fact }
}

fn mode(mode: u32, mut fact: Fact) -> Fact {
    fact.metadata.mode = Some(mode);
    fact
}

fn untimed(mut fact: Fact) -> Fact {
    fact.metadata.mtime = None;
    fact
}

fn link(target: &str) -> Fact {
    Fact {
        target: target.into(),
        ..Fact::of(Kind::Symlink)
    }
}

fn stub() -> Fact {
    Fact {
        standing: Standing::Stub,
        ..file(0, 1)
    }
}

fn directory() -> Fact {
    Fact::of(Kind::Directory)
}

/// As before, by its stamp.
fn same(fact: Fact) -> Seen {
    Seen {
        before: Some(fact.clone()),
        now: Some(fact),
        quiet: true,
        withheld: false,
        shared: false,
    }
}

/// Size and time of modification are as before, and yet it was looked at again.
fn restamped(before: Fact, now: Fact) -> Seen {
    Seen {
        before: Some(before),
        now: Some(now),
        quiet: true,
        withheld: false,
        shared: false,
    }
}

fn changed(before: Fact, now: Fact) -> Seen {
    Seen {
        before: Some(before),
        now: Some(now),
        ..Seen::default()
    }
}

fn new(now: Fact) -> Seen {
    Seen {
        now: Some(now),
        ..Seen::default()
    }
}

fn gone(before: Fact) -> Seen {
    Seen {
        before: Some(before),
        ..Seen::default()
    }
}

fn none() -> Seen {
    Seen::default()
}

struct Case {
    append_only: bool,
    known: Option<SiteRole>,
    based: bool,
    metadata: Comparable,
    repair: bool,
}

const PLAIN: Case = Case {
    append_only: false,
    known: None,
    based: true,
    metadata: Comparable::Everything,
    repair: false,
};

impl Case {
    fn of(&self, production: Seen, standby: Seen) -> Decision {
        let globs = if self.append_only {
            vec!["archive/**".to_owned()]
        } else {
            Vec::new()
        };
        let rules = Rules {
            append_only: &PathGlobs::new(&globs).unwrap(),
            known_rot: &|_| self.known,
            based: self.based,
            metadata: self.metadata,
            repair: self.repair.then_some(&b"archive/x"[..]),
        };
        let difference = Difference {
            path: EntryPath::checked(b"archive/x").unwrap(),
            production,
            standby,
            moved_from: None,
        };
        decide(&difference, &rules)
    }
}

/// A decision in one line: the action, `drift`, the finding's code, and what else is said.
fn told(decision: &Decision) -> String {
    let mut words = Vec::new();
    if let Some(step) = &decision.step {
        words.push(format!("{:?}", step.action).to_lowercase());
        if step.drift {
            words.push("drift".to_owned());
        }
        if step.append_only {
            words.push("protected".to_owned());
        }
    }
    words.extend(
        decision
            .finding
            .as_ref()
            .map(|finding| finding.code.word().to_owned()),
    );
    let flags = [
        (decision.kept, "kept"),
        (decision.doubtful, "doubtful"),
        (decision.declared, "declared"),
    ];
    words.extend(
        flags
            .into_iter()
            .filter(|(set, _)| *set)
            .map(|(_, word)| word.to_owned()),
    );
    words.join(" ")
}

fn plain(production: Seen, standby: Seen) -> String {
    told(&PLAIN.of(production, standby))
}

#[test]
fn production_changed_and_the_standby_did_not() {
    let old = || file(1, 1);
    assert_eq!(plain(new(file(0, 1)), none()), "create");
    assert_eq!(plain(gone(old()), same(old())), "remove");
    assert_eq!(plain(changed(old(), sized(9, file(0, 2))), same(old())), "modify");
    assert_eq!(plain(changed(old(), file(0, 2)), same(old())), "modify");
    assert_eq!(plain(changed(old(), file(2, 2)), same(old())), "modify");
    assert_eq!(plain(changed(old(), file(1, 2)), same(old())), "metadata");
    assert_eq!(
        plain(restamped(old(), mode(0o600, old())), same(old())),
        "metadata"
    );
    assert_eq!(plain(changed(link("a"), link("b")), same(link("a"))), "replace");
    assert_eq!(plain(changed(old(), directory()), same(old())), "replace");
    assert_eq!(
        plain(changed(directory(), file(0, 1)), same(directory())),
        "replace"
    );
    assert_eq!(plain(same(old()), same(old())), "");
    assert_eq!(plain(gone(old()), gone(old())), "");
}

#[test]
fn what_the_standby_lost_or_got_since_is_drift() {
    let old = || file(1, 1);
    assert_eq!(plain(same(old()), gone(old())), "create drift drift");
    assert_eq!(
        plain(same(old()), changed(old(), sized(9, file(0, 2)))),
        "modify drift drift"
    );
    assert_eq!(
        plain(same(old()), changed(old(), file(0, 2))),
        "modify drift drift"
    );
    assert_eq!(
        plain(same(old()), changed(old(), file(1, 2))),
        "metadata drift drift"
    );
    assert_eq!(
        plain(same(old()), changed(old(), directory())),
        "replace drift drift"
    );
    assert_eq!(
        plain(same(link("a")), changed(link("a"), link("b"))),
        "replace drift drift"
    );
    assert_eq!(plain(none(), new(old())), "remove drift drift");
    let first = Case {
        based: false,
        ..PLAIN
    };
    assert_eq!(told(&first.of(none(), new(old()))), "remove");
    // Both changed: production's change is mirrored, and nobody is accused.
    assert_eq!(
        plain(changed(old(), file(0, 3)), changed(old(), file(0, 2))),
        "modify"
    );
    assert_eq!(plain(gone(old()), changed(old(), file(0, 2))), "remove");
    assert_eq!(plain(changed(old(), file(0, 3)), gone(old())), "create");
}

#[test]
fn metadata_that_moved_only_at_the_standby_is_drift() {
    let old = || file(1, 1);
    let loose = || restamped(old(), mode(0o777, old()));
    assert_eq!(plain(same(old()), loose()), "metadata drift drift");
    // Both moved: production's is mirrored, and nobody is accused.
    let strict = restamped(old(), mode(0o600, old()));
    assert_eq!(plain(strict, loose()), "metadata");
    // An earlier pass left a change undone: the standby is as that pass saw it.
    assert_eq!(plain(same(mode(0o600, old())), same(old())), "metadata");
    // What was seen under another policy says nothing.
    let reworded = Case {
        metadata: Comparable::Nothing,
        ..PLAIN
    };
    assert_eq!(told(&reworded.of(same(old()), loose())), "metadata");
    let link = || Fact {
        kind: Kind::HardLink,
        content: Content::None,
        ..old()
    };
    let loose = restamped(link(), mode(0o777, link()));
    assert_eq!(plain(same(link()), loose), "metadata");
}

#[test]
fn the_time_of_a_directory_alone_is_no_drift() {
    let timed = |seconds| {
        let mut fact = mode(0o755, directory());
        fact.metadata.mtime = Some(Timestamp::new(seconds, 0));
        fact
    };
    let moved = || changed(timed(1), timed(2));
    let loose = || changed(timed(1), mode(0o777, timed(2)));
    assert_eq!(plain(same(timed(1)), moved()), "metadata");
    assert_eq!(plain(same(timed(1)), loose()), "metadata drift drift");
    assert_eq!(
        plain(changed(timed(1), timed(3)), loose()),
        "metadata drift drift"
    );
    let resumed = Case {
        metadata: Comparable::Entries,
        ..PLAIN
    };
    assert_eq!(told(&resumed.of(same(timed(1)), loose())), "metadata");
}

#[test]
fn a_drift_is_told_as_equal_again_with_the_certified_fact() {
    let decision = PLAIN.of(same(file(1, 1)), changed(file(1, 1), file(0, 2)));
    let finding = decision.finding.unwrap();
    assert_eq!(
        (finding.verdict, finding.site),
        (Verdict::Equal, SiteRole::Standby)
    );
    let step = decision.step.unwrap();
    assert_eq!(step.certified, Some(file(1, 1)));
    assert_eq!(step.present, Some(file(0, 2)));
}

#[test]
fn rot_is_never_mirrored_and_the_side_is_named() {
    let (old, rotten) = (|| file(1, 1), || file(2, 1));
    assert_eq!(plain(restamped(old(), rotten()), same(old())), "rot-production");
    assert_eq!(plain(same(old()), restamped(old(), rotten())), "rot-standby");
    assert_eq!(
        plain(restamped(old(), rotten()), restamped(old(), file(3, 1))),
        "rot-unknown"
    );
    // Found in an earlier pass: both manifests have what they hold now, and the memory tells which is wrong.
    assert_eq!(plain(same(rotten()), same(old())), "rot-unknown");
    assert_eq!(
        plain(restamped(old(), rotten()), restamped(old(), rotten())),
        "rot-production"
    );
    let production = Case {
        known: Some(SiteRole::Production),
        ..PLAIN
    };
    assert_eq!(
        told(&production.of(same(rotten()), same(old()))),
        "rot-production"
    );
    let standby = Case {
        known: Some(SiteRole::Standby),
        ..PLAIN
    };
    assert_eq!(told(&standby.of(same(old()), same(rotten()))), "rot-standby");
    // Copies that were there before the first pass, with equal times and other content.
    let first = Case {
        based: false,
        ..PLAIN
    };
    assert_eq!(told(&first.of(new(old()), new(rotten()))), "rot-unknown");
    // Later, what something else put there proves nothing.
    assert_eq!(plain(new(old()), new(rotten())), "modify");
    assert_eq!(
        plain(restamped(file(0, 1), old()), restamped(file(0, 1), rotten())),
        "rot-unknown"
    );
    // Where times are not carried, two certified contents still speak for themselves.
    assert_eq!(
        plain(same(untimed(old())), same(untimed(rotten()))),
        "rot-unknown"
    );
}

#[test]
fn rot_at_production_is_no_change_that_is_due() {
    // Times differ from side to side, for an earlier pass could not set them; production's content moved all the same.
    assert_eq!(
        plain(restamped(file(1, 2), file(2, 2)), same(file(1, 1))),
        "rot-production"
    );
    let known = Case {
        known: Some(SiteRole::Production),
        ..PLAIN
    };
    assert_eq!(
        told(&known.of(same(file(2, 2)), same(file(1, 1)))),
        "rot-production"
    );
}

#[test]
fn a_change_that_an_earlier_pass_left_undone_is_due() {
    // The copy failed: both manifests are as each side is, with other contents and times.
    assert_eq!(plain(same(file(2, 2)), same(file(1, 1))), "modify");
    assert_eq!(plain(same(file(0, 2)), same(file(1, 1))), "modify");
    assert_eq!(
        plain(restamped(file(0, 2), file(2, 2)), same(file(1, 1))),
        "modify"
    );
    assert_eq!(plain(same(file(1, 1)), none()), "create");
    assert_eq!(plain(none(), same(file(1, 1))), "remove");
    // Then production changed for good, and the old suspicion is void.
    let known = Case {
        known: Some(SiteRole::Standby),
        ..PLAIN
    };
    assert_eq!(
        told(&known.of(changed(file(1, 1), file(0, 2)), same(file(2, 1)))),
        "modify"
    );
}

#[test]
fn a_repair_puts_right_the_standby_only() {
    let standby = Case {
        known: Some(SiteRole::Standby),
        repair: true,
        ..PLAIN
    };
    assert_eq!(told(&standby.of(same(file(1, 1)), same(file(2, 1)))), "modify");
    let production = Case {
        known: Some(SiteRole::Production),
        ..standby
    };
    assert_eq!(
        told(&production.of(same(file(2, 1)), same(file(1, 1)))),
        "rot-production"
    );
    let nobody = Case {
        known: None,
        repair: true,
        ..PLAIN
    };
    assert_eq!(
        told(&nobody.of(same(file(1, 1)), same(file(2, 1)))),
        "rot-unknown"
    );
}

#[test]
fn content_that_was_known_and_is_not_read_yet_is_doubtful() {
    let old = || file(1, 1);
    assert_eq!(plain(restamped(old(), file(0, 1)), same(old())), "doubtful");
    assert_eq!(plain(same(old()), restamped(old(), file(0, 1))), "doubtful");
    assert_eq!(
        plain(restamped(old(), mode(0o600, file(0, 1))), same(old())),
        "metadata doubtful"
    );
}

#[test]
fn copies_that_were_there_before_the_first_pass_are_taken_over_by_their_times() {
    let first = Case {
        based: false,
        ..PLAIN
    };
    let tell = |production, standby| told(&first.of(production, standby));
    assert_eq!(tell(new(file(0, 1)), new(file(0, 1))), "");
    assert_eq!(tell(new(file(0, 1)), new(mode(0o600, file(0, 1)))), "metadata");
    assert_eq!(tell(new(file(0, 2)), new(file(0, 1))), "modify");
    assert_eq!(tell(new(sized(9, file(0, 1))), new(file(0, 1))), "modify");
    assert_eq!(tell(new(untimed(file(0, 1))), new(untimed(file(0, 1)))), "modify");
    assert_eq!(tell(same(file(0, 1)), same(file(0, 1))), "");
    assert_eq!(
        plain(new(file(0, 1)), new(file(0, 1))),
        "modify",
        "what appeared later is not believed"
    );
}

#[test]
fn a_certified_append_only_name_stays() {
    let case = Case {
        append_only: true,
        ..PLAIN
    };
    let old = || file(1, 1);
    let tell = |production, standby| told(&case.of(production, standby));
    assert_eq!(tell(gone(old()), same(old())), "append-only-delete kept");
    assert_eq!(tell(none(), same(old())), "append-only-delete kept");
    assert_eq!(
        tell(gone(old()), changed(old(), file(0, 2))),
        "append-only-delete kept"
    );
    assert_eq!(tell(gone(directory()), same(directory())), "remove");
    assert_eq!(
        tell(changed(old(), sized(9, file(0, 2))), same(old())),
        "append-only-change kept"
    );
    assert_eq!(
        tell(changed(old(), file(2, 2)), same(old())),
        "append-only-change kept"
    );
    assert_eq!(
        tell(changed(old(), directory()), same(old())),
        "append-only-change kept"
    );
    // In the next pass production is quiet, and still not what was certified.
    assert_eq!(tell(same(file(2, 2)), same(old())), "append-only-change kept");
    // One that is new is brought; one that was only touched is not touched at the standby's content.
    assert_eq!(tell(new(file(0, 1)), none()), "create");
    assert_eq!(tell(changed(old(), file(0, 2)), same(old())), "modify protected");
    assert_eq!(tell(changed(old(), file(1, 2)), same(old())), "metadata");
    // Production is as it was certified: it is the standby that drifted.
    assert_eq!(
        tell(same(old()), changed(old(), sized(9, file(0, 2)))),
        "modify drift drift"
    );
    assert_eq!(
        tell(same(old()), changed(old(), file(2, 2))),
        "modify drift drift"
    );
    assert_eq!(tell(same(old()), gone(old())), "create drift drift");
    assert_eq!(tell(none(), new(old())), "remove drift drift");
}

#[test]
fn what_could_not_be_seen_is_not_removed() {
    let withheld = Seen {
        withheld: true,
        shared: false,
        ..gone(file(1, 1))
    };
    let decision = PLAIN.of(withheld, same(file(1, 1)));
    assert_eq!(told(&decision), "unread-beneath kept");
    assert_eq!(decision.finding.unwrap().verdict, Verdict::NotCompared);
}

#[test]
fn stubs_and_devices_are_left_out_and_declared() {
    assert_eq!(plain(new(stub()), none()), "kept");
    assert_eq!(
        plain(changed(file(1, 1), stub()), same(file(1, 1))),
        "kept declared"
    );
    assert_eq!(
        plain(new(Fact::of(Kind::Special)), new(Fact::of(Kind::Special))),
        "kept declared"
    );
    // What stands in for a stub at the standby is no copy of the file that production has now.
    assert_eq!(plain(changed(stub(), file(0, 1)), same(stub())), "replace");
    assert_eq!(plain(none(), same(stub())), "remove");
}

#[test]
fn every_step_says_what_it_wants_and_finds() {
    let decision = PLAIN.of(changed(file(1, 1), file(0, 2)), same(file(1, 1)));
    let step = decision.step.unwrap();
    assert_eq!(step.action, Action::Modify);
    assert_eq!(
        (step.wanted, step.present, step.certified),
        (Some(file(0, 2)), Some(file(1, 1)), Some(file(1, 1)))
    );
    assert_eq!(step.path.to_string(), "archive/x");
    let codes = [Code::RotUnknown, Code::Drift];
    assert!(codes.iter().all(|code| !code.meaning().is_empty()));
}
