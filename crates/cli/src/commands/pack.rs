//! `certificate pack`: certificates, and what shows that they hold, in one file.

use super::copies::entry_path;
use crate::args::PackArgs;
use crate::commands::init::create_new;
use crate::context::Context;
use crate::documents::CertificatePackDocument;
use crate::exit::Exit;
use crate::pack::{Counts, Packed, Packing, in_range};
use crate::render;
use crate::wire::Wired;
use counterpart_model::digest::Hasher;
use counterpart_model::{Algorithm, Code, EntryPath, Failure};
use counterpart_store::files::remove;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// `certificate pack --out FILE`.
pub(super) fn pack(context: &Context, args: &PackArgs) -> Result<Exit, Failure> {
    let wired = Wired::named(context, args.pair.pair.as_deref())?;
    let subtrees: Result<Vec<EntryPath>, Failure> = args
        .subtree
        .iter()
        .map(|path| entry_path(&wired.pair, path))
        .collect();
    let subtrees = subtrees?;
    let packed = in_range(&wired.ledger, args.from.as_deref(), args.to.as_deref())?;
    // A half of it is never left under the name.
    let file = Unfinished::create(&args.out)?;
    let out = BufWriter::new(Digesting::new(file.file()?));
    let (out, counts) = Packing::begin(&wired, &packed, &subtrees, out).pack()?;
    let digesting = out
        .into_inner()
        .map_err(|error| unwritable(&args.out, error.error()))?;
    let document = document(&wired, &args.out, &packed, &subtrees, counts, digesting);
    file.finish()?;
    context
        .terminal
        .answer(&document, |paint| render::packed(&document, paint))?;
    Ok(Exit::Done)
}

fn document(
    wired: &Wired,
    file: &Path,
    packed: &[Packed],
    subtrees: &[EntryPath],
    counts: Counts,
    digesting: Digesting,
) -> CertificatePackDocument {
    CertificatePackDocument {
        pair: wired.pair.name.clone(),
        file: file.display().to_string(),
        bytes: digesting.len_bytes,
        sha256: digesting.hasher.finish().to_string(),
        first: packed.first().map_or(0, Packed::sequence),
        last: packed.last().map_or(0, Packed::sequence),
        subtrees: subtrees.iter().map(ToString::to_string).collect(),
        lines: counts.lines,
        proofs: counts.proofs,
        check: format!(
            "tar xf {} && python3 */data/verify.py",
            crate::invocation::quoted(file.as_os_str())
        ),
    }
}

/// A new file that goes unless it is finished.
struct Unfinished(Option<PathBuf>, File);

impl Unfinished {
    fn create(path: &Path) -> Result<Self, Failure> {
        let file = create_new(path)?;
        Ok(Self(Some(path.to_owned()), file))
    }

    fn file(&self) -> Result<File, Failure> {
        self.1
            .try_clone()
            .map_err(|error| Failure::new(Code::Io, "writing a pack", error))
    }

    fn finish(mut self) -> Result<(), Failure> {
        let path = self.0.take();
        self.1
            .sync_all()
            .map_err(|error| unwritable(&path.unwrap_or_default(), &error))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // What cannot be removed is no worse than before.
            let _ = remove(path);
        }
    }
}

/// Digests and counts what is written.
struct Digesting {
    file: File,
    hasher: Hasher,
    len_bytes: u64,
}

impl Digesting {
    fn new(file: File) -> Self {
        Self {
            file,
            hasher: Algorithm::Sha256.hasher(),
            len_bytes: 0,
        }
    }
}

impl Write for Digesting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.len_bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(Code::Io, format!("writing {}", path.display()), error)
}
