//! The tests' mail server, and an authority for its certificate.

use super::scene::{Scene, done, python};
use serde_json::Value;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A mail server that runs until it is dropped.
pub struct Sink {
    child: Child,
    pub port: u16,
    out: PathBuf,
}

/// One mail as Python's reader took it apart.
pub struct Mail(pub Value);

impl Sink {
    /// Starts it; its mail lies in the scene, also of the one before.
    pub fn start(scene: &Scene, mode: &str) -> Self {
        Self::at(scene, mode, 0)
    }

    /// The same at a port.
    pub fn at(scene: &Scene, mode: &str, port: u16) -> Self {
        let out = scene.path("mail");
        fs::create_dir_all(&out).unwrap();
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/notify/sink.py");
        let mut command = python();
        command
            .arg(program)
            .arg(mode)
            .arg(&out)
            .env("PORT", port.to_string());
        if mode != "plain" {
            certificates(scene);
            command
                .arg(scene.path("server.pem"))
                .arg(scene.path("server.key"));
        }
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let port = line.trim().parse().expect("the mail server tells its port");
        Self { child, port, out }
    }

    /// All mail that was taken, in order.
    pub fn mail(&self) -> Vec<Mail> {
        let mut files: Vec<PathBuf> = fs::read_dir(&self.out)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
        files.sort();
        let read = |file: &PathBuf| Mail(serde_json::from_slice(&fs::read(file).unwrap()).unwrap());
        files.iter().map(read).collect()
    }

    /// The last mail that was taken.
    pub fn last(&self) -> Mail {
        self.mail().pop().expect("a mail was taken")
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Mail {
    /// A header, which must be there once.
    pub fn header(&self, name: &str) -> &str {
        let all = self.0["headers"].as_array().unwrap();
        let found: Vec<&Value> = all
            .iter()
            .filter(|header| header[0].as_str().unwrap().eq_ignore_ascii_case(name))
            .collect();
        assert_eq!(found.len(), 1, "{name} in {all:?}");
        found[0][1].as_str().unwrap()
    }

    pub fn subject(&self) -> &str {
        self.header("Subject")
    }

    pub fn text(&self) -> &str {
        self.0["text"].as_str().unwrap()
    }

    /// The text without its line ends.
    pub fn flat(&self) -> String {
        self.text().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub fn recipients(&self) -> Vec<&str> {
        self.0["recipients"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one.as_str().unwrap())
            .collect()
    }
}

/// An authority, and a certificate of this host by it: `ca.pem`, `server.pem`, `server.key`.
pub fn certificates(scene: &Scene) {
    if scene.path("ca.pem").exists() {
        return;
    }
    let path = |name: &str| scene.path(name).display().to_string();
    fs::write(
        scene.path("names"),
        "subjectAltName=IP:127.0.0.1,DNS:localhost\nbasicConstraints=CA:FALSE\n",
    )
    .unwrap();
    let key = [
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ];
    let openssl = || Command::new("openssl");
    done(
        openssl()
            .args(["req", "-x509", "-days", "30", "-subj", "/CN=An authority"])
            .args(key)
            .args(["-keyout", &path("ca.key"), "-out", &path("ca.pem")]),
    );
    done(openssl().args(["req", "-subj", "/CN=sink"]).args(key).args([
        "-keyout",
        &path("server.key"),
        "-out",
        &path("server.csr"),
    ]));
    done(openssl().args([
        "x509",
        "-req",
        "-days",
        "30",
        "-CA",
        &path("ca.pem"),
        "-CAkey",
        &path("ca.key"),
        "-CAcreateserial",
        "-in",
        &path("server.csr"),
        "-out",
        &path("server.pem"),
        "-extfile",
        &path("names"),
    ]));
}

/// `[notify.mail]` of a server.
pub fn mail_table(sink: &Sink, mode: &str, rest: &str) -> String {
    mail_table_at(sink.port, mode, rest)
}

pub fn mail_table_at(port: u16, mode: &str, rest: &str) -> String {
    let (tls, login) = match mode {
        "plain" => ("none", ""),
        "starttls" => (
            "required",
            "user = \"us\"\npassword = \"${file:mail.pw}\"\nca = \"ca.pem\"\n",
        ),
        _ => (
            "implicit",
            "user = \"us\"\npassword = \"${file:mail.pw}\"\nca = \"ca.pem\"\n",
        ),
    };
    let to = if rest.contains("to = ") {
        ""
    } else {
        "to = [\"pacs-admins@example.org\"]\n"
    };
    format!("[notify.mail]\n{to}server = \"127.0.0.1\"\nport = {port}\ntls = \"{tls}\"\n{login}{rest}\n")
}
