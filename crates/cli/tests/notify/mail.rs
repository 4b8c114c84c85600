//! Mail over TLS with an account, as Python's own reader of mail sees it.

use super::scene::Scene;
use super::sink::{Sink, mail_table};
use std::fs;

/// A pair that runs every four hours and is told of by mail.
fn told(mode: &str, rest: &str) -> (Scene, Sink) {
    let scene = Scene::new();
    let sink = Sink::start(&scene, mode);
    scene.secret("mail.pw", "right horse\n");
    scene.configure(
        "every = \"4h\"\ndeadline = \"1h\"",
        &mail_table(&sink, mode, rest),
    );
    (scene, sink)
}

#[test]
fn a_congruent_pass_is_told_by_starttls_with_an_account() {
    let (scene, sink) = told("starttls", "from = \"Counterpart <counterpart@example.org>\"");
    let pass = scene.congruent();
    let mail = sink.last();
    assert_eq!(sink.mail().len(), 1);
    assert_eq!(
        (&mail.0["tls"], &mail.0["authenticated"]),
        (&true.into(), &true.into())
    );
    assert_eq!(mail.recipients(), ["pacs-admins@example.org"]);
    assert_eq!(mail.header("From"), "Counterpart <counterpart@example.org>");
    assert_eq!(mail.header("To"), "pacs-admins@example.org");
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    assert!(mail.header("Message-ID").starts_with('<') && mail.header("Message-ID").ends_with('>'));
    let as_of = pass.document["as_of"].as_str().unwrap().replace('T', " ");
    assert_eq!(mail.subject(), format!("[counterpart] p CONGRUENT as of {as_of}"));
    assert_eq!(
        mail.0["defects"].as_array().unwrap().len(),
        0,
        "{}",
        mail.0["defects"]
    );
    assert!(mail.0["longest_line"].as_u64().unwrap() <= 998);
    let lines: Vec<&str> = mail.text().lines().collect();
    assert!(
        lines.iter().all(|line| line.chars().count() <= 80) && lines.len() <= 40,
        "{}",
        mail.text()
    );
}

#[test]
fn a_message_has_what_an_administrator_looks_for() {
    let (scene, sink) = told("starttls", "");
    let pass = scene.congruent();
    let mail = sink.last();
    let head = scene.run(&["certificate", "verify"]).document["journal"]
        .as_str()
        .unwrap()
        .to_owned();
    let certificate = pass.document["certificate"]
        .as_str()
        .unwrap()
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    for part in [
        head.as_str(),
        certificate.as_str(),
        "3 created",
        "3 files",
        "Oldest read",
        "Exceptions none",
        "due by 20",
    ] {
        assert!(mail.flat().contains(part), "{part} in {}", mail.text());
    }
    let html = mail.0["html"].as_str().unwrap();
    assert!(html.contains(&head) && html.contains("due by 20"));
    assert!(
        !html.contains("http:") && !html.contains("https:") && !html.contains("<script"),
        "it fetches nothing"
    );
    // The head is what certificate verify takes.
    assert_eq!(scene.run(&["certificate", "verify", "--head", &head]).code, 0);
}

#[test]
fn a_pass_is_told_by_implicit_tls() {
    let (scene, sink) = told("implicit", "subject = \"PACS:\"");
    scene.congruent();
    let mail = sink.last();
    assert_eq!(mail.0["authenticated"], true);
    assert!(
        mail.subject().starts_with("PACS: p CONGRUENT as of "),
        "{}",
        mail.subject()
    );
}

#[test]
fn a_server_that_nobody_vouches_for_gets_nothing() {
    for mode in ["starttls", "implicit"] {
        let (scene, sink) = told(mode, "");
        let file = scene.path("counterpart.toml");
        let text = fs::read_to_string(&file)
            .unwrap()
            .replace("ca = \"ca.pem\"\n", "");
        fs::write(&file, text).unwrap();
        let pass = scene.congruent();
        assert!(
            pass.messages.contains("sending mail to pacs-admins@example.org"),
            "{}",
            pass.messages
        );
        assert!(pass.messages.contains("`ca`"), "the hint: {}", pass.messages);
        assert!(sink.mail().is_empty());
        assert_eq!(scene.messages()["waiting"], 1);
    }
}

#[test]
fn a_server_without_tls_gets_nothing_where_tls_is_required() {
    let scene = Scene::new();
    let sink = Sink::start(&scene, "plain");
    scene.configure(
        "",
        &mail_table(&sink, "plain", "").replace("\"none\"", "\"required\""),
    );
    let pass = scene.congruent();
    assert!(
        sink.mail().is_empty() && pass.messages.contains("sending mail"),
        "{}",
        pass.messages
    );
}

#[test]
fn the_certificate_goes_with_it_where_that_is_wanted() {
    let (scene, sink) = told("starttls", "attach = [\"certificate\"]");
    let pass = scene.congruent();
    let file = pass.document["certificate"].as_str().unwrap().to_owned();
    let mail = sink.last();
    let files = mail.0["files"].as_array().unwrap();
    assert_eq!(files.len(), 2, "{files:?}");
    for (attached, path) in files.iter().zip([file.clone(), format!("{file}.sig")]) {
        assert_eq!(attached["name"], path.rsplit('/').next().unwrap());
        assert_eq!(
            attached["text"].as_str().unwrap(),
            fs::read_to_string(path).unwrap()
        );
    }
    assert!(
        mail.flat().contains("the certificate and its signature"),
        "{}",
        mail.text()
    );
}

#[test]
fn a_certificate_that_is_too_long_stays_and_the_mail_says_so() {
    let (scene, sink) = told("starttls", "attach = [\"certificate\"]\nattach_limit = 100");
    scene.congruent();
    let mail = sink.last();
    assert!(mail.0["files"].as_array().unwrap().is_empty());
    assert!(
        mail.flat()
            .contains("nothing: the certificate is longer than 100 bytes"),
        "{}",
        mail.text()
    );
}

#[test]
fn a_test_says_that_it_is_one() {
    let (scene, sink) = told("starttls", "to = [\"one@example.org\", \"never@example.org\"]");
    let (code, said) = scene.say(&["notify", "test"]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("sent mail to one@example.org: 250 taken as 1"),
        "{said}"
    );
    assert!(
        said.contains("not sent mail to never@example.org") && said.contains("nobody of that name"),
        "{said}"
    );
    let mail = sink.last();
    assert_eq!(mail.subject(), "[counterpart] TEST of p");
    assert!(mail.text().starts_with("THIS IS A TEST"), "{}", mail.text());
    assert!(
        !mail.0["raw"].as_str().unwrap().contains("CONGRUENT"),
        "{}",
        mail.0["raw"]
    );
    // Nothing is kept of a test.
    assert_eq!(scene.messages()["waiting"], 0);
}
