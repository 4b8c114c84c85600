//! Reading in memory.

use super::site::{FakeSite, now_seconds};
use super::tree::Node;
use counterpart_model::{Code, Content, Digest, EntryPath, Fact, Failure, Kind};
use counterpart_port::{Attributes, ContentReader, Piece, Settled};

/// Reads files of a tree in memory, a few bytes at once.
pub(crate) struct FakeReader<'a> {
    site: &'a FakeSite,
    open: Option<(EntryPath, Node)>,
    at: usize,
}

impl<'a> FakeReader<'a> {
    pub(crate) fn new(site: &'a FakeSite) -> Self {
        Self {
            site,
            open: None,
            at: 0,
        }
    }
}

impl ContentReader for FakeReader<'_> {
    fn open(&mut self, path: &EntryPath) -> Result<Fact, Failure> {
        let state = self.site.state();
        let failed = |code| Failure::new(code, format!("reading {path}"), "the test says so");
        let node = state.tree.get(path).ok_or_else(|| failed(Code::Vanished))?;
        if state.faults.unreadable.contains(path) || !matches!(node.kind, Kind::File | Kind::HardLink) {
            return Err(failed(Code::Unreadable));
        }
        self.open = Some((path.clone(), node.clone()));
        self.at = 0;
        Ok(node.opened())
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<Piece, Failure> {
        const STEP: usize = 7;
        let (_, node) = self.open.as_ref().expect("a file is open");
        let rest = &node.bytes[self.at..];
        let len = rest.len().min(STEP).min(buffer.len());
        if len == 0 {
            return Ok(Piece::End);
        }
        buffer[..len].copy_from_slice(&rest[..len]);
        self.at += len;
        self.site.state().bytes_read += len as u64;
        Ok(Piece::Data(len))
    }

    fn finish(&mut self, digest: Digest) -> Result<Settled, Failure> {
        let (path, read) = self.open.take().expect("a file is open");
        let mut state = self.site.state();
        if let Some(left) = state.faults.tears.get_mut(&path).filter(|left| **left > 0) {
            *left -= 1;
            let stamp = state.tick();
            if let Some(node) = state.tree.get_mut(&path) {
                node.stamp = stamp;
                node.mtime += 1;
                node.bytes.push(b'+');
            }
        }
        match state.tree.get(&path) {
            Some(node) if node.stamp == read.stamp => {
                state.learn(&path, Content::Digest(digest), now_seconds());
                Ok(Settled::Yes)
            }
            Some(node) => Ok(Settled::Torn(Box::new(node.fact()))),
            None => Ok(Settled::Torn(Box::new(read.fact()))),
        }
    }

    fn recall(&mut self, digest: Digest, at_seconds: i64) -> Result<Settled, Failure> {
        let (path, read) = self.open.take().expect("a file is open");
        if read.mtime >= at_seconds {
            return Ok(Settled::Torn(Box::new(read.fact())));
        }
        self.site
            .state()
            .learn(&path, Content::Digest(digest), at_seconds);
        Ok(Settled::Yes)
    }

    fn attributes(&mut self, _: &EntryPath) -> Result<Attributes, Failure> {
        Ok(Attributes::default())
    }
}
