//! A webhook: what is posted, and what an answer means.

use super::scene::Scene;
use super::sink::certificates;
use super::web::Web;
use std::process::{Child, Command, Stdio};

fn hooked(answer: &str, more: &str) -> (Scene, Web) {
    let scene = Scene::new();
    let web = Web::start(answer);
    scene.secret("token", "s3cret\n");
    scene.configure(
        "every = \"1h\"",
        &format!(
            "[notify.webhook]\nurl = \"http://127.0.0.1:{}/hook/${{file:token}}\"\n\
             headers = [\"Authorization: Bearer ${{file:token}}\", \"X-From: here\"]\n{more}",
            web.port
        ),
    );
    (scene, web)
}

#[test]
fn the_document_is_posted_with_its_headers() {
    let (scene, web) = hooked("204 No Content", "");
    let pass = scene.congruent();
    assert_eq!(pass.messages, "");
    let (first, headers, body) = web.asked().pop().unwrap();
    assert_eq!(first, "POST /hook/s3cret HTTP/1.1");
    for header in [
        "content-type: application/json",
        "authorization: Bearer s3cret",
        "x-from: here",
    ] {
        assert!(
            headers.iter().any(|line| line == header),
            "{header} in {headers:?}"
        );
    }
    let document: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        (&document["format"], &document["outcome"]),
        (&"counterpart-notice".into(), &"congruent".into())
    );
    assert!(
        !String::from_utf8_lossy(&body).contains("production\":{\"location\":\"/"),
        "no root is told"
    );
}

#[test]
fn an_answer_says_whether_it_is_worth_trying_again() {
    let (scene, web) = hooked("503 Busy", "");
    let pass = scene.congruent();
    assert!(
        pass.messages.contains("it answers 503") && pass.messages.contains("thanks"),
        "{}",
        pass.messages
    );
    assert!(
        !pass.messages.contains("s3cret"),
        "the address is not told: {}",
        pass.messages
    );
    assert_eq!(scene.messages()["waiting"], 1);
    web.answers("404 Not Found");
    scene.run(&["notify", "send"]);
    assert_eq!(scene.messages()["refused"], 1);
    web.answers("200 OK");
    assert_eq!(scene.run(&["notify", "send"]).code, 0);
    assert_eq!(web.asked().len(), 3);
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = Web::start("200 OK");
    let (scene, web) = hooked(
        &format!(
            "307 Temporary Redirect\r\nLocation: http://127.0.0.1:{}/x",
            elsewhere.port
        ),
        "",
    );
    let pass = scene.congruent();
    assert!(pass.messages.contains("leads to 127.0.0.1"), "{}", pass.messages);
    assert_eq!((web.asked().len(), elsewhere.asked().len()), (1, 0));
}

#[test]
fn a_server_that_never_answers_is_left() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let scene = Scene::new();
    let port = listener.local_addr().unwrap().port();
    scene.configure(
        "",
        &format!("[notify.webhook]\nurl = \"http://127.0.0.1:{port}/\"\ntimeout = \"1s\""),
    );
    let pass = scene.congruent();
    assert!(pass.messages.contains("its time was over"), "{}", pass.messages);
}

/// openssl's own HTTPS server, which answers with the file that is asked for.
struct Https(Child, u16);

impl Https {
    fn start(scene: &Scene) -> Self {
        certificates(scene);
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut command = Command::new("openssl");
        command.args([
            "s_server",
            "-quiet",
            "-www",
            "-accept",
            &format!("127.0.0.1:{port}"),
        ]);
        command
            .arg("-cert")
            .arg(scene.path("server.pem"))
            .arg("-key")
            .arg(scene.path("server.key"));
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        Self(child, port)
    }
}

impl Drop for Https {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn https_asks_for_a_certificate_that_somebody_vouches_for() {
    let scene = Scene::new();
    let https = Https::start(&scene);
    let table = |ca: &str| {
        format!(
            "[notify.webhook]\nurl = \"https://127.0.0.1:{}/\"\ntimeout = \"20s\"\n{ca}",
            https.1
        )
    };
    scene.configure("", &table(""));
    let (code, said) = scene.say(&["notify", "test"]);
    assert_eq!(code, 1);
    assert!(
        said.contains("UnknownIssuer") || said.to_lowercase().contains("certificate"),
        "{said}"
    );
    // With the authority it goes as far as an answer, which to a POST is none that openssl has.
    scene.configure("", &table("ca = \"ca.pem\""));
    let (_, said) = scene.say(&["notify", "test"]);
    assert!(!said.to_lowercase().contains("certificate"), "{said}");
}
