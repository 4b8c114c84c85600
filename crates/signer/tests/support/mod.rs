//! A place for keys and sockets, the system's ssh-agent, an agent of the tests' own, and a security key made of software.

mod fake;
mod security;

pub(crate) use fake::FakeAgent;
pub(crate) use security::security_key;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A directory of its own, short enough for a socket's name.
pub(crate) struct Directory(tempfile::TempDir);

impl Directory {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Makes an Ed25519 key with ssh-keygen; gives its public half.
    pub(crate) fn new_key(&self, name: &str) -> String {
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"])
            .arg(self.path(name))
            .status()
            .unwrap();
        assert!(made.success());
        std::fs::read_to_string(self.path(&format!("{name}.pub"))).unwrap()
    }

    /// Whether ssh-keygen accepts a signature by a key.
    pub(crate) fn ssh_keygen_accepts(&self, public: &str, message: &[u8], armoured: &str) -> bool {
        let line = counterpart_evidence::key::allowed_signers_line("counterpart", public).unwrap();
        std::fs::write(self.path("allowed_signers"), line).unwrap();
        std::fs::write(self.path("m.sig"), armoured).unwrap();
        std::fs::write(self.path("m"), message).unwrap();
        let words = "-Y verify -f allowed_signers -I counterpart -n counterpart -s m.sig";
        let checked = Command::new("ssh-keygen")
            .args(words.split(' '))
            .current_dir(self.0.path())
            .stdin(std::fs::File::open(self.path("m")).unwrap())
            .output()
            .unwrap();
        checked.status.success()
    }
}

/// The system's ssh-agent, ended with the test.
pub(crate) struct RealAgent {
    child: Child,
    pub(crate) socket: PathBuf,
}

impl RealAgent {
    pub(crate) fn start(directory: &Directory) -> Self {
        let socket = directory.path("agent");
        let child = Command::new("ssh-agent")
            .args(["-D", "-a"])
            .arg(&socket)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let agent = Self { child, socket };
        let began = Instant::now();
        while !agent.socket.exists() {
            assert!(
                began.elapsed() < Duration::from_secs(60),
                "ssh-agent did not start"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
        agent
    }

    pub(crate) fn add(&self, key: &Path) {
        self.ssh_add(&["-q".as_ref(), key.as_os_str()]);
    }

    pub(crate) fn remove_all(&self) {
        self.ssh_add(&["-q".as_ref(), "-D".as_ref()]);
    }

    fn ssh_add(&self, words: &[&std::ffi::OsStr]) {
        let done = Command::new("ssh-add")
            .args(words)
            .env("SSH_AUTH_SOCK", &self.socket)
            .status()
            .unwrap();
        assert!(done.success());
    }
}

impl Drop for RealAgent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
