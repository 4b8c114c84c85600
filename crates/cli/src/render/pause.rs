//! What `pause` and `resume` say.

use crate::clock;
use crate::documents::PauseDocument;
use crate::terminal::Paint;

/// One line a pair that is paused now.
pub(crate) fn paused(document: &PauseDocument, paint: Paint) -> String {
    let lines = document.pairs.iter().map(|pause| {
        let until = match &pause.until {
            Some(until) => format!("until {}", clock::shown(until)),
            None => "until `counterpart resume`".to_owned(),
        };
        format!(
            "{}  {} {until}: {}\n",
            paint.bold(&pause.pair),
            paint.notice("paused"),
            pause.reason
        )
    });
    lines.collect()
}

/// One line a pair whose pause ended.
pub(crate) fn resumed(document: &PauseDocument) -> String {
    if document.pairs.is_empty() {
        return "Nothing was paused.\n".to_owned();
    }
    let lines = document.pairs.iter().map(|pause| {
        let since = clock::shown(&pause.since);
        format!(
            "{}  no longer paused; it was since {since}: {}\n",
            pause.pair, pause.reason
        )
    });
    lines.collect()
}
