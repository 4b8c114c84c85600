//! `reference`: prints docs/CLI.md or docs/ERRORS.md, or writes docs/schema or the manual pages.

use crate::args::ReferenceArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::reference::{errors, man_pages, markdown, schemas};
use counterpart_model::{Code, Failure};
use std::path::Path;

/// `reference [--schemas DIR | --errors | --man DIR]`.
pub(crate) fn reference(context: &Context, args: &ReferenceArgs) -> Result<Exit, Failure> {
    if let Some(directory) = &args.schemas {
        write_all(directory, schemas())?;
    } else if let Some(directory) = &args.man {
        let pages = man_pages().map_err(|error| Failure::new(Code::Io, "making the manual pages", error))?;
        write_all(directory, pages.into_iter().map(|page| (page.name, page.text)))?;
    } else if args.errors {
        context.terminal.text(&errors())?;
    } else {
        context.terminal.text(&markdown())?;
    }
    Ok(Exit::Done)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the program writes the files that were asked for"
)]
fn write_all(directory: &Path, files: impl IntoIterator<Item = (String, String)>) -> Result<(), Failure> {
    let failing =
        |error: std::io::Error| Failure::new(Code::Io, format!("writing {}", directory.display()), error);
    std::fs::create_dir_all(directory).map_err(failing)?;
    for (name, text) in files {
        std::fs::write(directory.join(name), text).map_err(failing)?;
    }
    Ok(())
}
