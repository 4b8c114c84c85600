//! `[notify.webhook]`: an address that the message is posted to as JSON.

use super::super::secret::{self, SecretText};
use super::super::section::{Placed, Section};
use super::Manner;
use counterpart_notice::channel::webhook::check_url;
use serde::Serialize;
use std::path::{Path, PathBuf};

const USUAL_TIMEOUT_SECONDS: u64 = 30;
/// Headers whose value is a secret, whatever it is.
const SECRET_HEADERS: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "x-api-key"];
const HEADER_HINT: &str =
    "write \"Name: value\", such as \"Authorization: Bearer ${file:/etc/counterpart/hook.token}\"";

/// An address.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WebhookWay {
    /// When, how much, how long.
    pub manner: Manner,
    /// Where to.
    pub url: SecretText,
    /// Headers, each with its name.
    pub headers: Vec<(String, SecretText)>,
    /// A file with certificates that are believed besides the system's.
    pub ca: Option<PathBuf>,
}

impl WebhookWay {
    pub(super) fn read(mut section: Section<'_>, base: &Path) -> Option<Self> {
        let manner = Manner::read(&mut section, USUAL_TIMEOUT_SECONDS);
        let url = section.secret("url", base);
        if !section.has("url") {
            section.wrong(
                section.span(),
                "`url` is missing",
                "write url = \"https://hooks.example.org/counterpart\"",
            );
        }
        let url = url.and_then(|url| judged(&section, url));
        let headers = headers(&mut section, base);
        let ca = section.text("ca").map(|path| base.join(path.value));
        section.end();
        Some(Self {
            manner,
            url: url?,
            headers,
            ca,
        })
    }
}

/// An address whose beginning is a secret is judged when it is used.
fn judged(section: &Section<'_>, url: Placed<SecretText>) -> Option<SecretText> {
    let written = url.value.written();
    let begins = secret::reference(written).map_or(written, |reference| {
        let at = written.find(reference).unwrap_or(written.len());
        &written[..at]
    });
    let has_host = begins
        .split_once("://")
        .is_some_and(|(_, rest)| rest.contains('/') || begins == written);
    match check_url(begins) {
        Err(hint) if has_host => {
            section.wrong(url.span, "`url` cannot be used", hint);
            None
        }
        _ => Some(url.value),
    }
}

fn headers(section: &mut Section<'_>, base: &Path) -> Vec<(String, SecretText)> {
    let mut headers = Vec::new();
    for header in section.secret_texts("headers") {
        match one_header(&header.value, base) {
            Ok(read) => headers.push(read),
            Err(hint) => section.wrong(header.span, "`headers` has a line that cannot be used", hint),
        }
    }
    headers
}

fn one_header(line: &str, base: &Path) -> Result<(String, SecretText), String> {
    let (name, value) = line.split_once(':').ok_or(HEADER_HINT)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if name.is_empty() || !name.bytes().all(plain) || value.chars().any(char::is_control) {
        return Err(HEADER_HINT.to_owned());
    }
    let value = SecretText::parse(value.trim(), base)?;
    let is_secret = SECRET_HEADERS.contains(&name.to_ascii_lowercase().as_str());
    if is_secret && secret::reference(value.written()).is_none() {
        return Err(format!("its value is a secret: {}", secret::ADVICE));
    }
    Ok((name.to_owned(), value))
}
