//! A small disk of its own: an image with ext4, mounted over a loop.

use crate::scene::{Scene, done};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Size of the image.
const DISK_BYTES: u64 = 24 << 20;

/// Size of a block: what a file of one byte takes.
const BLOCK_BYTES: u64 = 4096;

/// A mounted image; unmounted when dropped.
pub(crate) struct LoopDisk {
    at: PathBuf,
}

impl LoopDisk {
    /// Mounts an image with room for so many inodes at `disk` in the scene, and makes `disk/standby`.
    pub(crate) fn new(scene: &Scene, inodes: u32) -> Self {
        let image = scene.path("disk.img");
        fs::File::create(&image).unwrap().set_len(DISK_BYTES).unwrap();
        done(
            Command::new("mkfs.ext4")
                .args(["-q", "-F", "-m", "0", "-b", &BLOCK_BYTES.to_string()])
                .args(["-N", &inodes.to_string()])
                .arg(&image),
        );
        let at = scene.path("disk");
        fs::create_dir(&at).unwrap();
        let disk = Self { at };
        done(
            Command::new("mount")
                .args(["-o", "loop"])
                .args([&image, &disk.at]),
        );
        fs::create_dir(disk.at.join("standby")).unwrap();
        disk
    }

    /// Inodes that are free.
    pub(crate) fn free_inodes(&self) -> u64 {
        rustix::fs::statvfs(&self.at).unwrap().f_favail
    }
}

impl Drop for LoopDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.at).status();
    }
}
