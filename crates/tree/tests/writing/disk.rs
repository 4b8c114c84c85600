//! Small disks of their own, in files, that can lose their power.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// A mounted filesystem in an image file, unmounted at the end.
pub struct Disk {
    held: tempfile::TempDir,
}

impl Disk {
    /// Makes one with `mkfs.KIND OPTIONS` and mounts it.
    pub fn new(kind: &str, size_mib: u32, options: &[&str]) -> Self {
        let held = tempfile::tempdir().unwrap();
        let disk = Self { held };
        std::fs::create_dir(disk.path()).unwrap();
        std::fs::File::create(disk.image())
            .unwrap()
            .set_len(u64::from(size_mib) << 20)
            .unwrap();
        run_tool(
            Command::new(format!("mkfs.{kind}"))
                .arg("-q")
                .args(options)
                .arg(disk.image()),
        );
        disk.mount();
        // ext4 makes it, XFS does not.
        let _ = std::fs::remove_dir(disk.path().join("lost+found"));
        disk
    }

    fn image(&self) -> PathBuf {
        self.held.path().join("image")
    }

    fn mount(&self) {
        run_tool(
            Command::new("mount")
                .args(["-o", "loop"])
                .arg(self.image())
                .arg(self.path()),
        );
    }

    pub fn path(&self) -> PathBuf {
        self.held.path().join("mounted")
    }

    /// From now on nothing is written any more, as when the power is lost; with `log_first`, after the journal was
    /// written, but not the content of any file.
    pub fn lose_power(&self, log_first: bool) {
        let shutdown = if log_first { "shutdown -f" } else { "shutdown" };
        run_tool(
            Command::new("xfs_io")
                .args(["-x", "-c", shutdown])
                .arg(self.path()),
        );
    }

    /// Mounts it again after a loss of power.
    pub fn come_back(&self) {
        // What a killed child held open goes away a moment after it.
        for _ in 0..200 {
            let tried = Command::new("umount").arg(self.path()).output().unwrap();
            if tried.status.success() {
                return self.mount();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("{} stays busy", self.path().display());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("-l").arg(self.path()).status();
        assert!(
            std::thread::panicking() || unmounted.is_ok_and(|status| status.success()),
            "umount failed"
        );
    }
}

/// A directory that shows another one, until it is dropped.
pub struct Bound<'a>(&'a Path);

impl<'a> Bound<'a> {
    pub fn new(shown: &Path, at: &'a Path) -> Self {
        run_tool(Command::new("mount").arg("--bind").arg(shown).arg(at));
        Self(at)
    }
}

impl Drop for Bound<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

fn run_tool(command: &mut Command) {
    let output = command
        .output()
        .unwrap_or_else(|why| panic!("{command:?} cannot be run: {why}"));
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
