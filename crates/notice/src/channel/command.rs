//! A program of this host that is given the message's JSON document on its standard input.

use super::{Delivered, Outlook, Trouble};
use counterpart_command::{Program, run_with_input};
use counterpart_model::Code;
use counterpart_port::watch::Watch;
use counterpart_port::{HowEnded, Output};
use std::path::Path;

/// Most of what it says that is told.
const MAX_SAID_BYTES: usize = 4_000;
const MAX_SHOWN: usize = 200;

/// Runs it to its end.
///
/// # Errors
/// It cannot be started, was ended when its time was over, or says by its exit that it failed.
pub fn run(program: &Program, document: &[u8], watch: &dyn Watch) -> Result<Delivered, Trouble> {
    let called = program
        .argv
        .first()
        .map(Path::new)
        .and_then(Path::file_name)
        .unwrap_or_default();
    let called = called.to_string_lossy().into_owned();
    let doing = || format!("giving a message to the command `{called}`");
    let mut said = Vec::new();
    let mut hear = |output: Output<'_>| {
        let (Output::Standard(bytes) | Output::Errors(bytes)) = output;
        let room = MAX_SAID_BYTES.saturating_sub(said.len());
        said.extend_from_slice(&bytes[..bytes.len().min(room)]);
    };
    let ended = run_with_input(
        &format!("the command `{called}`"),
        program,
        Some(document),
        &mut hear,
        watch,
    );
    let ended = ended.map_err(|failure| {
        Trouble::of(counterpart_model::Failure {
            code: Code::Notice,
            ..failure
        })
    })?;
    let why = match ended.how {
        HowEnded::Exited(0) => {
            return Ok(Delivered {
                answer: "it ended with 0".to_owned(),
            });
        }
        HowEnded::TimedOut => format!(
            "it took longer than {} s, and was ended with all that it started",
            program.timeout.as_secs()
        ),
        HowEnded::Exited(code) => format!("it ended with {code}{}", last_line(&said)),
        other => format!("it ended by a signal ({other:?})"),
    };
    Err(Trouble::new(Outlook::Later, doing(), why))
}

fn last_line(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said);
    let line = text.lines().rev().find(|line| !line.trim().is_empty());
    line.map_or_else(String::new, |line| {
        format!(": {}", line.chars().take(MAX_SHOWN).collect::<String>())
    })
}
