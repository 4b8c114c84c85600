//! Stubs of hierarchical storage: entries whose content lies elsewhere, recognised before anything is opened.
//!
//! A stub is recognised by
//!
//! - a pattern of the policy, by the same rules as an exclude pattern, for files and symbolic links;
//! - the offline mark of the filesystem, where the walk was asked to look for it: the attribute `OFFLINE`,
//!   `RECALL_ON_OPEN` or `RECALL_ON_DATA_ACCESS` in `user.cifs.dosattrib` of cifs and smb3, or in `system.ntfs_attrib`
//!   of ntfs, ntfs3 and fuseblk. It costs one call a file, so it is asked only of these. Samba's own record
//!   `user.DOSATTRIB` on the server's disk is not read: its layout is private to Samba;
//! - a size without any block, only where the policy says so: a file of nothing but holes looks the same.
//!
//! Nothing here reads content, so nothing here can recall it.

use crate::{exclude, fault, root::Root, stat::Stat};
use counterpart_model::policy::StubPolicy;
use counterpart_model::{Code, EntryPath, Failure, Kind};
use globset::{GlobSet, GlobSetBuilder};
use rustix::fd::{AsFd, AsRawFd};
use rustix::fs::{Mode, OFlags, lgetxattr, openat};
use std::ffi::{CStr, CString};

/// Offline, recall on open, recall on data access: what Windows calls them.
const OFFLINE_BITS: u32 = 0x1000 | 0x4_0000 | 0x40_0000;

/// How the stubs of one policy are recognised.
#[derive(Clone, Debug)]
pub struct StubRule {
    patterns: GlobSet,
    no_blocks: bool,
}

/// The attribute in which a filesystem keeps its offline mark.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OfflineMark(&'static CStr);

impl StubRule {
    /// Compiles the rule.
    ///
    /// # Errors
    /// `config`, naming the pattern that is none.
    pub fn new(policy: &StubPolicy) -> Result<Self, Failure> {
        let mut globs = GlobSetBuilder::new();
        for pattern in &policy.patterns {
            let refuse =
                |why| Failure::new(Code::Config, format!("reading the stub pattern {pattern:?}"), why);
            globs.add(exclude::glob(pattern).map_err(refuse)?);
        }
        let patterns = globs
            .build()
            .map_err(|error| Failure::new(Code::Config, "compiling the stub patterns", error))?;
        Ok(Self {
            patterns,
            no_blocks: policy.no_blocks,
        })
    }

    /// True when the entry is a stub, by its path and stat alone.
    pub fn is_stub(&self, path: &EntryPath, stat: &Stat) -> bool {
        let hollow = self.no_blocks && stat.size_bytes > 0 && stat.blocks_512 == 0;
        match stat.kind {
            Kind::File => stat.offline || hollow || self.named(path),
            Kind::Symlink => self.named(path),
            _ => false,
        }
    }

    fn named(&self, path: &EntryPath) -> bool {
        !self.patterns.is_empty()
            && self
                .patterns
                .is_match_candidate(&exclude::candidate(path.as_bytes()))
    }

    /// Checks that a stub still leads to its content. A shortcut that is a symbolic link must lead to something,
    /// inside the tree or outside; of any other stub only the storage system knows.
    ///
    /// # Errors
    /// `stub-broken` when the link leads to nothing; else what the system reports.
    pub fn resolves(&self, root: &Root, path: &EntryPath, stat: &Stat) -> Result<(), Failure> {
        if stat.kind != Kind::Symlink {
            return Ok(());
        }
        let (parent, name) = root.parent(path)?;
        // O_PATH finds the target without opening it, so nothing is recalled.
        let flags = OFlags::PATH | OFlags::CLOEXEC;
        match fault::retry(|| openat(&parent, &name, flags, Mode::empty())) {
            Ok(_) => Ok(()),
            Err(errno) => {
                let doing = format!("following the shortcut {path}");
                let code = if fault::is_gone(errno) {
                    Code::StubBroken
                } else {
                    Code::Unreadable
                };
                Err(Failure::new(code, doing, fault::words(errno)))
            }
        }
    }
}

impl OfflineMark {
    /// The mark that a kind of filesystem keeps, if it keeps any.
    pub fn of(kind: &str) -> Option<Self> {
        match kind {
            "cifs" | "smb3" => Some(Self(c"user.cifs.dosattrib")),
            "ntfs" | "ntfs3" | "fuseblk" => Some(Self(c"system.ntfs_attrib")),
            _ => None,
        }
    }

    /// True when the file of this name in a held directory has the mark. What cannot be asked has none.
    pub fn is_set(self, directory: impl AsFd, name: &CStr) -> bool {
        let mut place = format!("/proc/self/fd/{}/", directory.as_fd().as_raw_fd()).into_bytes();
        place.extend_from_slice(name.to_bytes());
        let Ok(place) = CString::new(place) else {
            return false;
        };
        let mut bits = [0_u8; 4];
        let len = fault::retry(|| lgetxattr(place.as_c_str(), self.0, &mut bits[..]));
        len == Ok(bits.len()) && u32::from_le_bytes(bits) & OFFLINE_BITS != 0
    }
}
