//! A pair of trees, a configuration, and the program run over them as a person would.

use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Two trees and everything around them; the pair is called `p`.
pub struct Scene {
    dir: TempDir,
}

/// What the program answered.
pub struct Answer {
    pub code: i32,
    pub document: Value,
    pub messages: String,
}

impl Scene {
    /// Production has three files.
    pub fn new() -> Self {
        let scene = Self {
            dir: TempDir::new().unwrap(),
        };
        for name in ["a", "b", "c"] {
            scene.file(name, name);
        }
        scene
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file of production.
    pub fn file(&self, name: &str, content: &str) {
        let path = self.path("production").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Writes the configuration: `pair` follows `[pair.p]` and its sites, `rest` the pair.
    pub fn configure(&self, pair: &str, rest: &str) {
        let (production, standby) = (self.path("production"), self.path("standby"));
        self.configure_sites(
            &production.display().to_string(),
            &standby.display().to_string(),
            pair,
            rest,
        );
    }

    pub fn configure_sites(&self, production: &str, standby: &str, pair: &str, rest: &str) {
        let text =
            format!("[pair.p]\nproduction = \"{production}\"\nstandby = \"{standby}\"\n{pair}\n{rest}\n");
        fs::write(self.path("counterpart.toml"), text).unwrap();
    }

    /// Writes a file that nobody else can read.
    pub fn secret(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    /// The program with its arguments.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_counterpart"));
        command.arg("--state").arg(self.path("state")).args(arguments);
        command.current_dir(self.dir.path()).stdin(Stdio::null());
        command
            .env("TZ", "Europe/Amsterdam")
            .env_remove("COUNTERPART_STATE");
        command
    }

    /// Runs it and reads its document.
    pub fn run(&self, arguments: &[&str]) -> Answer {
        let mut words = vec!["--json"];
        words.extend(arguments);
        let output = self.command(&words).output().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        let messages = String::from_utf8_lossy(&output.stderr).into_owned();
        let document = serde_json::from_str(&printed);
        Answer {
            code: output.status.code().unwrap(),
            document: document
                .unwrap_or_else(|error| panic!("{arguments:?}: {error}\n{printed}\n{messages}")),
            messages,
        }
    }

    /// Runs it as a person would; gives its exit and all that it printed.
    pub fn say(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.command(arguments).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (
            output.status.code().unwrap(),
            String::from_utf8_lossy(&text).into_owned(),
        )
    }

    /// One pass that must be congruent.
    pub fn congruent(&self) -> Answer {
        let answer = self.run(&["run"]);
        assert_eq!(answer.code, 0, "{}\n{}", answer.document, answer.messages);
        answer
    }

    /// What `status` says of the messages.
    pub fn messages(&self) -> Value {
        self.run(&["status"]).document["pairs"][0]["messages"].clone()
    }

    /// A scene in which production is emptied, so that the next pass is refused.
    pub fn empty_production(&self) {
        fs::remove_dir_all(self.path("production")).unwrap();
        fs::create_dir(self.path("production")).unwrap();
    }

    pub fn bring_back(&self) {
        for name in ["a", "b", "c"] {
            self.file(name, name);
        }
    }
}

/// Runs another program, which must succeed.
pub fn done(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// The Python that the test command prepares.
pub fn python() -> Command {
    let python = std::env::var_os("COUNTERPART_PYTHON").expect(
        "COUNTERPART_PYTHON names a Python with the libraries of the tests; `cargo xtask test` prepares one",
    );
    Command::new(python)
}

/// Everything that lies in a folder and below, as one text.
pub fn all_bytes(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text += &all_bytes(&path);
        } else {
            text += &String::from_utf8_lossy(&fs::read(&path).unwrap());
        }
    }
    text
}
