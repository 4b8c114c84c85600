//! `certificate prove`: that an entry was in a copy when a certificate was made, without showing any other.

use super::copies::entry_path;
use super::manifest::output;
use super::which_pass;
use crate::args::{JournalHead, ProveArgs};
use crate::context::Context;
use crate::documents::CertificateProveDocument;
use crate::exit::Exit;
use crate::lines::Lines;
use crate::terminal::unprintable;
use crate::wire::Wired;
use counterpart_evidence::proof::{Certified, EntryProof, Head};
use counterpart_model::{Algorithm, Code, EntryPath, Failure, SiteRole};
use std::io::Write as _;

/// `certificate prove PATH`.
pub(super) fn prove(context: &Context, args: &ProveArgs) -> Result<Exit, Failure> {
    let wired = Wired::named(context, args.pair.pair.as_deref())?;
    let document = document(&wired, args)?;
    let text = serde_json::to_string_pretty(&document).map_err(unprintable)?;
    let mut out = output(context, args.output.as_deref())?;
    writeln!(out, "{text}")
        .and_then(|()| out.flush())
        .map_err(unprintable)?;
    Ok(Exit::Done)
}

fn document(wired: &Wired, args: &ProveArgs) -> Result<CertificateProveDocument, Failure> {
    if let Some(JournalHead { sequence, hash }) = args.extends {
        let proof = wired.ledger.extends(Head { sequence, hash })?;
        return Ok(CertificateProveDocument::Extends(Box::new((&proof).into())));
    }
    // The arguments have one or the other.
    let path = args.path.clone().unwrap_or_default();
    let path = entry_path(&wired.pair, &path)?;
    let proof = proof(wired, args.pass.as_deref(), SiteRole::from(args.side), &path)?;
    Ok(CertificateProveDocument::Entry(Box::new((&proof).into())))
}

/// By the certificate of a pass, whose manifest must be kept still.
fn proof(wired: &Wired, pass: Option<&str>, side: SiteRole, path: &EntryPath) -> Result<EntryProof, Failure> {
    let certified: Vec<String> = wired
        .ledger
        .certificates()?
        .into_iter()
        .map(|entry| entry.pass)
        .collect();
    if certified.is_empty() {
        let why = format!("{} has no certificate yet", wired.pair.name);
        return Err(Failure::new(Code::NotFound, DOING, why).hint("Run the pair first."));
    }
    let pass = which_pass(&wired.ledger, &certified, pass)?;
    let (certificate, json) = wired.ledger.certificate(&pass)?;
    let sha256 = Algorithm::Sha256.of(&json);
    let (root, proven) = Lines::of(&certificate).proven(wired, side, &|entry| entry == path)?;
    let proven = proven.into_iter().next().ok_or_else(|| {
        let why = format!("the {side} held no {path} that was compared");
        Failure::new(Code::NotFound, DOING, why)
            .hint("`counterpart where PATH` tells which copies there are.")
    })?;
    let proof = EntryProof::of(Certified::of(&certificate, sha256), side, root, proven);
    proof.check(&certificate, sha256)?;
    Ok(proof)
}

const DOING: &str = "proving by a certificate";
