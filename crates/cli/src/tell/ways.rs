//! The ways that the configuration has, and one message sent by one of them: only here are secrets brought in.

use crate::config::notify::{CommandWay, MailWay, Manner, WebhookWay};
use crate::config::{Notify, SecretText};
use crate::who;
use counterpart_command::Program;
use counterpart_model::{Code, Failure};
use counterpart_notice::channel::{command, mail, webhook};
use counterpart_notice::{
    ChannelName, Delivered, Notice, Outlook, Sending, Trouble, Waiting, html, subject, text,
};
use counterpart_port::Progress;
use counterpart_port::watch::Watch;
use counterpart_store::files::{PairDir, read_bytes};
use std::ffi::OsString;
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

const MAX_CA_BYTES: u64 = 4 << 20;
/// A message that waited longer says so.
const WORTH_A_WORD_SECONDS: i64 = 300;
/// Where programs look for others.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Files with their names.
type Files = Vec<(String, Vec<u8>)>;

/// One way that a pair has.
pub(crate) struct Way<'a> {
    /// Which.
    pub(crate) name: ChannelName,
    /// When and how much.
    pub(crate) manner: &'a Manner,
    recipients: Option<&'a [String]>,
}

/// The ways of a pair.
pub(crate) fn ways(notify: &Notify) -> Vec<Way<'_>> {
    let mail = notify.mail.as_ref().map(|way| Way {
        name: ChannelName::Mail,
        manner: &way.manner,
        recipients: Some(&way.to),
    });
    let command = notify.command.as_ref().map(|way| Way {
        name: ChannelName::Command,
        manner: &way.manner,
        recipients: None,
    });
    let webhook = notify.webhook.as_ref().map(|way| Way {
        name: ChannelName::Webhook,
        manner: &way.manner,
        recipients: None,
    });
    mail.into_iter().chain(command).chain(webhook).collect()
}

impl Way<'_> {
    /// The way and whom it reaches, in words.
    pub(crate) fn words(&self) -> String {
        match self.recipients {
            None => self.name.to_string(),
            Some(all) => format!("{} to {}", self.name, all.join(", ")),
        }
    }

    /// The message for each whom this way reaches: one whose address is refused does not keep it from the others.
    pub(crate) fn to_each(&self, notice: &Notice, now_seconds: i64) -> Vec<Waiting> {
        let message = |recipient| Waiting::new(notice.clone(), self.name, recipient, now_seconds);
        match self.recipients {
            None => vec![message(None)],
            Some(all) => all.iter().map(|one| message(Some(one.clone()))).collect(),
        }
    }
}

/// Sends one message by its way, as the configuration has it now.
pub(crate) fn send(
    notify: &Notify,
    directory: &PairDir,
    waiting: &Waiting,
    now_seconds: i64,
) -> Result<Delivered, Trouble> {
    match waiting.channel {
        ChannelName::Mail => send_mail(
            present(notify.mail.as_ref(), waiting)?,
            directory,
            waiting,
            now_seconds,
        ),
        ChannelName::Command => run(present(notify.command.as_ref(), waiting)?, waiting),
        ChannelName::Webhook => post(present(notify.webhook.as_ref(), waiting)?, waiting),
    }
}

fn present<'a, T>(way: Option<&'a T>, waiting: &Waiting) -> Result<&'a T, Trouble> {
    way.ok_or_else(|| {
        let why = format!("the configuration has no [notify.{}] any more", waiting.channel);
        let mut trouble = Trouble::new(Outlook::Never, "sending a message", why);
        trouble.failure = trouble
            .failure
            .hint("Add it again, or let the message go with `counterpart notify drop`.");
        trouble
    })
}

fn send_mail(
    way: &MailWay,
    directory: &PairDir,
    waiting: &Waiting,
    now_seconds: i64,
) -> Result<Delivered, Trouble> {
    let notice = &waiting.notice;
    let (files, attached) = files(way, directory, notice).map_err(Trouble::of)?;
    let waited = now_seconds.saturating_sub(waiting.written_seconds);
    let sending = Sending {
        waited_seconds: if waited > WORTH_A_WORD_SECONDS {
            waited.unsigned_abs()
        } else {
            0
        },
        attached,
    };
    let host = who::host();
    let mail = mail::Mail {
        id: notice.id.clone(),
        from: way.from.clone().unwrap_or_else(|| format!("counterpart@{host}")),
        to: way.to.clone(),
        recipient: waiting.recipient.clone().unwrap_or_default(),
        subject: subject(&way.subject, notice),
        text: text(notice, &sending),
        html: html(notice, &sending),
        files,
        date_seconds: waiting.written_seconds,
        program: notice.program.clone(),
    };
    let server = server(way, host).map_err(Trouble::of)?;
    mail::send(&server, &mail)
}

fn server(way: &MailWay, hello: String) -> Result<mail::Server, Failure> {
    let login = match (&way.user, &way.password) {
        (Some(user), Some(password)) => Some((user.clone(), revealed(password)?)),
        _ => None,
    };
    Ok(mail::Server {
        host: way.server.clone(),
        port: way.port,
        tls: way.tls,
        ca_pem: way.ca.as_deref().map(ca).transpose()?,
        login,
        hello,
        timeout: Duration::from_secs(way.manner.timeout_seconds),
    })
}

/// The certificate and its signature, where they are wanted and not too long.
fn files(way: &MailWay, directory: &PairDir, notice: &Notice) -> Result<(Files, Option<String>), Failure> {
    let Some(name) = notice.certificate.as_ref().filter(|_| way.attaches_certificate) else {
        return Ok((Vec::new(), None));
    };
    let mut files = Vec::new();
    for name in [name.clone(), format!("{name}.sig")] {
        // One byte more than is allowed is enough to know.
        let path = directory.certificates_dir()?.join(&name);
        match read_bytes(&path, way.attach_bytes) {
            Ok(Some(bytes)) => files.push((name, bytes)),
            Ok(None) => return Ok((Vec::new(), Some(format!("nothing: {name} is gone")))),
            Err(failure) if failure.code == Code::StateDamaged => {
                let limit = counterpart_evidence::quantity::bytes(way.attach_bytes);
                return Ok((
                    Vec::new(),
                    Some(format!("nothing: the certificate is longer than {limit}")),
                ));
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok((files, Some("the certificate and its signature".to_owned())))
}

fn run(way: &CommandWay, waiting: &Waiting) -> Result<Delivered, Trouble> {
    let program = Program {
        argv: way.run.iter().map(OsString::from).collect(),
        timeout: Duration::from_secs(way.manner.timeout_seconds),
        environment: vec![("PATH".into(), PATH.into())],
    };
    command::run(&program, &document(waiting)?, &Unwatched)
}

fn post(way: &WebhookWay, waiting: &Waiting) -> Result<Delivered, Trouble> {
    let webhook = webhook(way, &waiting.notice.program).map_err(Trouble::of)?;
    webhook::post(&webhook, &document(waiting)?)
}

fn webhook(way: &WebhookWay, program: &str) -> Result<webhook::Webhook, Failure> {
    let header = |(name, value): &(String, SecretText)| Ok((name.clone(), revealed(value)?));
    Ok(webhook::Webhook {
        url: revealed(&way.url)?,
        headers: way.headers.iter().map(header).collect::<Result<_, Failure>>()?,
        ca_pem: way.ca.as_deref().map(ca).transpose()?,
        timeout: Duration::from_secs(way.manner.timeout_seconds),
        program: program.replace(' ', "/"),
    })
}

/// Whether all that a pair's ways bring in is there; nobody is told anything.
///
/// # Errors
/// `config`: the first secret or list of authorities that cannot be read.
pub(crate) fn are_ready(notify: &Notify) -> Result<(), Failure> {
    if let Some(way) = &notify.mail {
        server(way, String::new()).map(drop)?;
    }
    if let Some(way) = &notify.webhook {
        webhook(way, "").map(drop)?;
    }
    Ok(())
}

fn document(waiting: &Waiting) -> Result<Vec<u8>, Trouble> {
    let written = serde_json::to_vec_pretty(&waiting.notice);
    written.map_err(|error| Trouble::new(Outlook::Never, "writing a message", error))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the program alone reads the environment"
)]
fn revealed(text: &SecretText) -> Result<counterpart_model::Secret, Failure> {
    text.reveal(&|name| std::env::var_os(name))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the program reads what its configuration names"
)]
fn ca(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(Code::Config, format!("reading {}", path.display()), error)
            .hint("Mend `ca`: it names a file with certificates in PEM form.")
    };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(MAX_CA_BYTES).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// A message has a time limit of its own.
struct Unwatched;

impl Watch for Unwatched {
    fn progress(&self, _: Progress) {}

    fn interrupted(&self) -> bool {
        false
    }
}
