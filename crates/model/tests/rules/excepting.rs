//! What may be accepted as an exception, and what never.

use counterpart_model::{Code, EntryPath, Finding, SiteRole, Verdict};

fn finding(at: &str, code: Code, verdict: Verdict) -> Finding {
    let path = if at == "." {
        EntryPath::root()
    } else {
        EntryPath::checked(at.as_bytes()).unwrap()
    };
    Finding::new(&path, code, SiteRole::Production, verdict, "why")
}

#[test]
fn an_entry_that_weighs_against_a_pass_may_be_accepted() {
    for verdict in [Verdict::Different, Verdict::NotCompared, Verdict::Unsettled] {
        assert!(finding("a", Code::Unreadable, verdict).may_be_excepted());
    }
}

#[test]
fn what_weighs_nothing_is_left_as_it_is() {
    for verdict in [Verdict::Equal, Verdict::Excepted] {
        assert!(!finding("a", Code::Unreadable, verdict).may_be_excepted());
    }
    assert!(
        !finding("a", Code::Stub, Verdict::NotCompared)
            .declared()
            .may_be_excepted()
    );
}

#[test]
fn a_site_as_a_whole_is_never_accepted() {
    for code in Code::ALL {
        assert!(
            !finding(".", *code, Verdict::Different).may_be_excepted(),
            "{code}"
        );
    }
}

#[test]
fn guards_and_rot_are_never_accepted() {
    let never = [
        Code::RotProduction,
        Code::RotStandby,
        Code::RotUnknown,
        Code::MaxDelete,
        Code::MaxChange,
        Code::DeleteEverything,
        Code::SourceMissing,
        Code::SourceEmpty,
        Code::MountMissing,
        Code::MagicLost,
        Code::Locked,
        Code::NothingCompared,
        Code::JournalBehind,
        Code::EvidenceBroken,
    ];
    for code in never {
        assert!(
            !finding("a", code, Verdict::Different).may_be_excepted(),
            "{code}"
        );
        assert!(code.never_excepted().is_some_and(|why| why.len() > 20), "{code}");
    }
}
