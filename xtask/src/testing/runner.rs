//! The program that runs the tests: cargo-nextest where it is installed, else cargo's own.
//! Choosing which tests exist is cargo's affair.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

/// A test runner with the settings that tests read.
pub struct Runner<'a> {
    workspace: &'a Workspace,
    nextest: bool,
    profile: &'static str,
    settings: Vec<(String, OsString)>,
    rest: Vec<String>,
}

impl<'a> Runner<'a> {
    /// The best runner that is installed.
    pub fn choose(workspace: &'a Workspace, python: &Path) -> Self {
        let nextest = process::works(workspace.cargo().args(["nextest", "--version"]));
        let mut runner = Self {
            workspace,
            nextest,
            profile: "default",
            settings: Vec::new(),
            rest: Vec::new(),
        };
        runner.set("COUNTERPART_PYTHON", python);
        runner
    }

    /// A setting that the tests will read.
    pub fn set(&mut self, name: &str, value: impl AsRef<OsStr>) {
        self.settings.push((name.to_owned(), value.as_ref().to_owned()));
    }

    /// Arguments that go to the runner as they are.
    pub fn pass_on(&mut self, rest: &[String]) {
        self.rest.extend_from_slice(rest);
    }

    /// Waits for slow tests as long as they take.
    pub fn patient(&mut self) {
        self.profile = "soak";
    }

    /// Runs the tests of the named packages, or of the whole workspace.
    pub fn tests(&self, packages: &[String]) -> Result<bool> {
        let mut command = self.workspace.cargo();
        if self.nextest {
            command.args(["nextest", "run", "--no-fail-fast", "--profile", self.profile]);
        } else {
            command.args(["test", "--no-fail-fast", "--tests"]);
        }
        select(&mut command, packages);
        process::passes(self.settled(&mut command).args(&self.rest))
    }

    /// Runs the examples in the documentation, which nextest does not.
    pub fn examples(&self) -> Result<bool> {
        let mut command = self.workspace.cargo();
        command.args(["test", "--doc", "--workspace", "--quiet"]);
        process::passes(self.settled(&mut command))
    }

    fn settled<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.envs(self.settings.iter().map(|(name, value)| (name, value)))
    }
}

fn select(command: &mut Command, packages: &[String]) {
    if packages.is_empty() {
        command.arg("--workspace");
    }
    for package in packages {
        command.args(["--package", package]);
    }
}
