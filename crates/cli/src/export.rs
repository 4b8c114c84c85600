//! Manifests in forms that other programs read: CSV, and the lists of `b3sum --check` and `sha256sum --check`.

use crate::args::ExportForm;
use crate::documents::ManifestEntry;
use counterpart_model::{Algorithm, Code, Failure, Kind, Row};
use counterpart_port::Listed;
use std::io::Write;

/// The columns of the CSV form: the members of a manifest's entry in the JSON document, in its order.
pub const COLUMNS: [&str; 18] = [
    "path",
    "path_hex",
    "kind",
    "standing",
    "bytes",
    "digest",
    "target",
    "mode",
    "mtime",
    "owner",
    "xattr",
    "acl",
    "inode",
    "mtime_exact",
    "ctime",
    "obtained",
    "obtained_at",
    "racy",
];

/// Refuses a list whose program cannot check the digests that there are.
///
/// # Errors
/// `usage`, with the form that fits.
pub fn fits(form: ExportForm, algorithm: Algorithm) -> Result<(), Failure> {
    let (wanted, instead) = match form {
        ExportForm::Csv => return Ok(()),
        ExportForm::B3sum => (Algorithm::Blake3, "sha256sum"),
        ExportForm::Sha256sum => (Algorithm::Sha256, "b3sum"),
    };
    if wanted == algorithm {
        return Ok(());
    }
    let why = format!(
        "the digests of this manifest are {}, not {}",
        algorithm.word(),
        wanted.word()
    );
    let hint = format!(
        "Use --export {instead}; or set digest = \"{}\" for the pair and run it with --reread.",
        wanted.word()
    );
    Err(Failure::new(Code::Usage, "exporting the manifest", why).hint(hint))
}

/// Writes what comes before the first entry.
///
/// # Errors
/// The output cannot be written.
pub fn head(form: ExportForm, out: &mut dyn Write) -> std::io::Result<()> {
    match form {
        ExportForm::Csv => write!(out, "{}\r\n", COLUMNS.join(",")),
        ExportForm::B3sum | ExportForm::Sha256sum => Ok(()),
    }
}

/// Writes one entry. Lists have only files, each with the digest of its leader where it is a further name; gives
/// false for a file that is left out, since its content was not read or the list's program could not take its name.
///
/// # Errors
/// The output cannot be written.
pub fn entry(form: ExportForm, listed: &Listed, out: &mut dyn Write) -> std::io::Result<bool> {
    let row = &listed.row;
    if form == ExportForm::Csv {
        return csv(row, out).map(|()| true);
    }
    if !matches!(row.fact.kind, Kind::File | Kind::HardLink) {
        return Ok(true);
    }
    let Some(digest) = listed.digest.filter(|_| takes_name(form, row.path.as_bytes())) else {
        return Ok(false);
    };
    sum_line(&digest.to_string(), row.path.as_bytes(), form, out).map(|()| true)
}

/// b3sum stops at a line that is not UTF-8, and refuses the mark that stands for bytes that are not.
fn takes_name(form: ExportForm, name: &[u8]) -> bool {
    form != ExportForm::B3sum || std::str::from_utf8(name).is_ok_and(|name| !name.contains('\u{fffd}'))
}

/// `DIGEST  NAME`. A name with a backslash or a line end is escaped, and the line then begins with a backslash.
fn sum_line(digest: &str, name: &[u8], form: ExportForm, out: &mut dyn Write) -> std::io::Result<()> {
    // sha256sum escapes carriage returns as well; b3sum knows no escape for them and needs none.
    let carriage = form == ExportForm::Sha256sum;
    let odd = |byte: &u8| matches!(byte, b'\\' | b'\n') || (carriage && *byte == b'\r');
    if name.iter().any(odd) {
        out.write_all(b"\\")?;
    }
    write!(out, "{digest}  ")?;
    // A lone hyphen would stand for standard input.
    if name == b"-" {
        out.write_all(b"./")?;
    }
    for byte in name {
        match byte {
            b'\\' => out.write_all(b"\\\\")?,
            b'\n' => out.write_all(b"\\n")?,
            b'\r' if carriage => out.write_all(b"\\r")?,
            byte => out.write_all(&[*byte])?,
        }
    }
    out.write_all(b"\n")
}

fn csv(row: &Row, out: &mut dyn Write) -> std::io::Result<()> {
    let entry = ManifestEntry::from(row);
    let text = |value: Option<String>| value.unwrap_or_default();
    let fields = [
        entry.path,
        entry.path_hex,
        entry.kind,
        entry.standing,
        entry.bytes.to_string(),
        text(entry.digest),
        text(entry.target),
        text(entry.mode),
        text(entry.mtime),
        text(entry.owner),
        text(entry.xattr),
        text(entry.acl),
        entry.inode.to_string(),
        entry.mtime_exact,
        entry.ctime,
        entry.obtained,
        text(entry.obtained_at),
        entry.racy.to_string(),
    ];
    let line: Vec<String> = fields.iter().map(|field| csv_field(field)).collect();
    write!(out, "{}\r\n", line.join(","))
}

/// A field as RFC 4180 has it.
fn csv_field(text: &str) -> String {
    if text.contains(['"', ',', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
