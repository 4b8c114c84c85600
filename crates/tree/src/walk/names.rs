//! The names of one directory, in order: in one arena, or sorted on disk where there are too many.
//!
//! No entry is opened or statted here.

use super::look::{Context, Trouble};
use counterpart_model::Failure;
use counterpart_model::path::RESERVED_NAME;
use counterpart_store::sort::{Sorted, Sorter};
use rustix::fd::BorrowedFd;
use rustix::fs::{FileType, RawDir};
use rustix::io::Errno;
use std::cmp::Ordering;
use std::ffi::CStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// How much of a directory the kernel is asked for at once.
const BUFFER_BYTES: usize = 128 << 10;
/// Memory of the sorter of one huge directory.
const SORT_BYTES: usize = 4 << 20;
/// How many times fewer names stay in memory when the walk already holds many.
const TIGHT: usize = 64;

/// What a directory's listing says of an entry's kind, where it says anything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Hint {
    Unknown,
    Directory,
    Other,
}

/// Names in order, in one arena.
#[derive(Default)]
pub(super) struct Names {
    bytes: Vec<u8>,
    index: Vec<Name>,
    count: Count,
}

/// The memory of some names as part of what the whole walk holds.
#[derive(Default)]
struct Count {
    held: Arc<AtomicUsize>,
    bytes: usize,
}

/// Where a name lies, with its first eight bytes in front: most comparisons end there.
struct Name {
    front: u64,
    start: u32,
    len: u16,
    hint: Hint,
}

/// The names of one directory: the first in memory, the others on disk.
pub(super) struct Listing {
    pub(super) names: Names,
    pub(super) more: Option<Sorted>,
}

/// Lists directories, one after the other, with one buffer.
#[derive(Default)]
pub(super) struct Lister {
    buffer: Vec<u8>,
}

impl Hint {
    fn of(kind: FileType) -> Self {
        match kind {
            FileType::Unknown => Self::Unknown,
            FileType::Directory => Self::Directory,
            _ => Self::Other,
        }
    }

    const fn byte(self) -> u8 {
        self as u8
    }

    const fn from_byte(byte: u8) -> Self {
        match byte {
            1 => Self::Directory,
            2 => Self::Other,
            _ => Self::Unknown,
        }
    }
}

impl Names {
    #[inline]
    pub(super) const fn len(&self) -> usize {
        self.index.len()
    }

    /// The name at a position. Every name ends with a NUL in the arena; a broken one is an empty name.
    #[inline]
    pub(super) fn get(&self, at: usize) -> &CStr {
        let name = &self.index[at];
        let start = name.start as usize;
        CStr::from_bytes_with_nul(&self.bytes[start..=start + usize::from(name.len)]).unwrap_or_default()
    }

    #[inline]
    pub(super) fn hint(&self, at: usize) -> Hint {
        self.index[at].hint
    }

    /// Counts their memory for as long as they live.
    fn counted(mut self, context: &Context) -> Self {
        let bytes = self.bytes.capacity() + self.index.capacity() * size_of::<Name>();
        context.names_bytes.fetch_add(bytes, Relaxed);
        self.count = Count {
            held: context.names_bytes.clone(),
            bytes,
        };
        self
    }

    fn push(&mut self, name: &[u8], hint: Hint) -> Result<(), Errno> {
        let start = u32::try_from(self.bytes.len()).map_err(|_| Errno::OVERFLOW)?;
        let len = u16::try_from(name.len()).map_err(|_| Errno::NAMETOOLONG)?;
        self.bytes.extend_from_slice(name);
        self.bytes.push(0);
        self.index.push(Name {
            front: front(name),
            start,
            len,
            hint,
        });
        Ok(())
    }

    /// Sorts bytewise and drops what a directory that changed meanwhile listed twice.
    fn sort(&mut self) {
        let bytes = &self.bytes;
        let name = |name: &Name| &bytes[name.start as usize..name.start as usize + usize::from(name.len)];
        let order = |a: &Name, b: &Name| a.front.cmp(&b.front).then_with(|| name(a).cmp(name(b)));
        if !self.index.is_sorted_by(|a, b| order(a, b) == Ordering::Less) {
            self.index.sort_unstable_by(order);
            self.index
                .dedup_by(|a, b| a.front == b.front && name(a) == name(b));
        }
    }

    fn last(&self) -> Option<&[u8]> {
        self.len().checked_sub(1).map(|at| self.get(at).to_bytes())
    }
}

/// The first eight bytes as a number that sorts as they do.
fn front(name: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    let len = name.len().min(8);
    bytes[..len].copy_from_slice(&name[..len]);
    u64::from_be_bytes(bytes)
}

impl Lister {
    /// Lists a directory by a handle that was not read from yet.
    pub(super) fn list(
        &mut self,
        handle: BorrowedFd<'_>,
        top: bool,
        context: &Context,
    ) -> Result<Listing, Trouble> {
        let tight = context.names_bytes.load(Relaxed) > context.limits.names_bytes;
        let limit = (context.limits.names_in_memory / if tight { TIGHT } else { 1 }).max(1);
        let reserved = top && context.skip_reserved;
        self.buffer.reserve(BUFFER_BYTES);
        let mut raw = RawDir::new(handle, self.buffer.spare_capacity_mut());
        let mut names = Names::default();
        let mut sorter = None;
        while let Some(entry) = raw.next() {
            let entry = match entry {
                Err(Errno::INTR) => continue,
                other => other.map_err(Trouble::System)?,
            };
            let name = entry.file_name().to_bytes();
            if name == b"." || name == b".." || (reserved && name == RESERVED_NAME) {
                continue;
            }
            names
                .push(name, Hint::of(entry.file_type()))
                .map_err(Trouble::System)?;
            if names.len() >= limit {
                let sorter =
                    sorter.get_or_insert_with(|| Sorter::new(&context.spool_dir, SORT_BYTES, bytewise));
                spill(&mut names, sorter).map_err(Trouble::Spool)?;
            }
        }
        finish(names, sorter, limit, context)
    }
}

fn bytewise(left: &[u8], right: &[u8]) -> Ordering {
    left.cmp(right)
}

fn spill(names: &mut Names, sorter: &mut Sorter) -> Result<(), Failure> {
    for at in 0..names.len() {
        sorter.push(names.get(at).to_bytes(), &[names.hint(at).byte()])?;
    }
    names.bytes.clear();
    names.index.clear();
    Ok(())
}

impl Drop for Count {
    fn drop(&mut self) {
        self.held.fetch_sub(self.bytes, Relaxed);
    }
}

fn finish(
    mut names: Names,
    sorter: Option<Sorter>,
    limit: usize,
    context: &Context,
) -> Result<Listing, Trouble> {
    let Some(mut sorter) = sorter else {
        names.sort();
        return Ok(Listing {
            names: names.counted(context),
            more: None,
        });
    };
    spill(&mut names, &mut sorter).map_err(Trouble::Spool)?;
    let mut more = sorter.finish().map_err(Trouble::Spool)?;
    let names = load(&mut more, limit, None, context).map_err(Trouble::Spool)?;
    Ok(Listing {
        names,
        more: Some(more),
    })
}

/// The next names of a directory that was sorted on disk; none at its end. `after` is what was loaded before.
pub(super) fn load(
    more: &mut Sorted,
    limit: usize,
    after: Option<&Names>,
    context: &Context,
) -> Result<Names, Failure> {
    let mut names = Names::default();
    let mut last = after.and_then(Names::last).unwrap_or_default().to_vec();
    while names.len() < limit {
        let Some((name, value)) = more.next()? else {
            break;
        };
        // A directory that changes while it is listed may name an entry twice.
        if name == last {
            continue;
        }
        last.clear();
        last.extend_from_slice(name);
        let hint = Hint::from_byte(value.first().copied().unwrap_or_default());
        // It was pushed once before, so it cannot be too long.
        let _ = names.push(name, hint);
    }
    Ok(names.counted(context))
}
