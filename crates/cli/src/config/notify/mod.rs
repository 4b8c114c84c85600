//! `[notify]`: who is told of a pass, by which way, and how much. What a message says is `counterpart-notice`'s business.

mod command;
mod mail;
mod webhook;

pub use command::CommandWay;
pub use mail::MailWay;
pub use webhook::WebhookWay;

use super::section::Section;
use super::value;
use counterpart_notice::{Paths, Rhythm, When};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Longest time that one message may take, in seconds.
const MAX_TIMEOUT_SECONDS: u64 = 600;

/// Who is told of the passes of a pair.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Notify {
    /// Where the document of `status` is written after each pass.
    pub status_file: Option<PathBuf>,
    /// Whether `verify` is told of, too.
    pub verify: bool,
    /// By mail.
    pub mail: Option<MailWay>,
    /// By a program of this host.
    pub command: Option<CommandWay>,
    /// By a POST.
    pub webhook: Option<WebhookWay>,
}

/// What all ways have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Manner {
    /// When something is said.
    pub rhythm: Rhythm,
    /// How much of names is told.
    pub paths: Paths,
    /// How long one message may take.
    pub timeout_seconds: u64,
}

impl Notify {
    /// True when nobody is told, and nothing is written.
    pub fn is_empty(&self) -> bool {
        self.status_file.is_none() && self.mail.is_none() && self.command.is_none() && self.webhook.is_none()
    }

    /// Reads `[notify]`.
    pub(super) fn read(mut section: Section<'_>, base: &Path) -> Self {
        let notify = Self {
            status_file: section.text("status_file").map(|path| base.join(path.value)),
            verify: section.flag("verify").unwrap_or(false),
            mail: section.table("mail").map(|section| MailWay::read(section, base)),
            command: section.table("command").and_then(CommandWay::read),
            webhook: section
                .table("webhook")
                .and_then(|section| WebhookWay::read(section, base)),
        };
        section.end();
        notify
    }

    /// What one pair has otherwise: `[pair.NAME.notify]`.
    pub(super) fn changed_by(&self, mut section: Section<'_>) -> Self {
        let mut notify = self.clone();
        let when = read_when(&mut section);
        let at_least = section.parsed("at_least", value::duration);
        for manner in notify.manners() {
            manner.rhythm.when = when.unwrap_or(manner.rhythm.when);
            manner.rhythm.at_least_seconds = at_least.or(manner.rhythm.at_least_seconds);
        }
        let to = mail::recipients(&mut section);
        match (&mut notify.mail, to) {
            (Some(mail), Some(to)) => mail.to = to,
            (None, Some(_)) => section.wrong(
                section.span(),
                "`to` says who gets mail, and there is no [notify.mail]",
                "add a [notify.mail] table with the mail server",
            ),
            (_, None) => {}
        }
        section.end();
        notify
    }

    fn manners(&mut self) -> impl Iterator<Item = &mut Manner> {
        let mail = self.mail.as_mut().map(|way| &mut way.manner);
        let command = self.command.as_mut().map(|way| &mut way.manner);
        let webhook = self.webhook.as_mut().map(|way| &mut way.manner);
        mail.into_iter().chain(command).chain(webhook)
    }
}

impl Manner {
    fn read(section: &mut Section<'_>, usual_timeout_seconds: u64) -> Self {
        let paths = section.parsed("paths", |text| {
            value::one_of(text, &["none", "pseudonym", "shown"])
        });
        let timeout = section.parsed("timeout", |text| {
            let limit = format!("write a duration from 1s to {MAX_TIMEOUT_SECONDS}s");
            let seconds = value::duration(text)?;
            (1..=MAX_TIMEOUT_SECONDS)
                .contains(&seconds)
                .then_some(seconds)
                .ok_or(limit)
        });
        Self {
            rhythm: Rhythm {
                when: read_when(section).unwrap_or_default(),
                at_least_seconds: section.parsed("at_least", value::duration),
            },
            paths: match paths {
                Some("pseudonym") => Paths::Pseudonym,
                Some("shown") => Paths::Shown,
                _ => Paths::None,
            },
            timeout_seconds: timeout.unwrap_or(usual_timeout_seconds),
        }
    }
}

fn read_when(section: &mut Section<'_>) -> Option<When> {
    let word = section.parsed("when", |text| {
        value::one_of(text, &["always", "failure", "change"])
    })?;
    Some(match word {
        "failure" => When::Failure,
        "change" => When::Change,
        _ => When::Always,
    })
}
