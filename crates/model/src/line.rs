//! The canonical fact line: the bytes of one leaf of a manifest's root (docs/FORMAT.md).
//!
//! `KIND PATH SIZE DIGEST TARGET MODE MTIME OWNER XATTR ACL`, fields separated by one space, `-` for what is absent or
//! not carried, names in canonical escapes, the root's own path as `.`; no newline.

use crate::escape::{canonical_into, from_canonical};
use crate::{Content, Digest, EntryPath, Fact, Kind, Metadata, Owner, Standing, Timestamp};

/// Appends the line of one entry.
pub fn push(path: &[u8], fact: &Fact, out: &mut String) {
    out.push_str(fact.kind.word());
    out.push(' ');
    push_name(if path.is_empty() { b"." } else { path }, out);
    push_content(fact, out);
    out.push(' ');
    push_name(&fact.target, out);
    push_metadata(&fact.metadata, out);
}

/// A name that is itself a lone hyphen is the one exception to the escapes, since `-` says that there is none.
const LONE_HYPHEN: &str = "\\x2d";

fn push_name(bytes: &[u8], out: &mut String) {
    match bytes {
        [] => out.push('-'),
        b"-" => out.push_str(LONE_HYPHEN),
        _ => canonical_into(bytes, out),
    }
}

fn parse_name(text: &str) -> Option<Vec<u8>> {
    if text == LONE_HYPHEN {
        Some(b"-".to_vec())
    } else {
        from_canonical(text)
    }
}

fn push_content(fact: &Fact, out: &mut String) {
    if fact.kind == Kind::File {
        out.push(' ');
        push_number(fact.size_bytes, 10, 1, out);
        out.push(' ');
    } else {
        out.push_str(" - ");
    }
    match fact.content {
        Content::None => out.push('-'),
        Content::Unread => out.push_str("unread"),
        Content::Digest(digest) => digest.push_hex(out),
    }
}

fn push_metadata(metadata: &Metadata, out: &mut String) {
    out.push(' ');
    match metadata.mode {
        Some(mode) => push_number(u64::from(mode), 8, 4, out),
        None => out.push('-'),
    }
    out.push(' ');
    match metadata.mtime {
        Some(mtime) => push_time(mtime, out),
        None => out.push('-'),
    }
    out.push(' ');
    push_name(
        metadata.owner.as_ref().map_or(b"", |owner| owner.0.as_bytes()),
        out,
    );
    for digest in [metadata.xattr, metadata.acl] {
        out.push(' ');
        match digest {
            Some(digest) => digest.push_hex(out),
            None => out.push('-'),
        }
    }
}

fn push_time(time: Timestamp, out: &mut String) {
    if time.seconds < 0 {
        out.push('-');
    }
    push_number(time.seconds.unsigned_abs(), 10, 1, out);
    out.push('.');
    push_number(u64::from(time.nanos), 10, 9, out);
}

/// Appends a number in a base up to ten, with zeros before it up to `width` digits. Lines are made by the million, and
/// the formatter of the standard library costs more than all the rest of a line.
fn push_number(number: u64, base: u64, width: usize, out: &mut String) {
    let mut digits = [b'0'; 24];
    let mut at = digits.len();
    let mut rest = number;
    while rest > 0 {
        at -= 1;
        // Below ten, so it fits.
        digits[at] = b'0' + u8::try_from(rest % base).unwrap_or(0);
        rest /= base;
    }
    at = at.min(digits.len() - width);
    out.push_str(std::str::from_utf8(&digits[at..]).unwrap_or_default());
}

/// Reads one line back; `None` when it is not a canonical fact line.
pub fn parse(line: &str) -> Option<(EntryPath, Fact)> {
    let fields: Vec<&str> = line.split(' ').collect();
    let [kind, path, size, digest, target, mode, mtime, owner, xattr, acl] = fields[..] else {
        return None;
    };
    let kind = Kind::from_word(kind)?;
    let path = if path == "." {
        Vec::new()
    } else {
        parse_name(path)?
    };
    let path = EntryPath::checked(&path).ok()?;
    let metadata = Metadata {
        mode: optional(mode, |text| u32::from_str_radix(text, 8).ok())?,
        mtime: optional(mtime, parse_time)?,
        owner: optional(owner, |text| {
            String::from_utf8(parse_name(text)?)
                .ok()
                .map(|text| Owner(text.into()))
        })?,
        xattr: optional(xattr, Digest::from_hex)?,
        acl: optional(acl, Digest::from_hex)?,
    };
    let content = match digest {
        "-" => Content::None,
        "unread" => Content::Unread,
        hex => Content::Digest(Digest::from_hex(hex)?),
    };
    let size_bytes = optional(size, |text| text.parse().ok())?.unwrap_or(0);
    let target = optional(target, parse_name)?.unwrap_or_default();
    let fact = Fact {
        kind,
        standing: Standing::Compared,
        size_bytes,
        content,
        target,
        metadata,
    };
    let mut again = String::new();
    push(path.as_bytes(), &fact, &mut again);
    (again == line).then_some((path, fact))
}

fn optional<T>(text: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<Option<T>> {
    if text == "-" {
        Some(None)
    } else {
        read(text).map(Some)
    }
}

fn parse_time(text: &str) -> Option<Timestamp> {
    let (seconds, nanos) = text.split_once('.')?;
    let nanos = (nanos.len() == 9).then(|| nanos.parse().ok()).flatten()?;
    Some(Timestamp::new(seconds.parse().ok()?, nanos))
}
