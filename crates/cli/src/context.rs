//! What every command has at hand: the global options, the terminal, its own command line, the state directory.

use crate::args::Global;
use crate::terminal::Terminal;
use counterpart_model::{Code, Failure};
use counterpart_store::files::StateDir;
use std::ffi::OsString;
use std::path::PathBuf;

/// What every command has at hand.
pub(crate) struct Context {
    /// The global options.
    pub(crate) global: Global,
    /// Where everything is printed.
    pub(crate) terminal: Terminal,
    /// The command line as it was given, the program's name first.
    pub(crate) arguments: Vec<OsString>,
}

impl Context {
    /// For one command line.
    pub(crate) fn new(global: Global, arguments: Vec<OsString>) -> Self {
        let terminal = Terminal::new(&global);
        Self {
            global,
            terminal,
            arguments,
        }
    }

    /// The state directory, made when it is not there.
    ///
    /// # Errors
    /// No place for it is known, or it cannot be made.
    pub(crate) fn state(&self) -> Result<StateDir, Failure> {
        StateDir::open(&self.state_path()?)
    }

    /// Where the state directory is.
    ///
    /// # Errors
    /// No place for it is known.
    pub(crate) fn state_path(&self) -> Result<PathBuf, Failure> {
        let path = self
            .global
            .state
            .clone()
            .or_else(state_by_environment)
            .ok_or_else(|| {
                let why = "neither --state, $COUNTERPART_STATE, $XDG_STATE_HOME nor $HOME says where";
                Failure::new(Code::Usage, "looking for the state directory", why).hint("Give --state DIR.")
            })?;
        std::path::absolute(&path)
            .map_err(|error| Failure::new(Code::Usage, "looking for the state directory", error))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the program alone reads the environment"
)]
fn state_by_environment() -> Option<PathBuf> {
    let variable = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    if let Some(state) = variable("COUNTERPART_STATE") {
        return Some(state);
    }
    if rustix::process::geteuid().is_root() {
        return Some(PathBuf::from("/var/lib/counterpart"));
    }
    let base = variable("XDG_STATE_HOME").filter(|path| path.is_absolute());
    let base = base.or_else(|| variable("HOME").map(|home| home.join(".local/state")));
    base.map(|base| base.join("counterpart"))
}
