//! The lines of `serve`: one an event, on standard output, as text or as JSON.

use crate::clean::clean;
use crate::clock;
use crate::terminal::Terminal;
use counterpart_engine::RunRecord;

/// Prints one event.
pub(super) fn print(terminal: &Terminal, record: &RunRecord) {
    let line = if terminal.json() {
        serde_json::to_string(record).unwrap_or_default()
    } else {
        let pair = record.pair.as_deref().map(|pair| format!(" {pair}"));
        let line = format!(
            "{}{} {}",
            clock::shown(&record.at),
            pair.unwrap_or_default(),
            text(record)
        );
        clean(&line)
    };
    // Nobody is left to be told when this fails.
    let _ = terminal.text(&(line + "\n"));
}

/// `ended: CONGRUENT as of 2026-11-22 02:14:01Z (+01:00), 12.0 s`.
pub(crate) fn text(record: &RunRecord) -> String {
    let time = |before: &str, time: &Option<String>| {
        time.as_deref()
            .map(|time| format!("{before}{}", clock::shown(time)))
    };
    let result = record.result.as_deref().map(|result| {
        let as_of = time(" as of ", &record.as_of).unwrap_or_default();
        format!("{}{as_of}", result_words(result))
    });
    let details = [
        result,
        record.reason.clone(),
        time("due ", &record.due),
        record.runs.map(|runs| format!("{runs} runs")),
        time("until ", &record.until),
        record.seconds.map(|seconds| format!("{seconds:.1} s")),
        record.message.clone(),
    ];
    let details: Vec<String> = details.into_iter().flatten().collect();
    if details.is_empty() {
        record.event.clone()
    } else {
        format!("{}: {}", record.event, details.join(", "))
    }
}

/// A verdict in its usual letters; the code of a failure as it is.
fn result_words(result: &str) -> &str {
    match result {
        "congruent" => "CONGRUENT",
        "not-congruent" => "NOT CONGRUENT",
        "refused" => "REFUSED",
        code => code,
    }
}
