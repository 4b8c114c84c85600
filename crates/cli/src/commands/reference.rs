//! `reference`: prints docs/CLI.md, or writes docs/schema.

use crate::args::ReferenceArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::reference::{markdown, schemas};
use counterpart_model::{Code, Failure};
use std::path::Path;

/// `reference [--schemas DIR]`.
pub(crate) fn reference(context: &Context, args: &ReferenceArgs) -> Result<Exit, Failure> {
    match &args.schemas {
        None => context.terminal.text(&markdown())?,
        Some(directory) => write_schemas(directory)?,
    }
    Ok(Exit::Done)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the program writes the files that were asked for"
)]
fn write_schemas(directory: &Path) -> Result<(), Failure> {
    let failing =
        |error: std::io::Error| Failure::new(Code::Io, format!("writing {}", directory.display()), error);
    std::fs::create_dir_all(directory).map_err(failing)?;
    for (name, text) in schemas() {
        std::fs::write(directory.join(name), text).map_err(failing)?;
    }
    Ok(())
}
