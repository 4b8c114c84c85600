//! `repair PATH --to DIR`: the standby's good copy of a file that rotted at production. Production is never written.

use crate::commands::copies;
use crate::context::Context;
use crate::digests;
use crate::documents::{NotHeldDocument, RepairExportDocument};
use crate::exit::Exit;
use crate::render;
use crate::wire::Wired;
use counterpart_model::{Code, Digest, EntryPath, Failure, SiteRole, escape};
use counterpart_port::Export;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// Exports the copy, and reads it back: only the certified content is called good.
pub(crate) fn good_copy(
    context: &Context,
    wired: &Wired,
    path: &EntryPath,
    to: &Path,
) -> Result<Exit, Failure> {
    let doing = || format!("exporting the good copy of {path}");
    let certified = certified(wired, path)?;
    let (file, not_held) = copies::export(wired, &Export::Present(path.clone()), path, to)?;
    let read_back = digests::of_file(&file, wired.pair.settings.policy.algorithm)?;
    if read_back != certified {
        let why = "the standby's copy is not what was certified either";
        return Err(Failure::new(Code::RotStandby, doing(), why).hint("Look for the file in a backup."));
    }
    let document = RepairExportDocument {
        pair: wired.pair.name.clone(),
        path: escape::shown(path.as_bytes()),
        to: escape::shown(file.as_os_str().as_bytes()),
        digest: read_back.to_string(),
        not_held: NotHeldDocument::from(not_held),
    };
    context
        .terminal
        .answer(&document, |paint| render::exported(&document, paint))?;
    Ok(Exit::Done)
}

/// The digest that the standby's manifest has of a file known to have rotted at production.
fn certified(wired: &Wired, path: &EntryPath) -> Result<Digest, Failure> {
    let doing = || format!("exporting the good copy of {path}");
    let rotten = wired.ledger.memory()?.rotten(path.as_bytes());
    if rotten != Some(SiteRole::Production) {
        let why = "production is not known to have rotted there";
        let hint = "`counterpart verify --reread` finds out which side differs from the last certificate.";
        return Err(Failure::new(Code::NotFound, doing(), why).hint(hint));
    }
    let row = wired.standby.ask(|site| site.row(path))?;
    row.and_then(|row| row.fact.digest())
        .ok_or_else(|| Failure::new(Code::NotRead, doing(), "the standby's copy was never read"))
}
