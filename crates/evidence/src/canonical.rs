//! Canonical JSON (RFC 8785), so that equal records are equal bytes in every language.
//!
//! RFC 8785 writes every number as a double. An integer beyond [`MAX_INTEGER`] would silently become its neighbour,
//! so it is refused here: a record that cannot be written exactly is not written. Nothing is read in this module.

use counterpart_model::{Algorithm, Code, Failure};
use serde::Serialize;
use serde_json::Value;

/// The largest magnitude of an integer: 2^53 - 1, which is 9 007 199 254 740 991 (9.0 PB when it counts bytes).
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

/// Writes a value as canonical JSON: keys sorted by UTF-16 units, no white space, shortest numbers.
///
/// # Errors
/// `evidence-broken` when an integer is beyond [`MAX_INTEGER`], a number is not finite, a key is not a string or
/// occurs twice.
pub fn to_vec(value: &impl Serialize) -> Result<Vec<u8>, Failure> {
    let tree = serde_json::to_value(value).map_err(unwritable)?;
    if let Some(number) = first_inexact(&tree) {
        return Err(unwritable(format!("the integer {number} is beyond 2^53 - 1")));
    }
    serde_json_canonicalizer::to_vec(value).map_err(unwritable)
}

/// SHA-256 over bytes, as 64 lower-case hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Algorithm::Sha256.of(bytes).to_string()
}

fn first_inexact(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => (!is_exact(number)).then(|| number.to_string()),
        Value::Array(items) => items.iter().find_map(first_inexact),
        Value::Object(members) => members.values().find_map(first_inexact),
        Value::Null | Value::Bool(_) | Value::String(_) => None,
    }
}

/// True for every integer that a double holds, and for what was a double from the start.
fn is_exact(number: &serde_json::Number) -> bool {
    match (number.as_u64(), number.as_i64()) {
        (Some(positive), _) => positive <= MAX_INTEGER,
        (None, Some(negative)) => negative.unsigned_abs() <= MAX_INTEGER,
        (None, None) => true,
    }
}

fn unwritable(why: impl std::fmt::Display) -> Failure {
    Failure::new(Code::EvidenceBroken, "writing canonical JSON", why)
        .hint("Nothing was signed. Report this with the record's numbers: it is an error of the program.")
}
