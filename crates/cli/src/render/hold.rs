//! `hold` and `release`.

use super::table::labelled;
use crate::clean::clean;
use crate::clock;
use crate::documents::{HeldDocument, ReleasedDocument};
use crate::terminal::Paint;
use counterpart_engine::hooks::Holding;
use counterpart_model::Timestamp;

/// Who holds production now.
pub(crate) fn held(document: &HeldDocument, paint: Paint) -> String {
    let mut out = labelled("pair", &paint.bold(&document.pair));
    out += &labelled("held", &document.method);
    out += &holders(&document.holders);
    out += "\n`counterpart release` ends it.\n";
    out
}

/// What was undone, and who holds production still.
pub(crate) fn released(document: &ReleasedDocument, paint: Paint) -> String {
    let mut out = labelled("pair", &paint.bold(&document.pair));
    if document.undone.is_empty() {
        out += &labelled("released", "nothing was held by you, and no pass left anything");
    }
    for undone in &document.undone {
        out += &labelled("undone", &clean(undone));
    }
    out += &holders(&document.holders);
    out
}

fn holders(holders: &[Holding]) -> String {
    let one = |holding: &Holding| {
        let since = clock::shown(&Timestamp::new(holding.since_seconds, 0).rfc3339());
        let why = holding
            .reason
            .as_deref()
            .map(|why| format!(": {why}"))
            .unwrap_or_default();
        labelled("held by", &clean(&format!("{} since {since}{why}", holding.by)))
    };
    holders.iter().map(one).collect()
}
