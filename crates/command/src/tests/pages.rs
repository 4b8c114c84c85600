//! Pages and ports of servers that answer, send elsewhere, say nothing, say too much, or are not there.

use super::Told;
use crate::Anything;
use counterpart_model::{Code, Failure};
use counterpart_port::command::MAX_OUTPUT_BYTES;
use counterpart_port::{Act, Address, Commands as _, Ended, HowEnded, Output, Task};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::Ordering::Relaxed;

/// Answers one caller after the other with these bytes, and gives what each asked.
fn server(answers: Vec<Vec<u8>>) -> (String, std::thread::JoinHandle<Vec<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap().to_string();
    let served = std::thread::spawn(move || {
        let answer = |answer: Vec<u8>| {
            let (mut stream, _) = listener.accept().unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let asked = lines.map(Result::unwrap).take_while(|line| !line.is_empty());
            let asked = asked.collect();
            // The caller may not want all of it.
            drop(stream.write_all(&answer));
            asked
        };
        answers.into_iter().map(answer).collect()
    });
    (place, served)
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn done(act: Act, timeout_seconds: u64) -> (Result<Ended, Failure>, Vec<u8>, String) {
    let (mut body, mut errors) = (Vec::new(), String::new());
    let task = Task { act, timeout_seconds };
    let ended = Anything::default().act(
        &task,
        &mut |output| match output {
            Output::Standard(bytes) => body.extend_from_slice(bytes),
            Output::Errors(bytes) => errors += &String::from_utf8_lossy(bytes),
        },
        &Told::default(),
    );
    (ended, body, errors)
}

fn get(address: String) -> (Ended, Vec<u8>, String) {
    let (ended, body, errors) = done(Act::Get(Address::checked(address).unwrap()), 60);
    (ended.unwrap(), body, errors)
}

#[test]
fn a_page_comes_with_its_status_and_a_password_is_sent_and_not_shown() {
    let (place, served) = server(vec![
        answer("200 OK", "", b"{}"),
        answer("503 Busy", "", b"later"),
    ]);
    let secret = format!("http://me:s3cret@{place}/statistics?x=1");
    let (ended, body, _) = get(secret.clone());
    assert_eq!(
        (ended.how, body.as_slice()),
        (HowEnded::Answered(200), &b"{}"[..])
    );
    assert!(ended.is_good());
    let (ended, body, _) = get(format!("http://{place}/"));
    assert_eq!(
        (ended.how, body.as_slice()),
        (HowEnded::Answered(503), &b"later"[..])
    );
    assert!(!ended.is_good());
    let asked = served.join().unwrap();
    assert_eq!(asked[0][0], "GET /statistics?x=1 HTTP/1.1");
    let authorization = asked[0]
        .iter()
        .find(|line| line.to_lowercase().starts_with("authorization"));
    // As `printf me:s3cret | base64` has it.
    assert!(
        authorization.unwrap().ends_with("Basic bWU6czNjcmV0"),
        "{asked:?}"
    );
    let shown = Act::Get(Address::checked(secret).unwrap());
    for shown in [shown.to_string(), format!("{shown:?}")] {
        assert!(
            !shown.contains("s3cret") && shown.contains("/statistics"),
            "{shown}"
        );
    }
}

#[test]
fn nobody_follows_where_a_page_leads() {
    let (elsewhere, _listens) = server(vec![answer("200 OK", "", b"never")]);
    let (place, _) = server(vec![answer(
        "302 Found",
        &format!("Location: http://{elsewhere}/\r\n"),
        b"",
    )]);
    let (ended, _, _) = get(format!("http://{place}/"));
    assert_eq!(ended.how, HowEnded::Answered(302));
}

#[test]
fn too_much_is_let_go_and_counted() {
    let more = 12_345;
    let body = vec![b'x'; usize::try_from(MAX_OUTPUT_BYTES).unwrap() + more];
    let (place, _) = server(vec![answer("200 OK", "", &body)]);
    let (ended, body, _) = get(format!("http://{place}/"));
    assert_eq!(
        (body.len() as u64, ended.omitted_bytes),
        (MAX_OUTPUT_BYTES, more as u64)
    );
}

#[test]
fn nobody_there_nobody_answering_and_nonsense_are_told_apart() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (ended, _, errors) = get(format!("http://{free}/"));
    assert_eq!(ended.how, HowEnded::Exited(1));
    assert!(errors.contains("refused"), "{errors}");
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent_place = silent.local_addr().unwrap();
    let address = Address::checked(format!("http://{silent_place}/")).unwrap();
    let (ended, _, _) = done(Act::Get(address), 1);
    assert_eq!(ended.unwrap().how, HowEnded::TimedOut);
    let (place, _) = server(vec![b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec()]);
    let (ended, _, errors) = get(format!("http://{place}/"));
    assert_eq!(ended.how, HowEnded::Exited(1));
    assert!(!errors.is_empty());
}

#[test]
fn a_port_that_listens_is_told_from_one_that_does_not() {
    let listens = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listens.local_addr().unwrap();
    TcpStream::connect(place).unwrap();
    assert!(done(Act::Connect(place.to_string()), 60).0.unwrap().is_good());
    drop(listens);
    assert!(!done(Act::Connect(place.to_string()), 60).0.unwrap().is_good());
    assert!(
        !done(Act::Connect("no-such-host.invalid:80".to_owned()), 60)
            .0
            .unwrap()
            .is_good()
    );
}

#[test]
fn an_interruption_is_heeded_while_nobody_answers() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let told = Told::default();
    told.0.store(true, Relaxed);
    let address = Address::checked(format!("http://{}/", silent.local_addr().unwrap())).unwrap();
    let task = Task {
        act: Act::Get(address),
        timeout_seconds: 600,
    };
    let failure = Anything::default().act(&task, &mut |_| {}, &told).unwrap_err();
    assert_eq!(failure.code, Code::Interrupted);
}

#[test]
fn what_is_no_address_is_refused() {
    for none in [
        "",
        "127.0.0.1",
        "ftp://a/",
        "http://",
        "http:///x",
        "http://a b/",
        "file:///etc/passwd",
        "http://a/\n",
    ] {
        assert!(Address::checked(none).is_err(), "{none:?}");
    }
}
