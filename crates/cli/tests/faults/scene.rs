//! One pair in a scratch directory, the program run on it, and the oracles that judge what it left.

use crate::snapshot::{self, Tree};
use serde_json::Value;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// Files that may have been under way when the program was killed: two movers, and one that each had just finished.
pub(crate) const IN_FLIGHT: u64 = 4;

/// A pair: both trees and the state may be put on other filesystems before the first run.
pub(crate) struct Scene {
    pub(crate) production: PathBuf,
    pub(crate) standby: PathBuf,
    pub(crate) state: PathBuf,
    carry: &'static str,
    reserve: &'static str,
    /// Last, so that what is mounted in it goes first.
    dir: tempfile::TempDir,
}

/// How a run ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) signal: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let dir = tempfile::Builder::new()
            .prefix("counterpart-faults-")
            .tempdir()
            .unwrap();
        let at = |name: &str| dir.path().join(name);
        let (production, standby, state) = (at("production"), at("standby"), at("state"));
        std::fs::create_dir(&production).unwrap();
        Self {
            production,
            standby,
            state,
            carry: r#"["mode", "mtime", "hardlink"]"#,
            reserve: "0",
            dir,
        }
    }

    /// Carries modes and times only.
    pub(crate) fn without_hardlinks(mut self) -> Self {
        self.carry = r#"["mode", "mtime"]"#;
        self
    }

    /// Room that the guard keeps free at the standby.
    pub(crate) fn with_reserve(mut self, reserve: &'static str) -> Self {
        self.reserve = reserve;
        self
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    fn config(&self) -> PathBuf {
        let path = self.path().join("counterpart.toml");
        let text = format!(
            "[pair.p]\nproduction = \"{}\"\nstandby = \"{}\"\n[pair.p.tree]\ncarry = {}\nmovers = 2\n\
             [pair.p.guard]\nmax_delete = \"100%\"\nmax_change = \"100%\"\nreserve = \"{}\"\n",
            self.production.display(),
            self.standby.display(),
            self.carry,
            self.reserve
        );
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The program, on its way to one command.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_counterpart"));
        command
            .arg("--config")
            .arg(self.config())
            .arg("--state")
            .arg(&self.state);
        command.args(["--json", "--progress", "none"]).args(arguments);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn start(&self) -> Running {
        Running(Some(self.command(&["run"]).spawn().unwrap()))
    }

    pub(crate) fn counterpart(&self, arguments: &[&str]) -> Ended {
        self.command(arguments).output().unwrap().into()
    }

    pub(crate) fn run(&self) -> Ended {
        self.counterpart(&["run"])
    }

    /// Runs to a congruent end and lets every oracle judge it.
    pub(crate) fn run_congruent(&self, what: &str) -> Value {
        let ended = self.run();
        let report = ended.report(what, 0);
        assert_eq!(report["congruent"], true, "{what}: {report:#}");
        self.judge(what);
        report
    }

    /// The same, and how long the pass itself took, in microseconds: in so long a time kills and cuts are spread.
    pub(crate) fn run_measured(&self, what: &str) -> u64 {
        let report = self.run_congruent(what);
        let took = Duration::from_secs_f64(report["seconds"].as_f64().unwrap());
        u64::try_from(took.as_micros()).unwrap().max(1)
    }

    /// Congruent by rsync, nothing stray in `incoming`, certificates sound.
    pub(crate) fn judge(&self, what: &str) {
        let differences = self.rsync();
        assert!(differences.is_empty(), "{what}: rsync finds\n{differences}");
        let incoming = self.standby.join(".counterpart/incoming");
        let stray: Vec<_> = std::fs::read_dir(&incoming)
            .into_iter()
            .flatten()
            .map(|found| found.unwrap().path())
            .collect();
        assert!(stray.is_empty(), "{what}: stray in incoming: {stray:?}");
        let verified = self.counterpart(&["certificate", "verify"]);
        let verified = verified.report(what, 0);
        assert_eq!(verified["holds"], true, "{what}: {verified:#}");
    }

    /// What rsync would change.
    fn rsync(&self) -> String {
        let links = if self.carry.contains("hardlink") {
            "-aXnH"
        } else {
            "-aXn"
        };
        let mut command = Command::new("rsync");
        command.args([
            links,
            "--delete",
            "--checksum",
            "--itemize-changes",
            "--exclude=/.counterpart",
        ]);
        command
            .arg(with_slash(&self.production))
            .arg(with_slash(&self.standby));
        said(&mut command)
    }

    pub(crate) fn standby_tree(&self) -> Tree {
        snapshot::take(&self.standby)
    }

    pub(crate) fn production_tree(&self) -> Tree {
        snapshot::take(&self.production)
    }

    /// Production without one entry, which is not even read.
    pub(crate) fn production_tree_without(&self, left_out: &str) -> Tree {
        snapshot::take_without(&self.production, left_out)
    }

    /// Names of the certificates there are.
    pub(crate) fn certificates(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for pair in std::fs::read_dir(self.state.join("pairs")).into_iter().flatten() {
            for name in std::fs::read_dir(pair.unwrap().path().join("certificates"))
                .into_iter()
                .flatten()
            {
                let name = name.unwrap().file_name().into_string().unwrap();
                if Path::new(&name).extension() == Some(OsStr::new("json")) {
                    found.insert(name);
                }
            }
        }
        found
    }
}

/// The scene of a failed test may be kept, to be looked at.
impl Drop for Scene {
    fn drop(&mut self) {
        if std::thread::panicking() && std::env::var_os("COUNTERPART_KEEP").is_some() {
            self.dir.disable_cleanup(true);
        }
    }
}

/// A run under way; killed when the test fails.
pub(crate) struct Running(Option<Child>);

impl Running {
    pub(crate) fn id(&self) -> u32 {
        self.0.as_ref().unwrap().id()
    }

    /// Sends a signal by its number's name, as `kill` takes it.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args(["-s", name, &self.id().to_string()])
            .output()
            .unwrap();
        drop(sent);
    }

    pub(crate) fn wait(mut self) -> Ended {
        self.0.take().unwrap().wait_with_output().unwrap().into()
    }

    /// SIGKILL; how it ended tells whether that came too late.
    pub(crate) fn kill(mut self) -> Ended {
        let mut child = self.0.take().unwrap();
        child.kill().unwrap();
        child.wait_with_output().unwrap().into()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            signal: output.status.signal(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Ended {
    /// The document of a run that ended with this code.
    pub(crate) fn report(&self, what: &str, code: i32) -> Value {
        assert_eq!(self.code, Some(code), "{what}: {self}");
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{what}: {error}: {self}"))
    }

    /// It ended by itself, with one of these codes.
    pub(crate) fn assert_code(&self, what: &str, codes: &[i32]) {
        let code = self.code.unwrap_or(-1);
        assert!(codes.contains(&code), "{what}: expected one of {codes:?}: {self}");
        assert!(!self.stderr.contains("panicked"), "{what}: {self}");
    }

    /// True when a SIGKILL ended it.
    pub(crate) fn was_killed(&self) -> bool {
        self.signal == Some(9)
    }
}

impl std::fmt::Display for Ended {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            code,
            signal,
            stdout,
            stderr,
        } = self;
        write!(out, "code {code:?}, signal {signal:?}\n{stdout}{stderr}")
    }
}

fn with_slash(path: &Path) -> std::ffi::OsString {
    let mut text = path.as_os_str().to_owned();
    text.push("/");
    text
}

/// Runs a tool that must be there and must succeed; what it said.
pub(crate) fn said(command: &mut Command) -> String {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        output.status.success(),
        "{command:?}: {}\n{out}{err}",
        output.status
    );
    out.into_owned()
}
