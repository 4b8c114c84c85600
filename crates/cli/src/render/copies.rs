//! `where`, `history`, `undelete` and `prune`.

use super::table::{Align, columns};
use crate::clean::clean;
use crate::documents::{
    CopyDocument, HistoryDocument, NotHeldDocument, PruneDocument, PrunedKind, PrunedPass,
    RepairExportDocument, UndeleteDocument, VersionDocument, WhereDocument,
};
use crate::terminal::Paint;
use crate::{clock, units, words};
use std::fmt::Write as _;

/// How many attributes are shown that a place cannot hold; `--json` has more.
const NOT_HELD_SHOWN: usize = 10;

/// Every copy, one line each, and its digest beneath.
pub(crate) fn where_is(document: &WhereDocument, paint: Paint) -> String {
    let mut out = if document.copies.is_empty() {
        format!("There is no copy of {} at any site.\n", clean(&document.key))
    } else {
        document.copies.iter().map(|copy| one_copy(copy, paint)).collect()
    };
    document
        .imported
        .iter()
        .for_each(|claims| out += &super::claims(claims, paint));
    out
}

fn one_copy(copy: &CopyDocument, paint: Paint) -> String {
    let head = format!("{} {}", copy.pair, copy.place);
    let size = if copy.kind == "file" {
        format!(", {}", units::bytes(copy.bytes))
    } else {
        String::new()
    };
    let mut out = format!(
        "{}  {}  {}{size}\n",
        paint.bold(&head),
        clean(&copy.location),
        copy.kind
    );
    let at = copy.at.as_deref().map(clock::shown).unwrap_or_default();
    let obtained = copy.obtained.as_deref().unwrap_or("set aside");
    if let Some(digest) = &copy.digest {
        let _ = writeln!(out, "  {} {digest}, {obtained} {at}", copy.algorithm);
    } else if copy.kind == "file" {
        let _ = writeln!(
            out,
            "  {}",
            paint.notice("the content was not read: nothing is said of it")
        );
    }
    out
}

/// The versions kept, youngest first.
pub(crate) fn history(document: &HistoryDocument, paint: Paint) -> String {
    if document.versions.is_empty() {
        return format!("No version of {} is kept.\n", clean(&document.path));
    }
    let list = versions(&document.versions);
    let first = &document.versions[0];
    let command = format!(
        "counterpart undelete {} --pair {} --to DIR",
        clean(&first.id),
        clean(&document.pair)
    );
    format!("{list}\nTo bring the first back:\n  {}\n", paint.bold(&command))
}

fn versions(list: &[VersionDocument]) -> String {
    let head = ["VERSION", "SET ASIDE", "WHY", "KIND", "BYTES", "PATH"]
        .map(str::to_owned)
        .to_vec();
    let rows = list.iter().map(|version| {
        vec![
            clean(&version.id),
            version
                .set_aside
                .as_deref()
                .and_then(clock::parse)
                .map(clock::utc)
                .unwrap_or_default(),
            clean(&version.why),
            version.kind.clone(),
            units::count(version.bytes),
            clean(&version.path),
        ]
    });
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
    let align = [
        Align::Left,
        Align::Left,
        Align::Left,
        Align::Left,
        Align::Right,
        Align::Left,
    ];
    columns(&rows, &align)
}

/// What was brought back, and where it is.
pub(crate) fn undelete(document: &UndeleteDocument, paint: Paint) -> String {
    let version = &document.version;
    let mut out = format!("{} {}\n", paint.good("brought back"), clean(&document.to));
    let set_aside = version.set_aside.as_deref().map(clock::shown).unwrap_or_default();
    let _ = writeln!(
        out,
        "  {} as it was {} at {set_aside}",
        clean(&version.path),
        clean(&version.why)
    );
    if let Some(digest) = &version.digest {
        let _ = writeln!(out, "  {}, digest {digest}", units::bytes(version.bytes));
    }
    out += &not_held(&document.not_held);
    out
}

fn not_held(not_held: &NotHeldDocument) -> String {
    if not_held.count == 0 {
        return String::new();
    }
    let number = words::counted(not_held.count, "attribute", "attributes");
    let mut out = format!("  without {number} that this filesystem cannot hold:\n");
    for attribute in not_held.first.iter().take(NOT_HELD_SHOWN) {
        let _ = writeln!(
            out,
            "    {} of {}",
            clean(&attribute.attribute),
            clean(&attribute.path)
        );
    }
    out
}

/// The good copy of a file that rotted at production.
pub(crate) fn exported(document: &RepairExportDocument, paint: Paint) -> String {
    format!(
        "{} {}\n  the standby's copy of {}, as it was certified: digest {}\n{}  Put it back at production yourself; the next pass then finds both equal.\n",
        paint.good("exported"),
        clean(&document.to),
        clean(&document.path),
        document.digest,
        not_held(&document.not_held)
    )
}

/// What has no retention left.
pub(crate) fn prune(document: &PruneDocument, paint: Paint) -> String {
    let before = clock::shown(&document.before);
    let mut text = if document.passes.is_empty() {
        format!(
            "Nothing in the history of {} was set aside before {before}.\n",
            clean(&document.pair)
        )
    } else {
        let bytes = units::bytes(document.passes.iter().map(|pass| pass.bytes).sum());
        let number = words::counted(document.passes.len() as u64, "pass", "passes");
        let list = pruned(&document.passes);
        format!("{list}\nThe history of {number} with {bytes}, set aside before {before}.\n")
    };
    text += &others(&document.others);
    match (
        document.removed,
        document.passes.is_empty() && document.others.is_empty(),
    ) {
        (true, _) => text + &format!("\n{}\n", paint.notice("All of it was removed.")),
        (false, true) => text,
        (false, false) => text + "\nNothing was removed. Add --yes to remove it for good.\n",
    }
}

fn others(others: &[PrunedKind]) -> String {
    if others.is_empty() {
        return String::new();
    }
    let head = ["WHAT", "OF", "KEPT FOR", "NUMBER", "BYTES"];
    let rows = others.iter().map(|other| {
        vec![
            other.what.clone(),
            other.site.clone().unwrap_or_else(|| "the pair".to_owned()),
            other.kept_for.clone(),
            units::count(other.things),
            units::count(other.bytes),
        ]
    });
    let rows: Vec<Vec<String>> = std::iter::once(head.map(str::to_owned).to_vec())
        .chain(rows)
        .collect();
    let sides = [Align::Left, Align::Left, Align::Left, Align::Right, Align::Right];
    format!("\n{}", columns(&rows, &sides))
}

fn pruned(passes: &[PrunedPass]) -> String {
    let head = ["PASS", "LAST SET ASIDE", "ENTRIES", "BYTES"]
        .map(str::to_owned)
        .to_vec();
    let rows = passes.iter().map(|pass| {
        let last = pass
            .set_aside
            .as_deref()
            .and_then(clock::parse)
            .map(clock::utc)
            .unwrap_or_default();
        vec![
            clean(&pass.pass),
            last,
            units::count(pass.entries),
            units::count(pass.bytes),
        ]
    });
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
    columns(&rows, &[Align::Left, Align::Left, Align::Right, Align::Right])
}
