//! Verdicts: equal only where something was compared, and clean apart from equal.

use super::{keep, mask};
use crate::{Clean, CleanRule, Ended, Judged, Judging, Normaliser, Obstacle, Output, Rule, judge};
use counterpart_model::Verdict;

const GOOD: Ended = Ended::Status {
    status: 0,
    good: true,
};
const BAD: Ended = Ended::Status {
    status: 1,
    good: false,
};

fn output(ended: Ended, raw: &str, rules: &[Rule]) -> Output {
    Output::new(ended, raw.into(), 0, &Normaliser::new(rules).unwrap())
}

fn judged(production: &Output, standby: &Output) -> Judged {
    judge(Ok(production), Ok(standby), Judging::default())
}

fn good(production: &str, standby: &str, rules: &[Rule]) -> Judged {
    judged(&output(GOOD, production, rules), &output(GOOD, standby, rules))
}

#[test]
fn equal_outputs_are_equal() {
    let judged = good("3 records\n", "3 records\n", &[]);
    assert_eq!((judged.verdict, judged.obstacles), (Verdict::Equal, [None, None]));
}

#[test]
fn what_is_masked_does_not_differ() {
    let masks = [mask(r"\d\d:\d\d"), mask("^Host .*")];
    let [one, other] = ["Host a\nat 02:14: 3\n", "Host beta\nat 02:20: 3\n"];
    assert_eq!(good(one, other, &masks).verdict, Verdict::Equal);
    assert_eq!(good(one, other, &[]).verdict, Verdict::Different);
    assert_eq!(
        good(one, "Host c\nat 02:14: 4\n", &masks).verdict,
        Verdict::Different
    );
    assert_eq!(
        good("Host a\n3\n", "3\n", &masks).verdict,
        Verdict::Different,
        "a mask is a line"
    );
}

#[test]
fn nothing_at_both_sites_is_not_compared() {
    for (one, rules) in [("", &[][..]), (" \n", &[]), ("Host a\n", &[mask(".+")])] {
        let judged = good(one, one, rules);
        assert_eq!(judged.verdict, Verdict::NotCompared);
        assert_eq!(judged.obstacles, [Some(Obstacle::Empty), Some(Obstacle::Empty)]);
        let sides = [output(GOOD, one, rules), output(GOOD, one, rules)];
        let lenient = Judging {
            may_be_empty: true,
            ..Judging::default()
        };
        assert_eq!(
            judge(Ok(&sides[0]), Ok(&sides[1]), lenient).verdict,
            Verdict::Equal
        );
    }
    assert_eq!(good("", "a\n", &[]).verdict, Verdict::Different);
    assert_eq!(good("", "\n", &[]).verdict, Verdict::Different);
}

#[test]
fn a_path_that_is_nowhere_is_not_compared() {
    let rules = [keep(&["/Count", "/Cuont"])];
    let judged = good(r#"{"Count":1}"#, r#"{"Count":1}"#, &rules);
    assert_eq!(judged.verdict, Verdict::NotCompared);
    let unmatched = Some(Obstacle::Unmatched(vec!["/Cuont".to_owned()]));
    assert_eq!(judged.obstacles[0], unmatched);
    let one_side = good(r#"{"Count":1,"Cuont":2}"#, r#"{"Count":1}"#, &rules);
    assert_eq!(one_side.verdict, Verdict::Different);
}

#[test]
fn what_failed_or_was_cut_short_is_not_compared() {
    let fine = output(GOOD, "a\n", &[]);
    let cut = Output {
        omitted_bytes: 7,
        ..fine.clone()
    };
    for (bad, obstacle) in [
        (output(BAD, "a\n", &[]), Obstacle::Failed(1)),
        (output(Ended::TimedOut, "a\n", &[]), Obstacle::TimedOut),
        (output(Ended::Signalled(9), "a\n", &[]), Obstacle::Signalled(9)),
        (cut, Obstacle::CutShort(7)),
    ] {
        let judged = judged(&fine, &bad);
        assert_eq!(judged.verdict, Verdict::NotCompared);
        assert_eq!(judged.obstacles, [None, Some(obstacle)]);
    }
    let gone = judge(Err("no such program"), Ok(&fine), Judging::default());
    assert_eq!(
        gone.obstacles,
        [Some(Obstacle::NotRun("no such program".into())), None]
    );
    let no_json = judged(&fine, &output(GOOD, "a\n", &[keep(&["/a"])]));
    assert_eq!(no_json.obstacles[1].as_ref().unwrap().word(), "unfit");
}

#[test]
fn an_exit_that_means_something_is_compared_and_must_agree() {
    let judging = Judging {
        any_exit: true,
        ..Judging::default()
    };
    let sides = [output(BAD, "a\n", &[]), output(GOOD, "a\n", &[])];
    assert_eq!(
        judge(Ok(&sides[0]), Ok(&sides[0]), judging).verdict,
        Verdict::Equal
    );
    let other = judge(Ok(&sides[0]), Ok(&sides[1]), judging);
    assert_eq!((other.verdict, other.ends_differ), (Verdict::Different, true));
}

fn clean(pattern: Option<&str>, exits: &[i64]) -> Clean {
    Clean::new(&CleanRule {
        pattern: pattern.map(str::to_owned),
        exits: exits.to_vec(),
    })
    .unwrap()
}

#[test]
fn clean_is_judged_alone_on_the_output_as_it_came() {
    let report = output(GOOD, "Report\n0 inconsistencies\r\n", &[mask(".+")]);
    assert!(clean(Some("^0 inconsistencies$"), &[]).holds(&report));
    assert!(!clean(Some("^10 inconsistencies"), &[]).holds(&report));
    assert!(!clean(Some("^inconsistencies"), &[]).holds(&report));
    assert!(!clean(Some("^0 inconsistencies"), &[3]).holds(&report));
    assert!(clean(None, &[0, 3]).holds(&report));
    let bad = output(BAD, "0 inconsistencies\n", &[]);
    assert!(!clean(Some("^0 "), &[]).holds(&bad) && clean(Some("^0 "), &[1]).holds(&bad));
    assert!(!clean(Some("^0 "), &[]).holds(&output(Ended::TimedOut, "0 inconsistencies\n", &[])));
}

#[test]
fn a_bad_pattern_says_what_is_wrong() {
    let rule = CleanRule {
        pattern: Some("[a".to_owned()),
        exits: Vec::new(),
    };
    assert_eq!(Clean::new(&rule).unwrap_err(), "unclosed character class");
}
