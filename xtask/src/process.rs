//! Running other programs: aloud, or for their output. Timing them is `bench::race`.

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// Runs a command aloud; true when it succeeded.
pub fn passes(command: &mut Command) -> Result<bool> {
    println!("+ {}", shown(command));
    let status = command
        .status()
        .with_context(|| format!("starting {}", shown(command)))?;
    Ok(status.success())
}

/// Runs a command aloud; an error when it failed.
pub fn must_pass(command: &mut Command) -> Result<()> {
    if passes(command)? {
        return Ok(());
    }
    bail!("{} failed; its own output above says why", shown(command))
}

/// Runs a command silently; an error with its last words when it failed.
pub fn quietly(command: &mut Command) -> Result<()> {
    output_of(command).map(drop)
}

/// What a command printed; an error with its last words when it failed.
pub fn output_of(command: &mut Command) -> Result<String> {
    let output = command
        .output()
        .with_context(|| format!("starting {}", shown(command)))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        bail!("{} failed: {}", shown(command), last_lines(&words));
    }
    String::from_utf8(output.stdout).with_context(|| format!("reading what {} printed", shown(command)))
}

/// The end of what a program said, which is where it says why it failed.
fn last_lines(words: &str) -> String {
    let lines: Vec<&str> = words.trim().lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}

/// Whether a command can be started and succeeds; its output is thrown away.
pub fn works(command: &mut Command) -> bool {
    let quiet = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// Whether this process may do what only root may.
pub fn is_root() -> bool {
    output_of(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// A command as a person would type it, without its settings.
pub fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The named steps of a chore, all of which are run; what failed is told at the end.
pub struct Steps {
    failed: Vec<String>,
    done: usize,
    began: Instant,
}

impl Default for Steps {
    fn default() -> Self {
        Self {
            failed: Vec::new(),
            done: 0,
            began: Instant::now(),
        }
    }
}

impl Steps {
    /// Runs one step and remembers how it ended.
    pub fn step(&mut self, name: &str, work: impl FnOnce() -> Result<bool>) {
        println!("== {name}");
        self.done += 1;
        match work() {
            Ok(true) => {}
            Ok(false) => self.failed.push(name.to_owned()),
            Err(error) => {
                eprintln!("xtask: {name}: {error:#}");
                self.failed.push(name.to_owned());
            }
        }
    }

    /// Says how it went; true when nothing failed.
    pub fn finish(self, chore: &str) -> bool {
        let seconds = self.began.elapsed().as_secs();
        if self.failed.is_empty() {
            println!("xtask {chore}: all {} steps passed in {seconds} s", self.done);
        } else {
            let failed = self.failed.join(", ");
            println!(
                "xtask {chore}: FAILED in {seconds} s: {failed} ({} of {} steps)",
                self.failed.len(),
                self.done
            );
        }
        self.failed.is_empty()
    }
}
