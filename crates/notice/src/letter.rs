//! A message before it has a form: labelled values, causes, and what comes next. Every word that came from elsewhere is
//! made harmless here, once for text and HTML.

use crate::notice::{Cause, Changes, Notice, Outcome, Probe, Promise};
use counterpart_evidence::certificate::Moment;
use counterpart_evidence::quantity;
use counterpart_model::escape;

/// Causes that fit on one screen beside all else.
const MAX_CAUSES: usize = 4;
/// Entries of one cause that are named.
const MAX_EXAMPLES: usize = 3;
const MAX_PROBES: usize = 6;

/// What is known of a message only when it is sent.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sending {
    /// How long it waited, where that is worth a word.
    pub waited_seconds: u64,
    /// What goes with it, or why that does not.
    pub attached: Option<String>,
}

/// The message.
pub(crate) struct Letter {
    pub(crate) pair: String,
    pub(crate) test: bool,
    pub(crate) verdict: Verdict,
    /// Labelled values.
    pub(crate) rows: Vec<(&'static str, String)>,
    pub(crate) causes: Vec<CauseLines>,
    /// What did not fit.
    pub(crate) more: Option<String>,
    /// Labelled values that are compared letter by letter.
    pub(crate) evidence: Vec<(&'static str, String)>,
    /// When the next message is due, and what its absence means.
    pub(crate) next: String,
    /// Who wrote this.
    pub(crate) foot: String,
}

/// The verdict in words; none is good without a time.
pub(crate) struct Verdict {
    pub(crate) good: bool,
    pub(crate) words: String,
    /// ` as of …`, or what stands in its place.
    pub(crate) when: String,
}

/// One cause.
pub(crate) struct CauseLines {
    pub(crate) head: String,
    pub(crate) reason: String,
    pub(crate) examples: Vec<String>,
    pub(crate) remedy: String,
}

impl Letter {
    /// The letter of a notice.
    pub(crate) fn of(notice: &Notice, sending: &Sending) -> Self {
        let shown = notice.causes.iter().take(MAX_CAUSES);
        let left = notice.causes.len().saturating_sub(MAX_CAUSES) as u64;
        Self {
            pair: plain(&notice.pair),
            test: notice.test,
            verdict: verdict(notice),
            rows: rows(notice, sending),
            causes: shown.map(cause).collect(),
            more: (left > 0).then(|| {
                let more = quantity::of(left, "more cause", "more causes");
                format!("… and {more}: `counterpart log {}`", plain(&notice.pair))
            }),
            evidence: evidence(notice, sending),
            next: next(notice),
            foot: format!(
                "{} on {}, {}",
                plain(&notice.program),
                plain(&notice.host),
                notice.written
            ),
        }
    }
}

/// The verdict of a notice.
pub(crate) fn verdict(notice: &Notice) -> Verdict {
    let good = notice.is_good();
    let congruent = matches!(notice.outcome, Outcome::Congruent | Outcome::Recovered);
    let words = match notice.outcome {
        _ if congruent && notice.as_of.is_none() => "NO TIME IS KNOWN",
        Outcome::Congruent => "CONGRUENT",
        Outcome::Recovered => "CONGRUENT AGAIN",
        Outcome::NotCongruent => "NOT CONGRUENT",
        Outcome::Refused => "REFUSED",
        Outcome::Unfinished => "COULD NOT FINISH",
    };
    let sick = congruent && notice.clean == Some(false);
    Verdict {
        good,
        words: if sick {
            format!("{words}, NOT CLEAN")
        } else {
            words.to_owned()
        },
        when: notice
            .as_of
            .map_or_else(String::new, |as_of| format!("as of {as_of}")),
    }
}

/// What a subject says after the verdict.
pub(crate) fn short_reason(notice: &Notice) -> String {
    match notice.outcome {
        Outcome::Congruent | Outcome::Recovered => String::new(),
        Outcome::NotCongruent => counts(notice).first().cloned().unwrap_or_default(),
        Outcome::Refused | Outcome::Unfinished => notice
            .causes
            .first()
            .map(|cause| plain(&cause.code))
            .unwrap_or_default(),
    }
}

fn rows(notice: &Notice, sending: &Sending) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    if !notice.is_good() {
        let never = || "never yet".to_owned();
        let last = notice
            .last_congruent
            .map_or_else(never, |time| format!("as of {time}"));
        rows.push(("Last congruent", last));
    }
    if sending.waited_seconds > 0 {
        let waited = quantity::age(i64::try_from(sending.waited_seconds).unwrap_or(i64::MAX));
        rows.push((
            "Sent late",
            format!("this message waited {waited} for its way to open"),
        ));
    }
    if notice.dropped > 0 {
        let dropped = quantity::of(notice.dropped, "older message was", "older messages were");
        rows.push(("Dropped", format!("{dropped} never sent, since too many waited")));
    }
    rows.extend(pass(notice).map(|pass| ("Pass", pass)));
    if matches!(notice.outcome, Outcome::Refused | Outcome::Unfinished) {
        rows.extend(state_after(notice));
        return rows;
    }
    rows.extend(holds("Production", notice.production.as_ref()));
    rows.extend(holds("Standby", notice.standby.as_ref()));
    rows.push(("Changes", changes(&notice.changes)));
    rows.push(("Left out", left_out(notice)));
    rows.extend(oldest(notice));
    rows.push(("Exceptions", exceptions(notice)));
    rows.extend(clean(notice));
    rows
}

fn pass(notice: &Notice) -> Option<String> {
    let pass = plain(notice.pass.as_deref()?);
    let took = notice
        .seconds
        .map(|seconds| format!(", took {}", duration(seconds)))
        .unwrap_or_default();
    Some(format!("{pass} ({}){took}", plain(&notice.kind)))
}

fn state_after(notice: &Notice) -> Option<(&'static str, String)> {
    let said = match notice.outcome {
        Outcome::Refused => "nothing was changed",
        Outcome::Unfinished => "what was done stays done: the next pass goes on from there",
        _ => return None,
    };
    Some(("Standby", said.to_owned()))
}

fn holds(label: &'static str, side: Option<&crate::notice::Side>) -> Option<(&'static str, String)> {
    let side = side?;
    let place = side
        .location
        .as_deref()
        .map(|place| format!(", at {}", plain(place)))
        .unwrap_or_default();
    let files = quantity::of(side.files, "file", "files");
    Some((label, format!("{files}, {}{place}", quantity::bytes(side.bytes))))
}

fn changes(changes: &Changes) -> String {
    let all = [
        (changes.created, "created"),
        (changes.modified, "modified"),
        (changes.renamed, "renamed"),
        (changes.deleted, "deleted"),
        (changes.metadata, "metadata only"),
    ];
    let some = all.iter().filter(|(count, _)| *count > 0);
    let some: Vec<String> = some
        .map(|(count, word)| format!("{} {word}", quantity::count(*count)))
        .collect();
    if some.is_empty() {
        return "none".to_owned();
    }
    format!(
        "{}; {} sent",
        some.join(", "),
        quantity::bytes(changes.bytes_sent)
    )
}

/// What speaks against a pass, the worst first.
fn counts(notice: &Notice) -> Vec<String> {
    let left = &notice.left_out;
    let all = [
        (left.different, "DIFFERENT"),
        (left.unsettled, "UNSETTLED"),
        (left.not_compared, "NOT-COMPARED"),
    ];
    let some = all.iter().filter(|(count, _)| *count > 0);
    some.map(|(count, word)| format!("{} {word}", quantity::count(*count)))
        .collect()
}

fn left_out(notice: &Notice) -> String {
    let mut all = counts(notice);
    let left = &notice.left_out;
    if left.declared > 0 {
        all.push(format!(
            "{} NOT-COMPARED as declared",
            quantity::count(left.declared)
        ));
    }
    if left.after_cut_off > 0 {
        all.push(format!(
            "{} after the cut-off",
            quantity::count(left.after_cut_off)
        ));
    }
    if all.is_empty() {
        "nothing".to_owned()
    } else {
        all.join(", ")
    }
}

fn oldest(notice: &Notice) -> Option<(&'static str, String)> {
    let read = notice.oldest_read?;
    let age = notice.written.seconds_since(read);
    Some(("Oldest read", format!("{} ago, {read}", quantity::age(age))))
}

fn exceptions(notice: &Notice) -> String {
    let exceptions = &notice.exceptions;
    if exceptions.in_force == 0 && exceptions.covered == 0 {
        return "none".to_owned();
    }
    let ends = exceptions
        .soonest_end
        .map(|end| format!("; the first ends {end}"))
        .unwrap_or_default();
    let covered = quantity::of(exceptions.covered, "finding", "findings");
    format!(
        "{} in force, {covered} accepted{ends}",
        quantity::count(exceptions.in_force)
    )
}

fn clean(notice: &Notice) -> Option<(&'static str, String)> {
    let said = match notice.clean {
        Some(true) => Some("clean: the application's own checks found nothing"),
        Some(false) => Some("NOT CLEAN: the application's own checks found something"),
        None => None,
    };
    let mut probes: Vec<String> = notice.probes.iter().take(MAX_PROBES).map(probe).collect();
    let left = notice.probes.len().saturating_sub(MAX_PROBES);
    if left > 0 {
        probes.push(format!("and {left} more"));
    }
    let all: Vec<String> = said.map(str::to_owned).into_iter().chain(probes).collect();
    (!all.is_empty()).then(|| ("Probes", all.join(", ")))
}

fn probe(probe: &Probe) -> String {
    let clean = if probe.clean == Some(false) {
        " NOT CLEAN"
    } else {
        ""
    };
    format!("{} {}{clean}", plain(&probe.name), plain(&probe.verdict))
}

fn cause(cause: &Cause) -> CauseLines {
    let mut head = plain(&cause.code);
    if !cause.site.is_empty() {
        head += &format!(" at {}", plain(&cause.site));
    }
    if cause.entries > 0 {
        head += &format!(", {}", quantity::of(cause.entries, "entry", "entries"));
    }
    if !cause.verdict.is_empty() {
        head += &format!(": {}", plain(&cause.verdict));
    }
    let mut examples: Vec<String> = cause.examples.iter().take(MAX_EXAMPLES).map(example).collect();
    let named = examples.len() as u64;
    if named > 0 && cause.entries > named {
        examples.push(format!("… and {} more", quantity::count(cause.entries - named)));
    }
    CauseLines {
        head,
        reason: plain(cause.reason.as_deref().unwrap_or(&cause.meaning)),
        examples,
        remedy: plain(&cause.remedy),
    }
}

fn example(example: &crate::notice::Example) -> String {
    let path = plain(&example.path);
    match &example.message {
        Some(message) => format!("{path}: {}", plain(message)),
        None => path,
    }
}

fn evidence(notice: &Notice, sending: &Sending) -> Vec<(&'static str, String)> {
    let certificate = notice
        .certificate
        .as_deref()
        .map(|name| ("Certificate", plain(name)));
    let head = notice
        .journal_head
        .as_deref()
        .map(|head| ("Journal head", plain(head)));
    let attached = sending.attached.as_deref().map(|said| ("Attached", plain(said)));
    certificate.into_iter().chain(head).chain(attached).collect()
}

fn next(notice: &Notice) -> String {
    let due = |due: Moment| {
        format!(
            "The next message about this pair is due by {due}. If none has come by then, something is wrong: with the pass, \
             its host, its schedule or this mail. Then look at `counterpart status`."
        )
    };
    match (notice.promise, notice.next_due) {
        (Promise::Dated, Some(time)) => due(time),
        (Promise::OnFailure, _) => {
            "Messages come only when something is wrong, and when it is right again. Silence says nothing: let \
             `counterpart watchdog` look, or set `at_least`."
                .to_owned()
        }
        _ => {
            "The pair has no schedule, so no date can be given for the next message. Silence says nothing: let \
             `counterpart watchdog --max-age` look."
                .to_owned()
        }
    }
}

fn duration(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

/// Text from elsewhere on one line: no control character and no mark that turns the reading direction stays.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            // What is escaped already stays so.
            '\\' => out.push('\\'),
            other => out.push_str(&escape::shown(other.encode_utf8(&mut [0; 4]).as_bytes())),
        }
    }
    out
}
