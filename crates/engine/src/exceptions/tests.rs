//! What a pattern covers, and which patterns are refused.

use super::{Covers, Exception, InForce, Uses};
use crate::testing::path;
use counterpart_evidence::certificate::Moment;
use counterpart_model::{Code, Finding, SiteRole, Verdict};

fn finding(at: &str, code: Code) -> Finding {
    Finding::new(&path(at), code, SiteRole::Production, Verdict::NotCompared, "why")
}

fn covers(pattern: &str) -> Covers {
    Covers::new(pattern, &[Code::Unreadable]).unwrap()
}

fn refusal(pattern: &str, codes: &[Code]) -> String {
    let failure = Covers::new(pattern, codes).unwrap_err();
    assert_eq!(failure.code, Code::Usage, "{failure}");
    assert!(!failure.hint.is_empty());
    failure.why
}

#[test]
fn a_glob_is_as_in_excludes() {
    for (pattern, matching, not) in [
        ("*.key", "a/b/private.key", "a/b/private.keys"),
        ("a/*.key", "a/private.key", "a/b/private.key"),
        ("a/**", "a/b/c", "b/a/c"),
        ("/top", "top", "a/top"),
    ] {
        let covers = covers(pattern);
        assert!(covers.finding(&finding(matching, Code::Unreadable)), "{pattern}");
        assert!(!covers.finding(&finding(not, Code::Unreadable)), "{pattern}");
    }
}

#[test]
fn a_directory_does_not_stand_for_what_lies_in_it() {
    assert!(!covers("a/b").entry(&path("a/b/c")));
}

#[test]
fn a_path_as_shown_is_that_entry_alone() {
    let odd = covers(r"a/new\x0aline [1]");
    assert!(odd.entry(&path("a/new\nline [1]")));
    assert!(!odd.entry(&path("b/a/new\nline [1]")));
    let exact = covers("path:a/b[1]*");
    assert!(exact.entry(&path("a/b[1]*")));
    assert!(!exact.entry(&path("a/b1")) && !exact.entry(&path("a/b[1]*x")));
}

#[test]
fn another_code_is_not_covered() {
    assert!(!covers("a").finding(&finding("a", Code::Torn)));
    assert!(Covers::new("a", &[]).unwrap().finding(&finding("a", Code::Torn)));
}

#[test]
fn rot_is_not_covered_by_a_pattern_of_every_code() {
    let all = Covers::new("a", &[]).unwrap();
    for code in [Code::RotProduction, Code::RotStandby, Code::RotUnknown] {
        assert!(!all.finding(&finding("a", code)), "{code}");
    }
}

#[test]
fn what_can_never_be_accepted_is_refused_with_the_reason() {
    assert!(refusal("a", &[Code::RotStandby]).contains("rot or tampering"));
    assert!(refusal("a", &[Code::Unreadable, Code::MaxDelete]).contains("max-delete"));
    assert!(refusal("a", &[Code::SourceMissing]).contains("guard"));
    assert!(refusal("a", &[Code::NothingCompared]).contains("a site as a whole"));
    assert!(refusal("a", &[Code::Locked]).contains("a site as a whole"));
}

#[test]
fn a_pattern_for_everything_needs_a_code() {
    for pattern in ["*", "**", "**/*", "/**", "{*,**/*}"] {
        assert!(refusal(pattern, &[]).contains("every entry"), "{pattern}");
        assert!(Covers::new(pattern, &[Code::Torn]).is_ok(), "{pattern}");
    }
    for pattern in ["*.tmp", "a/**", "**/spool/**"] {
        assert!(Covers::new(pattern, &[]).is_ok(), "{pattern}");
    }
}

#[test]
fn a_mistaken_pattern_is_refused() {
    for pattern in [
        "",
        "  ",
        "!a",
        "a/[b",
        "path:",
        "path:a/../b",
        "path:.",
        "probe:x",
        "probe::x",
        "probe:x:(",
        "probe:x:.*",
    ] {
        refusal(pattern, &[]);
    }
}

#[test]
fn lines_of_a_probe_are_covered_by_its_name_and_a_regex() {
    let lines = Covers::new("probe:DFstatus:^licence expires in [0-9]+ days$", &[]).unwrap();
    assert!(lines.line("DFstatus", b"licence expires in 12 days"));
    assert!(!lines.line("DFother", b"licence expires in 12 days"));
    assert!(!lines.line("DFstatus", b"licence expired"));
    assert!(!lines.entry(&path("DFstatus")));
    assert!(refusal("probe:DFstatus:^x", &[Code::Differs]).contains("no code"));
}

fn exception(id: &str, pattern: &str) -> Exception {
    Exception {
        said: super::Accepted {
            id: id.to_owned(),
            pattern: pattern.to_owned(),
            codes: Vec::new(),
            reason: "known".to_owned(),
            owner: "data manager".to_owned(),
            accepted: Moment::from_seconds(100, 0),
            expires: Moment::from_seconds(200, 0),
            account: "root".to_owned(),
            host: "here".to_owned(),
        },
        ended: None,
        uses: Uses::default(),
        record: 1,
    }
}

#[test]
fn it_ends_with_its_last_second() {
    let known = exception("x-1", "a");
    assert!(known.is_in_force(199) && !known.is_in_force(200));
    assert_eq!(
        (known.standing(199), known.standing(200)),
        ("in-force", "expired")
    );
}

#[test]
fn an_entry_counts_once_for_each_that_covers_it() {
    let register = [
        exception("x-1", "a"),
        exception("x-2", "*"),
        exception("x-3", "b"),
    ];
    // Only a register of another version could hold a pattern that covers all.
    assert!(InForce::of(&register, 150).is_err());
    let register = [
        exception("x-1", "a"),
        exception("x-2", "[ac]"),
        exception("x-3", "b"),
    ];
    let in_force = InForce::of(&register, 150).unwrap();
    let first = in_force.covering(&finding("a", Code::Unreadable)).unwrap();
    assert!(first.first && first.id == "x-1");
    let again = in_force.covering(&finding("a", Code::Torn)).unwrap();
    assert!(!again.first);
    assert!(in_force.covering(&finding("d", Code::Torn)).is_none());
    let matched: Vec<u64> = in_force.certified().iter().map(|one| one.matched).collect();
    assert_eq!(matched, [1, 1, 0]);
}

#[test]
fn lines_are_counted_by_what_covers_them() {
    let register = [exception("x-1", "probe:status:^known")];
    let in_force = InForce::of(&register, 150).unwrap();
    let lines = |lines: &[&[u8]]| in_force.covering_lines("status", lines);
    assert_eq!(lines(&[b"known trouble", b"known too"]), Some(vec!["x-1"]));
    assert_eq!(in_force.certified()[0].matched, 2);
    assert_eq!(lines(&[b"known trouble", b"new trouble"]), None);
    assert_eq!(lines(&[]), None);
}

#[test]
fn a_difference_that_follows_from_what_could_not_be_read_is_covered_with_it() {
    let mut only_unreadable = exception("x-1", "a");
    only_unreadable.said.codes = vec![Code::Unreadable];
    let in_force = InForce::of(&[only_unreadable], 150).unwrap();
    let differs = Finding {
        verdict: Verdict::Different,
        site: SiteRole::Standby,
        ..finding("a", Code::OnlyProduction)
    };
    assert!(in_force.covering(&differs).is_none());
    assert!(in_force.covering(&finding("a", Code::Unreadable)).is_some());
    assert!(in_force.covering(&differs).is_some());
    let elsewhere = Finding {
        path: path("b"),
        ..differs
    };
    assert!(in_force.covering(&elsewhere).is_none());
}
