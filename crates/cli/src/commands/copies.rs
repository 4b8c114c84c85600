//! `where`, `history` and `undelete`: every copy of a path, the versions that are kept, and one of them brought back.

use crate::args::{HistoryArgs, UndeleteArgs, WhereArgs};
use crate::config::Pair;
use crate::context::Context;
use crate::documents::listing::time;
use crate::documents::{
    CopyDocument, HistoryDocument, NotHeldDocument, PathClaims, UndeleteDocument, VersionDocument,
    WhereDocument,
};
use crate::exit::Exit;
use crate::wire::Wired;
use crate::{pairs, render};
use counterpart_model::{Code, EntryPath, Failure, Row, SiteRole, escape};
use counterpart_port::{Export, NotHeld, Version};
use counterpart_tree::history::Receiver;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// `where KEY`.
pub(crate) fn where_is(context: &Context, args: &WhereArgs) -> Result<Exit, Failure> {
    let (mut copies, mut imported) = (Vec::new(), Vec::new());
    for pair in pairs::all(context, args.pair.as_deref())? {
        let path = entry_path(&pair, &args.key)?;
        let wired = Wired::open(context, pair)?;
        copies.extend(copies_of(&wired, &path)?);
        let claims = wired.ledger.claims(&path.to_string())?;
        imported.extend(PathClaims::of(&wired.pair.name, &path.to_string(), &claims));
    }
    let document = WhereDocument {
        key: escape::shown(args.key.as_bytes()),
        copies,
        imported,
    };
    context
        .terminal
        .answer(&document, |paint| render::where_is(&document, paint))?;
    Ok(found(document.copies.is_empty()))
}

fn copies_of(wired: &Wired, path: &EntryPath) -> Result<Vec<CopyDocument>, Failure> {
    let mut copies = Vec::new();
    let row = wired.production.ask(|site| site.row(path))?;
    copies.extend(row.map(|row| present(wired, SiteRole::Production, &row)));
    let (row, versions) = wired
        .standby
        .ask(|site| Ok((site.row(path)?, site.versions(path)?)))?;
    copies.extend(row.map(|row| present(wired, SiteRole::Standby, &row)));
    let kept = versions.iter().filter(|version| version.path == *path);
    copies.extend(kept.map(|version| kept_copy(wired, version)));
    Ok(copies)
}

fn present(wired: &Wired, role: SiteRole, row: &Row) -> CopyDocument {
    let root = if role == SiteRole::Production {
        &wired.pair.production
    } else {
        &wired.pair.standby
    };
    let file = Path::new(OsStr::from_bytes(row.path.as_bytes()));
    let location = match root.here() {
        Some(root) => escape::shown(root.join(file).as_os_str().as_bytes()),
        None => format!("{root}/{}", row.path),
    };
    let obtained = row.seen.obtained;
    CopyDocument {
        pair: wired.pair.name.clone(),
        place: role.word().to_owned(),
        location,
        kind: row.fact.kind.word().to_owned(),
        bytes: row.fact.size_bytes,
        algorithm: wired.pair.settings.policy.algorithm.word().to_owned(),
        digest: row.fact.digest().map(|digest| digest.to_string()),
        obtained: row.fact.digest().map(|_| obtained.how.word().to_owned()),
        at: time(obtained.at_seconds),
    }
}

fn kept_copy(wired: &Wired, version: &Version) -> CopyDocument {
    CopyDocument {
        pair: wired.pair.name.clone(),
        place: "history".to_owned(),
        location: version.id.0.clone(),
        kind: version.fact.kind.word().to_owned(),
        bytes: version.fact.size_bytes,
        algorithm: wired.pair.settings.policy.algorithm.word().to_owned(),
        digest: version.fact.digest().map(|digest| digest.to_string()),
        obtained: None,
        at: time(version.set_aside_seconds),
    }
}

/// `history PATH`.
pub(crate) fn history(context: &Context, args: &HistoryArgs) -> Result<Exit, Failure> {
    let wired = Wired::named(context, args.pair.pair.as_deref())?;
    let path = entry_path(&wired.pair, &args.path)?;
    let versions: Vec<VersionDocument> = versions(&wired, &path)?
        .iter()
        .map(VersionDocument::from)
        .collect();
    let document = HistoryDocument {
        pair: wired.pair.name.clone(),
        path: path.to_string(),
        versions,
    };
    context
        .terminal
        .answer(&document, |paint| render::history(&document, paint))?;
    Ok(found(document.versions.is_empty()))
}

/// `undelete WHAT --to DIR`.
pub(crate) fn undelete(context: &Context, args: &UndeleteArgs) -> Result<Exit, Failure> {
    let wired = Wired::named(context, args.pair.pair.as_deref())?;
    let version = which_version(&wired, &args.what)?;
    let (to, not_held) = bring_back(&wired, &version, &args.to)?;
    let document = UndeleteDocument {
        pair: wired.pair.name.clone(),
        version: VersionDocument::from(&version),
        to: escape::shown(to.as_os_str().as_bytes()),
        not_held: NotHeldDocument::from(not_held),
    };
    context
        .terminal
        .answer(&document, |paint| render::undelete(&document, paint))?;
    Ok(Exit::Done)
}

/// Copies one version into a directory, which is made where it is not there; gives the name that it has in it, and
/// what of its attributes the directory's filesystem cannot hold.
///
/// # Errors
/// The directory cannot be made, or the name in it is taken.
pub(crate) fn bring_back(wired: &Wired, version: &Version, to: &Path) -> Result<(PathBuf, NotHeld), Failure> {
    let what = Export::Kept {
        id: version.id.clone(),
        beneath: EntryPath::root(),
    };
    export(wired, &what, &version.path, to)
}

/// Copies what the standby has, and had `path`, into a directory, as [`bring_back`] does.
///
/// # Errors
/// As [`bring_back`].
pub(crate) fn export(
    wired: &Wired,
    what: &Export,
    path: &EntryPath,
    to: &Path,
) -> Result<(PathBuf, NotHeld), Failure> {
    let to = make_directory(to)?;
    let mut receiver = Receiver::new(&to, path)?;
    wired.standby.ask(|site| site.export(what, &mut receiver))?;
    let not_held = receiver.finish()?;
    Ok((to.join(OsStr::from_bytes(path.name())), not_held))
}

/// Makes a directory that was asked for, where it is not there; gives its whole path.
///
/// # Errors
/// It cannot be made.
#[expect(
    clippy::disallowed_methods,
    reason = "the program makes the directory that was asked for"
)]
fn make_directory(to: &Path) -> Result<std::path::PathBuf, Failure> {
    let failed = |error| Failure::new(Code::Io, format!("making {}", to.display()), error);
    std::fs::create_dir_all(to).map_err(failed)?;
    std::path::absolute(to).map_err(failed)
}

/// The version of a name, or the youngest of a path.
///
/// # Errors
/// `not-found`.
pub(crate) fn which_version(wired: &Wired, what: &OsStr) -> Result<Version, Failure> {
    let all = versions(wired, &EntryPath::root())?;
    if let Some(named) = all
        .iter()
        .find(|version| version.id.0.as_bytes() == what.as_bytes())
    {
        return Ok(named.clone());
    }
    let path = entry_path(&wired.pair, what)?;
    let youngest = all.into_iter().find(|version| version.path == path);
    youngest.ok_or_else(|| {
        let why = format!("no version of {path} is kept");
        Failure::new(Code::NotFound, "looking through history", why)
            .hint("`counterpart history .` lists all that is kept.")
    })
}

fn versions(wired: &Wired, path: &EntryPath) -> Result<Vec<Version>, Failure> {
    wired.standby.ask(|site| site.versions(path))
}

/// A path beneath a root, also where it is written as it lies on this host; in its shown form or in its own bytes.
///
/// # Errors
/// `usage`, with the rule that it breaks.
pub(crate) fn entry_path(pair: &Pair, given: &OsStr) -> Result<EntryPath, Failure> {
    let roots = [pair.production.path(), pair.standby.path()];
    let beneath = roots
        .into_iter()
        .find_map(|root| Path::new(given).strip_prefix(root).ok());
    let path: OsString = beneath.map_or_else(|| given.to_owned(), |path| path.as_os_str().to_owned());
    // What is not UTF-8 cannot be a shown form, so it is taken as it is.
    let bytes = path
        .to_str()
        .map_or_else(|| path.as_bytes().to_vec(), escape::from_shown);
    let trimmed = bytes.strip_prefix(b"./").unwrap_or(&bytes);
    let trimmed = trimmed.strip_suffix(b"/").unwrap_or(trimmed);
    let trimmed = if trimmed == b"." { b"" } else { trimmed };
    EntryPath::checked(trimmed).map_err(|error| {
        let shown = escape::shown(given.as_bytes());
        Failure::new(Code::Usage, format!("reading the path {shown}"), error)
            .hint("Write it from the root of the tree, such as pages/0842/0060002.")
    })
}

const fn found(nothing: bool) -> Exit {
    if nothing { Exit::Differs } else { Exit::Done }
}
