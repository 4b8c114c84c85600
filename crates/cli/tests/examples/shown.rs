//! Whether what was printed is what a page shows: the same lines, but for what differs from run to run and what `…` leaves out.

use regex::Regex;

/// Alone in a line it stands for any number of lines, within one for any part of it.
const ANY: &str = "…";
/// What differs from run to run, in the order in which it is masked.
const MASKS: [(&str, &str); 9] = [
    (r"\b\d{8}T\d{9}[A-Z]", "[pass]"),
    (r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d", "[time]"),
    (r"SHA256:[A-Za-z0-9+/]{43}", "[key]"),
    (r"\b[0-9a-f]{8,64}\b", "[digest]"),
    (
        r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?Z?( ?UTC)?( ?\([^)]*[+-]\d\d:\d\d\))?",
        "[time]",
    ),
    (r"\d{4}-\d\d-\d\d", "[day]"),
    (r"\b\d+([. ]\d+)* (s|ms|µs|min|days)\b", "[seconds]"),
    (r"─+", "─"),
    (r"[ \t]+", " "),
];

/// The text with everything masked that differs from run to run.
pub fn masked(text: &str) -> Vec<String> {
    let masks = MASKS.map(|(pattern, word)| (Regex::new(pattern).unwrap(), word));
    let line = |line: &str| {
        let masked = masks.iter().fold(line.to_owned(), |text, (pattern, word)| {
            pattern.replace_all(&text, *word).into_owned()
        });
        masked.trim().to_owned()
    };
    text.lines().map(line).collect()
}

fn pattern(line: &str) -> Regex {
    let parts: Vec<String> = line.split(ANY).map(regex::escape).collect();
    Regex::new(&format!("^{}$", parts.join(".*"))).unwrap()
}

/// The first line of a page that was not printed in its place, where there is one.
pub fn missing(shown: &str, printed: &str) -> Option<String> {
    let (shown, printed) = (masked(shown), masked(printed));
    let mut rest = printed.as_slice();
    let mut is_free = false;
    for line in &shown {
        if line == ANY {
            is_free = true;
            continue;
        }
        let wanted = pattern(line);
        let at = rest.iter().position(|printed| wanted.is_match(printed));
        match at {
            Some(at) if at == 0 || is_free => rest = &rest[at + 1..],
            _ => return Some(line.clone()),
        }
        is_free = false;
    }
    let is_whole = rest.is_empty() || is_free;
    (!is_whole).then(|| format!("(the page ends before {:?})", rest[0]))
}
