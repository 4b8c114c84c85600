//! A small filesystem in an image file, mounted, shut down, mounted again and checked.

use crate::scene::said;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A kind of filesystem.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Ext4,
    Xfs,
}

/// How much of what is in memory a shutdown writes out before the end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shutdown {
    /// Nothing: the power is cut.
    Nothing,
    /// The journal, yet no content: names may be younger than what they name.
    Journal,
}

/// A mounted image; unmounted with the value.
pub(crate) struct LoopMount {
    kind: Kind,
    image: PathBuf,
    mountpoint: PathBuf,
}

impl LoopMount {
    /// Makes a filesystem of so many MiB in the scratch directory and mounts it.
    pub(crate) fn new(scratch: &Path, name: &str, kind: Kind, mebibytes: u64, options: &[&str]) -> Self {
        let (image, mountpoint) = (scratch.join(format!("{name}.img")), scratch.join(name));
        std::fs::File::create(&image)
            .unwrap()
            .set_len(mebibytes << 20)
            .unwrap();
        std::fs::create_dir(&mountpoint).unwrap();
        let (program, quiet) = match kind {
            Kind::Ext4 => ("mkfs.ext4", "-q"),
            Kind::Xfs => ("mkfs.xfs", "-q"),
        };
        said(Command::new(program).arg(quiet).args(options).arg(&image));
        let mount = Self {
            kind,
            image,
            mountpoint,
        };
        mount.mount();
        mount
    }

    pub(crate) fn path(&self) -> &Path {
        &self.mountpoint
    }

    fn mount(&self) {
        said(
            Command::new("mount")
                .args(["-o", "loop"])
                .arg(&self.image)
                .arg(&self.mountpoint),
        );
    }

    /// The filesystem stops at once, as a machine does that loses its power.
    pub(crate) fn shut_down(&self, what: Shutdown) {
        let order = match what {
            Shutdown::Nothing => "shutdown",
            Shutdown::Journal => "shutdown -f",
        };
        said(
            Command::new("xfs_io")
                .args(["-x", "-c", order])
                .arg(&self.mountpoint),
        );
    }

    /// Mounts it anew, which replays its journal, and lets its own checker look at it.
    pub(crate) fn come_back(&self) {
        self.unmount_whole();
        self.mount();
        self.unmount_whole();
        let mut check = match self.kind {
            Kind::Ext4 => Command::new("e2fsck"),
            Kind::Xfs => Command::new("xfs_repair"),
        };
        if self.kind == Kind::Ext4 {
            check.arg("-f");
        }
        said(check.arg("-n").arg(&self.image));
        self.mount();
    }

    fn unmount_whole(&self) {
        said(Command::new("umount").arg(&self.mountpoint));
    }
}

impl Drop for LoopMount {
    fn drop(&mut self) {
        unmount(&self.mountpoint);
    }
}

/// Lets a mount go, whoever still uses it.
pub(crate) fn unmount(path: &Path) {
    if crate::fuse_mount::is_mounted(path) {
        drop(Command::new("umount").arg("-l").arg(path).output());
    }
}
