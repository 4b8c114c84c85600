//! The last look at what other people wrote before it reaches a terminal: no control byte passes.
//!
//! Names are escaped where they are made into text; this is for messages, which may have names in them.

/// Text without control characters or marks that turn the reading direction; each becomes `\xHH`.
pub(crate) fn clean(text: &str) -> String {
    kept(text, |letter| !letter.is_control())
}

/// As [`clean`], but line ends stay.
pub(crate) fn clean_lines(text: &str) -> String {
    kept(text, |letter| !letter.is_control() || letter == '\n')
}

fn kept(text: &str, plain: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if plain(letter) && !hides(letter) {
            out.push(letter);
        } else {
            let mut buffer = [0; 4];
            letter
                .encode_utf8(&mut buffer)
                .bytes()
                .for_each(|byte| out += &format!("\\x{byte:02x}"));
        }
    }
    out
}

/// Zero-width and bidirectional marks can make one name look like another.
fn hides(letter: char) -> bool {
    matches!(letter, '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
