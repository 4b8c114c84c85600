//! A small disk of its own: an image with ext4, mounted over a loop.

use crate::scene::{Scene, done};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Size of the image.
const DISK_BYTES: u64 = 24 << 20;

/// Size of a block: what a file of one byte takes.
pub(crate) const BLOCK_BYTES: u64 = 4096;

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

    /// Bytes that are free.
    pub(crate) fn free_bytes(&self) -> u64 {
        let asked = rustix::fs::statvfs(&self.at).unwrap();
        asked.f_bavail * asked.f_frsize
    }

    /// Inodes that are free.
    pub(crate) fn free_inodes(&self) -> u64 {
        rustix::fs::statvfs(&self.at).unwrap().f_favail
    }

    /// Takes room with a file beside the standby, until so many bytes are free.
    pub(crate) fn leave_free(&self, bytes: u64) {
        let filler = vec![b'x'; usize::try_from(self.free_bytes() - bytes).unwrap()];
        let file = fs::File::create(self.filler()).unwrap();
        std::io::Write::write_all(&mut &file, &filler).unwrap();
        file.sync_all().unwrap();
    }

    /// Takes so many inodes, with a directory beside the standby.
    pub(crate) fn take_inodes(&self, count: u32) {
        fs::create_dir(self.filler()).unwrap();
        for number in 1..count {
            fs::write(self.filler().join(number.to_string()), "").unwrap();
        }
        rustix::fs::sync();
    }

    /// Gives back what was taken.
    pub(crate) fn grow(&self) {
        fs::remove_dir_all(self.filler())
            .or_else(|_| fs::remove_file(self.filler()))
            .unwrap();
        rustix::fs::sync();
    }

    fn filler(&self) -> PathBuf {
        self.at.join("filler")
    }
}

impl Drop for LoopDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.at).status();
    }
}
