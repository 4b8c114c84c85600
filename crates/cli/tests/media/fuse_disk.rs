//! A disk that fails when told to, or holds less than others: `passthrough.py`, mounted.

use crate::scene::Scene;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Looks for the mount so often before the test gives up.
const LOOKS: u32 = 2000;

/// A mounted passthrough; unmounted when dropped.
pub(crate) struct FuseDisk {
    at: PathBuf,
    control: PathBuf,
    served: Child,
}

impl FuseDisk {
    /// Mounts `below` at this name in the scene.
    pub(crate) fn new(scene: &Scene, name: &str, options: &[&str]) -> Self {
        let (below, at, control) = (scene.path("below"), scene.path(name), scene.path("control"));
        for directory in [&below, &at, &control] {
            fs::create_dir(directory).unwrap();
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/media/passthrough.py");
        let served = Command::new("/usr/bin/python3")
            .arg(script)
            .args([&below, &at, &control])
            .args(options)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let mut disk = Self { at, control, served };
        disk.wait();
        disk
    }

    fn wait(&mut self) {
        let outside = fs::metadata(&self.control).unwrap().dev();
        for _ in 0..LOOKS {
            if fs::metadata(&self.at).is_ok_and(|found| found.dev() != outside) {
                return;
            }
            if let Some(status) = self.served.try_wait().unwrap() {
                panic!("passthrough.py ended with {status}: are fuse3 and python3-fusepy there?");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("passthrough.py did not mount");
    }

    /// From now on `what` (read, write or fsync) fails on paths with this end; `*` is every path.
    pub(crate) fn fail(&self, what: &str, suffix: &str, errno: &str) {
        let ready = self.control.join("next");
        fs::write(&ready, format!("{suffix} {errno}\n")).unwrap();
        fs::rename(ready, self.control.join(what)).unwrap();
    }

    /// From now on `what` succeeds.
    pub(crate) fn heal(&self, what: &str) {
        fs::remove_file(self.control.join(what)).unwrap();
    }
}

impl Drop for FuseDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("fusermount3")
            .arg("-u")
            .arg(&self.at)
            .stderr(Stdio::null())
            .status();
        if !unmounted.is_ok_and(|status| status.success()) {
            let _ = Command::new("umount").arg("-l").arg(&self.at).status();
        }
        let _ = self.served.kill();
        let _ = self.served.wait();
    }
}
