//! Two ways to write bytes as text: `canonical` for what is hashed, `shown` for what a person reads.
//!
//! Neither lets a control byte through, so a name can never forge a line of a log (CWE-117).

use std::fmt::Write as _;

/// Canonical form: every byte below `!`, the backslash and every byte from DEL up becomes `\xHH`, lower case.
///
/// The result is ASCII without spaces, so fields of a fact line are split at spaces.
pub fn canonical(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    canonical_into(bytes, &mut out);
    out
}

/// As [`canonical`], appended to `out`.
pub fn canonical_into(bytes: &[u8], out: &mut String) {
    let mut rest = bytes;
    while !rest.is_empty() {
        let run = rest
            .iter()
            .position(|&byte| !is_plain(byte))
            .unwrap_or(rest.len());
        let (plain, escaped) = rest.split_at(run);
        // Plain bytes are ASCII.
        out.push_str(std::str::from_utf8(plain).unwrap_or_default());
        rest = match escaped.split_first() {
            Some((&byte, after)) => {
                push_hex(byte, out);
                after
            }
            None => &[],
        };
    }
}

/// Reads back what [`canonical`] wrote; `None` when the text is not in canonical form.
pub fn from_canonical(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if is_plain(first) {
            bytes.push(first);
            rest = tail;
            continue;
        }
        let byte = read_escape(rest)?;
        if is_plain(byte) {
            return None;
        }
        bytes.push(byte);
        rest = &rest[4..];
    }
    Some(bytes)
}

/// Form for people: valid UTF-8 stays, control characters, backslash and stray bytes become `\xHH`.
pub fn shown(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        chunk
            .valid()
            .chars()
            .for_each(|character| show_char(character, &mut out));
        chunk.invalid().iter().for_each(|&byte| push_hex(byte, &mut out));
    }
    out
}

/// Reads back what [`shown`] wrote; a backslash that starts no escape stands for itself.
pub fn from_shown(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if let Some(byte) = (first == b'\\').then(|| read_escape(rest)).flatten() {
            bytes.push(byte);
            rest = &rest[4..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    bytes
}

fn is_plain(byte: u8) -> bool {
    (0x21..0x7f).contains(&byte) && byte != b'\\'
}

fn show_char(character: char, out: &mut String) {
    // Bidirectional and zero-width controls can make a name look like another one.
    let hidden = matches!(character, '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    if character.is_control() || character == '\\' || hidden {
        let mut buffer = [0; 4];
        character
            .encode_utf8(&mut buffer)
            .bytes()
            .for_each(|byte| push_hex(byte, out));
    } else {
        out.push(character);
    }
}

fn push_hex(byte: u8, out: &mut String) {
    // Writing to a String cannot fail.
    let _ = write!(out, "\\x{byte:02x}");
}

fn read_escape(text: &[u8]) -> Option<u8> {
    let [b'\\', b'x', high, low, ..] = text else {
        return None;
    };
    Some(hex_value(*high)? << 4 | hex_value(*low)?)
}

fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}
