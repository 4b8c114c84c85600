//! Small tools: times, owners, mounts, and programs that tests ask.

use super::done;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Long enough for a time of change to move on, on any filesystem that the tests use.
const TICK: Duration = Duration::from_millis(25);

/// Lets the filesystem's clock move on.
pub fn tick() {
    std::thread::sleep(TICK);
}

/// Sets an entry's time of modification, following no link.
pub fn set_mtime(path: &Path, seconds: i64, nanos: i64) {
    use rustix::fs::{AtFlags, CWD, Timespec, Timestamps, UTIME_OMIT, utimensat};
    let times = Timestamps {
        last_access: Timespec {
            tv_sec: 0,
            tv_nsec: UTIME_OMIT,
        },
        last_modification: Timespec {
            tv_sec: seconds,
            tv_nsec: nanos,
        },
    };
    utimensat(CWD, path, &times, AtFlags::SYMLINK_NOFOLLOW).unwrap();
}

/// An entry's time of modification.
pub fn mtime(path: &Path) -> (i64, i64) {
    let stat = fs::symlink_metadata(path).unwrap();
    (stat.mtime(), stat.mtime_nsec())
}

/// Changes a file's content behind its size and its time of modification.
pub fn rot(path: &Path, content: &[u8]) {
    let (seconds, nanos) = mtime(path);
    assert_eq!(
        fs::metadata(path).unwrap().len(),
        content.len() as u64,
        "rot keeps the size"
    );
    fs::write(path, content).unwrap();
    set_mtime(path, seconds, nanos);
    tick();
}

/// Permission bits with setuid, setgid and sticky.
pub fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

pub fn chmod(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Runs another program on a path.
pub fn on(program: &str, arguments: &[&str], path: &Path) {
    done(Command::new(program).args(arguments).arg(path));
}

/// What another program prints of a path.
pub fn ask(program: &str, arguments: &[&str], path: &Path) -> String {
    let output = done(Command::new(program).args(arguments).arg(path));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Something mounted, until the end of the test.
pub struct Mounted(PathBuf);

impl Mounted {
    /// An empty filesystem in memory.
    pub fn tmpfs(at: &Path, size: &str) -> Self {
        fs::create_dir_all(at).unwrap();
        done(
            Command::new("mount")
                .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
                .arg(at),
        );
        Self(at.to_owned())
    }

    /// A fresh ext4 in a file, which is made when it is not there.
    pub fn ext4(image: &Path, at: &Path) -> Self {
        fs::create_dir_all(at).unwrap();
        if !image.exists() {
            fs::File::create(image).unwrap().set_len(64 << 20).unwrap();
            done(
                Command::new("mkfs.ext4")
                    .args(["-q", "-F", "-E", "root_owner=0:0"])
                    .arg(image),
            );
        }
        done(Command::new("mount").args(["-o", "loop"]).arg(image).arg(at));
        // It is the filesystem's own, and never mirrored; rsync knows nothing of that.
        let _ = fs::remove_dir(at.join("lost+found"));
        Self(at.to_owned())
    }

    /// A directory at a second place.
    pub fn bind(what: &Path, at: &Path) -> Self {
        fs::create_dir_all(at).unwrap();
        done(Command::new("mount").arg("--bind").arg(what).arg(at));
        Self(at.to_owned())
    }

    /// Unmounts it now.
    pub fn unmount(self) {
        drop(self);
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let now = Command::new("umount").arg(&self.0).output();
        if !now.is_ok_and(|output| output.status.success()) {
            // A failed test may still hold it; it must not be left behind.
            let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
        }
    }
}

/// How often a loop runs: so many times as often in a soak.
pub fn times(usual: u32) -> u32 {
    let factor = std::env::var("COUNTERPART_SOAK")
        .ok()
        .and_then(|text| text.parse::<u32>().ok());
    usual.saturating_mul(factor.unwrap_or(1).max(1))
}

/// The Python that the test command prepares.
pub fn python() -> Command {
    let python = std::env::var_os("COUNTERPART_PYTHON").expect(
        "COUNTERPART_PYTHON names a Python with the libraries of the tests; `cargo xtask test` prepares one",
    );
    Command::new(python)
}

/// Bytes that do not repeat: a generator of Marsaglia's (xorshift64).
pub fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    let words = len.div_ceil(8);
    let mut bytes: Vec<u8> = (0..words).flat_map(|_| next()).collect();
    bytes.truncate(len);
    bytes
}
