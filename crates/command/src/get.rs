//! One page, asked for once: where it leads elsewhere, nobody follows, for a name and a password may be with it.

use crate::patient::patiently;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use counterpart_model::Failure;
use counterpart_port::command::MAX_OUTPUT_BYTES;
use counterpart_port::{Address, Ended, HowEnded, Output, Watch};
use std::io::{self, Read as _};
use std::time::Duration;
use ureq::Agent;

/// What a program says that could not do what it should.
const FAILED: HowEnded = HowEnded::Exited(1);

/// What came.
struct Page {
    status: u16,
    body: Vec<u8>,
    omitted_bytes: u64,
}

/// Asks for a page; its body is the output, and what kept it from coming is written to the other one.
pub(crate) fn get(
    called: &str,
    address: &Address,
    timeout: Duration,
    output: &mut (dyn FnMut(Output<'_>) + Send),
    watch: &dyn Watch,
) -> Result<Ended, Failure> {
    let asked = address.clone();
    let (how, omitted_bytes) = match patiently(called, move || ask(&asked, timeout), watch)? {
        Ok(page) => {
            output(Output::Standard(&page.body));
            (HowEnded::Answered(page.status), page.omitted_bytes)
        }
        Err(ureq::Error::Timeout(_)) => (HowEnded::TimedOut, 0),
        Err(error) => {
            output(Output::Errors(error.to_string().as_bytes()));
            (FAILED, 0)
        }
    };
    Ok(Ended {
        how,
        omitted_bytes,
        omitted_error_bytes: 0,
    })
}

fn ask(address: &Address, timeout: Duration) -> Result<Page, ureq::Error> {
    let agent: Agent = Agent::config_builder()
        .timeout_global(Some(timeout))
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .user_agent("counterpart")
        .build()
        .into();
    let (address, authorization) = apart(address.expose());
    let mut request = agent.get(&address);
    if let Some(authorization) = authorization {
        request = request.header("Authorization", authorization);
    }
    let mut answer = request.call()?;
    let status = answer.status().as_u16();
    let mut reader = answer.body_mut().as_reader();
    let mut body = Vec::new();
    reader.by_ref().take(MAX_OUTPUT_BYTES).read_to_end(&mut body)?;
    let omitted_bytes = io::copy(&mut reader, &mut io::sink())?;
    Ok(Page {
        status,
        body,
        omitted_bytes,
    })
}

/// An address without its name and password, and these as RFC 7617 has them. In an address they are percent-encoded.
fn apart(address: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = address.split_once("://") else {
        return (address.to_owned(), None);
    };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    match host.rsplit_once('@') {
        None => (address.to_owned(), None),
        Some((secret, host)) => {
            let authorization = format!("Basic {}", BASE64_STANDARD.encode(decoded(secret)));
            (format!("{scheme}://{host}{path}"), Some(authorization))
        }
    }
}

/// Bytes of which some were written as `%HH`; a `%` that begins no such thing stands for itself.
fn decoded(text: &str) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let Some((&first, tail)) = rest.split_first() {
        let digits = tail.get(..2).filter(|_| first == b'%');
        let byte = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(byte.unwrap_or(first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    out
}
