//! The document of `status` in a file, for whoever watches this host from outside: replaced whole, readable by all.

use crate::commands::status_document;
use crate::context::Context;
use counterpart_model::{Code, Failure};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

const READABLE: u32 = 0o644;

/// Writes it beside its place and renames it.
pub(super) fn write(context: &Context, file: &Path) -> Result<(), Failure> {
    let document = status_document(context, None)?;
    let failed = |error: std::io::Error| {
        Failure::new(
            Code::Notice,
            format!("writing the status file {}", file.display()),
            error,
        )
        .hint(
            "Mend `status_file`: its folder must be there, and this account must be allowed to write to it.",
        )
    };
    let mut text = serde_json::to_vec_pretty(&document).map_err(|error| failed(error.into()))?;
    text.push(b'\n');
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut new = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(failed)?;
    new.write_all(&text).map_err(failed)?;
    let readable = std::fs::Permissions::from_mode(READABLE);
    new.as_file().set_permissions(readable).map_err(failed)?;
    new.as_file().sync_all().map_err(failed)?;
    new.persist(file).map_err(|error| failed(error.error))?;
    Ok(())
}
