//! The message's JSON document, posted to an address. A redirect is not followed: who is told is the configuration's choice.

use super::{Delivered, Outlook, Trouble, roots};
use counterpart_model::Secret;
use std::sync::Arc;
use std::time::Duration;
use ureq::Agent;
use ureq::http::{Response, header::LOCATION};
use ureq::tls::{RootCerts, TlsConfig};

/// Most of an answer that is told.
const MAX_ANSWER_BYTES: u64 = 2_000;

/// Where to, and with what.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// The address. All of it may be secret but its host.
    pub url: Secret,
    /// Headers, each with its name.
    pub headers: Vec<(String, Secret)>,
    /// Certificates in PEM form that are believed besides the system's.
    pub ca_pem: Option<Vec<u8>>,
    /// How long it may take.
    pub timeout: Duration,
    /// The program and its version.
    pub program: String,
}

/// Checks an address: HTTPS, or HTTP to this host.
///
/// # Errors
/// What an address looks like.
pub fn check_url(url: &str) -> Result<(), String> {
    let expected = || {
        "write an address such as \"https://hooks.example.org/counterpart\"; http:// only to this host itself"
            .to_owned()
    };
    let parsed: ureq::http::Uri = url.parse().map_err(|_| expected())?;
    let host = parsed
        .host()
        .filter(|host| !host.is_empty())
        .ok_or_else(expected)?;
    match parsed.scheme_str() {
        Some("https") => Ok(()),
        Some("http") if is_this_host(host) => Ok(()),
        _ => Err(expected()),
    }
}

fn is_this_host(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]" | "::1")
}

/// Posts the document.
///
/// # Errors
/// What the server said, or why it was not reached.
pub fn post(webhook: &Webhook, document: &[u8]) -> Result<Delivered, Trouble> {
    let url = webhook.url.expose();
    check_url(url)
        .map_err(|hint| Trouble::new(Outlook::Closed, doing(url), "its address cannot be used").hint(hint))?;
    let agent = agent(webhook)?;
    let mut request = agent.post(url).content_type("application/json");
    for (name, value) in &webhook.headers {
        request = request.header(name, value.expose());
    }
    match request.send(document) {
        Ok(mut answer) => judged(url, &mut answer),
        // The library's words may have the address in them.
        Err(error) => Err(Trouble::new(Outlook::Closed, doing(url), why(&error))),
    }
}

fn agent(webhook: &Webhook) -> Result<Agent, Trouble> {
    let roots = roots::all(webhook.ca_pem.as_deref()).map_err(Trouble::of)?;
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::Specific(Arc::new(roots)))
        .build();
    let config = Agent::config_builder()
        .timeout_global(Some(webhook.timeout))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        // The environment is not ours to read here.
        .proxy(None)
        .user_agent(webhook.program.as_str())
        .tls_config(tls)
        .build();
    Ok(config.into())
}

fn judged(url: &str, answer: &mut Response<ureq::Body>) -> Result<Delivered, Trouble> {
    let status = answer.status();
    if status.is_success() {
        return Ok(Delivered {
            answer: status.to_string(),
        });
    }
    if status.is_redirection() {
        let why = format!("it answers {status}, which leads {}", elsewhere(answer));
        return Err(Trouble::new(Outlook::Never, doing(url), why)
            .hint("Redirects are not followed: write the new address, if it is right."));
    }
    let said = answer
        .body_mut()
        .with_config()
        .limit(MAX_ANSWER_BYTES)
        .lossy_utf8(true)
        .read_to_string();
    let first = said
        .unwrap_or_default()
        .lines()
        .next()
        .unwrap_or_default()
        .chars()
        .take(200)
        .collect::<String>();
    let outlook = match status.as_u16() {
        // Busy, or asked too soon or too often.
        408 | 425 | 429 | 500.. => Outlook::Later,
        _ => Outlook::Never,
    };
    Err(Trouble::new(
        outlook,
        doing(url),
        format!("it answers {status} {first}").trim_end(),
    ))
}

fn elsewhere(answer: &Response<ureq::Body>) -> String {
    let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok());
    let host = to
        .and_then(|to| to.parse::<ureq::http::Uri>().ok())
        .and_then(|to| to.host().map(str::to_owned));
    host.map_or_else(|| "elsewhere".to_owned(), |host| format!("to {host}"))
}

fn why(error: &ureq::Error) -> String {
    match error {
        ureq::Error::BadUri(_) => "its address cannot be used".to_owned(),
        ureq::Error::Timeout(_) => "its time was over".to_owned(),
        other => other.to_string(),
    }
}

/// The host alone: the path of an address is often what must not be known.
fn doing(url: &str) -> String {
    let parsed = url.parse::<ureq::http::Uri>().ok();
    let host = parsed
        .as_ref()
        .and_then(|url| url.host())
        .unwrap_or("an address that cannot be read");
    format!("posting a message to {host}")
}
