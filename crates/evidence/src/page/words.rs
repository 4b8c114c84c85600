//! Cutting a text into pieces that a line break may part: a number, a time and a rounded size stay whole.

/// The pieces of a text; one longer than `room` columns is cut.
pub fn pieces(text: &str, room: usize) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match pieces.last_mut() {
            Some(last) if belongs(last, word) && last.len() + word.len() < room => {
                last.push(' ');
                last.push_str(word);
            }
            _ => pieces.extend(cut(word, room)),
        }
    }
    pieces
}

/// True when a word goes on with the piece before it.
fn belongs(last: &str, word: &str) -> bool {
    let after_number = last.ends_with(|letter: char| letter.is_ascii_digit());
    let group = after_number && last.len() <= 31 && is_group(word);
    let clock = after_number && last.contains('-') && word.ends_with('Z') && word.contains(':');
    let offset = last.ends_with('Z') && (word.starts_with("(+") || word.starts_with("(-"));
    let unit = after_number && last.starts_with('(') && word.contains("B)");
    group || clock || offset || unit
}

/// True for a group of three digits, with punctuation after it or not.
fn is_group(word: &str) -> bool {
    let digits = word.trim_end_matches([',', '.', ';']);
    digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn cut(word: &str, room: usize) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    letters.chunks(room).map(|chunk| chunk.iter().collect()).collect()
}
