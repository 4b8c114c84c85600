//! What a message looks like: its width, its length, its words, and that nobody's names forge a line of it.

use super::{html as html_sent, subject, text as text_sent};
use crate::letter::Sending;
use crate::notice::{Cause, Changes, Example, Exceptions, LeftOut, Notice, Outcome, Probe, Promise, Side};
use counterpart_evidence::certificate::Moment;
use proptest::prelude::*;

/// 2026-11-22 02:14:07Z.
const AS_OF: i64 = 1_795_313_647;

fn at(seconds: i64) -> Moment {
    Moment::from_seconds(seconds, 3_600)
}

fn text(notice: &Notice, waited_seconds: u64) -> String {
    text_sent(
        notice,
        &Sending {
            waited_seconds,
            attached: None,
        },
    )
}

fn html(notice: &Notice, waited_seconds: u64) -> String {
    html_sent(
        notice,
        &Sending {
            waited_seconds,
            attached: None,
        },
    )
}

fn side(files: u64) -> Side {
    Side {
        location: None,
        files,
        directories: 1_204,
        bytes: 4_212_000_123_456,
    }
}

fn congruent() -> Notice {
    Notice {
        id: "20261122T021407Z-00042.p@backup01".to_owned(),
        pass: Some("20261122T021407Z-00042".to_owned()),
        as_of: Some(at(AS_OF)),
        seconds: Some(734),
        production: Some(side(812_334)),
        standby: Some(side(812_334)),
        changes: Changes {
            created: 312,
            modified: 4,
            bytes_sent: 163_000_000,
            ..Changes::default()
        },
        left_out: LeftOut {
            declared: 12,
            ..LeftOut::default()
        },
        oldest_read: Some(at(AS_OF - 41 * 86_400)),
        exceptions: Exceptions {
            in_force: 1,
            covered: 3,
            soonest_end: Some(at(AS_OF + 9 * 86_400)),
        },
        clean: Some(true),
        probes: vec![Probe {
            name: "DFstatus".to_owned(),
            verdict: "EQUAL".to_owned(),
            clean: Some(true),
        }],
        certificate: Some("20261122T021407Z-00042.json".to_owned()),
        journal_head: Some(format!("1234:{}", "5f".repeat(32))),
        next_due: Some(at(AS_OF + 27 * 3_600)),
        promise: Promise::Dated,
        host: "backup01".to_owned(),
        program: "counterpart 0.1.0".to_owned(),
        ..Notice::new("pacs-archive", Outcome::Congruent, at(AS_OF + 740))
    }
}

fn cause(code: &str, entries: u64) -> Cause {
    Cause {
        code: code.to_owned(),
        site: "production".to_owned(),
        verdict: "NOT-COMPARED".to_owned(),
        entries,
        meaning: "A directory cannot be listed; deletes beneath it are withheld.".to_owned(),
        remedy: "Give the account the right to read it, exclude it, or accept it as an exception.".to_owned(),
        reason: None,
        examples: Vec::new(),
    }
}

fn failing() -> Notice {
    let codes = ["unreadable", "drift", "rot-standby", "torn", "stub", "settling"];
    Notice {
        outcome: Outcome::NotCongruent,
        left_out: LeftOut {
            different: 3,
            unsettled: 1,
            not_compared: 12,
            declared: 4,
            after_cut_off: 2,
        },
        causes: codes.iter().map(|code| cause(code, 12)).collect(),
        clean: Some(false),
        last_congruent: Some(at(AS_OF - 86_400)),
        ..congruent()
    }
}

#[test]
fn subjects_say_pair_verdict_and_time() {
    let subject = |notice: &Notice| subject("[counterpart]", notice);
    let mut notice = congruent();
    assert_eq!(
        subject(&notice),
        "[counterpart] pacs-archive CONGRUENT as of 2026-11-22 02:14:07Z"
    );
    notice.outcome = Outcome::Recovered;
    assert_eq!(
        subject(&notice),
        "[counterpart] pacs-archive CONGRUENT AGAIN as of 2026-11-22 02:14:07Z"
    );
    notice.clean = Some(false);
    notice.outcome = Outcome::Congruent;
    assert_eq!(
        subject(&notice),
        "[counterpart] pacs-archive CONGRUENT, NOT CLEAN as of 2026-11-22 02:14:07Z"
    );
    assert_eq!(
        subject(&failing()),
        "[counterpart] pacs-archive NOT CONGRUENT as of 2026-11-22 02:14:07Z (3 DIFFERENT)"
    );
    notice = failing();
    notice.outcome = Outcome::Refused;
    notice.causes = vec![cause("max-delete", 900)];
    assert_eq!(
        subject(&notice),
        "[counterpart] pacs-archive REFUSED as of 2026-11-22 02:14:07Z (max-delete), nothing was changed"
    );
    notice.outcome = Outcome::Unfinished;
    notice.as_of = None;
    notice.causes = vec![cause("site-lost", 0)];
    assert_eq!(
        subject(&notice),
        "[counterpart] pacs-archive COULD NOT FINISH (site-lost)"
    );
    notice.test = true;
    assert_eq!(subject(&notice), "[counterpart] TEST of pacs-archive");
    notice.test = false;
    notice.outcome = Outcome::Congruent;
    assert!(
        subject(&notice).contains("NO TIME IS KNOWN"),
        "no green word without its time"
    );
}

#[test]
fn a_message_fits_on_one_screen() {
    for notice in [congruent(), failing()] {
        let text = text(&notice, 3_700);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.len() <= 50, "{} lines:\n{text}", lines.len());
        assert!(lines.iter().all(|line| line.chars().count() <= 80), "{text}");
    }
    assert!(
        text(&congruent(), 0).lines().count() <= 26,
        "{}",
        text(&congruent(), 0)
    );
}

#[test]
fn a_message_says_when_the_next_one_is_due() {
    let notice = congruent();
    let said = text(&notice, 0).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("due by 2026-11-23 05:14:07Z (+01:00)"), "{said}");
    assert!(
        said.contains("If none has come by then, something is wrong"),
        "{said}"
    );
    assert!(html(&notice, 0).contains("2026-11-23 05:14:07Z"));
    let silent = Notice {
        promise: Promise::OnFailure,
        next_due: None,
        ..congruent()
    };
    assert!(text(&silent, 0).contains("Silence says nothing"));
}

#[test]
fn the_texts_are_as_they_were_seen() {
    insta::assert_snapshot!("congruent", text(&congruent(), 0));
    insta::assert_snapshot!("not-congruent", text(&failing(), 3_700));
    insta::assert_snapshot!("congruent-html", html(&congruent(), 0));
}

fn any_text() -> impl Strategy<Value = String> {
    // Line ends, tags and marks that turn the reading direction come often.
    let odd = prop_oneof![
        Just("\r\n"),
        Just("\nBcc: x@y\n"),
        Just("<script>"),
        Just("\u{202e}"),
        Just("\0"),
        Just("&amp;")
    ];
    prop::collection::vec(
        prop_oneof![odd.prop_map(str::to_owned), "\\PC{0,40}", ".{0,40}"],
        0..4,
    )
    .prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn nothing_forges_a_line_or_a_tag(pair in any_text(), path in any_text(), message in any_text(), prefix in any_text()) {
        let mut notice = failing();
        notice.pair.clone_from(&pair);
        notice.host = message.clone();
        notice.causes[0].reason = Some(message.clone());
        notice.causes[0].site.clone_from(&pair);
        notice.causes[0].examples = vec![Example { path: path.clone(), message: Some(message) }];
        notice.production = Some(Side { location: Some(path), ..side(3) });
        let subject = subject(&prefix, &notice);
        prop_assert!(!subject.chars().any(char::is_control), "{subject:?}");
        prop_assert!(subject.chars().count() <= 180);
        let text = text(&notice, 0);
        prop_assert!(text.chars().all(|letter| letter == '\n' || !letter.is_control() && letter != '\u{202e}'), "{text:?}");
        prop_assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        prop_assert!(!text.lines().any(|line| line.starts_with("Bcc:")));
        let html = html(&notice, 0);
        prop_assert!(!html.contains("<script") && !html.contains("http") && !html.contains("url("));
    }
}
