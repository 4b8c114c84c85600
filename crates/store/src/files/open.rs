//! Every way in which this crate opens a file: without following a link, private to its owner.

use crate::failing::io_at;
use counterpart_model::Failure;
use rustix::fs::{Mode, OFlags};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

const PRIVATE_FILE: Mode = Mode::from_raw_mode(0o600);

fn open(path: &Path, flags: OFlags, verb: &str) -> Result<File, Failure> {
    let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::open(path, flags, PRIVATE_FILE)
        .map(File::from)
        .map_err(|error| io_at(verb, path, &error.into()))
}

/// Opens a file that exists, to read it.
pub(crate) fn read(path: &Path) -> Result<File, Failure> {
    open(path, OFlags::RDONLY, "reading")
}

/// Opens a file to read and write it, and makes it when it is not there.
pub(crate) fn read_write(path: &Path) -> Result<File, Failure> {
    open(path, OFlags::RDWR | OFlags::CREATE, "opening")
}

/// Opens a file to append to it, and makes it when it is not there.
pub(crate) fn append(path: &Path) -> Result<File, Failure> {
    open(path, OFlags::RDWR | OFlags::CREATE | OFlags::APPEND, "opening")
}

/// Makes a file that must not be there.
pub(crate) fn create_new(path: &Path) -> Result<File, Failure> {
    open(path, OFlags::RDWR | OFlags::CREATE | OFlags::EXCL, "writing")
}

/// Makes a file anew; what stood there, even a link, is removed first.
pub(crate) fn create_over(path: &Path) -> Result<File, Failure> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io_at("removing", path, &error)),
        _ => create_new(path),
    }
}

/// Makes a file in `dir` that has no name, so that it is gone with its last descriptor.
pub(crate) fn nameless(dir: &Path) -> Result<(File, PathBuf), Failure> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let path = dir.join(format!("temporary-{}-{number}", std::process::id()));
    let file = create_over(&path)?;
    std::fs::remove_file(&path).map_err(|error| io_at("removing", &path, &error))?;
    Ok((file, path))
}

/// Makes a file's content durable.
pub(crate) fn sync(file: &File, path: &Path) -> Result<(), Failure> {
    file.sync_all().map_err(|error| io_at("syncing", path, &error))
}

/// Makes the names in the directory of `path` durable.
pub(crate) fn sync_parent(path: &Path) -> Result<(), Failure> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let directory = rustix::fs::open(parent, flags, Mode::empty());
    let synced = directory.and_then(|directory| rustix::fs::fsync(&directory));
    synced.map_err(|error| io_at("syncing", parent, &error.into()))
}
