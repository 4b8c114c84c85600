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
use counterpart_model::{Code, EntryPath, Fact, Failure, Kind, Observation, Row, SiteRole, Timestamp};
use counterpart_store::manifest::Manifest;
use std::io::{BufWriter, Write};
use std::path::Path;

/// `manifest [PAIR] [--side SIDE] [--export FORM] [--output FILE]`.
pub(crate) fn manifest(context: &Context, args: &ManifestArgs) -> Result<Exit, Failure> {
    let wired = Wired::named(context, args.pair.pair.as_deref())?;
    let role = SiteRole::from(args.side);
    let manifest = wired.end(role).here()?.manifest()?.ok_or_else(|| {
        let why = format!("{} has no manifest of its {role} yet", wired.pair.name);
        Failure::new(Code::NotFound, "reading a manifest", why).hint("Run the pair first.")
    })?;
    if let Some(form) = args.export {
        export::fits(form, manifest.header().algorithm)?;
    }
    let mut out = output(context, args.output.as_deref())?;
    let left_out = match args.export {
        Some(form) => write_export(form, &manifest, &mut out)?,
        None if context.terminal.json() => {
            write_json(&wired.pair.name, role, &manifest, &mut out).map(|()| 0)?
        }
        None => write_table(&manifest, &mut out).map(|()| 0)?,
    };
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

fn output(context: &Context, file: Option<&Path>) -> Result<Box<dyn Write>, Failure> {
    let Some(file) = file else {
        return Ok(Box::new(context.terminal.stream()));
    };
    let doing = format!("writing {}", file.display());
    let opened = create_new(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Failure::new(Code::Usage, doing, "it is there, and is not overwritten").hint("Name another file.")
        }
        _ => Failure::new(Code::Io, doing, error),
    })?;
    Ok(Box::new(BufWriter::new(opened)))
}

fn each_row(manifest: &Manifest, mut each: impl FnMut(&Row) -> Result<(), Failure>) -> Result<(), Failure> {
    let mut rows = manifest.rows();
    let mut row = empty_row();
    while rows.next_into(&mut row)? {
        each(&row)?;
    }
    Ok(())
}

fn empty_row() -> Row {
    Row {
        path: EntryPath::root(),
        fact: Fact::of(Kind::Directory),
        seen: Observation::default(),
    }
}

fn write_export(form: ExportForm, manifest: &Manifest, out: &mut dyn Write) -> Result<u64, Failure> {
    let mut left_out = 0;
    export::head(form, out).map_err(unprintable)?;
    each_row(manifest, |row| {
        let leader = |path: &EntryPath| manifest.find(path).ok().flatten();
        let written = export::entry(form, row, leader, out).map_err(unprintable)?;
        left_out += u64::from(!written);
        Ok(())
    })?;
    Ok(left_out)
}

fn write_table(manifest: &Manifest, out: &mut dyn Write) -> Result<(), Failure> {
    let (header, summary) = (manifest.header(), manifest.summary());
    let tally = &summary.tally;
    let head = format!(
        "{} of {}, as of {}\nroot {}\n{}, {}, {}\n\n{}\n",
        header.role,
        crate::clean::clean(&header.pair),
        clock::with_offset(header.at_seconds),
        summary.root,
        words::counted(tally.files, "file", "files"),
        words::counted(tally.directories, "directory", "directories"),
        units::bytes(tally.bytes),
        render::manifest_head()
    );
    out.write_all(head.as_bytes()).map_err(unprintable)?;
    each_row(manifest, |row| {
        writeln!(out, "{}", render::manifest_line(row)).map_err(unprintable)
    })
}

fn write_json(pair: &str, role: SiteRole, manifest: &Manifest, out: &mut impl Write) -> Result<(), Failure> {
    let (header, summary) = (manifest.header(), manifest.summary());
    let head = serde_json::json!({
        "pair": pair,
        "side": role.word(),
        "root": summary.root,
        "algorithm": header.algorithm.word(),
        "grain_nanoseconds": header.grain.nanos(),
        "at": Timestamp::new(header.at_seconds, 0).rfc3339(),
        "files": summary.tally.files,
        "directories": summary.tally.directories,
        "symlinks": summary.tally.symlinks,
        "bytes": summary.tally.bytes,
    });
    let mut list = JsonList::begin(out, &head, "entries")?;
    each_row(manifest, |row| list.push(&ManifestEntry::from(row)))?;
    list.end()
}
