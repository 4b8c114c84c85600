//! Accepted findings: what they weigh in a pass, what they never hide, and what the evidence says of them.

use crate::support::commands::task;
use crate::support::pair::request;
use crate::support::{Pair, dir, file, path};
use counterpart_engine::exceptions::{Exception, Wanted};
use counterpart_engine::{Acting, PassKind, PassReport, ProbeSettings};
use counterpart_evidence::certificate::Certificate;
use counterpart_model::{Code, Failure, Timestamp, Verdict};
use proptest::prelude::*;

const DAY_SECONDS: i64 = 86_400;

fn now() -> i64 {
    crate::support::site::now_seconds()
}

fn archive() -> Pair {
    let pair = Pair::with(&[("d", dir())]);
    for number in 0..10 {
        let name = format!("d/{number}");
        pair.production
            .put(&path(&name), file(&format!("content {number}"), 1));
    }
    pair
}

/// Does something to the register at a time.
fn at<T>(
    seconds: i64,
    reason: &str,
    act: impl FnOnce(&Acting<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let actor = request(PassKind::Run).actor;
    act(&Acting {
        pair: "study",
        actor: &actor,
        reason: Some(reason),
        at: Timestamp::new(seconds, 0),
        utc_offset_seconds: 3_600,
    })
}

fn wanted(pattern: &str, codes: &[Code], until_seconds: i64) -> Wanted {
    Wanted {
        pattern: pattern.to_owned(),
        codes: codes.to_vec(),
        owner: "data manager".to_owned(),
        until_seconds,
    }
}

fn accept(pair: &Pair, pattern: &str, codes: &[Code]) -> Exception {
    let wanted = wanted(pattern, codes, now() + 90 * DAY_SECONDS);
    at(now(), "known", |acting| {
        pair.ledger.add_exception(acting, &wanted)
    })
    .unwrap()
}

fn unreadable(pair: &Pair, name: &str) {
    pair.production.state().faults.unreadable.insert(path(name));
}

/// The certificate of a pass, in a journal that holds.
fn certificate(pair: &Pair, report: &PassReport) -> Certificate {
    pair.ledger.verify_evidence(&[]).unwrap();
    pair.ledger.certificate(&report.pass).unwrap().0
}

fn found(report: &PassReport) -> Vec<(&str, &str, &str, Option<&str>)> {
    let all = report.failures.iter();
    all.map(|failure| {
        (
            failure.path.as_str(),
            failure.code.as_str(),
            failure.verdict.as_str(),
            failure.exception.as_deref(),
        )
    })
    .collect()
}

#[test]
fn an_unreadable_file_that_was_accepted_leaves_the_pass_congruent() {
    let pair = archive();
    unreadable(&pair, "d/3");
    assert!(!pair.run().congruent);
    accept(&pair, "d/3", &[Code::Unreadable]);
    for _ in 0..3 {
        let report = pair.run();
        assert!(report.congruent, "{report:?}");
        assert_eq!(found(&report), [("d/3", "unreadable", "EXCEPTED", Some("x-1"))]);
        assert_eq!(
            (report.excepted, report.not_compared, report.different),
            (1, 0, 0)
        );
        assert_ne!(report.production.root, report.standby.root);
        let certificate = certificate(&pair, &report);
        let layer = certificate.verdicts.layers[0];
        assert_eq!(
            (layer.verdict, layer.equal, layer.excepted),
            (Verdict::Excepted, 10, 1)
        );
        let told = &certificate.exceptions[0];
        assert_eq!(
            (told.id.as_str(), told.matched, told.owner.as_str()),
            ("x-1", 1, "data manager")
        );
        assert!(
            certificate
                .sentences
                .not_checked
                .contains("EXCEPTED, unreadable (accepted by an exception)")
        );
    }
    let uses = pair.ledger.exceptions().unwrap()[0].uses;
    assert_eq!((uses.passes, uses.matched, uses.matched_last), (3, 3, 1));
}

#[test]
fn it_is_copied_once_it_can_be_and_the_exception_covers_nothing_then() {
    let pair = archive();
    unreadable(&pair, "d/3");
    accept(&pair, "d/3", &[]);
    assert!(pair.run().congruent);
    assert!(!pair.standby.state().tree.contains_key(&path("d/3")));
    pair.production.state().faults.unreadable.clear();
    let report = pair.run();
    assert!(report.congruent && report.excepted == 0, "{report:?}");
    assert_eq!(report.exceptions[0].matched, 0);
    pair.assert_equal();
    assert_eq!(
        certificate(&pair, &report).verdicts.layers[0].verdict,
        Verdict::Equal
    );
}

#[test]
fn another_finding_is_told_all_the_same() {
    let pair = archive();
    for name in ["d/3", "d/4"] {
        unreadable(&pair, name);
    }
    accept(&pair, "d/3", &[]);
    let report = pair.run();
    assert!(!report.congruent);
    assert_eq!(
        found(&report),
        [
            ("d/4", "unreadable", "NOT-COMPARED", None),
            ("d/3", "unreadable", "EXCEPTED", Some("x-1"))
        ]
    );
    assert_eq!((report.excepted, report.not_compared), (1, 1));
}

#[test]
fn another_code_of_the_same_entry_is_told_all_the_same() {
    let pair = archive();
    pair.production.state().faults.tears.insert(path("d/3"), u32::MAX);
    accept(&pair, "d/3", &[Code::Unreadable]);
    let report = pair.run();
    assert_eq!(
        (report.excepted, report.unsettled, report.congruent),
        (0, 1, false)
    );
    accept(&pair, "d/3", &[Code::Torn]);
    let report = pair.run();
    assert_eq!(
        (report.excepted, report.unsettled, report.congruent),
        (1, 0, true),
        "{report:?}"
    );
}

#[test]
fn rot_is_never_accepted() {
    let pair = archive();
    pair.verify(true);
    pair.run();
    accept(&pair, "d/*", &[]);
    pair.standby.state().tree.get_mut(&path("d/3")).unwrap().bytes = b"CONTENT 3".to_vec();
    let report = pair.verify(true);
    assert!(!report.congruent && report.excepted == 0, "{report:?}");
    assert!(
        report
            .failures
            .iter()
            .any(|failure| failure.code == "rot-standby"),
        "{report:?}"
    );
}

#[test]
fn a_guard_refuses_whatever_was_accepted() {
    let pair = archive();
    pair.run();
    accept(&pair, "d/**", &[]);
    let names: Vec<_> = pair.production.state().tree.keys().cloned().collect();
    names.iter().rev().for_each(|name| pair.production.take(name));
    let report = pair.run();
    assert!(report.refusal.is_some(), "{report:?}");
}

#[test]
fn an_expired_one_is_a_finding_again() {
    let pair = archive();
    unreadable(&pair, "d/3");
    let past = wanted("d/3", &[], now() - DAY_SECONDS);
    at(now() - 40 * DAY_SECONDS, "known", |acting| {
        pair.ledger.add_exception(acting, &past)
    })
    .unwrap();
    let report = pair.run();
    assert!(!report.congruent && report.exceptions.is_empty(), "{report:?}");
    assert_eq!(report.not_compared, 1);
    let soon = wanted("d/3", &[], now() + DAY_SECONDS);
    at(now() - 40 * DAY_SECONDS, "again", |acting| {
        pair.ledger.add_exception(acting, &soon)
    })
    .unwrap();
    let report = pair.run();
    assert!(report.congruent, "{report:?}");
    assert!(report.exceptions[0].ends_soon && report.exceptions[0].id == "x-2");
    certificate(&pair, &report);
}

#[test]
fn one_that_was_ended_is_a_finding_again() {
    let pair = archive();
    unreadable(&pair, "d/3");
    accept(&pair, "d/3", &[]);
    assert!(pair.run().congruent);
    let end = |reason: &str| at(now(), reason, |acting| pair.ledger.end_exception(acting, "x-1"));
    assert_eq!(end("  ").unwrap_err().code, Code::Usage);
    let ended = end("readable soon").unwrap();
    assert_eq!(ended.ended.as_ref().unwrap().said.reason, "readable soon");
    let report = pair.run();
    assert!(!report.congruent && report.exceptions.is_empty());
    certificate(&pair, &report);
    assert!(end("again").unwrap_err().why.contains("readable soon"));
    let none = at(now(), "why", |acting| pair.ledger.end_exception(acting, "x-9"));
    assert_eq!(none.unwrap_err().code, Code::NotFound);
}

#[test]
fn a_verification_and_a_plan_heed_what_was_accepted() {
    let pair = archive();
    unreadable(&pair, "d/3");
    accept(&pair, "d/3", &[Code::Unreadable]);
    pair.run();
    for reread in [false, true] {
        let report = pair.verify(reread);
        assert!(report.congruent, "{report:?}");
        assert_eq!((report.excepted, report.different), (1, 0), "{report:?}");
        certificate(&pair, &report);
    }
    assert!(pair.plan().refusal.is_none());
}

#[test]
fn a_difference_is_accepted_by_its_code_in_a_verification() {
    let pair = archive();
    pair.run();
    pair.standby.put(&path("d/own"), file("the standby's own", 9));
    accept(&pair, "d/own", &[Code::OnlyStandby]);
    // Its directory's time moved with it.
    accept(&pair, "d", &[Code::Differs]);
    let report = pair.verify(false);
    assert!(report.congruent && report.excepted > 0, "{report:?}");
    // It is not excluded thereby: a run puts the standby right.
    assert!(pair.run().congruent);
    pair.assert_equal();
}

#[test]
fn an_exception_over_all_that_there_is_compares_nothing() {
    let pair = Pair::with(&[("only", file("secret", 1))]);
    unreadable(&pair, "only");
    accept(&pair, "only", &[]);
    let report = pair.run();
    assert!(!report.congruent, "{report:?}");
    assert!(
        report
            .failures
            .iter()
            .any(|failure| failure.code == "nothing-compared")
    );
}

#[test]
fn lines_of_a_probe_are_accepted_and_every_other_line_is_told() {
    let mut pair = archive();
    pair.settings.probes = vec![ProbeSettings {
        name: "status".to_owned(),
        production: task("at-production"),
        standby: task("at-standby"),
        rules: Vec::new(),
        clean: None,
        may_be_empty: false,
    }];
    pair.commands
        .say("at-production", "studies 12\nlicence until 2027-01-01\n");
    pair.commands
        .say("at-standby", "studies 12\nlicence until 2026-12-01\n");
    assert!(!pair.run().congruent);
    accept(&pair, "probe:status:^licence until ", &[]);
    accept(&pair, "probe:other:^studies", &[]);
    let report = pair.run();
    assert!(report.congruent, "{report:?}");
    assert_eq!((report.excepted, report.different), (1, 0), "{report:?}");
    assert_eq!(found(&report), [(".", "probe-differs", "EXCEPTED", Some("x-1"))]);
    let certificate = certificate(&pair, &report);
    let layers: Vec<Verdict> = certificate
        .verdicts
        .layers
        .iter()
        .map(|layer| layer.verdict)
        .collect();
    assert_eq!(layers, [Verdict::Equal, Verdict::Excepted]);
    let matched: Vec<u64> = certificate.exceptions.iter().map(|one| one.matched).collect();
    assert_eq!(matched, [2, 0]);
    pair.commands
        .say("at-standby", "studies 11\nlicence until 2026-12-01\n");
    let report = pair.run();
    assert_eq!(
        (report.congruent, report.excepted, report.different),
        (false, 0, 1),
        "{report:?}"
    );
    crate::exceptions::certificate(&pair, &report);
}

#[test]
fn what_is_wanted_is_checked() {
    let pair = archive();
    let refused = |wanted: &Wanted, reason: &str| {
        let failure = at(now(), reason, |acting| pair.ledger.add_exception(acting, wanted)).unwrap_err();
        assert_eq!(failure.code, Code::Usage, "{failure}");
        assert!(!failure.hint.is_empty());
        failure.why
    };
    let good = wanted("d/3", &[], now() + DAY_SECONDS);
    assert!(refused(&good, " ").contains("a reason"));
    let nobody = Wanted {
        owner: "\t".to_owned(),
        ..good.clone()
    };
    assert!(refused(&nobody, "known").contains("an owner"));
    assert!(refused(&wanted("d/3", &[], now()), "known").contains("future"));
    let far = wanted("d/3", &[], now() + 732 * DAY_SECONDS);
    assert!(refused(&far, "known").contains("two years"));
    assert!(refused(&wanted("d/3", &[Code::RotStandby], now() + 9), "known").contains("never"));
    assert!(refused(&good, "two\nlines").contains("control character"));
    assert!(pair.ledger.exceptions().unwrap().is_empty());
}

/// Writes a line of the journal anew, as somebody would who does not know of hashes.
#[expect(
    clippy::disallowed_methods,
    reason = "somebody else writes here, not the engine"
)]
fn tamper(pair: &Pair, from: &str, to: &str) {
    let file = pair.ledger.path().join("journal/journal.ndjson");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{text}");
    std::fs::write(&file, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn a_journal_that_was_tampered_with_is_not_believed_and_the_standby_is_kept_equal() {
    let pair = archive();
    unreadable(&pair, "d/3");
    accept(&pair, "d/nothing", &[]);
    assert!(!pair.run().congruent);
    tamper(&pair, "d/nothing", "d/3");
    pair.production.put(&path("d/new"), file("new", 5));
    let report = pair.run();
    assert!(!report.congruent && report.excepted == 0, "{report:?}");
    assert!(
        report
            .failures
            .iter()
            .any(|failure| failure.code == "evidence-broken"),
        "{report:?}"
    );
    assert!(pair.standby.state().tree.contains_key(&path("d/new")));
    assert_eq!(pair.ledger.exceptions().unwrap_err().code, Code::EvidenceBroken);
    assert!(pair.ledger.verify_evidence(&[]).is_err());
    // Brought back from a copy, all of it holds again, the certificate of that pass as well.
    tamper(&pair, "d/3", "d/nothing");
    certificate(&pair, &report);
    assert_eq!(pair.ledger.exceptions().unwrap().len(), 1);
}

#[test]
fn without_an_exception_nothing_is_new_in_the_evidence() {
    let pair = archive();
    let report = pair.run();
    let certificate = certificate(&pair, &report);
    assert!(certificate.exceptions.is_empty() && report.exceptions.is_empty());
    let records = pair.ledger.journal().unwrap().records().unwrap();
    assert!(
        records
            .map(Result::unwrap)
            .all(|record| record.body.get("exceptions").is_none())
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever cannot be read and whatever was accepted: what is not covered is told as without any exception.
    #[test]
    fn an_exception_hides_nothing_that_it_does_not_match(
        closed in proptest::collection::btree_set(0_usize..10, 0..4),
        torn in proptest::collection::btree_set(0_usize..10, 0..3),
        accepted in proptest::collection::btree_set(0_usize..10, 0..5),
        only_unreadable: bool,
    ) {
        let codes: &[Code] = if only_unreadable { &[Code::Unreadable] } else { &[] };
        let pairs = [archive(), archive()];
        for pair in &pairs {
            for number in &closed {
                unreadable(pair, &format!("d/{number}"));
            }
            for number in torn.difference(&closed) {
                pair.production.state().faults.tears.insert(path(&format!("d/{number}")), u32::MAX);
            }
        }
        let [with, without] = pairs;
        for number in &accepted {
            accept(&with, &format!("d/{number}"), codes);
        }
        for verify in [false, true] {
            let [told, plain] = [&with, &without].map(|pair| if verify { pair.verify(false) } else { pair.run() });
            let covered = |at: &str, code: &str| {
                let number = at.strip_prefix("d/").and_then(|text| text.parse().ok());
                let follows = code == "only-production" && number.is_some_and(|number| closed.contains(&number));
                let code = codes.is_empty() || code == "unreadable" || follows;
                code && number.is_some_and(|number| accepted.contains(&number))
            };
            let mut expected: Vec<_> = found(&plain).into_iter().filter(|(at, code, ..)| !covered(at, code)).collect();
            let mut left: Vec<_> = found(&told).into_iter().filter(|(.., exception)| exception.is_none()).collect();
            expected.sort_unstable();
            left.sort_unstable();
            prop_assert_eq!(left, expected);
            prop_assert_eq!(told.failures.len(), plain.failures.len());
            let weighs = told.different + told.unsettled + told.not_compared - told.declared;
            prop_assert_eq!(told.congruent, weighs == 0, "{:?}", told);
            prop_assert_eq!(&told.production.root, &plain.production.root);
            certificate(&with, &told);
        }
    }
}
