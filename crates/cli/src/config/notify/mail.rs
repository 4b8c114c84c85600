//! `[notify.mail]`: the mail server, and who gets mail.

use super::super::secret::SecretText;
use super::super::section::Section;
use super::super::value;
use super::Manner;
use counterpart_notice::channel::mail::{Tls, check_address};
use serde::Serialize;
use std::path::{Path, PathBuf};

const USUAL_TIMEOUT_SECONDS: u64 = 30;
const USUAL_ATTACH_BYTES: u64 = 1 << 20;
/// What mail servers take as a rule.
const MAX_ATTACH_BYTES: u64 = 20 << 20;

/// Mail.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MailWay {
    /// When, how much, how long.
    pub manner: Manner,
    /// Who gets it.
    pub to: Vec<String>,
    /// Who sends it; this program at this host unless set.
    pub from: Option<String>,
    /// The server's host.
    pub server: String,
    /// The server's port; as `tls` has it unless set.
    pub port: u16,
    /// How the connection is protected: `required`, `implicit` or `none`.
    pub tls: Tls,
    /// The account.
    pub user: Option<String>,
    /// Its password.
    pub password: Option<SecretText>,
    /// A file with certificates that are believed besides the system's.
    pub ca: Option<PathBuf>,
    /// What a subject begins with.
    pub subject: String,
    /// Whether the certificate goes with it.
    pub attaches_certificate: bool,
    /// The longest file that goes with it.
    pub attach_bytes: u64,
}

impl MailWay {
    pub(super) fn read(mut section: Section<'_>, base: &Path) -> Self {
        let manner = Manner::read(&mut section, USUAL_TIMEOUT_SECONDS);
        let to = recipients(&mut section);
        if !section.has("to") {
            let hint = "write to = [\"pacs-admins@example.org\"]";
            section.wrong(section.span(), "`to` is missing: nobody would get mail", hint);
        }
        let tls = tls(&mut section);
        let way = Self {
            manner,
            to: to.unwrap_or_default(),
            from: section.parsed("from", |text| check_address(text).map(|()| text.to_owned())),
            server: section
                .parsed("server", host)
                .unwrap_or_else(|| "localhost".to_owned()),
            port: section
                .number_or_text("port", port)
                .unwrap_or_else(|| usual_port(tls)),
            tls,
            user: section.text("user").map(|user| user.value),
            password: section.password("password", base).map(|password| password.value),
            ca: section.text("ca").map(|path| base.join(path.value)),
            subject: section
                .text("subject")
                .map_or_else(|| "[counterpart]".to_owned(), |prefix| prefix.value),
            attaches_certificate: attach(&mut section),
            attach_bytes: section
                .number_or_text("attach_limit", attach_limit)
                .unwrap_or(USUAL_ATTACH_BYTES),
        };
        way.judge_login(&section);
        section.end();
        way
    }

    fn judge_login(&self, section: &Section<'_>) {
        if section.has("user") != section.has("password") {
            section.wrong(
                section.span(),
                "`user` and `password` go together, and one of them is missing",
                "write both, or neither",
            );
        }
        let is_here = matches!(self.server.as_str(), "localhost" | "127.0.0.1" | "::1");
        if section.has("password") && self.tls == Tls::None && !is_here {
            section.wrong(
                section.span(),
                "a password would cross the network for all to read",
                "write tls = \"required\" or \"implicit\"",
            );
        }
    }
}

/// `to`, each address checked.
pub(super) fn recipients(section: &mut Section<'_>) -> Option<Vec<String>> {
    let texts = section.texts("to")?;
    if texts.is_empty() {
        section.wrong(
            section.span(),
            "`to` names nobody",
            "write to = [\"pacs-admins@example.org\"]",
        );
    }
    let mut addresses = Vec::with_capacity(texts.len());
    for text in texts {
        match check_address(&text.value) {
            Ok(()) => addresses.push(text.value),
            Err(hint) => section.wrong(text.span, format!("`to` cannot have {:?}", text.value), hint),
        }
    }
    Some(addresses)
}

fn tls(section: &mut Section<'_>) -> Tls {
    match section.parsed("tls", |text| {
        value::one_of(text, &["required", "implicit", "none"])
    }) {
        Some("implicit") => Tls::Implicit,
        Some("none") => Tls::None,
        _ => Tls::Required,
    }
}

/// Submission with STARTTLS, submission over TLS, relay.
const fn usual_port(tls: Tls) -> u16 {
    match tls {
        Tls::Required => 587,
        Tls::Implicit => 465,
        Tls::None => 25,
    }
}

fn host(text: &str) -> Result<String, String> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-.:".contains(letter);
    if !text.is_empty() && text.len() < 254 && text.chars().all(plain) {
        Ok(text.to_owned())
    } else {
        Err("write the name of a host, such as \"mail.example.org\"; its port goes to `port`".to_owned())
    }
}

fn port(text: &str) -> Result<u16, String> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| "write a port from 1 to 65535".to_owned())
}

fn attach(section: &mut Section<'_>) -> bool {
    let words = section.texts("attach").unwrap_or_default();
    for word in &words {
        if let Err(hint) = value::one_of(&word.value, &["certificate"]) {
            section.wrong(
                word.span.clone(),
                format!("`attach` cannot have {:?}", word.value),
                hint,
            );
        }
    }
    words.iter().any(|word| word.value == "certificate")
}

fn attach_limit(text: &str) -> Result<u64, String> {
    let bytes = value::size(text)?;
    (bytes <= MAX_ATTACH_BYTES)
        .then_some(bytes)
        .ok_or_else(|| "write at most \"20 MiB\": mail servers take no more".to_owned())
}
