//! `certificate list`, `show` and `verify`.

use super::init::write_new;
use super::which_pass::which_pass;
use super::{pack, prove};
use crate::args::{CertificateCommand, CertificateVerifyArgs, ShowArgs};
use crate::context::Context;
use crate::documents::{
    CertificateLine, CertificateListDocument, CertificateShowDocument, CertificateVerifyDocument,
};
use crate::exit::Exit;
use crate::terminal::Paint;
use crate::wire::Wired;
use crate::{clean, heads, invocation, pairs, render};
use counterpart_evidence::key::{NAMESPACE, PRINCIPAL, ssh_time};
use counterpart_evidence::page;
use counterpart_model::{Code, Failure};
use std::path::Path;

/// `certificate …`.
pub(crate) fn certificate(context: &Context, command: CertificateCommand) -> Result<Exit, Failure> {
    match command {
        CertificateCommand::List(args) => list(context, args.pair.as_deref()),
        CertificateCommand::Show(args) => show(context, &args),
        CertificateCommand::Prove(args) => prove::prove(context, &args),
        CertificateCommand::Pack(args) => pack::pack(context, &args),
        CertificateCommand::Verify(args) => verify(context, &args),
    }
}

fn list(context: &Context, name: Option<&str>) -> Result<Exit, Failure> {
    let (pair, ledger) = pairs::ledger(context, name)?;
    let certificates: Vec<CertificateLine> =
        ledger.certificates()?.iter().map(CertificateLine::from).collect();
    let document = CertificateListDocument { pair, certificates };
    context.terminal.answer(&document, |paint| {
        render::certificates(&document.certificates, paint)
    })?;
    Ok(Exit::Done)
}

fn show(context: &Context, args: &ShowArgs) -> Result<Exit, Failure> {
    let (pair, ledger) = pairs::ledger(context, args.pair.pair.as_deref())?;
    let passes: Vec<String> = ledger
        .certificates()?
        .into_iter()
        .map(|entry| entry.pass)
        .collect();
    let pass = which_pass(&ledger, &passes, args.pass.as_deref())?;
    let file = ledger.certificate_path(&pass)?;
    let ended_seconds = ledger.certificate(&pass)?.0.times.ended.seconds();
    let form = if args.html { page::html } else { page::text };
    let document = CertificateShowDocument {
        pair,
        certificate: read_json(&file)?,
        page: ledger.page(&pass, form)?,
        saved: args.out.as_ref().map(|out| out.display().to_string()),
        check: check_command(&file, &ledger.allowed_signers_path()?, ended_seconds),
        file: file.display().to_string(),
        pass,
    };
    if let Some(out) = &args.out {
        write_new(out, &document.page)?;
    }
    context
        .terminal
        .answer(&document, |paint| shown(&document, args, paint))?;
    Ok(Exit::Done)
}

/// The page, or where it went. The command of this host would be no part of a page of HTML.
fn shown(document: &CertificateShowDocument, args: &ShowArgs, paint: Paint) -> String {
    let check = format!(
        "To check the certificate without Counterpart:\n  {}\n",
        paint.bold(&document.check)
    );
    match &document.saved {
        Some(saved) => format!("The page is in {}.\n\n{check}", clean::clean(saved)),
        None if args.html => document.page.clone(),
        None => format!("{}\n\n{check}", clean::clean_lines(&document.page).trim_end()),
    }
}

/// The command that checks a certificate's signature by the key that was in force when it was made.
pub(crate) fn check_command(file: &Path, signers: &Path, ended_seconds: i64) -> String {
    let quoted = |path: &Path| invocation::quoted(path.as_os_str());
    let mut signature = file.as_os_str().to_owned();
    signature.push(".sig");
    let signature = invocation::quoted(&signature);
    let (signers, file) = (quoted(signers), quoted(file));
    let time = ssh_time(ended_seconds);
    format!(
        "ssh-keygen -Y verify -f {signers} -I {PRINCIPAL} -n {NAMESPACE} -O verify-time={time} -s {signature} < {file}"
    )
}

fn verify(context: &Context, args: &CertificateVerifyArgs) -> Result<Exit, Failure> {
    let wired = Wired::named(context, args.pair.pair.as_deref())?;
    let verified = wired.ledger.verify_evidence(&args.trust)?;
    for head in &args.head {
        verified.has(head.sequence, head.hash, "the head that was given")?;
    }
    let far = heads::judged(context, &wired, |role, kept| verified.has_head(kept, role.word()))?;
    if verified.certificates == 0 {
        let why = format!("{} has no certificate yet", wired.pair.name);
        return Err(Failure::new(Code::EvidenceBroken, "verifying certificates", why)
            .hint("Nothing checked is nothing verified: run the pair first."));
    }
    if verified.torn {
        context.terminal.message(
            "The journal's last line is not whole: a pass is writing it now, or a crash cut it short. The next pass sets it aside.",
        );
    }
    let document = CertificateVerifyDocument::of(wired.pair.name.clone(), &verified, far);
    context
        .terminal
        .answer(&document, |paint| render::verified(&document, paint))?;
    Ok(Exit::Done)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the certificate is shown as it lies there"
)]
fn read_json(file: &Path) -> Result<serde_json::Value, Failure> {
    let doing = || format!("reading {}", file.display());
    let text = std::fs::read(file).map_err(|error| Failure::new(Code::EvidenceBroken, doing(), error))?;
    serde_json::from_slice(&text).map_err(|error| Failure::new(Code::EvidenceBroken, doing(), error))
}
