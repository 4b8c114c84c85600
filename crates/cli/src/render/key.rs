//! `key …` as text.

use super::table::{Align, columns};
use crate::clean::clean;
use crate::clock;
use crate::documents::{KeyLine, KeyListDocument, KeyRevokeDocument, KeyRotateDocument};
use crate::terminal::Paint;

/// The keys of a pair, and what is to be known of them.
pub(crate) fn keys(document: &KeyListDocument, paint: Paint) -> String {
    if document.keys.is_empty() {
        let pair = clean(&document.pair);
        return format!("{pair} has no key yet: its first pass makes one, or finds it in the agent.\n");
    }
    let head = ["KEY", "STANDING", "FROM", "UNTIL", "RECORD"].map(str::to_owned);
    let rows = document.keys.iter().map(|key| row(key, paint));
    let rows: Vec<Vec<String>> = std::iter::once(head.to_vec()).chain(rows).collect();
    let mut out = columns(
        &rows,
        &[Align::Left, Align::Left, Align::Left, Align::Left, Align::Right],
    );
    for key in &document.keys {
        out += &remarks(key);
    }
    out
}

fn row(key: &KeyLine, paint: Paint) -> Vec<String> {
    let standing = match key.standing.as_str() {
        "in-force" => paint.good("in force"),
        "replaced" => "replaced".to_owned(),
        other => paint.bad(other),
    };
    let time = |time: &Option<String>| time.as_deref().map_or_else(|| "-".to_owned(), clock::shown);
    vec![
        key.fingerprint.clone(),
        standing,
        time(&key.valid_after),
        time(&key.valid_before),
        key.record.to_string(),
    ]
}

fn remarks(key: &KeyLine) -> String {
    let mut out = String::new();
    if !key.vouched {
        let reason = clean(key.reason.as_deref().unwrap_or_default());
        out += &format!(
            "{}: the key before it was lost and did not sign for it: {reason}\n",
            key.fingerprint
        );
    }
    if let (Some(record), Some(because)) = (key.revoked_by, &key.revoked_because) {
        out += &format!(
            "{}: revoked with record {record}: {}\n",
            key.fingerprint,
            clean(because)
        );
    }
    out
}

/// What a rotation did, and what is to be done with it.
pub(crate) fn rotated(document: &KeyRotateDocument, paint: Paint) -> String {
    let KeyRotateDocument {
        pair,
        old,
        new,
        lost,
        record,
        head,
    } = document;
    let pair = paint.bold(&clean(pair));
    let how = if *lost {
        format!(
            "{old} was given up as lost, so nothing but this host speaks for the new key. Tell its fingerprint to those who \
             check certificates, by another way; they say: counterpart certificate verify --trust {new}\n\
             If somebody else may have the lost key: counterpart key revoke {old} --reason TEXT\n"
        )
    } else {
        format!("{old} signed for it, and signs nothing any more.\n")
    };
    format!("{pair}: {new} is in force since record {record}\n{how}head {head}\n")
}

/// What a revocation did.
pub(crate) fn revoked(document: &KeyRevokeDocument, paint: Paint) -> String {
    let since = clock::shown(&document.since);
    format!(
        "{}: {} is revoked since {since}, by record {}\n\
         Certificates that it signed later hold by their place in the journal alone; `counterpart certificate verify` names \
         them.\nhead {}\n",
        paint.bold(&clean(&document.pair)),
        document.fingerprint,
        document.record,
        document.head
    )
}
