//! The index of one pass in history: one JSON object a line, appended before the entry itself arrives.
//!
//! A line is an intention. That it came true shows in the entry lying there under the line's number.

use super::INDEX;
use super::aside::About;
use crate::at;
use crate::stat::Stat;
use counterpart_model::{Content, Digest, EntryPath, Fact, Kind, Timestamp, escape};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufRead, BufReader, Write as _};

/// Longest line that is read: a path and a link's target, each with every byte escaped, and the rest.
const LIMIT_BYTES: u64 = 65_536;

/// One line: what was set aside, and under which number.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Line {
    /// Its name in the pass's directory. Where a number comes twice, the later line holds.
    pub n: u64,
    /// The path that it had, as it is shown.
    pub path: EntryPath,
    pub kind: Kind,
    pub size_bytes: u64,
    pub mtime: Timestamp,
    /// Permission bits, in octal.
    pub mode: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// Target of a link, as it is shown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub target: String,
    pub why: String,
    pub at_seconds: i64,
    /// Inode of the replacement that waits under the number before the exchange. What has it never had the path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replacement_inode: Option<u64>,
}

impl Line {
    /// The line of an entry: what the stat says, and from the plan what a stat cannot tell.
    pub(crate) fn of(n: u64, stat: &Stat, about: About<'_>, replacement_inode: Option<u64>) -> Self {
        let known = about
            .known
            .filter(|fact| fact.kind == stat.kind || fact.kind == Kind::HardLink);
        let same_size = known.filter(|fact| fact.size_bytes == stat.size_bytes);
        let is_link = stat.kind == Kind::Symlink;
        Self {
            n,
            path: about.path.clone(),
            kind: stat.kind,
            size_bytes: if stat.kind == Kind::File {
                stat.size_bytes
            } else {
                0
            },
            mtime: stat.mtime,
            mode: format!("{:04o}", stat.mode),
            digest: same_size.and_then(Fact::digest),
            target: known
                .filter(|_| is_link)
                .map_or(String::new(), |fact| escape::shown(&fact.target)),
            why: about.why.to_owned(),
            at_seconds: at::now_seconds(),
            replacement_inode,
        }
    }

    /// The fact that it tells.
    pub(crate) fn fact(&self) -> Fact {
        let mut fact = Fact::of(self.kind);
        fact.size_bytes = self.size_bytes;
        fact.target = escape::from_shown(&self.target);
        if let Some(digest) = self.digest {
            fact.content = Content::Digest(digest);
        }
        if self.kind != Kind::Symlink {
            fact.metadata.mode = u32::from_str_radix(&self.mode, 8).ok();
        }
        fact.metadata.mtime = Some(self.mtime);
        fact
    }
}

/// Opens the index for appending; a line that a crash cut off is ended first, so that it spoils no other.
pub(crate) fn open_to_append(pass: impl AsFd) -> Result<File, Errno> {
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::APPEND | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let handle = rustix::fs::openat(pass, INDEX, flags, Mode::from_raw_mode(0o600))?;
    let size_bytes = crate::stat::stat_of(&handle)?.size_bytes;
    let mut last = [b'\n'];
    if size_bytes > 0 {
        rustix::io::pread(&handle, &mut last, size_bytes - 1)?;
    }
    let mut file = File::from(handle);
    if last != *b"\n" {
        write(&mut file, b"\n")?;
    }
    Ok(file)
}

/// Appends one line with one write.
pub(crate) fn append(file: &mut File, line: &Line) -> Result<(), Errno> {
    let mut text = serde_json::to_vec(line).map_err(|_| Errno::INVAL)?;
    text.push(b'\n');
    write(file, &text)
}

fn write(file: &mut File, bytes: &[u8]) -> Result<(), Errno> {
    file.write_all(bytes)
        .map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))
}

/// Calls `each` for every line that can be understood, in the order in which they were written.
pub(crate) fn each_line(
    pass: &OwnedFd,
    mut each: impl FnMut(Line) -> Result<(), Errno>,
) -> Result<(), Errno> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match rustix::fs::openat(pass, INDEX, flags, Mode::empty()) {
        Ok(handle) => File::from(handle),
        Err(Errno::NOENT) => return Ok(()),
        Err(errno) => return Err(errno),
    };
    let mut reader = BufReader::new(file);
    let mut text = Vec::new();
    loop {
        text.clear();
        let read = std::io::Read::take(&mut reader, LIMIT_BYTES).read_until(b'\n', &mut text);
        let len = read.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
        if len == 0 {
            return Ok(());
        }
        if let Ok(line) = serde_json::from_slice(&text) {
            each(line)?;
        }
    }
}
