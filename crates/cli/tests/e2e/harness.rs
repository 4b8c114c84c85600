//! The harness: two trees, a state directory, the program, and the oracles that hold after every pass.

mod far;
mod listing;
mod outcome;
#[allow(dead_code, reason = "the tests of the network use all of it")]
mod sshd;
mod tools;

pub use far::Far;
use far::Way;
pub use listing::{Listing, listing};
pub use outcome::Outcome;
pub use tools::*;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use tempfile::TempDir;

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_counterpart");

/// A pair of trees and everything around them.
pub struct World {
    /// Before the directory, so that what serves from it goes first.
    way: Way,
    dir: TempDir,
    /// Given to every `mirror`.
    options: Vec<String>,
    /// Given to rsync, after what every pair is compared by.
    oracle: Vec<String>,
    /// Set where lists cannot take every name.
    odd_names: bool,
    sha256: bool,
    configured: bool,
    /// Set where something else changes production while a pass runs.
    restless: AtomicBool,
}

impl World {
    /// Two trees with the usual settings: mode and mtime are carried. Production is there and empty, the standby not.
    pub fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let world = Self {
            way: Way::new(dir.path()),
            dir,
            options: Vec::new(),
            oracle: Vec::new(),
            odd_names: false,
            sha256: false,
            configured: false,
            restless: AtomicBool::new(false),
        };
        fs::set_permissions(world.dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        fs::create_dir(world.src()).unwrap();
        world
    }

    /// The same, carrying these classes; rsync then compares them, too.
    pub fn carrying(classes: &str) -> Self {
        let mut oracle = String::from("-");
        for (class, letter) in [("hardlink", 'H'), ("acl", 'A'), ("xattr", 'X')] {
            if classes.split(',').any(|word| word == class) {
                oracle.push(letter);
            }
        }
        let world = Self::new().with(&["--carry", classes]);
        if oracle.len() > 1 {
            world.comparing(&[&oracle])
        } else {
            world
        }
    }

    /// With options for every `mirror`.
    pub fn with(mut self, options: &[&str]) -> Self {
        self.options
            .extend(options.iter().map(|&option| option.to_owned()));
        self.sha256 |= options.contains(&"sha256");
        self
    }

    /// With options for rsync.
    pub fn comparing(mut self, options: &[&str]) -> Self {
        self.oracle
            .extend(options.iter().map(|&option| option.to_owned()));
        self
    }

    /// Where names are used that b3sum's lists cannot hold.
    pub fn with_odd_names(mut self) -> Self {
        self.odd_names = true;
        self
    }

    /// With a configuration, in which the pair is called `p`: `tables` follows `[pair.p]` and its two sites.
    pub fn configured(mut self, tables: &str) -> Self {
        self.configure(tables);
        self.configured = true;
        self
    }

    /// Writes the configuration anew.
    pub fn configure(&self, tables: &str) {
        let (src, dst) = (self.src_location(), self.dst_location());
        let text = format!(
            "[pair.p]\nproduction = \"{}\"\nstandby = \"{}\"\n{}{tables}\n",
            src.to_str().unwrap(),
            dst.to_str().unwrap(),
            self.way.settings()
        );
        fs::write(self.path("counterpart.toml"), text).unwrap();
    }

    /// Production may change while a pass runs.
    pub fn set_restless(&self, restless: bool) {
        self.restless.store(restless, Relaxed);
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn src(&self) -> PathBuf {
        self.path("src")
    }

    pub fn dst(&self) -> PathBuf {
        self.path("dst")
    }

    /// Production as the program is told of it.
    pub fn src_location(&self) -> OsString {
        Far::wanted().production(self.src().into())
    }

    /// The standby as the program is told of it.
    pub fn dst_location(&self) -> OsString {
        Far::wanted().standby(self.dst().into())
    }

    pub fn state(&self) -> PathBuf {
        self.path("state")
    }

    /// A path in production.
    pub fn s(&self, path: impl AsRef<[u8]>) -> PathBuf {
        self.src().join(OsStr::from_bytes(path.as_ref()))
    }

    /// A path in the standby.
    pub fn d(&self, path: impl AsRef<[u8]>) -> PathBuf {
        self.dst().join(OsStr::from_bytes(path.as_ref()))
    }

    /// Writes a file in production, with all directories above it.
    pub fn file(&self, path: impl AsRef<[u8]>, content: impl AsRef<[u8]>) {
        let at = self.s(path);
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        fs::write(at, content).unwrap();
    }

    /// Writes `count` small files into a directory of production.
    pub fn files(&self, directory: &str, count: usize) {
        fs::create_dir_all(self.s(directory)).unwrap();
        for number in 0..count {
            fs::write(
                self.s(format!("{directory}/f{number:05}")),
                format!("{directory} {number}"),
            )
            .unwrap();
        }
    }

    /// The program with its arguments, in a directory and an environment of its own.
    pub fn command(&self, arguments: &[impl AsRef<OsStr>]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.arg("--state").arg(self.state()).args(arguments);
        self.settle_command(&mut command);
        command
    }

    /// Gives a command the directory and the environment that every command here has.
    pub fn settle_command(&self, command: &mut Command) {
        command.current_dir(self.dir.path()).stdin(Stdio::null());
        for variable in ["COUNTERPART_STATE", "XDG_STATE_HOME"] {
            command.env_remove(variable);
        }
        command.env("TZ", "UTC");
    }

    /// Runs the program and reads its document.
    pub fn run(&self, arguments: &[impl AsRef<OsStr>]) -> Outcome {
        let mut words: Vec<OsString> = vec!["--json".into()];
        words.extend(arguments.iter().map(|word| word.as_ref().to_owned()));
        Outcome::of(&words, &self.command(&words).output().unwrap())
    }

    /// Runs the program as a person would; gives its exit and all that it printed.
    pub fn say(&self, arguments: &[impl AsRef<OsStr>]) -> (i32, String) {
        let output = self.command(arguments).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (
            output.status.code().unwrap(),
            String::from_utf8_lossy(&text).into_owned(),
        )
    }

    /// The arguments of a pass with further options.
    pub fn pass_arguments<S: AsRef<OsStr>>(&self, options: &[S]) -> Vec<OsString> {
        let mut words: Vec<OsString> = if self.configured {
            vec!["run".into(), "p".into()]
        } else {
            let trees = vec!["mirror".into(), self.src_location(), self.dst_location()];
            [trees, self.way.options()].concat()
        };
        words.extend(self.options.iter().map(OsString::from));
        words.extend(options.iter().map(|word| word.as_ref().to_owned()));
        words
    }

    /// One pass, and all that must hold after any.
    pub fn pass(&self) -> Outcome {
        self.pass_with::<&str>(&[])
    }

    /// One pass without the oracles.
    pub fn bare_pass(&self) -> Outcome {
        self.run(&self.pass_arguments::<&str>(&[]))
    }

    /// One pass that must be congruent.
    pub fn congruent_pass(&self) -> Outcome {
        self.pass().congruent()
    }

    /// One pass with further options, and all that must hold after any.
    pub fn pass_with<S: AsRef<OsStr>>(&self, options: &[S]) -> Outcome {
        let before = self.watched_production();
        let outcome = self.run(&self.pass_arguments(options));
        self.holds_after(&outcome, before.as_ref());
        outcome
    }

    fn watched_production(&self) -> Option<Listing> {
        (!self.restless.load(Relaxed) && self.src().exists()).then(|| listing(&self.src()))
    }

    /// What must hold after any pass: production as it was, no stray file, and the oracles where it says congruent.
    fn holds_after(&self, outcome: &Outcome, production: Option<&Listing>) {
        if let Some(before) = production {
            before.assert_same(&listing(&self.src()), "production was touched");
        }
        if outcome.code <= 1 {
            assert_eq!(
                self.incoming(),
                Vec::<String>::new(),
                "left in incoming: {outcome}"
            );
        }
        if outcome.code == 0 && outcome.document["congruent"] == true {
            self.assert_equal(&outcome.pair());
        }
        if outcome.document["certificate"].is_string() {
            self.assert_certificate(outcome);
        }
    }

    /// One verification; neither tree may change.
    pub fn verify(&self, options: &[&str]) -> Outcome {
        let (src, dst) = (listing(&self.src()), listing(&self.dst()));
        let mut words: Vec<OsString> = vec!["verify".into()];
        if self.configured {
            words.push("p".into());
        } else {
            words.extend([self.src_location(), self.dst_location()]);
            words.extend(self.way.options());
        }
        words.extend(options.iter().map(OsString::from));
        let outcome = self.run(&words);
        src.assert_same(&listing(&self.src()), "verify touched production");
        dst.assert_same(&listing(&self.dst()), "verify touched the standby");
        outcome
    }

    /// A pass that a guard must refuse, for these reasons; nothing may change at the standby.
    pub fn refused(&self, options: &[&str], codes: &[&str]) -> Outcome {
        let before = listing(&self.dst());
        let outcome = self.pass_with(options);
        assert_eq!(outcome.code, 3, "{outcome}");
        assert_eq!(outcome.refused(), codes, "{outcome}");
        before.assert_same(&listing(&self.dst()), "a refusal changed the standby");
        outcome
    }

    /// What is left of files on their way.
    pub fn incoming(&self) -> Vec<String> {
        let Ok(listed) = fs::read_dir(self.d(".counterpart/incoming")) else {
            return Vec::new();
        };
        listed
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect()
    }

    /// Asks the other programs whether both trees are equal.
    pub fn assert_equal(&self, pair: &str) {
        assert_eq!(self.rsync(), "", "rsync finds differences");
        self.assert_list(pair, "standby", &self.dst());
        self.assert_list(pair, "production", &self.src());
    }

    /// What rsync would change.
    pub fn rsync(&self) -> String {
        let mut command = Command::new("rsync");
        command.args([
            "-an",
            "--delete",
            "--checksum",
            "--itemize-changes",
            "--modify-window=-1",
        ]);
        command
            .args(["--exclude=/.counterpart", "--info=nonreg0"])
            .args(&self.oracle);
        let output = done(command.arg(slashed(&self.src())).arg(slashed(&self.dst())));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Exports the list of one side and has it checked by the program that it is for.
    pub fn assert_list(&self, pair: &str, side: &str, root: &Path) {
        let (form, checker) = if self.sha256 {
            ("sha256sum", "sha256sum")
        } else {
            ("b3sum", "b3sum")
        };
        let list = self.path("list");
        let output = list.as_os_str().to_owned();
        let words: Vec<OsString> = ["manifest", pair, "--side", side, "--export", form, "--output"]
            .map(Into::into)
            .into();
        let (code, said) = self.say(&[words, vec![output]].concat());
        assert!(
            code == 0 || code == 1 && self.odd_names,
            "manifest: {code}\n{said}"
        );
        if fs::metadata(&list).unwrap().len() > 0 {
            done(
                Command::new(checker)
                    .args(["--check", "--quiet"])
                    .arg(&list)
                    .current_dir(root),
            );
        }
        fs::remove_file(list).unwrap();
    }

    /// Checks the signature of a pass's certificate by the command that `certificate show` prints.
    pub fn assert_certificate(&self, outcome: &Outcome) {
        let check = self.certificate_check(outcome);
        done(Command::new("sh").arg("-c").arg(check));
    }

    /// The command that checks a pass's certificate.
    pub fn certificate_check(&self, outcome: &Outcome) -> String {
        let pass = outcome.document["pass"].as_str().unwrap();
        let shown = self.run(&["certificate", "show", pass, "--pair", &outcome.pair()]);
        assert_eq!(shown.code, 0, "{shown}");
        assert_eq!(shown.document["file"], outcome.document["certificate"], "{shown}");
        shown.document["check"].as_str().unwrap().to_owned()
    }

    /// The entries of a pass's log.
    pub fn log(&self, outcome: &Outcome) -> Vec<serde_json::Value> {
        let pass = outcome.document["pass"].as_str().unwrap();
        let log = self.run(&["log", &outcome.pair(), "--pass", pass]);
        assert_eq!(log.code, 0, "{log}");
        log.document["entries"].as_array().unwrap().clone()
    }

    /// The versions that are kept of a path.
    pub fn versions(&self, path: &str) -> Vec<serde_json::Value> {
        let history = self.run(&["history", path]);
        history.document["versions"]
            .as_array()
            .cloned()
            .unwrap_or_default()
    }
}

impl World {
    /// What a kept version of a file holds.
    pub fn kept(&self, version: &serde_json::Value) -> Vec<u8> {
        let id = version["id"].as_str().unwrap();
        fs::read(self.d(format!(".counterpart/history/{id}"))).unwrap()
    }
}

/// Runs another program, which must succeed.
pub fn done(command: &mut Command) -> Output {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{command:?}: {}\n{printed}\n{errors}",
        output.status
    );
    output
}

/// The path with a slash at its end, as rsync wants it.
fn slashed(path: &Path) -> OsString {
    let mut text = path.as_os_str().to_owned();
    text.push("/");
    text
}
