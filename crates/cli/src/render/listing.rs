//! The lines of `log`, `manifest` and `certificate list`.

use super::table::{Align, columns};
use super::timestamp::timestamp;
use crate::clean::clean;
use crate::documents::{CertificateLine, CertificatePackDocument, CertificateVerifyDocument, KeyLine};
use crate::terminal::Paint;
use crate::{clock, units, words};
use counterpart_engine::LogItem;
use counterpart_model::{Kind, Row};
use std::fmt::Write as _;

/// `2026/11/22 02:14:07 [pass] >f+++++++++ path`, as rsync's log format has it.
pub(crate) fn log_line(pass: &str, item: &LogItem) -> String {
    let time = clock::log_time(item.at.seconds);
    let mut out = format!("{time} [{}] {} ", clean(pass), clean(&item.letters));
    if let Some(finding) = &item.finding {
        let message = clean(&finding.message);
        let _ = write!(
            out,
            "{} {} {}: {message}",
            item.path, finding.verdict, finding.code
        );
        if let Some(exception) = &item.exception {
            let _ = write!(out, " ({})", clean(exception));
        }
        return out;
    }
    if let Some(from) = &item.from {
        let _ = write!(out, "{from} -> ");
    }
    let _ = write!(out, "{}", item.path);
    if let Some(words) = &item.words {
        let _ = write!(out, " ({})", clean(words));
    }
    if let Some(history) = &item.history {
        let _ = write!(out, " [kept as {}]", clean(&history.0));
    }
    out
}

/// The headings above the lines of a manifest.
pub(crate) fn manifest_head() -> String {
    format!(
        "{:<9} {:>15} {:<5} {:<16} {:<20} PATH",
        "KIND", "BYTES", "MODE", "DIGEST", "READ"
    )
}

/// One entry of a manifest.
pub(crate) fn manifest_line(row: &Row) -> String {
    let fact = &row.fact;
    let bytes = if fact.kind == Kind::File {
        units::count(fact.size_bytes)
    } else {
        String::new()
    };
    let mode = fact
        .metadata
        .mode
        .map(|mode| format!("{mode:04o}"))
        .unwrap_or_default();
    let digest = fact.digest().map(|digest| digest.to_string()[..16].to_owned());
    let digest = digest.unwrap_or_else(|| {
        if fact.is_unread() {
            "unread".to_owned()
        } else {
            String::new()
        }
    });
    let read = row.seen.obtained.at_seconds;
    let read = if read == 0 {
        String::new()
    } else {
        clock::utc(read)
    };
    let target = if fact.target.is_empty() {
        String::new()
    } else {
        format!(" -> {}", counterpart_model::escape::shown(&fact.target))
    };
    format!(
        "{:<9} {bytes:>15} {mode:<5} {digest:<16} {read:<20} {}{target}",
        fact.kind.word(),
        row.path
    )
}

/// What was packed, and how to check it.
pub(crate) fn packed(document: &CertificatePackDocument, paint: Paint) -> String {
    let held = if document.subtrees.is_empty() {
        words::counted(document.lines, "line of what was held", "lines of what was held")
    } else {
        let subtrees: Vec<String> = document.subtrees.iter().map(|path| clean(path)).collect();
        let proofs = words::counted(document.proofs, "line with its proof", "lines with their proofs");
        format!("{proofs}, of {} only", subtrees.join(", "))
    };
    format!(
        "{}: certificates {} to {}, {held}\n{}, {}\nSHA-256 {}\n\nTo check it without Counterpart:\n  {}\n",
        paint.bold(&clean(&document.pair)),
        document.first,
        document.last,
        clean(&document.file),
        units::bytes(document.bytes),
        document.sha256,
        paint.bold(&document.check)
    )
}

/// What was verified, and with which heads at far sites.
pub(crate) fn verified(document: &CertificateVerifyDocument, paint: Paint) -> String {
    let number = words::counted(document.certificates, "certificate holds", "certificates hold");
    let records = words::counted(document.records, "record", "records");
    let last = document.head.as_deref().unwrap_or_default();
    let mut out = format!(
        "{}: {}, signatures and chain, in a journal of {records}\nhead {}\nlast certificate {last}\n",
        paint.bold(&clean(&document.pair)),
        paint.good(&number),
        document.journal,
    );
    for key in &document.keys {
        out += &key_line(key);
    }
    if !document.doubtful.is_empty() {
        let number = words::counted(
            document.doubtful.len() as u64,
            "certificate holds",
            "certificates hold",
        );
        let passes: Vec<String> = document.doubtful.iter().map(|pass| clean(pass)).collect();
        let text = format!(
            "{number} by place in the journal alone, since the key was revoked as of an earlier time: {}",
            passes.join(", ")
        );
        out += &format!("{}\n", paint.notice(&text));
    }
    for line in &document.timestamps {
        out += &timestamp(line, paint);
    }
    for far in &document.far {
        let (side, pass) = (clean(&far.side), clean(&far.pass));
        out += &format!(
            "{side} keeps record {} of pass {pass}; the journal has it\n",
            far.sequence
        );
    }
    out
}

fn key_line(key: &KeyLine) -> String {
    let standing = match key.standing.as_str() {
        "in-force" => "in force",
        other => other,
    };
    let until = key.valid_before.as_deref().map_or_else(String::new, |time| {
        format!(", believed until {}", clock::shown(time))
    });
    format!("key  {}, {standing}{until}\n", key.fingerprint)
}

/// The certificates of a pair, oldest first.
pub(crate) fn certificates(list: &[CertificateLine], paint: Paint) -> String {
    let head = ["NUMBER", "PASS", "VERDICT", "AS OF", "FILE"]
        .map(str::to_owned)
        .to_vec();
    let rows = list.iter().map(|line| {
        let verdict = if line.congruent {
            paint.good("CONGRUENT")
        } else {
            paint.bad("NOT CONGRUENT")
        };
        let as_of = clock::shown(&line.as_of);
        vec![
            line.sequence.to_string(),
            clean(&line.pass),
            verdict,
            as_of,
            clean(&line.file),
        ]
    });
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
    columns(
        &rows,
        &[Align::Right, Align::Left, Align::Left, Align::Left, Align::Left],
    )
}
