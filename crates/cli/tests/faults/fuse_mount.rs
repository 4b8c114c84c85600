//! A passthrough filesystem over a directory, which fails where its control file says so.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The filesystem's program, written to the scratch directory: the tests do not need their sources at run time.
const PROGRAM: &str = include_str!("fuse/passthrough.py");
/// How often a mount is looked for before the test gives up.
const LOOKS: u32 = 600;

/// A mount; gone with the value.
pub(crate) struct Fuse {
    mountpoint: PathBuf,
    control: PathBuf,
    server: Child,
}

impl Fuse {
    /// Mounts `backing` at `mountpoint`; both are made.
    pub(crate) fn mount(scratch: &Path, backing: &Path, mountpoint: &Path, options: &[&str]) -> Self {
        let (program, control) = (scratch.join("passthrough.py"), scratch.join("fuse-control"));
        std::fs::write(&program, PROGRAM).unwrap();
        std::fs::write(&control, "").unwrap();
        for directory in [backing, mountpoint] {
            std::fs::create_dir_all(directory).unwrap();
        }
        let mut command = Command::new("/usr/bin/python3");
        command
            .arg(&program)
            .args([backing, mountpoint, &control])
            .args(options)
            .stdin(Stdio::null());
        let server = command.spawn().expect("/usr/bin/python3 with fusepy is needed");
        let mut mount = Self {
            mountpoint: mountpoint.to_owned(),
            control,
            server,
        };
        mount.wait_until_mounted();
        mount
    }

    fn wait_until_mounted(&mut self) {
        for _ in 0..LOOKS {
            if is_mounted(&self.mountpoint) {
                return;
            }
            let ended = self.server.try_wait().unwrap();
            assert!(
                ended.is_none(),
                "the passthrough filesystem ended: {ended:?} (are fuse3 and python3-fusepy there?)"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the passthrough filesystem did not mount");
    }

    /// From now on these operations fail; each rule is `OPERATION ERRNO GLOB`.
    pub(crate) fn fail(&self, rules: &[&str]) {
        let next = self.control.with_extension("next");
        std::fs::write(&next, rules.join("\n")).unwrap();
        std::fs::rename(&next, &self.control).unwrap();
    }

    pub(crate) fn heal(&self) {
        self.fail(&[]);
    }
}

impl Drop for Fuse {
    fn drop(&mut self) {
        super::loop_mount::unmount(&self.mountpoint);
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

/// True when something is mounted exactly there.
pub(crate) fn is_mounted(path: &Path) -> bool {
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
    mounts.lines().any(|line| line.split(' ').nth(1) == path.to_str())
}
