//! `import`: logs that rsync left become records of the journal.

use super::copies::entry_path;
use crate::args::ImportArgs;
use crate::config::Pair;
use crate::context::Context;
use crate::documents::{ImportDocument, ImportLogDocument};
use crate::exit::Exit;
use crate::{apart, clock, pairs, render, who};
use counterpart_engine::Ledger;
use counterpart_engine::import::{ImportRequest, Imported, Names, OldLog, Zone};
use counterpart_model::{Code, EntryPath, Failure, Timestamp, escape};
use std::fs::File;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// `import LOG… [--pair PAIR]`. Each log stands alone: one that is refused keeps no other from being imported.
pub(crate) fn import(context: &Context, args: &ImportArgs) -> Result<Exit, Failure> {
    let pair = pairs::one(context, args.pair.pair.as_deref())?;
    let request = request(context, args, &pair)?;
    apart::check(&pair, &context.state_path()?)?;
    let ledger = Ledger::open(context.state()?.pair(&pair.name)?)?;
    let (mut logs, mut exit) = (Vec::new(), Exit::Done);
    for path in &args.logs {
        let shown = escape::shown(path.as_os_str().as_bytes());
        let zone = request.zone.name();
        logs.push(match one_log(&ledger, path, &shown, &request) {
            Ok(imported) => ImportLogDocument::of(shown, zone, &imported),
            Err(failure) => {
                exit = exit.max(Exit::of(failure.code));
                if !context.terminal.json() {
                    context.terminal.failure(&failure);
                }
                ImportLogDocument::failed(shown, zone, Some(&failure))
            }
        });
    }
    let document = ImportDocument {
        pair: pair.name.clone(),
        logs,
    };
    context
        .terminal
        .answer(&document, |paint| render::import(&document, paint))?;
    Ok(exit)
}

fn request(context: &Context, args: &ImportArgs, pair: &Pair) -> Result<ImportRequest, Failure> {
    let zone = args
        .zone
        .as_deref()
        .map_or_else(|| Ok(Zone::system()), Zone::named)?;
    let date = args.date.as_deref().map(|date| zone.given(date)).transpose()?;
    let beneath = match &args.beneath {
        Some(path) => entry_path(pair, path)?,
        None => EntryPath::root(),
    };
    let own = [pair.production.path(), pair.standby.path()];
    let roots = args.root.iter().map(std::path::PathBuf::as_path).chain(own);
    Ok(ImportRequest {
        pair: pair.name.clone(),
        zone,
        date_seconds: date,
        names: Names {
            beneath,
            roots: roots.map(|root| root.as_os_str().as_bytes().to_vec()).collect(),
        },
        strict: args.strict,
        again: args.again,
        actor: who::actor(&context.arguments, None),
        reason: context.global.reason.clone(),
        now: clock::now(),
    })
}

fn one_log(ledger: &Ledger, path: &Path, shown: &str, request: &ImportRequest) -> Result<Imported, Failure> {
    let (mut file, modified) = open(path, shown)?;
    let mut log = OldLog {
        name: shown.to_owned(),
        content: &mut file,
        modified,
    };
    ledger.import(&mut log, request)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the program reads the logs that were named"
)]
fn open(path: &Path, shown: &str) -> Result<(File, Timestamp), Failure> {
    let doing = || format!("reading {shown}");
    let failing = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            Failure::new(Code::NotFound, doing(), error).hint("Name a log that is there.")
        }
        _ => Failure::new(Code::Unreadable, doing(), error).hint("Give this account the right to read it."),
    };
    // Before it is opened: a pipe would be waited for.
    if !std::fs::metadata(path).map_err(failing)?.is_file() {
        let why = "it is not a file, and is read more than once";
        return Err(Failure::new(Code::Usage, doing(), why).hint("Name a file."));
    }
    let file = File::open(path).map_err(failing)?;
    let modified = file.metadata().map_err(failing)?.mtime();
    Ok((file, Timestamp::new(modified, 0)))
}
