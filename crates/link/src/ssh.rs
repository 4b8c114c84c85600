//! The byte stream to a far site: the system's `ssh`, with its own configuration, keys and policies.
//!
//! The remote command is constant: what is wanted is said in the greeting, so that no argument crosses the wire, and an
//! account at the far end can be bound to this one command. Nothing is forwarded and nobody is asked.

use counterpart_model::{Code, Failure};
use rustix::fd::OwnedFd;
use std::ffi::OsString;
use std::io::Read;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What ssh may not do, whatever its configuration says: the first value of an option is the one that counts.
const FIXED: [&str; 8] = [
    "-T",
    "-a",
    "-x",
    "-oBatchMode=yes",
    "-oClearAllForwardings=yes",
    "-oPermitLocalCommand=no",
    "-oRequestTTY=no",
    "-oEscapeChar=none",
];
const NOT_INSTALLED: &str = "Install counterpart at the far host, or name its path with `remote`.";
const NOT_REACHED: &str = "Check the host, its port, and the firewall between.";
/// How much of what ssh says is kept, in bytes.
const SAID_BYTES: usize = 4 << 10;
/// How long ssh may take to end once its stream has.
const PATIENCE: Duration = Duration::from_secs(5);

/// How a far host is reached.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ssh {
    /// The program; `ssh` where nothing else is said.
    pub program: OsString,
    /// The pair's own arguments, such as `-F FILE`.
    pub arguments: Vec<OsString>,
    /// `host`, or `user@host`.
    pub destination: String,
    /// Another port than the host's own.
    pub port: Option<u16>,
    /// The command there.
    pub remote: String,
}

/// A running ssh. Dropped, it is ended.
pub struct Session {
    child: Child,
    said: Arc<Mutex<Vec<u8>>>,
    listener: Option<std::thread::JoinHandle<()>>,
}

impl Ssh {
    /// Starts it; gives what comes from the far end, and what goes there.
    ///
    /// # Errors
    /// The destination is none, or ssh cannot be started.
    pub fn start(&self) -> Result<(Session, OwnedFd, OwnedFd), Failure> {
        check_destination(&self.destination)?;
        let doing = || format!("starting {}", self.program.to_string_lossy());
        let mut child = self.command().spawn().map_err(|error| {
            Failure::new(Code::SiteLost, doing(), error).hint("Install OpenSSH's client.")
        })?;
        let (Some(input), Some(output), Some(errors)) =
            (child.stdout.take(), child.stdin.take(), child.stderr.take())
        else {
            return Err(Failure::new(Code::SiteLost, doing(), "it has no streams"));
        };
        let said = Arc::new(Mutex::default());
        let listener = listen(errors, &said);
        let session = Session {
            child,
            said,
            listener,
        };
        Ok((session, input.into(), output.into()))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(FIXED).args(&self.arguments);
        if let Some(port) = self.port {
            command.arg("-p").arg(port.to_string());
        }
        command.arg("--").arg(&self.destination).arg(&self.remote);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

/// A host or user that begins with `-` would be an option to ssh or to what it starts.
pub fn check_destination(destination: &str) -> Result<(), Failure> {
    let (user, host) = destination
        .rsplit_once('@')
        .map_or((None, destination), |(user, host)| (Some(user), host));
    let is_bad = |part: &str| {
        part.is_empty()
            || part.starts_with('-')
            || part.contains(|c: char| c.is_whitespace() || c.is_control())
    };
    if is_bad(host) || user.is_some_and(is_bad) {
        let why = "a host or user is empty, begins with `-`, or has a space in it";
        return Err(Failure::new(
            Code::Config,
            format!("reading {destination:?}"),
            why,
        ));
    }
    Ok(())
}

/// Keeps the end of what ssh says, in a thread of its own, for ssh must not wait for us.
fn listen(mut errors: ChildStderr, said: &Arc<Mutex<Vec<u8>>>) -> Option<std::thread::JoinHandle<()>> {
    let said = said.clone();
    let body = move || {
        let mut buffer = [0; 1024];
        while let Ok(len @ 1..) = errors.read(&mut buffer) {
            let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
            said.extend_from_slice(&buffer[..len]);
            let excess = said.len().saturating_sub(SAID_BYTES);
            said.drain(..excess);
        }
    };
    std::thread::Builder::new()
        .name("ssh-errors".to_owned())
        .spawn(body)
        .ok()
}

impl Session {
    /// A failure of the link, with what ssh said of it and what to do about that.
    pub fn explain(&mut self, failure: Failure) -> Failure {
        if failure.code != Code::SiteLost {
            return failure;
        }
        self.wait();
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let said = sentences(&said);
        if said.is_empty() {
            return failure;
        }
        let hint = remedy(&said).unwrap_or(&failure.hint).to_owned();
        let why = format!("{}; ssh said: {said}", failure.why);
        Failure { why, ..failure }.hint(hint)
    }

    /// Waits a while for ssh to end by itself, then ends it.
    fn wait(&mut self) {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if !matches!(self.child.try_wait(), Ok(None)) {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        // It may have ended just now.
        drop(self.child.kill());
        drop(self.child.wait());
        if let Some(listener) = self.listener.take() {
            drop(listener.join());
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.wait();
    }
}

/// What ssh said, in one line: its lines of `@` are for the eye alone.
fn sentences(said: &[u8]) -> String {
    let lines = said.split(|&byte| byte == b'\n').map(|line| {
        let plain = line.trim_ascii().strip_prefix(b"@").unwrap_or(line);
        counterpart_model::escape::shown(plain.strip_suffix(b"@").unwrap_or(plain).trim_ascii())
    });
    let lines: Vec<String> = lines
        .filter(|line| line.chars().any(|letter| letter != '@'))
        .collect();
    lines.join(" ")
}

/// What to do about what ssh says.
fn remedy(said: &str) -> Option<&'static str> {
    const REMEDIES: [(&str, &str); 9] = [
        (
            "REMOTE HOST IDENTIFICATION HAS CHANGED",
            "Ask the host's administrator why its key changed before you go on.",
        ),
        (
            "Host key verification failed",
            "Compare the host's key with its administrator, then put it in known_hosts.",
        ),
        (
            "Permission denied",
            "Give this account's key to the far one, and try `ssh HOST true` by hand.",
        ),
        ("not found", NOT_INSTALLED),
        ("No such file or directory", NOT_INSTALLED),
        ("Could not resolve", "Mend the host's name."),
        ("Connection refused", NOT_REACHED),
        ("Connection timed out", NOT_REACHED),
        ("No route to host", NOT_REACHED),
    ];
    REMEDIES
        .iter()
        .find(|(word, _)| said.contains(word))
        .map(|(_, remedy)| *remedy)
}
