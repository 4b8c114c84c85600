//! A small production, its standby behind a link, and a `serve` that runs over them as an account without rights.

use super::clock::Clock;
use super::mischief::{Mischief, Promise};
use crate::content::Random;
use crate::snapshot::{self, Tree, assert_old_or_new};
use jiff::{Timestamp, ToSpan as _};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, SystemTime};

/// Nobody in particular, so that rights count though the tests are root's.
const ACCOUNT: u32 = 65_534;
/// Far beyond what any event takes to come.
const PATIENCE: Duration = Duration::from_secs(120);
/// Long enough that a run that is wrongly due would have begun.
const QUIET: Duration = Duration::from_millis(1_600);
/// Bytes that the standby's filesystem has.
const ROOM: usize = 24 << 20;

/// See the module.
pub(super) struct World {
    dir: tempfile::TempDir,
    clock: Clock,
    random: Random,
    seed: u64,
    serving: Option<Serving>,
    /// How many nights were left out, so that the calendar goes on.
    skipped: usize,
    files: usize,
}

struct Serving {
    child: Child,
    lines: Receiver<Value>,
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("counterpart-nights-")
            .tempdir()
            .unwrap();
        let mut world = Self {
            clock: Clock::new(dir.path()),
            dir,
            random: Random::new(seed ^ 0x5eed),
            seed,
            serving: None,
            skipped: 0,
            files: 0,
        };
        for name in ["production", "aside", "disk", "state", "far-state", "bin"] {
            std::fs::create_dir(world.path(name)).unwrap();
        }
        // The account must reach the program, wherever it was built.
        std::fs::copy(env!("CARGO_BIN_EXE_counterpart"), world.path("counterpart")).unwrap();
        let options = format!("size={ROOM},mode=0755");
        system(
            Command::new("mount")
                .args(["-t", "tmpfs", "-o", &options, "nights"])
                .arg(world.path("disk")),
        );
        std::fs::create_dir(world.path("disk/standby")).unwrap();
        world.programs();
        world.configure("at = \"02:30\"");
        World::own(world.dir.path());
        world.clock.set(world.clock.due(0).0 - 600.seconds());
        world.start();
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// What stands in the place of ssh, and the command that holds production.
    fn programs(&self) {
        let shown = |name: &str| self.path(name).display().to_string();
        let agent = format!("'{}' agent --history 3d", shown("counterpart"));
        let (state, cut) = (shown("far-state"), shown("cut"));
        self.program(
            "bin/ssh",
            &format!(
                "export COUNTERPART_STATE='{state}'\nif test -e '{cut}'; then {agent} | {{ dd bs=1 count=1500 status=none; kill -9 $$; }}; else exec {agent}; fi"
            ),
        );
        self.program(
            "bin/hold",
            &format!("test ! -e '{}' || sleep 1000", shown("hang")),
        );
    }

    fn program(&self, name: &str, script: &str) {
        std::fs::write(self.path(name), format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(self.path(name), std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn configure(&self, schedule: &str) {
        let shown = |name: &str| self.path(name).display().to_string();
        let text = format!(
            "[pair.p]\nproduction = \"{}\"\nstandby = \"far:{}\"\n{schedule}\n\
             [pair.p.production-hold]\nmethod = \"read-only\"\nbegin = [\"{}\"]\nend = [\"true\"]\ntimeout = \"2s\"\n\
             [pair.p.tree]\nhistory = \"3d\"\n[pair.p.guard]\nmax_delete = \"50%\"\nmax_change = \"50%\"\nreserve = \"0\"\n",
            shown("production"),
            shown("disk/standby"),
            shown("bin/hold"),
        );
        let new = self.path("counterpart.toml.new");
        std::fs::write(&new, text).unwrap();
        std::fs::rename(new, self.path("counterpart.toml")).unwrap();
    }

    /// Everything belongs to the account.
    fn own(top: &Path) {
        system(
            Command::new("chown")
                .args(["-Rh", &format!("{ACCOUNT}:{ACCOUNT}")])
                .arg(top),
        );
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.path("counterpart"));
        command
            .uid(ACCOUNT)
            .gid(ACCOUNT)
            .args(["--json", "--progress", "none", "--config"])
            .arg(self.path("counterpart.toml"))
            .arg("--state")
            .arg(self.path("state"))
            .args(arguments)
            .env(
                "PATH",
                format!(
                    "{}:{}",
                    self.path("bin").display(),
                    std::env::var("PATH").unwrap()
                ),
            )
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        self.clock.over(&mut command);
        command
    }

    fn start(&mut self) {
        let mut child = self.command(&["serve"]).spawn().unwrap();
        let (tell, lines) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let _ = tell.send(serde_json::from_str(&line).unwrap());
            }
        });
        self.serving = Some(Serving { child, lines });
        self.until("started", "at the start");
    }

    /// Ends `serve`, and says whether it had ended by itself with 0.
    fn stop(&mut self, signal: &str) {
        let mut serving = self.serving.take().unwrap();
        system(Command::new("kill").args([format!("-{signal}"), serving.child.id().to_string()]));
        let status = serving.child.wait().unwrap();
        assert_eq!(status.success(), signal == "TERM", "seed {}: {status}", self.seed);
    }

    /// The next event of this kind, or of one that ends a run instead.
    fn until(&self, event: &str, what: &str) -> Value {
        let lines = &self.serving.as_ref().unwrap().lines;
        let mut seen = Vec::new();
        loop {
            let line = lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("{what}: no `{event}` came after {seen:#?}"));
            if line["event"] == event {
                return line;
            }
            seen.push(line);
        }
    }

    /// How the run ended that began.
    fn outcome(&self, what: &str) -> Value {
        let lines = &self.serving.as_ref().unwrap().lines;
        loop {
            let line = lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("{what}: the run did not end"));
            if ["ended", "failed", "interrupted", "skipped"]
                .iter()
                .any(|end| line["event"] == *end)
            {
                return line;
            }
        }
    }

    /// Nothing happens meanwhile.
    fn is_quiet(&self, what: &str) {
        match self.serving.as_ref().unwrap().lines.recv_timeout(QUIET) {
            Err(RecvTimeoutError::Timeout) => {}
            other => panic!("{what}: nothing was due, and there came {other:?}"),
        }
    }

    /// One night: production has changed, something goes wrong, the run comes, and it is judged.
    pub(super) fn night(&mut self, number: usize, mischief: Mischief) {
        if mischief == Mischief::HostDown {
            self.stop("TERM");
            self.skipped += 3;
        }
        let night = number + self.skipped;
        let what = format!("seed {}, night {number}, {mischief:?}", self.seed);
        let certificates = self.certificates();
        self.work(12);
        let healing = self.prepare(mischief);
        let old = snapshot::take(&self.path("disk/standby"));
        let production = snapshot::take(&self.path("production"));
        let (due, again) = self.clock.due(night);
        self.clock.set(due + 1.seconds());
        if self.serving.is_none() {
            self.start();
        }
        let outcome = self.run_of(mischief, due, &what);
        let standby = snapshot::take(&self.path("disk/standby"));
        let new = self
            .certificates()
            .difference(&certificates)
            .cloned()
            .collect::<Vec<_>>();
        self.judge(mischief, &outcome, (&old, &production, &standby), &new, &what);
        if mischief == Mischief::ClockSetBack {
            self.clock.set(due - 3_600.seconds());
            self.is_quiet(&what);
            self.clock.set(due + 60.seconds());
        }
        if let Some(again) = again {
            self.clock.set(again + 1.seconds());
            self.is_quiet(&format!("{what}, for the second time"));
        }
        self.heal(mischief, healing);
    }

    /// Waits for the run, does what must be done meanwhile, and gives how it ended.
    fn run_of(&mut self, mischief: Mischief, due: Timestamp, what: &str) -> Value {
        let shown = due.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        match mischief {
            Mischief::Paused => {
                assert_eq!(self.until("waits", what)["reason"], "paused", "{what}");
                self.counterpart(&["resume", "--reason", "it is morning"], what);
            }
            Mischief::BrokenConfiguration => {
                self.until("not-reloaded", what);
            }
            _ => {}
        }
        let began = self.until("began", what);
        if mischief == Mischief::HostDown {
            assert_eq!(
                (&began["reason"], &began["runs"]),
                (&"missed".into(), &4.into()),
                "{what}: {began}"
            );
        } else {
            assert_eq!(began["due"], *shown, "{what}: {began}");
        }
        if mischief != Mischief::Killed {
            return self.outcome(what);
        }
        std::thread::sleep(Duration::from_millis(self.random.next() % 400));
        self.stop("KILL");
        self.start();
        self.finished(due, what)
    }

    /// How the killed run ended: it came again, unless it had counted already.
    fn finished(&self, due: Timestamp, what: &str) -> Value {
        if let Ok(began) = self.serving.as_ref().unwrap().lines.recv_timeout(QUIET) {
            assert_eq!(began["event"], "began", "{what}: {began}");
            self.outcome(what)
        } else {
            let status = self.counterpart(&["status"], what);
            let as_of = status["pairs"][0]["as_of"]
                .as_str()
                .unwrap()
                .parse::<Timestamp>()
                .unwrap();
            assert!(as_of >= due, "{what}: the killed run was forgotten: {status:#}");
            serde_json::json!({ "event": "ended", "result": "congruent", "pass": status["pairs"][0]["pass"] })
        }
    }

    fn judge(
        &self,
        mischief: Mischief,
        outcome: &Value,
        (old, production, standby): (&Tree, &Tree, &Tree),
        certificates: &[String],
        what: &str,
    ) {
        let said = certificates.iter().any(|name| self.says_congruent(name));
        let is_equal = snapshot::same(production, standby);
        assert!(
            !said || is_equal,
            "{what}: certified as congruent, and the trees differ: {outcome:#}"
        );
        assert_old_or_new(what, old, production, standby);
        match mischief.promise() {
            Promise::Congruent => {
                assert_eq!(outcome["result"], "congruent", "{what}: {outcome:#}");
                assert!(said && is_equal, "{what}: {outcome:#}");
            }
            Promise::Finds(code) => {
                assert_eq!(outcome["result"], "not-congruent", "{what}: {outcome:#}");
                assert!(outcome.to_string().contains(code), "{what}: {outcome:#}");
                assert!(certificates.len() == 1 && !said, "{what}: {certificates:?}");
            }
            Promise::Refuses(code) => {
                assert_eq!(outcome["result"], "refused", "{what}: {outcome:#}");
                assert!(outcome.to_string().contains(code), "{what}: {outcome:#}");
                assert!(certificates.is_empty(), "{what}: {certificates:?}");
                assert!(
                    snapshot::same(old, standby),
                    "{what}: a refusal changed the standby"
                );
            }
            Promise::Fails(code) => {
                assert_eq!(
                    (&outcome["event"], &outcome["result"]),
                    (&"failed".into(), &code.into()),
                    "{what}: {outcome:#}"
                );
                assert!(certificates.is_empty(), "{what}: {certificates:?}");
            }
        }
    }

    fn certificates(&self) -> BTreeSet<String> {
        let Ok(listed) = std::fs::read_dir(self.path("state/pairs/p/certificates")) else {
            return BTreeSet::new();
        };
        let names = listed.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.ends_with("Z.json")).collect()
    }

    fn says_congruent(&self, certificate: &str) -> bool {
        let text = std::fs::read(self.path("state/pairs/p/certificates").join(certificate)).unwrap();
        let certificate: Value = serde_json::from_slice(&text).unwrap();
        certificate["verdicts"]["congruent"].as_bool().unwrap()
    }

    /// What production does by day: files come, change, are renamed and go.
    fn work(&mut self, changes: usize) {
        let top = self.path("production");
        if self.files == 0 {
            for folder in 0..4 {
                std::fs::create_dir(top.join(format!("{folder}"))).unwrap();
            }
        }
        for _ in 0..if self.files == 0 { 40 } else { changes } {
            let present = snapshot::files(&top);
            let some = |random: &mut Random| present[random.below(present.len())].clone();
            match self.random.below(6) {
                0 if present.len() > 40 => std::fs::remove_file(some(&mut self.random)).unwrap(),
                1 if present.len() > 20 => {
                    let file = some(&mut self.random);
                    let name = file.file_name().unwrap().to_str().unwrap();
                    std::fs::rename(&file, file.with_file_name(format!("X{name}"))).unwrap();
                }
                2 | 3 if present.len() > 20 => {
                    let bytes = self.bytes(3_000);
                    std::fs::write(some(&mut self.random), bytes).unwrap();
                }
                _ => {
                    self.files += 1;
                    let folder = self.random.below(4);
                    let bytes = self.bytes(20_000);
                    std::fs::write(top.join(format!("{folder}/{:06}", self.files)), bytes).unwrap();
                }
            }
        }
        Self::own(&top);
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        let length = 1 + self.random.below(most);
        (0..length).map(|_| self.random.next().to_le_bytes()[3]).collect()
    }

    /// Makes the mischief; what must be put back afterwards.
    fn prepare(&mut self, mischief: Mischief) -> Option<(PathBuf, Vec<u8>)> {
        let production = self.path("production");
        match mischief {
            Mischief::FullDisk => {
                std::fs::write(production.join("large"), vec![7; 3 << 20]).unwrap();
                Self::own(&production);
                let room = free_bytes(&self.path("disk"));
                std::fs::write(self.path("disk/filler"), vec![0; room - (1 << 20)]).unwrap();
            }
            Mischief::Killed => {
                std::fs::write(production.join("large"), vec![3; 4 << 20]).unwrap();
                Self::own(&production);
            }
            Mischief::HungHook => std::fs::write(self.path("hang"), "").unwrap(),
            Mischief::CutLink => std::fs::write(self.path("cut"), "").unwrap(),
            Mischief::BrokenConfiguration => self.configure("at = \"half past two\""),
            Mischief::RottenStandby => {
                return Some(self.rot("disk/standby"));
            }
            Mischief::RottenProduction => return Some(self.rot("production")),
            Mischief::EmptyProduction => self.moved("production", "aside"),
            Mischief::Unreadable => {
                let file = self.some_certified();
                std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o000)).unwrap();
                std::os::unix::fs::chown(&file, Some(0), Some(0)).unwrap();
                return Some((file, Vec::new()));
            }
            Mischief::Paused => {
                self.counterpart(&["pause", "--reason", "somebody works late"], "pausing");
            }
            Mischief::Nothing | Mischief::ClockSetBack | Mischief::HostDown => {}
        }
        None
    }

    fn heal(&mut self, mischief: Mischief, kept: Option<(PathBuf, Vec<u8>)>) {
        match (mischief, kept) {
            (Mischief::FullDisk, _) => std::fs::remove_file(self.path("disk/filler")).unwrap(),
            (Mischief::HungHook, _) => std::fs::remove_file(self.path("hang")).unwrap(),
            (Mischief::CutLink, _) => std::fs::remove_file(self.path("cut")).unwrap(),
            (Mischief::BrokenConfiguration, _) => self.configure("at = \"02:30\""),
            (Mischief::RottenProduction | Mischief::RottenStandby, Some((file, content))) => {
                rewrite(&file, &content);
            }
            (Mischief::EmptyProduction, _) => self.moved("aside", "production"),
            (Mischief::Unreadable, Some((file, _))) => {
                std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
                Self::own(&file);
            }
            _ => {}
        }
    }

    /// A byte of some file changes, and neither its size nor its time.
    fn rot(&mut self, tree: &str) -> (PathBuf, Vec<u8>) {
        let certified = self.some_certified();
        let inside = certified.strip_prefix(self.path("production")).unwrap();
        let file = self.path(tree).join(inside);
        let content = std::fs::read(&file).unwrap();
        let mut rotten = content.clone();
        rotten[0] ^= 0x55;
        rewrite(&file, &rotten);
        (file, content)
    }

    /// A file that is the same in both trees: it did not change by day.
    fn some_certified(&mut self) -> PathBuf {
        let (production, standby) = (self.path("production"), self.path("disk/standby"));
        let known = snapshot::take(&standby);
        let now = snapshot::take(&production);
        let same: Vec<&PathBuf> = now
            .iter()
            .filter(|(path, node)| {
                node.content().is_some() && known.get(*path).is_some_and(|other| other.is(node))
            })
            .map(|(path, _)| path)
            .collect();
        production.join(same[self.random.below(same.len())])
    }

    fn moved(&self, from: &str, to: &str) {
        for entry in std::fs::read_dir(self.path(from)).unwrap() {
            let entry = entry.unwrap();
            std::fs::rename(entry.path(), self.path(to).join(entry.file_name())).unwrap();
        }
    }

    fn counterpart(&self, arguments: &[&str], what: &str) -> Value {
        let output = self.command(arguments).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{what}: {error}: {text}"))
    }

    /// What has had its time goes, so that a year has room.
    pub(super) fn prune(&self) {
        self.counterpart(&["prune", "--yes"], "pruning");
    }

    /// The whole journal holds, with every certificate and signature.
    pub(super) fn verify(&self) {
        let verified = self.counterpart(&["certificate", "verify"], "verifying");
        assert_eq!(verified["holds"], true, "seed {}: {verified:#}", self.seed);
    }

    pub(super) fn end(mut self) {
        self.stop("TERM");
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(serving) = &mut self.serving {
            let _ = serving.child.kill();
            let _ = serving.child.wait();
        }
        let _ = Command::new("umount").arg("-l").arg(self.path("disk")).status();
    }
}

/// Writes a file's content in place, and gives it the time back that it had.
fn rewrite(file: &Path, content: &[u8]) {
    let before: SystemTime = std::fs::metadata(file).unwrap().modified().unwrap();
    std::fs::write(file, content).unwrap();
    std::fs::File::options()
        .write(true)
        .open(file)
        .unwrap()
        .set_modified(before)
        .unwrap();
}

fn free_bytes(path: &Path) -> usize {
    let found = rustix::fs::statvfs(path).unwrap();
    usize::try_from(found.f_bavail * found.f_frsize).unwrap()
}

fn system(command: &mut Command) {
    let status = command.status().unwrap();
    assert!(status.success(), "{command:?}: {status}");
}
