//! The digest of one file on this host, read a piece at a time.

use counterpart_model::{Algorithm, Code, Digest, Failure};
use std::path::Path;

/// The digest of a file's content.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn of_file(path: &Path, algorithm: Algorithm) -> Result<Digest, Failure> {
    read(path, algorithm)
        .map_err(|error| Failure::new(Code::Io, format!("reading {}", path.display()), error))
}

#[expect(
    clippy::disallowed_methods,
    reason = "a copy is read back that the program made itself"
)]
fn read(path: &Path, algorithm: Algorithm) -> std::io::Result<Digest> {
    let mut file = std::fs::File::open(path)?;
    algorithm.of_stream(&mut file).map(|(digest, _)| digest)
}
