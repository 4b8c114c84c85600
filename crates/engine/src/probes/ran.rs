//! One probe at one site: what it wrote is collected, normalised and kept. Not compared.

use super::ProbeSettings;
use crate::ledger::Ledger;
use counterpart_evidence::certificate::Attachment;
use counterpart_model::{Code, Failure, SiteRole, Timestamp};
use counterpart_port::{Commands, Ended, HowEnded, Output, Watch};
use counterpart_probe::{Ended as ProbeEnded, Output as ProbeOutput};

/// A probe that was asked at a site.
#[derive(Clone, Debug)]
pub(super) struct Ran {
    pub(super) began: Timestamp,
    pub(super) ended: Timestamp,
    /// What it gave, or why it did not run.
    pub(super) came: Result<Came, String>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub(super) struct Came {
    /// Its raw bytes are kept on the disk alone.
    pub(super) output: ProbeOutput,
    pub(super) clean: Option<bool>,
    pub(super) raw: Attachment,
    pub(super) errors: Option<Attachment>,
    pub(super) normalised: Option<Attachment>,
}

/// Where and for whom a probe runs.
pub(super) struct Running<'a> {
    pub(super) ledger: &'a Ledger,
    pub(super) pass: &'a str,
    pub(super) role: SiteRole,
    pub(super) commands: &'a dyn Commands,
    pub(super) watch: &'a dyn Watch,
}

impl Running<'_> {
    /// Runs a probe and keeps what it wrote.
    ///
    /// # Errors
    /// The pass was interrupted, the site is lost, or nothing can be kept. That the probe itself does not work is none.
    pub(super) fn run(&self, probe: &ProbeSettings) -> Result<Ran, Failure> {
        let (mut raw, mut errors) = (Vec::new(), Vec::new());
        let began = crate::pass::now();
        let done = self.commands.act(
            probe.task(self.role),
            &mut |output| match output {
                Output::Standard(bytes) => raw.extend_from_slice(bytes),
                Output::Errors(bytes) => errors.extend_from_slice(bytes),
            },
            self.watch,
        );
        let ended = crate::pass::now();
        let came = match done {
            Ok(done) => Ok(self.came(probe, &done, raw, &errors)?),
            Err(failure) if ends_the_pass(failure.code) => return Err(failure),
            Err(failure) => Err(failure.to_string()),
        };
        Ok(Ran { began, ended, came })
    }

    fn came(
        &self,
        probe: &ProbeSettings,
        done: &Ended,
        raw: Vec<u8>,
        errors: &[u8],
    ) -> Result<Came, Failure> {
        let mut output = ProbeOutput::new(ended(done), raw, done.omitted_bytes, &probe.normaliser()?);
        let clean = probe.cleanness()?.map(|clean| clean.holds(&output));
        let name = |kind: &str| format!("{}.{}.{kind}", probe.name, self.role);
        let mut files = vec![(name("raw"), output.raw.as_slice())];
        if !errors.is_empty() {
            files.push((name("errors"), errors));
        }
        if let Ok(normalised) = &output.normalised {
            files.push((name("normalised"), normalised.bytes.as_slice()));
        }
        let mut kept = self.ledger.keep_outputs(self.pass, &files)?;
        let mut take = |kind: &str| {
            let at = kept.iter().position(|file| file.name == name(kind))?;
            Some(kept.swap_remove(at))
        };
        let gone = || {
            Failure::new(
                Code::Io,
                format!("keeping the output of {}", probe.name),
                "it was not kept",
            )
        };
        let (raw, errors, normalised) = (take("raw").ok_or_else(gone)?, take("errors"), take("normalised"));
        output.raw = Vec::new();
        Ok(Came {
            output,
            clean,
            raw,
            errors,
            normalised,
        })
    }
}

fn ends_the_pass(code: Code) -> bool {
    matches!(code, Code::Interrupted | Code::SiteLost)
}

fn ended(done: &Ended) -> ProbeEnded {
    let good = done.is_good();
    match done.how {
        HowEnded::Exited(status) => ProbeEnded::Status {
            status: status.into(),
            good,
        },
        HowEnded::Answered(status) => ProbeEnded::Status {
            status: status.into(),
            good,
        },
        HowEnded::Signalled(signal) => ProbeEnded::Signalled(signal),
        HowEnded::TimedOut => ProbeEnded::TimedOut,
    }
}
