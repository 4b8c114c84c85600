//! Time-stamps by RFC 3161: a request for the head of a journal, and an authority's answer to it.
//!
//! An answer is compared with its request, and its content with the digest that its signature is over. The signature
//! itself, and whether the authority is to be believed, are left to `openssl ts -verify`: that takes RSA and other
//! curves, and a judgement of certificates that is not ours.

mod answer;
mod der;
mod request;

pub use answer::Stamp;
pub use request::Request;

use counterpart_model::{Code, Failure};
use std::fmt;
use std::fmt::Write as _;

/// Bytes in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn broken(doing: &str, why: impl fmt::Display) -> Failure {
    Failure::new(Code::Timestamp, doing, why)
}
