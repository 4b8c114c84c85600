//! One task at one site, with what it said.

use counterpart_model::{Code, Failure, SiteRole};
use counterpart_port::{Commands, Ended, Output, Progress, Task, Watch};

/// Most of what a task says of its own failure that is shown.
const SHOWN_BYTES: usize = 300;

/// What became of a task.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) ended: Ended,
    pub(crate) output: Vec<u8>,
    errors: Vec<u8>,
}

/// Does it, whatever it comes to.
///
/// # Errors
/// As of [`Commands::act`].
pub(crate) fn attempt(commands: &dyn Commands, task: &Task, watch: &dyn Watch) -> Result<Attempt, Failure> {
    let (mut output, mut errors) = (Vec::new(), Vec::new());
    let mut take = |said: Output<'_>| match said {
        Output::Standard(bytes) => output.extend_from_slice(bytes),
        Output::Errors(bytes) => errors.extend_from_slice(bytes),
    };
    let ended = commands.act(task, &mut take, watch)?;
    Ok(Attempt {
        ended,
        output,
        errors,
    })
}

/// Does it, and it must end well.
///
/// # Errors
/// `hook-failed` with what it said last, and as of [`Commands::act`].
pub(crate) fn must(
    commands: &dyn Commands,
    role: SiteRole,
    task: &Task,
    doing: &str,
    watch: &dyn Watch,
) -> Result<Attempt, Failure> {
    let attempt = attempt(commands, task, watch).map_err(|failure| named(failure, role, doing))?;
    if attempt.ended.is_good() {
        return Ok(attempt);
    }
    let why = format!("{}: {}", task.act, attempt.why());
    let hint = format!("Run it by hand at {role} and mend it, then run again.");
    Err(Failure::new(Code::HookFailed, format!("{doing} at {role}"), why).hint(hint))
}

/// What cannot be started is a hook that failed; what was interrupted, or is lost, stays so.
pub(super) fn named(failure: Failure, role: SiteRole, doing: &str) -> Failure {
    let code = match failure.code {
        Code::Io => Code::HookFailed,
        Code::NotFound => Code::NotPermitted,
        code => code,
    };
    Failure {
        code,
        doing: format!("{doing} at {role}"),
        why: format!("{}: {}", failure.doing, failure.why),
        ..failure
    }
}

impl Attempt {
    /// How it ended, and the last that it said of it.
    pub(crate) fn why(&self) -> String {
        let said = if self.errors.is_empty() {
            &self.output
        } else {
            &self.errors
        };
        let text = String::from_utf8_lossy(said);
        let last = text.lines().rev().map(str::trim).find(|line| !line.is_empty());
        match last {
            None => self.ended.how.to_string(),
            Some(line) => {
                let line = counterpart_model::escape::shown(line.as_bytes());
                let line: String = line.chars().take(SHOWN_BYTES).collect();
                format!("{}; it said: {line}", self.ended.how)
            }
        }
    }

    /// The first line of what it said.
    pub(crate) fn first_line(&self) -> String {
        let text = String::from_utf8_lossy(&self.output);
        text.lines().next().unwrap_or_default().trim().to_owned()
    }
}

/// Nobody interrupts what puts things back.
pub(crate) struct Unhurried;

impl Watch for Unhurried {
    fn progress(&self, _: Progress) {}

    fn interrupted(&self) -> bool {
        false
    }
}
