//! `certificate list`, `show` and `verify`.

use super::which_pass::which_pass;
use crate::args::{CertificateCommand, ShowArgs};
use crate::config::Pair;
use crate::context::Context;
use crate::documents::{
    CertificateLine, CertificateListDocument, CertificateShowDocument, CertificateVerifyDocument, FarHead,
};
use crate::exit::Exit;
use crate::wire::End;
use crate::{clean, invocation, pairs, render};
use counterpart_engine::Ledger;
use counterpart_evidence::key::{NAMESPACE, PRINCIPAL};
use counterpart_model::{Code, Failure, SiteRole};
use counterpart_store::PairDir;
use std::path::Path;

/// `certificate …`.
pub(crate) fn certificate(context: &Context, command: CertificateCommand) -> Result<Exit, Failure> {
    match command {
        CertificateCommand::List(args) => list(context, args.pair.as_deref()),
        CertificateCommand::Show(args) => show(context, &args),
        CertificateCommand::Verify(args) => verify(context, args.pair.as_deref()),
    }
}

fn ledger(context: &Context, name: Option<&str>) -> Result<(String, Ledger), Failure> {
    let pair = pairs::one(context, name)?;
    let ledger = Ledger::open(context.state()?.pair(&pair.name)?)?;
    Ok((pair.name, ledger))
}

fn list(context: &Context, name: Option<&str>) -> Result<Exit, Failure> {
    let (pair, ledger) = ledger(context, name)?;
    let certificates: Vec<CertificateLine> =
        ledger.certificates()?.iter().map(CertificateLine::from).collect();
    let document = CertificateListDocument { pair, certificates };
    context.terminal.answer(&document, |paint| {
        render::certificates(&document.certificates, paint)
    })?;
    Ok(Exit::Done)
}

fn show(context: &Context, args: &ShowArgs) -> Result<Exit, Failure> {
    let (pair, ledger) = ledger(context, args.pair.pair.as_deref())?;
    let passes: Vec<String> = ledger
        .certificates()?
        .into_iter()
        .map(|entry| entry.pass)
        .collect();
    let pass = which_pass(&ledger, &passes, args.pass.as_deref())?;
    let file = ledger.certificate_path(&pass)?;
    let document = CertificateShowDocument {
        pair,
        certificate: read_json(&file)?,
        page: ledger.page(&pass)?,
        check: check_command(&file, &ledger.allowed_signers_path()?),
        file: file.display().to_string(),
        pass,
    };
    context.terminal.answer(&document, |paint| {
        let page = clean::clean_lines(&document.page);
        format!(
            "{}\n\nTo check it without Counterpart:\n  {}\n",
            page.trim_end(),
            paint.bold(&document.check)
        )
    })?;
    Ok(Exit::Done)
}

/// The command that checks a certificate's signature.
pub(crate) fn check_command(file: &Path, signers: &Path) -> String {
    let quoted = |path: &Path| invocation::quoted(path.as_os_str());
    let mut signature = file.as_os_str().to_owned();
    signature.push(".sig");
    let signature = invocation::quoted(&signature);
    let (signers, file) = (quoted(signers), quoted(file));
    format!("ssh-keygen -Y verify -f {signers} -I {PRINCIPAL} -n {NAMESPACE} -s {signature} < {file}")
}

fn verify(context: &Context, name: Option<&str>) -> Result<Exit, Failure> {
    let pair = pairs::one(context, name)?;
    let directory = context.state()?.pair(&pair.name)?;
    let ledger = Ledger::open(directory.clone())?;
    let entries = ledger.certificates()?;
    if entries.is_empty() {
        let why = format!("{} has no certificate yet", pair.name);
        return Err(Failure::new(Code::EvidenceBroken, "verifying certificates", why)
            .hint("Nothing checked is nothing verified: run the pair first."));
    }
    let verified = ledger.verify_certificates()?;
    let document = CertificateVerifyDocument {
        far: far_heads(context, &pair, &directory, &ledger)?,
        pair: pair.name,
        holds: true,
        certificates: verified,
        head: entries.last().map(|entry| entry.sha256.clone()),
        fingerprint: ledger.fingerprint()?,
    };
    context
        .terminal
        .answer(&document, |paint| render::verified(&document, paint))?;
    Ok(Exit::Done)
}

/// What far sites keep of the chain, each in the journal. A site that cannot be asked is told of, and says nothing
/// against the chain.
fn far_heads(
    context: &Context,
    pair: &Pair,
    directory: &PairDir,
    ledger: &Ledger,
) -> Result<Vec<FarHead>, Failure> {
    let mut heads = Vec::new();
    for role in [SiteRole::Production, SiteRole::Standby] {
        let end = End::of(directory, pair, role)?;
        if end.here().is_some() {
            continue;
        }
        match end.ask(|site| site.chain_head()) {
            Ok(Some(kept)) if !ledger.has_head(&kept)? => {
                let why = format!(
                    "{role} keeps record {} of pass {}, which the journal does not have",
                    kept.sequence, kept.pass
                );
                let doing = "comparing the journal with the head at the far site";
                return Err(Failure::new(Code::EvidenceBroken, doing, why).hint(Code::JournalBehind.remedy()));
            }
            Ok(Some(kept)) => heads.push(FarHead::of(role, &kept)),
            Ok(None) => context.terminal.message(&format!(
                "{role} keeps no head of the chain yet: the next pass gives it one."
            )),
            Err(failure) => context.terminal.message(&format!(
                "{role} was not asked for its head of the chain: {failure}"
            )),
        }
    }
    Ok(heads)
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
