//! How `serve` stands, for `status` and for a second `serve`: a lock that the kernel holds for it, and a small file.

use counterpart_model::{Code, Failure, Timestamp};
use counterpart_store::files::{StateDir, open_file, read_json, write_json_atomic};
use counterpart_store::{Holder, Lock};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::Path;

const LOCK: &str = "serve.lock";
const FILE: &str = "serve.json";

/// What `serve` says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Standing {
    /// Its process.
    pub pid: u32,
    /// Its host.
    pub host: String,
    /// Since when it runs, RFC 3339 in UTC.
    pub since: String,
    /// The file of the configuration that it goes by.
    pub configuration: String,
    /// What is wrong with that file as it is now; absent where it is in force.
    pub broken: Option<String>,
    /// The pairs of which a pass runs.
    pub running: Vec<String>,
}

/// Makes sure that no other `serve` uses this state directory.
///
/// # Errors
/// `locked`, with who does.
pub(super) fn alone(state: &StateDir) -> Result<Lock, Failure> {
    let path = state.path().join(LOCK);
    let holder = Holder {
        pid: std::process::id(),
        host: crate::who::host(),
        pass: "serve".to_owned(),
        pair: String::new(),
        since_seconds: crate::clock::now().seconds,
    };
    Lock::take(&path, &holder).map_err(|failure| match failure.code {
        Code::Locked => taken(state.path(), &path),
        _ => failure,
    })
}

fn taken(state: &Path, lock: &Path) -> Failure {
    let doing = format!("serving {}", state.display());
    let why = match read_json::<Holder>(lock) {
        Ok(Some(holder)) => format!(
            "process {} on {} serves it since {}",
            holder.pid,
            holder.host,
            Timestamp::new(holder.since_seconds, 0).rfc3339()
        ),
        _ => "another process serves it".to_owned(),
    };
    Failure::new(Code::Locked, doing, why).hint(
        "One serves all pairs: send it SIGHUP for a new configuration, or give this one its own --state.",
    )
}

impl Standing {
    /// Keeps it for others to see.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn keep(&self, state: &StateDir) -> Result<(), Failure> {
        write_json_atomic(&state.path().join(FILE), self)
    }
}

/// The `serve` that runs over a state directory now; `None` where none does.
pub(crate) fn running(state: &Path) -> Option<Standing> {
    let path = state.join(LOCK);
    let lock = open_file(&path).ok()??;
    // Whoever can share it knows that nobody holds it.
    match Lock::share(lock, &path) {
        Err(failure) if failure.code == Code::Locked => read_json(&state.join(FILE)).ok()?,
        _ => None,
    }
}
