//! Time-stamps as text; always with what was not checked.

use crate::clean::clean;
use crate::clock;
use crate::documents::{TimestampLine, TimestampRequestDocument, TimestampTakeDocument};
use crate::terminal::Paint;

/// What is asked for, and what to do with the file.
pub(crate) fn timestamp_requested(document: &TimestampRequestDocument, paint: Paint) -> String {
    let file = clean(&document.file);
    format!(
        "{}: {file} asks when record {} of the journal was there\n\
         Give it to an authority, such as by: curl -H 'Content-Type: application/timestamp-query' --data-binary @{file} https://AUTHORITY\n\
         Then: counterpart timestamp take ANSWER.tsr\n",
        paint.bold(&clean(&document.pair)),
        document.sequence
    )
}

/// What was taken.
pub(crate) fn timestamp_taken(document: &TimestampTakeDocument, paint: Paint) -> String {
    format!(
        "{}: taken with record {}\n{}head {}\n",
        paint.bold(&clean(&document.pair)),
        document.timestamp.record,
        timestamp(&document.timestamp, paint),
        document.head
    )
}

/// What a time-stamp says, and who checks the rest.
pub(crate) fn timestamp(line: &TimestampLine, paint: Paint) -> String {
    format!(
        "time {}: records 1 to {} were there then, says an authority (policy {})\n     \
         the authority's signature and certificate are not checked here, but by:\n     {}\n",
        clock::shown(&line.time),
        line.sequence,
        clean(&line.policy),
        paint.bold(&clean(&line.check))
    )
}
