//! A real sshd on a port of its own, with keys of its own, and the configuration of an ssh that reaches it.
//!
//! It is the first process of a namespace of processes, and ends with the thread that began it, whatever becomes of
//! that one: so no daemon, no session and no agent stays behind, also where the link to them is dead. Which network
//! it is in, and how its port is reached, is its user's affair.

use super::done;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What a program is begun with that must end with the test, and take all that it began with it.
pub const MORTAL: [&str; 8] = [
    "setpriv",
    "--pdeathsig",
    "KILL",
    "unshare",
    "--pid",
    "--fork",
    "--kill-child",
    "--",
];
/// Ports that are tried: another program may be faster.
const TRIES: usize = 10;
/// Far beyond what a daemon takes to listen.
const PATIENCE: Duration = Duration::from_secs(60);

/// See the module.
pub struct Daemon {
    pub address: SocketAddr,
    directory: PathBuf,
    child: Child,
}

impl Daemon {
    /// One that listens on this host alone, with its files in `directory`.
    pub fn here(directory: &Path) -> Self {
        keys(directory);
        for _ in 0..TRIES {
            let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let address = free.local_addr().unwrap();
            drop(free);
            if let Some(daemon) = Self::begin(directory, &MORTAL, address) {
                daemon.configure(directory, address);
                return daemon;
            }
        }
        panic!("no sshd could be started in {}", directory.display());
    }

    /// One that listens at an address of a network of its own, begun with these words.
    pub fn there(directory: &Path, words: &[&str], address: IpAddr) -> Self {
        keys(directory);
        let address = SocketAddr::new(address, 22);
        let daemon = Self::begin(directory, words, address).expect("sshd listens");
        daemon.configure(directory, address);
        daemon
    }

    /// Writes the configuration of an ssh that reaches it at an address, its own or that of something between.
    pub fn configure(&self, directory: &Path, address: SocketAddr) {
        let ssh = directory.display();
        let text = format!(
            "Host far\n  HostName {}\n  Port {}\n  HostKeyAlias far\n  User root\n  IdentityFile {ssh}/user\n  \
             IdentitiesOnly yes\n  UserKnownHostsFile {ssh}/known_hosts\n  StrictHostKeyChecking yes\n  BatchMode yes\n",
            address.ip(),
            address.port()
        );
        fs::write(self.configuration(), text).unwrap();
    }

    /// The file that ssh is told of with `-F`.
    pub fn configuration(&self) -> PathBuf {
        self.directory.join("config")
    }

    /// Nothing where it ended at once, which it does where the port is taken.
    fn begin(directory: &Path, words: &[&str], address: SocketAddr) -> Option<Self> {
        // It must be there, and only root may write to it.
        fs::create_dir_all("/run/sshd").unwrap();
        let (settings, log) = (directory.join("sshd_config"), directory.join("sshd.log"));
        fs::write(&settings, server(directory, address)).unwrap();
        let _ = fs::remove_file(&log);
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).args(["/usr/sbin/sshd", "-D", "-f"]);
        command.arg(&settings).arg("-E").arg(&log);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let mut daemon = Self {
            address,
            directory: directory.to_owned(),
            child: command.spawn().unwrap(),
        };
        daemon.listens(&log).then_some(daemon)
    }

    fn listens(&mut self, log: &Path) -> bool {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            let said = fs::read_to_string(log).unwrap_or_default();
            if said.contains("Server listening") {
                return true;
            }
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        panic!("sshd does not come to listen: {}", log.display());
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Makes the keys of both ends, once a directory.
fn keys(directory: &Path) {
    fs::create_dir_all(directory).unwrap();
    for key in ["host", "user"] {
        let mut make = Command::new("ssh-keygen");
        make.args(["-q", "-t", "ed25519", "-N", "", "-f"]);
        done(make.arg(directory.join(key)));
    }
    fs::copy(directory.join("user.pub"), directory.join("authorized_keys")).unwrap();
    let host = fs::read_to_string(directory.join("host.pub")).unwrap();
    fs::write(directory.join("known_hosts"), format!("far {host}")).unwrap();
}

fn server(directory: &Path, address: SocketAddr) -> String {
    let ssh = directory.display();
    format!(
        "ListenAddress {address}\nHostKey {ssh}/host\nPidFile none\nAuthorizedKeysFile {ssh}/authorized_keys\n\
         PermitRootLogin prohibit-password\nPasswordAuthentication no\nUsePAM no\nStrictModes no\nUseDNS no\n"
    )
}
