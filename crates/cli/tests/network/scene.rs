//! One pair whose ends are apart, the program run on it, and the oracles that judge what it left.

use crate::done;
use crate::ended::Ended;
use crate::hosts::{FAR, Hosts, children};
use crate::proxy::Proxy;
use crate::snapshot::{self, Tree};
use crate::sshd::{Daemon, MORTAL};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_counterpart");
/// Files that may have been under way when a pass ended: one a lane, and some in the pipes between.
pub(crate) const IN_FLIGHT: u64 = 40;
/// Far beyond the minute after which a silent end is given up.
const PATIENCE: Duration = Duration::from_secs(300);

/// Which end is far.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Way {
    /// The standby.
    Push,
    /// Production.
    Pull,
}

pub(crate) const BOTH: [Way; 2] = [Way::Push, Way::Pull];

/// See the module. What serves goes first, the directory last.
pub(crate) struct Scene {
    pub(crate) way: Way,
    pub(crate) production: PathBuf,
    pub(crate) standby: PathBuf,
    /// What the agent is begun with, in place of nothing, and its further options.
    pub(crate) remote: (String, String),
    /// Further settings of the pair's tree.
    pub(crate) settings: String,
    daemon: Daemon,
    hosts: Option<Hosts>,
    dir: tempfile::TempDir,
}

impl Scene {
    /// Both ends on this host.
    pub(crate) fn here(way: Way) -> Self {
        let dir = directory();
        let daemon = Daemon::here(&dir.path().join("ssh"));
        Self::new(way, daemon, None, dir)
    }

    /// Each end on a host of its own.
    pub(crate) fn apart(way: Way) -> Self {
        let (dir, hosts) = (directory(), Hosts::new());
        let daemon = Daemon::there(&dir.path().join("ssh"), &hosts.far.words(), FAR);
        Self::new(way, daemon, Some(hosts), dir)
    }

    fn new(way: Way, daemon: Daemon, hosts: Option<Hosts>, dir: tempfile::TempDir) -> Self {
        let at = |name: &str| dir.path().join(name);
        let (production, standby) = (at("production"), at("standby"));
        std::fs::create_dir(&production).unwrap();
        Self {
            way,
            production,
            standby,
            remote: (String::new(), String::new()),
            settings: String::new(),
            daemon,
            hosts,
            dir,
        }
    }

    /// What lies between the hosts.
    pub(crate) fn hosts(&self) -> &Hosts {
        self.hosts.as_ref().expect("the ends are apart")
    }

    /// A proxy that is between from now on.
    pub(crate) fn proxy(&self, delay: Duration) -> Proxy {
        let proxy = Proxy::new(self.daemon.address, delay);
        self.daemon.configure(&self.path("ssh"), proxy.address);
        proxy
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The state at the far end.
    pub(crate) fn far_state(&self) -> PathBuf {
        self.path("far-state")
    }

    /// The far end as it runs, whatever it was begun with.
    fn agent(&self) -> String {
        let state = self.far_state();
        format!("{PROGRAM} agent --state {}{}", state.display(), self.remote.1)
    }

    fn config(&self) -> PathBuf {
        let place = |far: bool, path: &Path| format!("{}{}", if far { "far:" } else { "" }, path.display());
        let text = format!(
            "[pair.p]\nproduction = \"{}\"\nstandby = \"{}\"\nssh = [\"-F\", \"{}\"]\nremote = \"{}\"\n\
             [pair.p.tree]\n{}\n[pair.p.guard]\nmax_delete = \"100%\"\nmax_change = \"100%\"\nreserve = \"0\"\n",
            place(self.way == Way::Pull, &self.production),
            place(self.way == Way::Push, &self.standby),
            self.daemon.configuration().display(),
            format_args!("{}{}", self.remote.0, self.agent()),
            self.settings,
        );
        let path = self.path("counterpart.toml");
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The program at the near end, on its way to one command.
    fn command(&self, arguments: &[&str]) -> Command {
        let words = match &self.hosts {
            Some(hosts) => hosts.near.words(),
            None => MORTAL.to_vec(),
        };
        let mut command = Command::new(words[0]);
        command
            .args(&words[1..])
            .arg(PROGRAM)
            .arg("--config")
            .arg(self.config());
        command.arg("--state").arg(self.path("state"));
        command.args(["--json", "--progress", "none"]).args(arguments);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn counterpart(&self, arguments: &[&str]) -> Ended {
        self.command(arguments).output().unwrap().into()
    }

    pub(crate) fn run(&self) -> Ended {
        self.counterpart(&["run"])
    }

    pub(crate) fn start(&self) -> Running {
        Running(Some(self.command(&["run"]).spawn().unwrap()))
    }

    /// Runs to a congruent end and lets every oracle judge it.
    pub(crate) fn run_congruent(&self, what: &str) -> Value {
        let report = self.run().report(what, 0);
        assert_eq!(report["congruent"], true, "{what}: {report:#}");
        self.judge(what);
        report
    }

    /// Congruent by rsync, nothing stray in `incoming`, certificates sound.
    pub(crate) fn judge(&self, what: &str) {
        let mut rsync = Command::new("rsync");
        rsync.args(["-aXn", "--delete", "--checksum", "--itemize-changes"]);
        rsync.args(["--exclude=/.counterpart", "--modify-window=-1"]);
        let tree = |path: &Path| format!("{}/", path.display());
        let found = done(rsync.arg(tree(&self.production)).arg(tree(&self.standby)));
        let found = String::from_utf8_lossy(&found.stdout).into_owned();
        assert!(found.is_empty(), "{what}: rsync finds\n{found}");
        let incoming = std::fs::read_dir(self.standby.join(".counterpart/incoming"));
        let stray = incoming.into_iter().flatten().count();
        assert_eq!(stray, 0, "{what}: stray in incoming");
        let verified = self.counterpart(&["certificate", "verify"]).report(what, 0);
        assert_eq!(verified["holds"], true, "{what}: {verified:#}");
    }

    /// Agents that serve this pair, by their processes.
    pub(crate) fn agents(&self) -> Vec<String> {
        let mut listed = Command::new("pgrep");
        listed.args(["-f", "-x"]).arg(self.agent());
        let listed = listed.output().unwrap().stdout;
        let listed = String::from_utf8(listed).unwrap();
        listed.lines().map(str::to_owned).collect()
    }

    /// A lost link ends its agent.
    pub(crate) fn wait_for_agents_to_end(&self, what: &str) {
        until(&format!("{what}: an agent stays behind"), || {
            self.agents().is_empty()
        });
    }

    pub(crate) fn standby_tree(&self) -> Tree {
        snapshot::take(&self.standby)
    }

    pub(crate) fn production_tree(&self) -> Tree {
        snapshot::take(&self.production)
    }
}

fn directory() -> tempfile::TempDir {
    let mut builder = tempfile::Builder::new();
    builder.prefix("counterpart-network-").tempdir().unwrap()
}

/// Waits until something holds.
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Kills processes, which may have ended by themselves.
pub(crate) fn kill(processes: &[String]) {
    drop(Command::new("kill").arg("-9").args(processes).output());
}

/// A run under way; killed when the test fails.
pub(crate) struct Running(Option<Child>);

impl Running {
    pub(crate) fn wait(mut self) -> Ended {
        self.0.take().unwrap().wait_with_output().unwrap().into()
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.0.as_mut().unwrap().try_wait().unwrap().is_some()
    }

    /// SIGKILL to the program itself, which is the child of what put it in its place.
    pub(crate) fn kill(self) -> Ended {
        kill(&children(self.0.as_ref().unwrap().id()));
        self.wait()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            kill(&children(child.id()));
            // Both may have ended by themselves.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
