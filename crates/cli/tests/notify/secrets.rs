//! Secrets come from files that nobody else can read, or from the environment; and are nowhere else.

use super::scene::{Scene, all_bytes};
use super::sink::{Sink, mail_table};
use super::web::Web;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

fn config_sha256(scene: &Scene) -> String {
    let file = scene.congruent().document["certificate"]
        .as_str()
        .unwrap()
        .to_owned();
    let certificate: serde_json::Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    certificate["tool"]["configuration"].as_str().unwrap().to_owned()
}

#[test]
fn a_file_that_others_can_read_is_refused_and_the_pass_is_none_the_worse() {
    let scene = Scene::new();
    let sink = Sink::start(&scene, "starttls");
    let file = scene.secret("mail.pw", "right horse");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    scene.configure("", &mail_table(&sink, "starttls", ""));
    let (code, said) = scene.say(&["check"]);
    assert!(
        code == 0 && said.contains("mail to pacs-admins@example.org: reading the secret"),
        "{said}"
    );
    let pass = scene.congruent();
    assert!(
        pass.messages.contains("others than its owner can read") && pass.messages.contains("chmod 600"),
        "{}",
        pass.messages
    );
    assert!(sink.mail().is_empty());
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(scene.run(&["notify", "send"]).code, 0);
}

#[test]
fn a_secret_of_the_environment_is_brought_in() {
    let scene = Scene::new();
    let sink = Sink::start(&scene, "starttls");
    scene.configure(
        "",
        &mail_table(&sink, "starttls", "").replace("${file:mail.pw}", "${env:SMTP_PASSWORD}"),
    );
    let pass = scene.congruent();
    assert!(
        pass.messages
            .contains("the variable SMTP_PASSWORD: it is not set"),
        "{}",
        pass.messages
    );
    let sent = scene
        .command(&["notify", "send"])
        .env("SMTP_PASSWORD", "right horse")
        .output()
        .unwrap();
    assert!(sent.status.success(), "{}", String::from_utf8_lossy(&sent.stdout));
    assert_eq!(sink.last().0["authenticated"], true);
}

#[test]
fn a_password_that_is_written_out_is_refused() {
    let scene = Scene::new();
    let sink = Sink::start(&scene, "starttls");
    scene.configure(
        "",
        &mail_table(&sink, "starttls", "").replace("${file:mail.pw}", "right horse"),
    );
    let (code, said) = scene.say(&["check"]);
    assert_eq!(code, 2);
    assert!(
        said.contains("`password` is written out") && said.contains("${file:"),
        "{said}"
    );
    assert!(!said.contains("horse"), "{said}");
}

#[test]
fn the_hash_of_the_configuration_has_the_reference_and_not_the_secret() {
    let scene = Scene::new();
    let sink = Sink::start(&scene, "starttls");
    scene.secret("mail.pw", "right horse");
    scene.configure("", &mail_table(&sink, "starttls", ""));
    let first = config_sha256(&scene);
    scene.secret("mail.pw", "another horse");
    assert_eq!(config_sha256(&scene), first);
    scene.configure(
        "",
        &mail_table(&sink, "starttls", "").replace("mail.pw", "other.pw"),
    );
    assert_ne!(config_sha256(&scene), first);
    assert!(
        !all_bytes(&scene.path("state")).contains("horse"),
        "no secret is in the state"
    );
}

#[test]
fn a_probe_is_asked_with_its_secret_which_is_in_no_evidence() {
    let scene = Scene::new();
    let web = Web::start("200 OK");
    let file = scene.secret("probe.pw", "a/h@rse: 1%25 é\n");
    let address = format!(
        "http://us:${{file:{}}}@127.0.0.1:{}/statistics",
        file.display(),
        web.port
    );
    scene.configure(
        "",
        &format!("[[pair.p.probe]]\nname = \"x\"\nget = \"{address}\""),
    );
    scene.congruent();
    let asked = web.asked();
    assert_eq!(asked.len(), 2, "at both sites");
    // The account and the password, as RFC 7617 has them.
    let wanted = "authorization: Basic dXM6YS9oQHJzZTogMSUyNSDDqQ==";
    assert!(
        asked
            .iter()
            .all(|(_, headers, _)| headers.iter().any(|line| line == wanted)),
        "{asked:?}"
    );
    let state = all_bytes(&scene.path("state"));
    assert!(
        !state.contains("h@rse") && !state.contains("h%40rse") && !state.contains("dXM6"),
        "no secret is in the state"
    );

    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let pass = scene.run(&["run"]);
    assert_ne!(pass.code, 0);
    assert!(
        pass.document
            .to_string()
            .contains("others than its owner can read"),
        "{}",
        pass.document
    );
}
