//! The lines that rsync writes beside the itemised ones: troubles, and what it says of the run as a whole.
//!
//! Known are those that rsync's versions since 2.6 write. What a script writes around them is not.

use crate::name::unescape;

/// A line that is not about one change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Message {
    /// Something went wrong.
    Trouble(Trouble),
    /// Something about the run.
    Note(Note),
}

/// Something that went wrong.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Trouble {
    /// The entry that it is about, as the line has it: mostly the whole path at the host that wrote the log.
    pub path: Option<Vec<u8>>,
    /// The system's number of the error.
    pub error: Option<u32>,
}

/// Something about the run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Note {
    /// A run begins, at the side that gets the content where `receiving`.
    Begins {
        /// The files come to this host.
        receiving: bool,
    },
    /// How much went over the wire; one of the last lines of a run.
    Sums,
    /// The size of all files; one of the last lines of a run.
    Total {
        /// Nothing was really done.
        dry_run: bool,
    },
    /// The last line of a run that did not end well.
    Ends {
        /// rsync's exit code.
        code: u32,
    },
    /// A figure, or what else rsync says by the way.
    Other,
    /// A sign of progress, which says nothing when it is over.
    Progress,
    /// Nothing.
    Blank,
}

impl Message {
    /// Reads a line without its stamp; `None` where it is none of rsync's.
    pub fn of(text: &[u8]) -> Option<Self> {
        if text.trim_ascii().is_empty() {
            return Some(Self::Note(Note::Blank));
        }
        let note = ends(text).or_else(|| sums(text)).or_else(|| begins(text));
        if let Some(note) = note {
            return Some(Self::Note(note));
        }
        if let Some(trouble) = trouble(text) {
            return Some(Self::Trouble(trouble));
        }
        other(text).map(Self::Note)
    }
}

/// `rsync error: some files could not be transferred (code 23) at main.c(1052)`.
fn ends(text: &[u8]) -> Option<Note> {
    let rest = text
        .strip_prefix(b"rsync error: ")
        .or_else(|| text.strip_prefix(b"rsync warning: "))?;
    let at = find(rest, b"(code ")?;
    let code = number(&rest[at + 6..], b')')?;
    Some(Note::Ends { code })
}

/// `sent 540 bytes  received 151 bytes  …` and `total size is 28  speedup is 0.04 (DRY RUN)`.
fn sums(text: &[u8]) -> Option<Note> {
    if let Some(rest) = text.strip_prefix(b"total size is ") {
        let dry_run = text.ends_with(b" (DRY RUN)");
        return find(rest, b"  speedup is ").map(|_| Note::Total { dry_run });
    }
    let pairs: [(&[u8], &[u8]); 2] = [(b"sent ", b" bytes  received "), (b"wrote ", b" bytes  read ")];
    let both = |(first, second): &(&[u8], &[u8])| text.starts_with(first) && find(text, second).is_some();
    pairs.iter().any(both).then_some(Note::Sums)
}

fn begins(text: &[u8]) -> Option<Note> {
    let of = |words: [&[u8]; 2]| {
        words
            .iter()
            .any(|word| text.strip_prefix(*word).is_some_and(only_dots))
    };
    if of([b"receiving file list", b"receiving incremental file list"]) {
        return Some(Note::Begins { receiving: true });
    }
    of([b"building file list", b"sending incremental file list"]).then_some(Note::Begins { receiving: false })
}

/// Nothing, or ` ... done`.
fn only_dots(rest: &[u8]) -> bool {
    matches!(rest.trim_ascii(), b"" | b"..." | b"... done" | b"...done")
}

/// What begins a line that tells of a trouble, besides `rsync: `.
const TROUBLES: [&[u8]; 21] = [
    b"file has vanished: ",
    b"directory has vanished: ",
    b"symlink has no referent: ",
    b"skipping non-regular file ",
    b"skipping directory ",
    b"skipping long-named ",
    b"skipping overly long ",
    b"ignoring unsafe symlink ",
    b"cannot delete non-empty directory: ",
    b"cannot delete mount point: ",
    b"could not make way for ",
    b"send_files failed to open ",
    b"IO error encountered -- skipping file deletion",
    b"IO error encountered - skipping file deletion",
    b"Deletions stopped due to --max-delete limit ",
    b"file is too large",
    b"@ERROR: ",
    b"ERROR: ",
    b"WARNING: ",
    b"*** Skipping ",
    b"inflate returned ",
];

/// Those of them that end with a name which is not in quotes.
const WITH_NAME: [&[u8]; 4] = [
    b"skipping directory ",
    b"cannot delete non-empty directory: ",
    b"cannot delete mount point: ",
    b"could not make way for ",
];

fn trouble(text: &[u8]) -> Option<Trouble> {
    let known = text.starts_with(b"rsync: ") || TROUBLES.iter().any(|begin| text.starts_with(begin));
    if !known {
        return None;
    }
    let (said, error) = without_error(text);
    let named = WITH_NAME.iter().find_map(|begin| text.strip_prefix(*begin));
    let path = match named {
        Some(name) if !name.contains(&b'"') => Some(name),
        _ => quoted(said),
    };
    Some(Trouble {
        path: path.map(unescape),
        error,
    })
}

/// Takes `: Permission denied (13)` off.
fn without_error(text: &[u8]) -> (&[u8], Option<u32>) {
    let parts = || {
        let open = text.iter().rposition(|&byte| byte == b'(')?;
        let error = number(&text[open + 1..], b')')?;
        let rest = text[..open].strip_suffix(b" ")?;
        let colon = rest.windows(2).rposition(|pair| pair == b": ")?;
        text.ends_with(b")").then_some((&text[..colon], error))
    };
    parts().map_or((text, None), |(said, error)| (said, Some(error)))
}

/// The one name in quotes. Where there may be two, none is taken, but for the lines that never have more than one.
fn quoted(said: &[u8]) -> Option<&[u8]> {
    let first = said.iter().position(|&byte| byte == b'"')?;
    let last = said.iter().rposition(|&byte| byte == b'"')?;
    let inner = said.get(first + 1..last)?;
    let single: [&[u8]; 2] = [b"send_files failed to open ", b"has vanished: "];
    let is_single = single.iter().any(|words| said[..first].ends_with(words));
    let is_call = said[..first].contains(&b'(');
    (!inner.is_empty() && (is_single || !inner.contains(&b'"')) && !is_call).then_some(inner)
}

/// What begins a line that says something by the way.
const OTHERS: [&[u8]; 34] = [
    b"Number of files: ",
    b"Number of created files: ",
    b"Number of deleted files: ",
    b"Number of regular files transferred: ",
    b"Number of files transferred: ",
    b"Total file size: ",
    b"Total transferred file size: ",
    b"Literal data: ",
    b"Matched data: ",
    b"File list size: ",
    b"File list generation time: ",
    b"File list transfer time: ",
    b"Total bytes sent: ",
    b"Total bytes received: ",
    b"Total bytes written: ",
    b"Total bytes read: ",
    b"created directory ",
    b"delta-transmission ",
    b"delta transmission ",
    b"total: matches=",
    b"opening connection using: ",
    b"opening tcp connection to ",
    b"rsync to ",
    b"rsync on ",
    b"rsync allowed access on module ",
    b"rsync denied on module ",
    b"rsyncd version ",
    b"connect from ",
    b"name lookup failed for ",
    b"forward name lookup for ",
    b"file list sent",
    b"client finished",
    b"excluding file ",
    b"set uid=",
];

fn other(text: &[u8]) -> Option<Note> {
    if is_progress(text) {
        return Some(Note::Progress);
    }
    let known = OTHERS.iter().any(|begin| text.starts_with(begin)) || is_count(text);
    known.then_some(Note::Other)
}

/// `created 2 directories for /standby`, `17 files to consider`, `1234 files...`.
fn is_count(text: &[u8]) -> bool {
    let rest = text.strip_prefix(b"created ").unwrap_or(text);
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let ends: [&[u8]; 4] = [
        b" directories for ",
        b" directory for ",
        b" files to consider",
        b" file to consider",
    ];
    let unit = &rest[digits..];
    digits > 0 && (unit == b" files..." || ends.iter().any(|end| unit.starts_with(end)))
}

/// `     32,768 100%   31.25MB/s    0:00:00 (xfr#1, to-chk=0/2)`, which a carriage return may have put upon another.
fn is_progress(text: &[u8]) -> bool {
    let last = text.rsplit(|&byte| byte == b'\r').find(|part| !part.is_empty());
    let Some(last) = last else { return true };
    let mut words = last.split(|&byte| byte == b' ').filter(|word| !word.is_empty());
    let mut word = || words.next().unwrap_or_default();
    let (bytes, share, pace, left) = (word(), word(), word(), word());
    let is_number = !bytes.is_empty()
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_digit() || b",.KMGTP".contains(byte));
    let is_time = left.split(|&byte| byte == b':').count() == 3;
    is_number && share.ends_with(b"%") && pace.ends_with(b"/s") && is_time
}

/// The number at the beginning of a text, which `end` must follow.
fn number(text: &[u8], end: u8) -> Option<u32> {
    let len = text.iter().take(11).position(|&byte| byte == end)?;
    let digits = std::str::from_utf8(&text[..len]).ok()?;
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}
