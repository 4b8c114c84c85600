//! The whole records of an apply log one after the other, and how the log ends.

use super::LogEnd;
use super::frame::{FRAME_BYTES, MARK, Tag, announced, matches};
use crate::failing::io_at;
use counterpart_model::Failure;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::sync::Arc;

/// How far beyond a record that cannot be read another one is looked for.
const LOOK_AHEAD_BYTES: usize = 1 << 20;
/// How much is read from the file at once.
const WINDOW_BYTES: usize = 256 << 10;

/// A log's file, as long as it was when it was opened.
#[derive(Debug)]
pub(super) struct LogFile {
    pub(super) file: File,
    pub(super) path: PathBuf,
    pub(super) len_bytes: u64,
}

/// Reads the whole records of a log one after the other, through a window that moves over the file.
pub(super) struct Frames {
    pub(super) log: Arc<LogFile>,
    /// Where the next record begins.
    pub(super) at: u64,
    window: Vec<u8>,
    window_at: u64,
}

impl Frames {
    /// The records from an offset on.
    pub(super) fn from(log: &Arc<LogFile>, at: u64) -> Self {
        Self {
            log: log.clone(),
            at,
            window: Vec::new(),
            window_at: at,
        }
    }

    /// The next record; `None` where no whole one begins.
    pub(super) fn next(&mut self) -> Result<Option<(Tag, &[u8])>, Failure> {
        let Some(len) = self.announced(self.at)? else {
            return Ok(None);
        };
        let (begin, whole) = (self.at, FRAME_BYTES + len);
        let bytes = self.view(begin, whole)?;
        let Some((front, payload)) = bytes.split_first_chunk::<FRAME_BYTES>() else {
            return Ok(None);
        };
        let tag = payload.first().and_then(|byte| Tag::from_byte(*byte));
        let Some(tag) = tag.filter(|_| matches(front, payload)) else {
            return Ok(None);
        };
        self.at = begin + whole as u64;
        Ok(Some((
            tag,
            self.view(begin, whole)?
                .get(FRAME_BYTES + 1..)
                .unwrap_or_default(),
        )))
    }

    /// How the log ends, when `next` found no record.
    pub(super) fn end(&mut self) -> Result<LogEnd, Failure> {
        if self.at == self.log.len_bytes {
            return Ok(LogEnd::Whole);
        }
        let begin = self.at;
        let left = usize::try_from(self.log.len_bytes - begin).unwrap_or(usize::MAX);
        let ahead = self.view(begin, left.min(LOOK_AHEAD_BYTES))?.to_vec();
        let marks = ahead
            .windows(MARK.len())
            .enumerate()
            .skip(1)
            .filter(|(_, bytes)| *bytes == MARK);
        for (distance, _) in marks {
            self.at = begin + distance as u64;
            let found = self.next()?.is_some();
            self.at = begin;
            if found {
                return Ok(LogEnd::Damaged { at_bytes: begin });
            }
        }
        Ok(LogEnd::Torn)
    }

    /// Length of the payload of the record that begins at `at`, when the file is long enough for it.
    fn announced(&mut self, at: u64) -> Result<Option<usize>, Failure> {
        let left = self.log.len_bytes.saturating_sub(at);
        if left < FRAME_BYTES as u64 {
            return Ok(None);
        }
        let front = self.view(at, FRAME_BYTES)?.first_chunk::<FRAME_BYTES>();
        let len = front.and_then(announced);
        Ok(len.filter(|len| (FRAME_BYTES + len) as u64 <= left))
    }

    /// A range of the file that lies within it.
    fn view(&mut self, at: u64, len: usize) -> Result<&[u8], Failure> {
        let window_end = self.window_at + self.window.len() as u64;
        if at < self.window_at || at + len as u64 > window_end {
            let left = usize::try_from(self.log.len_bytes - at).unwrap_or(usize::MAX);
            self.window.resize(len.max(WINDOW_BYTES.min(left)), 0);
            self.window_at = at;
            let LogFile { file, path, .. } = &*self.log;
            file.read_exact_at(&mut self.window, at)
                .map_err(|error| io_at("reading", path, &error))?;
        }
        let begin = usize::try_from(at - self.window_at).unwrap_or(usize::MAX);
        Ok(self.window.get(begin..begin + len).unwrap_or_default())
    }
}
