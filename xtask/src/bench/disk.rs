//! Freshly made ext4 filesystems, each in a sparse file of its own, so that no run inherits another's layout.
//! The disk beneath them is the machine's; both sides of a comparison use the same one.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::{output_of, quietly, works};

/// How large a filesystem is.
#[derive(Clone, Copy)]
pub(super) struct Room {
    /// Its size.
    pub(super) gib: u64,
    /// How many names it has room for; mkfs's own choice when there is none.
    pub(super) inodes: Option<u64>,
}

/// A mounted filesystem; gone when dropped.
pub(super) struct Disk {
    image: PathBuf,
    mount: PathBuf,
}

impl Disk {
    /// Makes and mounts one. What a run that was killed left under the same name is cleared away first.
    pub(super) fn fresh(folder: &Path, name: &str, room: Room) -> Result<Self> {
        let disk = Self {
            image: folder.join(format!("{name}.img")),
            mount: folder.join(name),
        };
        disk.clear();
        fs::create_dir_all(&disk.mount).with_context(|| format!("making {}", disk.mount.display()))?;
        disk.format(room)
            .with_context(|| format!("making a filesystem in {}", disk.image.display()))?;
        quietly(
            Command::new("mount")
                .args(["-o", "loop"])
                .arg(&disk.image)
                .arg(&disk.mount),
        )?;
        Ok(disk)
    }

    fn format(&self, room: Room) -> Result<()> {
        File::create(&self.image)?.set_len(room.gib << 30)?;
        let mut mkfs = Command::new("mkfs.ext4");
        mkfs.args(["-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0"]);
        if let Some(inodes) = room.inodes {
            mkfs.args(["-N", &inodes.to_string()]);
        }
        output_of(mkfs.arg(&self.image)).map(drop)
    }

    /// A path on it.
    pub(super) fn path(&self, relative: &str) -> PathBuf {
        self.mount.join(relative)
    }

    /// Writes out everything that is pending on it.
    pub(super) fn settle(&self) -> Result<()> {
        quietly(&mut sync(&self.mount))
    }

    fn clear(&self) {
        if works(Command::new("mountpoint").arg("-q").arg(&self.mount)) {
            works(Command::new("umount").arg(&self.mount));
        }
        // Nothing to clear is the usual case.
        drop(fs::remove_file(&self.image));
        drop(fs::remove_dir(&self.mount));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.clear();
    }
}

/// The command that both sides' time includes: everything on the filesystem of `path` is written out.
pub(super) fn sync(path: &Path) -> Command {
    let mut command = Command::new("sync");
    command.arg("-f").arg(path);
    command
}

/// Whether a run finds what it reads in memory.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Caches {
    /// As a pass that follows another finds them.
    Warm,
    /// Dropped before every run.
    Dropped,
}

impl Caches {
    /// As a table says it.
    pub(super) fn told(self) -> &'static str {
        match self {
            Self::Warm => "caches warm",
            Self::Dropped => "caches dropped",
        }
    }

    /// Brings about the state before a run.
    pub(super) fn prepare(self) -> Result<()> {
        if self == Self::Warm {
            return Ok(());
        }
        quietly(&mut Command::new("sync"))?;
        fs::write("/proc/sys/vm/drop_caches", "3").context("dropping the caches")
    }
}
