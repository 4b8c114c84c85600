//! A small HTTP server that answers what it is told to, and keeps what it was asked.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// One request: its first line, its headers in lower case, its body.
pub type Request = (String, Vec<String>, Vec<u8>);

pub struct Web {
    pub port: u16,
    pub requests: Arc<Mutex<Vec<Request>>>,
    pub answer: Arc<Mutex<String>>,
}

impl Web {
    pub fn start(answer: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let web = Self {
            port: listener.local_addr().unwrap().port(),
            requests: Arc::default(),
            answer: Arc::new(Mutex::new(answer.to_owned())),
        };
        let (requests, answer) = (Arc::clone(&web.requests), Arc::clone(&web.answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answer = answer.lock().unwrap().clone();
                requests.lock().unwrap().extend(served(stream, &answer));
            }
        });
        web
    }

    pub fn asked(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    pub fn answers(&self, answer: &str) {
        answer.clone_into(&mut self.answer.lock().unwrap());
    }
}

fn served(stream: TcpStream, answer: &str) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let (mut headers, mut length) = (Vec::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(": ")?;
        let name = name.to_lowercase();
        if name == "content-length" {
            length = value.parse().ok()?;
        }
        headers.push(format!("{name}: {value}"));
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let whole = format!("HTTP/1.1 {answer}\r\nConnection: close\r\nContent-Length: 6\r\n\r\nthanks");
    let mut stream = reader.into_inner();
    stream.write_all(whole.as_bytes()).ok()?;
    Some((first.trim_end().to_owned(), headers, body))
}
