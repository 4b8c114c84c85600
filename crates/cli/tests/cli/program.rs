//! Runs the program in a directory of its own, with a state of its own.

use serde_json::Value;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A place to run the program in.
pub(crate) struct Place {
    directory: tempfile::TempDir,
}

/// What a run left.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a file, with the directories above it.
    pub(crate) fn write(&self, name: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.directory.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Writes a counterpart.toml with this text.
    pub(crate) fn configure(&self, text: &str) {
        self.write("counterpart.toml", text);
    }

    /// A production with three files and an empty standby, configured as the pair `archive`.
    pub(crate) fn small_archive(&self, more: &str) {
        self.write("production/a/one", "one");
        self.write("production/a/two", "two");
        self.write("production/three", "three");
        std::fs::create_dir_all(self.path("standby")).unwrap();
        self.configure(&format!(
            "[pair.archive]\nproduction = \"production\"\nstandby = \"standby\"\n{more}"
        ));
    }

    /// Runs the program.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Ran {
        let output = self.command(arguments).output().unwrap();
        Ran::of(&output)
    }

    /// Runs the program with `--json`, and reads what it prints.
    pub(crate) fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let mut words = arguments.to_vec();
        words.push("--json");
        let ran = self.run(&words);
        let document = serde_json::from_str(&ran.out);
        (
            ran.code,
            document.unwrap_or_else(|error| panic!("{error} in {:?} and {:?}", ran.out, ran.err)),
        )
    }

    /// Runs a line as a user's shell would, in the same place.
    pub(crate) fn shell(&self, line: &str) -> Output {
        self.placed(Command::new("sh"))
            .args(["-c", line])
            .output()
            .unwrap()
    }

    pub(crate) fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = self.placed(Command::new(env!("CARGO_BIN_EXE_counterpart")));
        command.args(arguments);
        command
    }

    fn placed(&self, mut command: Command) -> Command {
        command.current_dir(self.directory.path());
        command
            .env("COUNTERPART_STATE", self.path("state"))
            .env("TZ", "UTC")
            .env_remove("NO_COLOR");
        command
    }
}

impl Ran {
    pub(crate) fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The run, once it is known to have ended so.
    #[track_caller]
    pub(crate) fn with_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        self
    }
}
