//! `init`: writes a commented counterpart.toml, and never over another.

use crate::args::InitArgs;
use crate::config::{Config, Location, template};
use crate::context::Context;
use crate::documents::InitDocument;
use crate::exit::Exit;
use counterpart_model::{Code, Failure};
use std::io::Write as _;
use std::path::{Path, PathBuf};

const FILE: &str = "counterpart.toml";

/// `init [SRC DST] [--pair NAME]`.
pub(crate) fn init(context: &Context, args: &InitArgs) -> Result<Exit, Failure> {
    let file = context
        .global
        .config
        .clone()
        .unwrap_or_else(|| PathBuf::from(FILE));
    let production = args
        .production
        .as_deref()
        .map_or_else(|| "/path/of/production".to_owned(), absolute);
    let standby = args
        .standby
        .as_deref()
        .map_or_else(|| "/path/of/standby".to_owned(), absolute);
    let text = template(&args.pair, &production, &standby);
    // What is written must be understood; a name or a location that is not is refused before there is a file.
    let understood = Config::parse(&file, &text);
    understood.map_err(|mistakes| Failure {
        code: Code::Usage,
        ..mistakes.failure()
    })?;
    write_new(&file, &text)?;
    let document = InitDocument {
        file: file.display().to_string(),
        pair: args.pair.clone(),
    };
    let next = if args.production.is_some() {
        ""
    } else {
        "Set `production` and `standby` in it.\n"
    };
    context.terminal.answer(&document, |paint| {
        let file = crate::clean::clean(&document.file);
        format!(
            "{} {file}\n{next}Then: counterpart check\n",
            paint.good("written")
        )
    })?;
    Ok(Exit::Done)
}

/// What is far is written as it was given.
fn absolute(text: &str) -> String {
    match Location::parse(text, Path::new("")) {
        Ok(location @ Location::Here(_)) => {
            let path = location.path().to_str().map(str::to_owned);
            path.unwrap_or_else(|| text.to_owned())
        }
        _ => text.to_owned(),
    }
}

/// Writes a file that is not there yet.
///
/// # Errors
/// It is there, or cannot be written.
pub(crate) fn write_new(file: &Path, content: impl AsRef<[u8]>) -> Result<(), Failure> {
    create_new(file)?
        .write_all(content.as_ref())
        .map_err(|error| Failure::new(Code::Io, format!("writing {}", file.display()), error))
}

/// Makes a file that is not there yet.
///
/// # Errors
/// `usage` where it is there, else what the system says.
pub(crate) fn create_new(file: &Path) -> Result<std::fs::File, Failure> {
    let doing = || format!("writing {}", file.display());
    std::fs::File::create_new(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Failure::new(Code::Usage, doing(), "it is there, and is not overwritten")
                .hint("Move it aside, or name another file.")
        }
        _ => Failure::new(Code::Io, doing(), error).hint("See the reason given."),
    })
}
