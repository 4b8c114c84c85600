//! `timestamp request` and `take`.

use super::key::acting;
use super::write_new;
use crate::args::{TimestampCommand, TimestampRequestArgs, TimestampTakeArgs};
use crate::context::Context;
use crate::documents::{TimestampLine, TimestampRequestDocument, TimestampTakeDocument};
use crate::exit::Exit;
use crate::wire::Wired;
use crate::{heads, invocation, render, who};
use counterpart_engine::StampRecord;
use counterpart_model::{Code, Failure};
use std::io::Read as _;
use std::path::Path;

/// Longer than any answer.
const MAX_ANSWER_BYTES: u64 = 1 << 20;

/// `timestamp …`.
pub(crate) fn timestamp(context: &Context, command: TimestampCommand) -> Result<Exit, Failure> {
    match command {
        TimestampCommand::Request(args) => request(context, &args),
        TimestampCommand::Take(args) => take(context, &args),
    }
}

fn request(context: &Context, args: &TimestampRequestArgs) -> Result<Exit, Failure> {
    let wired = Wired::named(context, args.pair.pair.as_deref())?;
    let requested = wired.ledger.request_timestamp()?;
    write_new(&args.out, &requested.der)?;
    let document = TimestampRequestDocument {
        pair: wired.pair.name.clone(),
        file: args.out.display().to_string(),
        sequence: requested.head.sequence,
        hash: requested.head.hash.to_string(),
    };
    context
        .terminal
        .answer(&document, |paint| render::timestamp_requested(&document, paint))?;
    Ok(Exit::Done)
}

fn take(context: &Context, args: &TimestampTakeArgs) -> Result<Exit, Failure> {
    let der = read(&args.file)?;
    let wired = Wired::named(context, args.pair.pair.as_deref())?;
    let actor = who::actor(&context.arguments, None);
    let name = &wired.pair.name;
    let _held = wired.ledger.hold("timestamp", name, &actor.host)?;
    heads::compare(context, &wired)?;
    let taken = wired
        .ledger
        .take_timestamp(&acting(context, name, &actor), &der)?;
    heads::give(context, &wired);
    let check = openssl_command(&taken.said, &taken.file);
    let document = TimestampTakeDocument {
        pair: name.clone(),
        timestamp: TimestampLine::of(taken.record, &taken.said, &taken.file, check),
        head: heads::shown(&wired.ledger)?,
    };
    context
        .terminal
        .answer(&document, |paint| render::timestamp_taken(&document, paint))?;
    Ok(Exit::Done)
}

/// The command that checks what Counterpart does not: the authority's signature, and its certificate.
pub(crate) fn openssl_command(said: &StampRecord, file: &Path) -> String {
    let file = invocation::quoted(file.as_os_str());
    format!(
        "openssl ts -verify -digest {} -in {file} -CAfile AUTHORITY.pem",
        said.head.hash
    )
}

#[expect(clippy::disallowed_methods, reason = "the answer is a file of the user's own")]
fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| {
        let code = match error.kind() {
            std::io::ErrorKind::NotFound => Code::NotFound,
            _ => Code::Io,
        };
        Failure::new(code, format!("reading {}", file.display()), error)
            .hint("Name the file that the authority answered with.")
    };
    let mut der = Vec::new();
    let opened = std::fs::File::open(file).map_err(failed)?;
    // One byte more shows that it is too long.
    opened
        .take(MAX_ANSWER_BYTES + 1)
        .read_to_end(&mut der)
        .map_err(failed)?;
    Ok(der)
}
