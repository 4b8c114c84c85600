//! The place of a file's content.
//!
//! In a new directory the file is made at once under its name there, which nobody sees yet; elsewhere in `incoming`.
//! Nothing is opened before the first byte arrives.

use super::partial;
use super::publish::{Entry, Ready};
use super::shared::{Site, refused};
use crate::at;
use crate::incoming::{Found, Spot};
use crate::keeper::Touched;
use crate::put::Held;
use crate::stat::{Stat, stat_of};
use counterpart_model::{Action, Code, Digest, Fact, Failure, How, Metadata, Obtained};
use counterpart_port::{Arrived, Attributes, Basis, Committed, Place};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{AtFlags, SeekFrom};
use rustix::io::Errno;
use std::cell::OnceCell;
use std::ffi::CString;
use std::sync::Arc;

/// Bits of a new file where none are carried: the umask and the directory's default list decide.
const MODE_NOT_CARRIED: u32 = 0o666;

pub(super) struct FilePlace {
    site: Arc<Site>,
    incoming: Option<NewFile>,
    leftover: OnceCell<Option<Leftover>>,
    /// What arrives of a large file is kept when the transfer breaks off.
    keeps_partial: bool,
}

/// A file that is being written.
struct NewFile {
    handle: OwnedFd,
    /// Where it lies until it is published; `None` under its own name in a new directory.
    waiting: Option<(Spot, CString)>,
    len_bytes: u64,
    ends_in_hole: bool,
    /// It is whole and in its place, or on its way there: it is not to be removed.
    kept: bool,
    mode_at_open: u32,
}

struct Leftover {
    digest: Digest,
    found: Found,
}

impl FilePlace {
    pub(super) fn new(site: Site) -> Self {
        Self {
            site: Arc::new(site),
            incoming: None,
            leftover: OnceCell::new(),
            keeps_partial: false,
        }
    }

    fn file(&mut self) -> Result<&mut NewFile, Failure> {
        if self.incoming.is_none() {
            let made = NewFile::make(&self.site);
            self.incoming = Some(made.map_err(|errno| self.site.failing("making", errno))?);
        }
        self.incoming
            .as_mut()
            .ok_or_else(|| refused(&self.site.step, "its file is gone"))
    }

    fn leftover(&self) -> Option<&Leftover> {
        self.leftover.get_or_init(|| find_leftover(&self.site)).as_ref()
    }

    fn commit_written(&mut self, fact: &Fact, attributes: &Attributes) -> Result<Committed, Failure> {
        self.file()?;
        let Some(mut file) = self.incoming.take() else {
            return Err(refused(&self.site.step, "its file is gone"));
        };
        let committed = self.commit_file(&mut file, fact, attributes);
        if !file.kept {
            file.remove(&self.site);
        }
        committed
    }

    fn commit_file(
        &self,
        file: &mut NewFile,
        fact: &Fact,
        attributes: &Attributes,
    ) -> Result<Committed, Failure> {
        let site = &self.site;
        if file.len_bytes != fact.size_bytes {
            let why = format!("{} of {} bytes arrived", file.len_bytes, fact.size_bytes);
            return Err(Failure::new(Code::Torn, format!("writing {}", site.path()), why));
        }
        let fail = |errno| site.failing("writing", errno);
        file.end().map_err(fail)?;
        let stat = file.settle(site, &fact.metadata, attributes).map_err(fail)?;
        if site.shared.syncs_each {
            rustix::fs::fsync(&file.handle).map_err(fail)?;
        }
        let Some((spot, name)) = &file.waiting else {
            file.kept = true;
            return self.tell_in_new(fact, &stat);
        };
        let ready = site.ready(spot, name, stat)?;
        let entry = self.entry(ready, fact);
        entry.tell_waiting()?;
        file.kept = true;
        site.queue(entry)
    }

    fn entry(&self, ready: Ready, fact: &Fact) -> Entry {
        Entry {
            site: self.site.clone(),
            ready,
            fact: fact.clone(),
            obtained: written_now(),
        }
    }

    /// A file in a new directory gets its name with it.
    fn tell_in_new(&self, fact: &Fact, stat: &Stat) -> Result<Committed, Failure> {
        let site = &self.site;
        site.parent.note_content(fact.size_bytes);
        let mut touched = Touched::of(site.path(), site.why());
        touched.now = Some(site.shared.put.seen(fact, stat, written_now()));
        touched.whole = site.replaces_directory();
        site.tell(touched)?;
        Ok(Committed::default())
    }

    /// Uses what an interrupted pass brought: it takes the place of an incoming file.
    fn commit_before(&mut self, fact: &Fact, attributes: &Attributes) -> Result<Committed, Failure> {
        let site = &self.site;
        let left = self.leftover.take().flatten();
        let left = left.ok_or_else(|| refused(&site.step, "nothing arrived for it before"))?;
        let fail = |errno| site.failing("taking what arrived before for", errno);
        let handle = at::open_path(&left.found.directory, &left.found.name).map_err(fail)?;
        let settled = settle_leftover(site, &handle, &fact.metadata, attributes);
        settled.map_err(fail)?;
        let (directory, name) = (&left.found.directory, &left.found.name);
        let stat = |handle: &OwnedFd| stat_of(handle).map_err(|errno| site.failing("looking at", errno));
        if site.parent.is_new() {
            at::rename_new(directory, name, site.parent.handle(), &site.name).map_err(fail)?;
            return self.tell_in_new(fact, &stat(&handle)?);
        }
        // To where this pass keeps its own, so that the directory of the earlier one need not stay open.
        let (spot, own) = (site.shared.incoming.spot(), site.shared.incoming.next('f'));
        at::rename_new(directory, name, &spot.directory, &own).map_err(fail)?;
        let entry = self.entry(site.ready(spot, &own, stat(&handle)?)?, fact);
        entry.tell_waiting()?;
        site.queue(entry)
    }

    fn commit_kept(&self, fact: &Fact, attributes: &Attributes) -> Result<Committed, Failure> {
        super::change::set_metadata(&self.site, fact, attributes)
    }
}

impl Place for FilePlace {
    fn arrived_before(&self) -> Option<Digest> {
        self.leftover().map(|left| left.digest)
    }

    fn basis(&mut self) -> Result<Option<Box<dyn Basis>>, Failure> {
        self.keeps_partial = true;
        Ok(partial::basis(&self.site))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let file = self.file()?;
        if let Err(errno) = file.write(bytes) {
            // Where there is no room, none is kept.
            self.keeps_partial = false;
            return Err(self.site.failing("writing", errno));
        }
        self.site.shared.queue.note_content(bytes.len() as u64);
        Ok(())
    }

    fn hole(&mut self, len_bytes: u64) -> Result<(), Failure> {
        let file = self.file()?;
        let skipped = file.skip(len_bytes);
        skipped.map_err(|errno| self.site.failing("writing", errno))
    }

    fn commit(
        &mut self,
        fact: Option<&Fact>,
        attributes: &Attributes,
        content: Arrived,
    ) -> Result<Committed, Failure> {
        let fact = fact.cloned().or_else(|| self.site.step.wanted.clone());
        let fact = fact.ok_or_else(|| refused(&self.site.step, "nothing is known of it"))?;
        match content {
            Arrived::Written => self.commit_written(&fact, attributes),
            Arrived::Before => self.commit_before(&fact, attributes),
            Arrived::Kept if self.site.step.action == Action::Modify => self.commit_kept(&fact, attributes),
            Arrived::Kept => Err(refused(&self.site.step, "there is no content to keep")),
        }
    }
}

impl Drop for FilePlace {
    fn drop(&mut self) {
        if let Some(file) = self.incoming.take()
            && !(self.keeps_partial && file.keep_partial(&self.site))
        {
            file.remove(&self.site);
        }
    }
}

fn find_leftover(site: &Site) -> Option<Leftover> {
    if !site.shared.incoming.has_leftovers() {
        return None;
    }
    let wanted = site.step.wanted.as_ref()?;
    let mtime = wanted.metadata.mtime?;
    let keeper = &site.shared.options.keeper;
    let left = keeper.arrived_before(site.path(), wanted.size_bytes, mtime)?;
    let found = site
        .shared
        .incoming
        .leftover(&left.location, wanted.size_bytes, mtime)?;
    let digest = left.digest;
    Some(Leftover { digest, found })
}

fn settle_leftover(
    site: &Site,
    handle: &OwnedFd,
    metadata: &Metadata,
    attributes: &Attributes,
) -> Result<(), Errno> {
    if metadata.mode.is_none() {
        // It was made in another place's way; here it gets what a new file gets without a default list.
        Held::Path(handle.as_fd()).set_mode(MODE_NOT_CARRIED & !0o022)?;
    }
    site.shared
        .put
        .settle(Held::Path(handle.as_fd()), metadata, attributes)
        .map(drop)
}

fn written_now() -> Obtained {
    Obtained {
        how: How::Written,
        at_seconds: at::now_seconds(),
    }
}

impl NewFile {
    fn make(site: &Site) -> Result<Self, Errno> {
        let mode_at_open = mode_at_open(site);
        let (handle, waiting) = if site.parent.is_new() {
            (
                at::create_file(site.parent.handle(), &site.name, mode_at_open)?,
                None,
            )
        } else {
            let spot = site.parent.spot()?;
            let name = site.shared.incoming.next('f');
            let handle = at::create_file(&spot.directory, &name, mode_at_open)?;
            (handle, Some((spot, name)))
        };
        Ok(Self {
            handle,
            waiting,
            len_bytes: 0,
            ends_in_hole: false,
            kept: false,
            mode_at_open,
        })
    }

    fn write(&mut self, mut bytes: &[u8]) -> Result<(), Errno> {
        while !bytes.is_empty() {
            let len = match rustix::io::write(&self.handle, bytes) {
                Ok(0) => return Err(Errno::IO),
                Err(Errno::INTR) => continue,
                result => result?,
            };
            bytes = &bytes[len..];
            self.len_bytes += len as u64;
            self.ends_in_hole = false;
        }
        Ok(())
    }

    fn skip(&mut self, len_bytes: u64) -> Result<(), Errno> {
        let end = self.len_bytes.checked_add(len_bytes).ok_or(Errno::FBIG)?;
        rustix::fs::seek(&self.handle, SeekFrom::Start(end))?;
        self.len_bytes = end;
        self.ends_in_hole = true;
        Ok(())
    }

    fn end(&mut self) -> Result<(), Errno> {
        if std::mem::take(&mut self.ends_in_hole) {
            rustix::fs::ftruncate(&self.handle, self.len_bytes)?;
        }
        Ok(())
    }

    fn settle(&self, site: &Site, metadata: &Metadata, attributes: &Attributes) -> Result<Stat, Errno> {
        let put = &site.shared.put;
        let handle = self.handle.as_fd();
        let replaced = self.waiting.is_some() && site.step.action == Action::Modify;
        if replaced {
            put.inherit(handle, site.named())?;
        }
        if metadata.mode.is_none() && self.mode_at_open == 0o600 && !replaced {
            // Closed at open for the sake of its list or owner, yet no bits are carried.
            at::set_mode(handle, MODE_NOT_CARRIED & !0o022)?;
        }
        // Set before the first stat, so that one stat does where nothing else differs.
        if let Some(mtime) = metadata.mtime {
            at::set_mtime(handle, mtime)?;
        }
        put.settle(Held::Open(handle), metadata, attributes)
    }

    /// Keeps what arrived for the next attempt; false where it is still to be removed.
    fn keep_partial(&self, site: &Site) -> bool {
        if self.len_bytes < partial::KEPT_FROM_BYTES {
            return false;
        }
        let keep = |directory, name| {
            partial::keep(
                &site.shared.incoming,
                site.path(),
                directory,
                name,
                self.len_bytes,
            )
        };
        match &self.waiting {
            Some((spot, name)) => keep(spot.directory.as_fd(), name),
            None => keep(site.parent.handle().as_fd(), &site.name),
        }
    }

    /// Removes what never had a name in the tree. In a new directory it must not stay, for it is not whole.
    fn remove(self, site: &Site) {
        let removed = match &self.waiting {
            Some((spot, name)) => rustix::fs::unlinkat(&spot.directory, name, AtFlags::empty()),
            None => rustix::fs::unlinkat(site.parent.handle(), &site.name, AtFlags::empty()),
        };
        if self.waiting.is_none() && removed.is_err() {
            site.parent.spoil();
        }
    }
}

/// The bits at open: the final ones where nothing else has to be set before them, and never more than those.
fn mode_at_open(site: &Site) -> u32 {
    let Some(wanted) = &site.step.wanted else {
        return 0o600;
    };
    match wanted.metadata.mode {
        _ if site.shared.put.needs_more_than_mode(&wanted.metadata) => 0o600,
        Some(mode) => mode & 0o777,
        None => MODE_NOT_CARRIED,
    }
}
