//! Mail by SMTP: text and HTML in one message, over TLS unless the configuration says otherwise.

use super::{Delivered, Outlook, Trouble, roots};
use counterpart_model::{Code, Failure, Secret};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls as SmtpTls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{Error, SmtpTransport};
use lettre::{Message, Transport as _};
use serde::Serialize;
use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, SystemTime};

/// How a connection is protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// By STARTTLS, without which nothing is sent.
    #[default]
    Required,
    /// From its first byte on.
    Implicit,
    /// Not at all.
    None,
}

/// A mail server, and how it is talked to.
#[derive(Clone, Debug)]
pub struct Server {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// Certificates in PEM form that are believed besides the system's.
    pub ca_pem: Option<Vec<u8>>,
    /// An account and its password.
    pub login: Option<(String, Secret)>,
    /// How this host names itself.
    pub hello: String,
    /// How long one message may take.
    pub timeout: Duration,
}

/// One mail to one recipient.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The same for a message however often it is sent.
    pub id: String,
    /// Who sends it.
    pub from: String,
    /// Everybody whom it is for, as the header says.
    pub to: Vec<String>,
    /// Whom this copy goes to.
    pub recipient: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// Files that go with it, each with its name.
    pub files: Vec<(String, Vec<u8>)>,
    /// When it was written, in seconds since 1970.
    pub date_seconds: i64,
    /// The program and its version.
    pub program: String,
}

/// Checks an address: `name@host` or `Name <name@host>`.
///
/// # Errors
/// What an address looks like.
pub fn check_address(address: &str) -> Result<(), String> {
    address
        .parse::<Mailbox>()
        .map(|_| ())
        .map_err(|_| "write an address such as \"pacs-admins@example.org\"".to_owned())
}

/// Sends it, within the time that the server is given.
///
/// # Errors
/// What the server said, or why it was not reached.
pub fn send(server: &Server, mail: &Mail) -> Result<Delivered, Trouble> {
    let message = message(mail).map_err(|why| trouble(mail, server, Outlook::Never, &why))?;
    let transport = transport(server).map_err(Trouble::of)?;
    let (tell, told) = mpsc::channel();
    // A server that sends a byte now and then keeps every time limit of a socket; this thread is then left behind.
    let sending = std::thread::Builder::new().name("mail".to_owned());
    let spawned = sending.spawn(move || tell.send(transport.send(&message)));
    spawned.map_err(|error| trouble(mail, server, Outlook::Closed, &error.to_string()))?;
    match told.recv_timeout(server.timeout) {
        Ok(Ok(response)) => {
            let answer: Vec<&str> = response.message().collect();
            let answer = format!("{} {}", response.code(), answer.join(" "));
            Ok(Delivered { answer })
        }
        Ok(Err(error)) => Err(failed(mail, server, &error)),
        Err(_) => {
            let why = format!("it took longer than {} s", server.timeout.as_secs());
            Err(trouble(mail, server, Outlook::Closed, &why))
        }
    }
}

fn transport(server: &Server) -> Result<SmtpTransport, Failure> {
    let mut builder = SmtpTransport::builder_dangerous(&server.host)
        .port(server.port)
        .timeout(Some(server.timeout))
        .hello_name(hello(&server.hello));
    builder = match server.tls {
        Tls::None => builder.tls(SmtpTls::None),
        Tls::Required => builder.tls(SmtpTls::Required(parameters(server)?)),
        Tls::Implicit => builder.tls(SmtpTls::Wrapper(parameters(server)?)),
    };
    if let Some((user, password)) = &server.login {
        builder = builder.credentials(Credentials::new(user.clone(), password.expose().to_owned()));
    }
    Ok(builder.build())
}

fn parameters(server: &Server) -> Result<TlsParameters, Failure> {
    let wrong = |error: Error| {
        Failure::new(
            Code::Config,
            format!("preparing TLS for {}", server.host),
            words(&error),
        )
        .hint("Look at `ca`, and at `server`, which must be the name in the server's certificate.")
    };
    let mut builder = TlsParameters::builder(server.host.clone());
    for certificate in server
        .ca_pem
        .as_deref()
        .map(roots::of_pem)
        .transpose()?
        .into_iter()
        .flatten()
    {
        builder =
            builder.add_root_certificate(Certificate::from_der(certificate.der().to_vec()).map_err(wrong)?);
    }
    builder.build_rustls().map_err(wrong)
}

fn hello(host: &str) -> ClientId {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
    if !host.is_empty() && host.bytes().all(plain) {
        ClientId::Domain(host.to_owned())
    } else {
        ClientId::default()
    }
}

fn message(mail: &Mail) -> Result<Message, String> {
    let mailbox = |address: &String| {
        address
            .parse::<Mailbox>()
            .map_err(|_| format!("{address:?} is no address"))
    };
    let recipient = mailbox(&mail.recipient)?;
    let from = mailbox(&mail.from)?;
    let envelope = lettre::address::Envelope::new(Some(from.email.clone()), vec![recipient.email]);
    let envelope = envelope.map_err(|error| error.to_string())?;
    let seconds = u64::try_from(mail.date_seconds).unwrap_or_default();
    let mut builder = Message::builder()
        .from(from)
        .subject(&mail.subject)
        .message_id(Some(format!("<{}>", id(&mail.id))))
        .user_agent(mail.program.clone())
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
        // So that nobody's absence answers it (RFC 3834).
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ))
        .envelope(envelope);
    for address in &mail.to {
        builder = builder.to(mailbox(address)?);
    }
    let body = MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone());
    let body = mail.files.iter().fold(mixed(body, mail), |body, (name, bytes)| {
        body.singlepart(file(name, bytes))
    });
    builder.multipart(body).map_err(|error| error.to_string())
}

fn mixed(body: MultiPart, mail: &Mail) -> MultiPart {
    if mail.files.is_empty() {
        body
    } else {
        MultiPart::mixed().multipart(body)
    }
}

fn file(name: &str, bytes: &[u8]) -> SinglePart {
    let kind = if Path::new(name)
        .extension()
        .is_some_and(|extension| extension == "json")
    {
        "application/json"
    } else {
        "application/octet-stream"
    };
    let kind = ContentType::parse(kind).unwrap_or(ContentType::TEXT_PLAIN);
    Attachment::new(name.to_owned()).body(bytes.to_vec(), kind)
}

/// A message's identity as a header takes it.
fn id(id: &str) -> String {
    let plain = |letter: &char| letter.is_ascii_alphanumeric() || "-._@".contains(*letter);
    id.chars().filter(plain).collect()
}

fn failed(mail: &Mail, server: &Server, error: &Error) -> Trouble {
    let outlook = if error.is_permanent() {
        Outlook::Never
    } else if error.is_transient() {
        Outlook::Later
    } else {
        Outlook::Closed
    };
    let trouble = trouble(mail, server, outlook, &words(error));
    if error.is_tls() || trouble.failure.why.contains("certificate") {
        return trouble.hint("Look at `tls`, `server` and `ca`: the server must offer TLS and show a certificate that this host believes.");
    }
    match outlook {
        Outlook::Never => trouble.hint(
            "It is kept. Mend the address or the account, then send it with `counterpart notify send`, or let it go with \
             `counterpart notify drop`.",
        ),
        _ => trouble,
    }
}

/// An error with what caused it: the server's own words where it answered.
fn words(error: &Error) -> String {
    let text = error.to_string();
    if let Some(code) = error.status() {
        let said = text.split_once("): ").map_or("", |(_, said)| said);
        return format!("the server answers {code} {said}").trim_end().to_owned();
    }
    // The library's words for its own kinds of errors say nothing to a reader.
    let known = [
        "internal client error: ",
        "network error: ",
        "Connection error: ",
        "response error: ",
        "tls error: ",
    ];
    let plain = known.iter().find_map(|known| text.strip_prefix(known));
    plain.map_or(text.clone(), str::to_owned)
}

fn trouble(mail: &Mail, server: &Server, outlook: Outlook, why: &str) -> Trouble {
    let doing = format!(
        "sending mail to {} by {}:{}",
        mail.recipient, server.host, server.port
    );
    Trouble::new(outlook, doing, why)
}
