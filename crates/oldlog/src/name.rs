//! Names as rsync writes them: its escapes undone, and where a name ends and that of a link begins.

/// More separators than this in one line are not told apart.
const MAX_READINGS: usize = 16;

/// A name, and what its entry points to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reading {
    /// The name as bytes, without the `/` that rsync puts behind that of a directory; empty for the root.
    pub path: Vec<u8>,
    /// Where a symbolic link points, or the other name of a hard link.
    pub link: Option<Vec<u8>>,
    /// What somebody wrote behind the name in a copy of the log.
    pub remark: Option<Vec<u8>>,
}

/// Which ends a name may have.
#[derive(Clone, Copy, Default)]
pub(crate) struct Ends {
    /// ` -> `, as for symbolic links.
    pub(crate) target: bool,
    /// ` => `, as for hard links.
    pub(crate) leader: bool,
    /// ` ← `, as somebody wrote into a copy.
    pub(crate) remark: bool,
    /// A `/` at its end, as for directories.
    pub(crate) slash: bool,
}

/// Undoes rsync's escapes: `\#` and three octal digits are one byte.
pub fn unescape(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, tail)) = rest.split_first() {
        if let Some(byte) = escaped(rest) {
            bytes.push(byte);
            rest = &rest[5..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    bytes
}

fn escaped(text: &[u8]) -> Option<u8> {
    let [b'\\', b'#', high, middle, low, ..] = text else {
        return None;
    };
    let digit = |byte: &u8| (b'0'..=b'7').contains(byte).then(|| byte - b'0');
    let (high, middle, low) = (digit(high)?, digit(middle)?, digit(low)?);
    (high < 4).then_some(high << 6 | middle << 3 | low)
}

/// Every way in which the rest of a line can be read; none where it says no name, or could be read in too many ways.
/// A separator that stands there once is the separator.
pub(crate) fn readings(text: &[u8], ends: Ends) -> Vec<Reading> {
    let mut parts: Vec<(&[u8], Option<&[u8]>)> = vec![(text, None)];
    if ends.remark {
        // Rightmost first, for a remark is short; and it need be none.
        let cut = separated(text, " ← ".as_bytes());
        parts.splice(
            0..0,
            cut.into_iter().rev().map(|(name, remark)| (name, Some(remark))),
        );
    }
    let mut found = Vec::new();
    for (name, remark) in parts {
        for (path, link) in linked(name, ends) {
            found.push(Reading {
                path: path_of(path, ends),
                link: link.map(unescape),
                remark: remark.map(unescape),
            });
        }
    }
    let says_nothing = text.is_empty() || found.len() > MAX_READINGS;
    if says_nothing { Vec::new() } else { found }
}

fn linked(text: &[u8], ends: Ends) -> Vec<(&[u8], Option<&[u8]>)> {
    let mut found = Vec::new();
    for (wanted, separator) in [(ends.leader, b" => "), (ends.target, b" -> ")] {
        if wanted {
            found.extend(
                separated(text, separator)
                    .into_iter()
                    .map(|(path, link)| (path, Some(link))),
            );
        }
    }
    if found.is_empty() {
        found.push((text, None));
    }
    found
}

/// What stands before and behind a separator, at each of its places.
fn separated<'a>(text: &'a [u8], separator: &[u8]) -> Vec<(&'a [u8], &'a [u8])> {
    let places = text.windows(separator.len()).enumerate();
    places
        .filter(|(at, window)| *at > 0 && *window == separator)
        .map(|(at, _)| (&text[..at], &text[at + separator.len()..]))
        .take(MAX_READINGS + 1)
        .collect()
}

fn path_of(text: &[u8], ends: Ends) -> Vec<u8> {
    let text = if ends.slash {
        text.strip_suffix(b"/").unwrap_or(text)
    } else {
        text
    };
    if text == b"." { Vec::new() } else { unescape(text) }
}
