//! Ways that are closed, refuse, or never end: what could not be told is kept, told of, and sent once when it can be.

use super::scene::Scene;
use super::sink::{Sink, mail_table, mail_table_at};
use std::collections::BTreeSet;
use std::io::Write as _;
use std::net::TcpListener;

/// A port at which nobody listens.
fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

#[test]
fn a_server_that_is_down_and_up_again_gets_each_message_once_and_in_order() {
    let scene = Scene::new();
    let port = closed_port();
    scene.configure("", &mail_table_at(port, "plain", ""));
    for content in ["one", "two"] {
        scene.file("a", content);
        let pass = scene.congruent();
        assert!(
            pass.messages.contains("sending mail to pacs-admins@example.org"),
            "{}",
            pass.messages
        );
    }
    let messages = scene.messages();
    assert_eq!(
        (&messages["waiting"], &messages["refused"]),
        (&2.into(), &0.into()),
        "{messages}"
    );
    assert!(
        messages["oldest"].is_string() && messages["last_delivered"].is_null(),
        "{messages}"
    );
    let (_, said) = scene.say(&["status"]);
    assert!(
        said.contains("2 messages were not sent, the oldest since 20"),
        "{said}"
    );

    let sink = Sink::at(&scene, "plain", port);
    scene.file("a", "three");
    let pass = scene.congruent();
    assert_eq!(pass.messages, "", "nothing is to be complained of");
    let mail = sink.mail();
    let ids: Vec<&str> = mail.iter().map(|mail| mail.header("Message-ID")).collect();
    assert_eq!(ids.len(), 3);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 3);
    assert!(ids.is_sorted(), "the oldest goes first: {ids:?}");
    let messages = scene.messages();
    assert_eq!(
        (&messages["waiting"], &messages["oldest"]),
        (&0.into(), &serde_json::Value::Null),
        "{messages}"
    );
    assert!(messages["last_delivered"].is_string());
    scene.run(&["notify", "send"]);
    assert_eq!(sink.mail().len(), 3, "what went is not sent again");
}

#[test]
fn one_address_that_is_refused_keeps_nobody_else_from_theirs() {
    let scene = Scene::new();
    let sink = Sink::start(&scene, "plain");
    let to = "to = [\"never@example.org\", \"later@example.org\", \"good@example.org\"]";
    scene.configure("", &mail_table(&sink, "plain", to));
    let pass = scene.congruent();
    assert!(
        pass.messages.contains("nobody of that name") && pass.messages.contains("come back later"),
        "{}",
        pass.messages
    );
    let mail = sink.last();
    assert_eq!(mail.recipients(), ["good@example.org"]);
    assert_eq!(
        mail.header("To"),
        "never@example.org, later@example.org, good@example.org"
    );
    let messages = scene.messages();
    assert_eq!(
        (&messages["waiting"], &messages["refused"]),
        (&1.into(), &1.into()),
        "{messages}"
    );

    // A refused one is not tried again by itself, but when that is asked for; then it is refused again.
    let pass = scene.congruent();
    assert_eq!(
        pass.messages.matches("nobody of that name").count(),
        1,
        "of the new message alone: {}",
        pass.messages
    );
    assert_eq!(
        pass.messages.matches("come back later").count(),
        2,
        "{}",
        pass.messages
    );
    let sent = scene.run(&["notify", "send"]);
    assert_eq!(sent.code, 1);
    assert_eq!(
        sent.document["pairs"][0]["tried"].as_array().unwrap().len(),
        4,
        "{}",
        sent.document
    );

    let dropped = scene.run(&["notify", "drop"]);
    assert_eq!(
        (dropped.code, &dropped.document["pairs"][0]["dropped"]),
        (0, &4.into()),
        "{}",
        dropped.document
    );
    assert_eq!(scene.messages()["refused"], 0);
}

#[test]
fn a_wrong_password_is_refused_and_a_mended_one_sends_what_was_kept() {
    let scene = Scene::new();
    let sink = Sink::start(&scene, "starttls");
    scene.secret("mail.pw", "wrong horse\n");
    scene.configure("", &mail_table(&sink, "starttls", ""));
    let pass = scene.congruent();
    assert!(pass.messages.contains("535"), "{}", pass.messages);
    assert!(
        !pass.messages.contains("horse"),
        "no password is told: {}",
        pass.messages
    );
    assert_eq!(scene.messages()["refused"], 1);
    scene.secret("mail.pw", "right horse\n");
    let sent = scene.run(&["notify", "send"]);
    assert_eq!(sent.code, 0, "{}", sent.document);
    assert_eq!(sink.mail().len(), 1);
}

#[test]
fn a_server_that_sends_a_byte_now_and_then_is_left_when_the_time_is_over() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            std::thread::spawn(move || {
                while stream.write_all(b"2").is_ok() {
                    std::thread::sleep(std::time::Duration::from_millis(100));
                }
            });
        }
    });
    let scene = Scene::new();
    scene.configure("", &mail_table_at(port, "plain", "timeout = \"1s\""));
    let pass = scene.congruent();
    assert!(
        pass.messages.contains("it took longer than 1 s"),
        "{}",
        pass.messages
    );
    assert_eq!(scene.messages()["waiting"], 1);
}

#[test]
fn a_message_that_waited_says_so() {
    let scene = Scene::new();
    let port = closed_port();
    scene.configure("", &mail_table_at(port, "plain", ""));
    scene.congruent();
    // As if it had been written an hour ago.
    let notices = std::fs::read_dir(scene.path("state/pairs/p/notices")).unwrap();
    let file = notices
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().ends_with(".notice.json"))
        .unwrap();
    let mut waiting: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    waiting["written_seconds"] = (waiting["written_seconds"].as_i64().unwrap() - 3_700).into();
    std::fs::write(&file, waiting.to_string()).unwrap();
    let sink = Sink::at(&scene, "plain", port);
    assert_eq!(scene.run(&["notify", "send"]).code, 0);
    assert!(
        sink.last().flat().contains("this message waited 1 h"),
        "{}",
        sink.last().text()
    );
}
