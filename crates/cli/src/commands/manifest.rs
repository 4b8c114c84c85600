//! `manifest`: prints what one side holds, or exports it for other programs.

use crate::args::{ExportForm, ManifestArgs};
use crate::commands::init::create_new;
use crate::context::Context;
use crate::documents::ManifestEntry;
use crate::exit::Exit;
use crate::json_list::JsonList;
use crate::terminal::unprintable;
use crate::wire::Wired;
use crate::{clock, export, render, units, words};
use counterpart_model::{Code, Failure, SiteRole, Timestamp};
use counterpart_port::{Listed, ListingHead, Stream};
use std::io::{BufWriter, Write};
use std::path::Path;

/// `manifest [PAIR] [--side SIDE] [--export FORM] [--output FILE]`.
pub(crate) fn manifest(context: &Context, args: &ManifestArgs) -> Result<Exit, Failure> {
    let wired = Wired::named(context, args.pair.pair.as_deref())?;
    let role = SiteRole::from(args.side);
    let reached = wired.end(role).reach()?;
    let leaders = args.export.is_some_and(|form| form != ExportForm::Csv);
    let listing = reached
        .site()
        .listing(leaders)
        .map_err(|failure| reached.explain(failure))?;
    let (head, mut rows) = listing.ok_or_else(|| {
        let why = format!("{} has no manifest of its {role} yet", wired.pair.name);
        Failure::new(Code::NotFound, "reading a manifest", why).hint("Run the pair first.")
    })?;
    if let Some(form) = args.export {
        export::fits(form, head.algorithm)?;
    }
    let mut out = output(context, args.output.as_deref())?;
    let written = match args.export {
        Some(form) => write_export(form, rows.as_mut(), &mut out),
        None if context.terminal.json() => {
            write_json(&wired.pair.name, &head, rows.as_mut(), &mut out).map(|()| 0)
        }
        None => write_table(&head, rows.as_mut(), &mut out).map(|()| 0),
    };
    let left_out = written.map_err(|failure| reached.explain(failure))?;
    out.flush().map_err(unprintable)?;
    if left_out > 0 {
        let files = words::counted(left_out, "file is", "files are");
        let why = "not read yet, or the list cannot hold the name";
        context
            .terminal
            .message(&format!("{files} left out: {why}. CSV has them all."));
        return Ok(Exit::Differs);
    }
    Ok(Exit::Done)
}

/// Standard output, or a file that is not there yet.
///
/// # Errors
/// It is there, or cannot be made.
pub(super) fn output(context: &Context, file: Option<&Path>) -> Result<Box<dyn Write>, Failure> {
    let Some(file) = file else {
        return Ok(Box::new(context.terminal.stream()));
    };
    Ok(Box::new(BufWriter::new(create_new(file)?)))
}

type Rows<'a> = dyn Stream<Listed> + 'a;

fn each_row(
    rows: &mut Rows<'_>,
    mut each: impl FnMut(&Listed) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut listed = Listed::default();
    while rows.next_into(&mut listed)? {
        each(&listed)?;
    }
    Ok(())
}

fn write_export(form: ExportForm, rows: &mut Rows<'_>, out: &mut dyn Write) -> Result<u64, Failure> {
    let mut left_out = 0;
    export::head(form, out).map_err(unprintable)?;
    each_row(rows, |listed| {
        let written = export::entry(form, listed, out).map_err(unprintable)?;
        left_out += u64::from(!written);
        Ok(())
    })?;
    Ok(left_out)
}

fn write_table(head: &ListingHead, rows: &mut Rows<'_>, out: &mut dyn Write) -> Result<(), Failure> {
    let tally = &head.tally;
    let text = format!(
        "{} of {}, as of {}\nroot {}\n{}, {}, {}\n\n{}\n",
        head.role,
        crate::clean::clean(&head.pair),
        clock::with_offset(head.at_seconds),
        head.root,
        words::counted(tally.files, "file", "files"),
        words::counted(tally.directories, "directory", "directories"),
        units::bytes(tally.bytes),
        render::manifest_head()
    );
    out.write_all(text.as_bytes()).map_err(unprintable)?;
    each_row(rows, |listed| {
        writeln!(out, "{}", render::manifest_line(&listed.row)).map_err(unprintable)
    })
}

fn write_json(
    pair: &str,
    head: &ListingHead,
    rows: &mut Rows<'_>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let document = serde_json::json!({
        "pair": pair,
        "side": head.role.word(),
        "root": head.root,
        "algorithm": head.algorithm.word(),
        "grain_nanoseconds": head.grain.nanos(),
        "at": Timestamp::new(head.at_seconds, 0).rfc3339(),
        "files": head.tally.files,
        "directories": head.tally.directories,
        "symlinks": head.tally.symlinks,
        "bytes": head.tally.bytes,
    });
    let mut list = JsonList::begin(out, &document, "entries")?;
    each_row(rows, |listed| list.push(&ManifestEntry::from(&listed.row)))?;
    list.end()
}
