//! What waits is durable, tried in order, and never lost without a word.

#![expect(clippy::disallowed_methods, reason = "a message is damaged on purpose")]

use super::{Backlog, MAX_WAITING, Spool, Waiting, Which};
use crate::channel::{ChannelName, Delivered, Outlook, Trouble};
use crate::notice::{Notice, Outcome};
use counterpart_evidence::certificate::Moment;

const NOW: i64 = 1_795_000_000;

fn waiting(number: i64, channel: ChannelName) -> Waiting {
    let mut notice = Notice::new("p", Outcome::Congruent, Moment::from_seconds(NOW + number, 0));
    notice.id = format!("pass-{number}");
    Waiting::new(notice, channel, None, NOW + number)
}

fn spool() -> (tempfile::TempDir, Spool) {
    let dir = tempfile::tempdir().unwrap();
    let spool = Spool::new(dir.path().join("notices"));
    (dir, spool)
}

fn trouble(outlook: Outlook) -> Trouble {
    Trouble::new(outlook, "sending", "it did not work")
}

/// The identities that were tried in one round.
fn round(
    spool: &Spool,
    which: Which,
    now: i64,
    answer: impl Fn(&Waiting) -> Result<Delivered, Trouble>,
) -> Vec<String> {
    let mut tried = Vec::new();
    let mut send = |waiting: &Waiting| {
        tried.push(format!("{}@{}", waiting.notice.id, waiting.channel));
        answer(waiting)
    };
    spool.deliver(which, now, &mut send).unwrap().unwrap();
    tried
}

#[expect(clippy::unnecessary_wraps, reason = "it stands where others fail")]
fn taken(_: &Waiting) -> Result<Delivered, Trouble> {
    Ok(Delivered {
        answer: "250".to_owned(),
    })
}

#[test]
fn an_empty_spool_is_not_made() {
    let (_dir, spool) = spool();
    assert_eq!(spool.backlog().unwrap(), Backlog::default());
    assert!(round(&spool, Which::All, NOW, taken).is_empty());
    assert!(!spool.path().exists());
}

#[test]
fn what_went_is_gone_and_the_oldest_goes_first() {
    let (_dir, spool) = spool();
    for number in [3, 1, 2] {
        spool.add(&[waiting(number, ChannelName::Mail)]).unwrap();
    }
    assert_eq!(
        round(&spool, Which::Due, NOW + 9, taken),
        ["pass-1@mail", "pass-2@mail", "pass-3@mail"]
    );
    assert_eq!(spool.backlog().unwrap(), Backlog::default());
}

#[test]
fn a_closed_way_is_tried_once_a_round_and_others_go_on() {
    let (_dir, spool) = spool();
    for number in [1, 2] {
        spool
            .add(&[
                waiting(number, ChannelName::Mail),
                waiting(number, ChannelName::Webhook),
            ])
            .unwrap();
    }
    let answer = |waiting: &Waiting| match waiting.channel {
        ChannelName::Mail => Err(trouble(Outlook::Closed)),
        _ => taken(waiting),
    };
    assert_eq!(
        round(&spool, Which::Due, NOW + 9, answer),
        ["pass-1@mail", "pass-1@webhook", "pass-2@webhook"]
    );
    let backlog = spool.backlog().unwrap();
    assert_eq!(
        (backlog.waiting, backlog.refused, backlog.oldest_seconds),
        (2, 0, Some(NOW + 1))
    );
    assert_eq!(backlog.trouble.as_deref(), Some("sending: it did not work"));
}

#[test]
fn the_pause_doubles_up_to_an_hour() {
    let (_dir, spool) = spool();
    spool.add(&[waiting(0, ChannelName::Mail)]).unwrap();
    let mut now = NOW;
    for pause in [60, 120, 240, 480, 960, 1_920, 3_600, 3_600] {
        let fail = |_: &Waiting| Err(trouble(Outlook::Later));
        assert_eq!(round(&spool, Which::Due, now, fail).len(), 1);
        assert!(
            round(&spool, Which::Due, now + pause - 1, fail).is_empty(),
            "{pause}"
        );
        now += pause;
    }
    assert_eq!(round(&spool, Which::Due, now, taken).len(), 1);
}

#[test]
fn a_refused_message_is_kept_and_tried_only_when_asked_for() {
    let (_dir, spool) = spool();
    spool
        .add(&[waiting(0, ChannelName::Mail), waiting(1, ChannelName::Mail)])
        .unwrap();
    let answer = |waiting: &Waiting| {
        if waiting.written_seconds == NOW {
            Err(trouble(Outlook::Never))
        } else {
            taken(waiting)
        }
    };
    assert_eq!(round(&spool, Which::Due, NOW + 1, answer).len(), 2);
    assert_eq!(spool.backlog().unwrap().refused, 1);
    assert!(round(&spool, Which::Unrefused, NOW + 99_999, taken).is_empty());
    assert_eq!(round(&spool, Which::All, NOW + 2, taken), ["pass-0@mail"]);
    assert_eq!(spool.backlog().unwrap(), Backlog::default());
}

#[test]
fn too_many_lose_the_oldest_and_say_so() {
    let (_dir, spool) = spool();
    let mut dropped = 0;
    for number in 0..i64::try_from(MAX_WAITING).unwrap() + 3 {
        dropped += spool.add(&[waiting(number, ChannelName::Mail)]).unwrap();
    }
    assert_eq!(dropped, 3);
    let backlog = spool.backlog().unwrap();
    assert_eq!(
        (backlog.waiting, backlog.oldest_seconds),
        (MAX_WAITING as u64, Some(NOW + 3))
    );
    assert_eq!(spool.clear(NOW).unwrap(), MAX_WAITING as u64);
}

#[test]
fn two_never_send_at_once() {
    let (_dir, spool) = spool();
    spool.add(&[waiting(0, ChannelName::Mail)]).unwrap();
    let mut inner = None;
    let mut send = |waiting: &Waiting| {
        inner = Some(
            spool
                .deliver(Which::All, NOW, &mut |_| panic!("sent twice"))
                .unwrap(),
        );
        taken(waiting)
    };
    spool.deliver(Which::All, NOW, &mut send).unwrap();
    assert_eq!(inner, Some(None));
}

#[test]
fn a_damaged_message_does_not_stand_in_the_way() {
    let (_dir, spool) = spool();
    spool
        .add(&[waiting(0, ChannelName::Mail), waiting(1, ChannelName::Mail)])
        .unwrap();
    let files = std::fs::read_dir(spool.path())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let first = files
        .filter(|file| file.to_string_lossy().ends_with(".notice.json"))
        .min()
        .unwrap();
    std::fs::write(&first, b"{").unwrap();
    assert_eq!(round(&spool, Which::Due, NOW + 9, taken), ["pass-1@mail"]);
    assert!(
        std::fs::read_dir(spool.path()).unwrap().any(|entry| entry
            .unwrap()
            .file_name()
            .to_string_lossy()
            .ends_with(".damaged"))
    );
}
