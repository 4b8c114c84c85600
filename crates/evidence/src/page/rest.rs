//! The middle of the page: what was not checked, changes, findings, history and exceptions.

use super::model::Page;
use crate::certificate::sentences::holds;
use crate::certificate::{Attachment, Certificate, Examples, ExcludedAtSite, Group, Listing};
use crate::quantity;

/// Examples of one finding on the page; their document has more, the item log all.
const SHOWN_EXAMPLES: usize = 5;

pub(super) fn not_checked(certificate: &Certificate, examples: Option<&Examples>, page: &mut Page) {
    page.heading("What was not checked");
    let scope = &certificate.scope;
    for (position, pattern) in scope.excluded.patterns.iter().enumerate() {
        if position == 0 {
            page.exact_field("Excluded by", pattern);
        } else {
            page.exact(pattern);
        }
    }
    if scope.excluded.patterns.is_empty() {
        page.field("Excluded by", "no rule");
    } else {
        excluded("at production", scope.excluded.production.as_ref(), page);
        excluded("at standby", scope.excluded.standby.as_ref(), page);
    }
    page.field("Stubs", &stubs(certificate));
    let state = &certificate.production_state;
    let young = format!(
        "{} born after the cut-off, {} held back by settle ({} s)",
        quantity::count(state.after_cut_off),
        quantity::count(state.settling),
        scope.settle_seconds
    );
    page.field("Too young", &young);
    let listings = examples.map_or(&[][..], |examples| &examples.not_compared);
    groups(
        &certificate.not_compared,
        listings,
        "nothing else was left out",
        page,
    );
}

pub(super) fn changes(certificate: &Certificate, page: &mut Page) {
    page.heading("Changes at the standby");
    let changes = &certificate.changes;
    let counts = format!(
        "{} created, {} modified, {} deleted, {} renamed, {} metadata only",
        quantity::count(changes.created),
        quantity::count(changes.modified),
        quantity::count(changes.deleted),
        quantity::count(changes.renamed),
        quantity::count(changes.metadata)
    );
    page.field("Entries", &counts);
    page.field("Read", &quantity::bytes(changes.bytes_read));
    page.field("Sent", &quantity::bytes(changes.bytes_sent));
    match &changes.log {
        Some(log) => {
            page.field("Every change", &described(log));
            page.exact(&log.sha256.to_string());
        }
        None => page.field("Every change", "none, so there is no item log"),
    }
}

pub(super) fn findings(certificate: &Certificate, examples: Option<&Examples>, page: &mut Page) {
    page.heading("Findings");
    let listings = examples.map_or(&[][..], |examples| &examples.findings);
    groups(&certificate.findings, listings, "none", page);
    failures(certificate, examples, page);
    named(certificate, examples, page);
}

fn failures(certificate: &Certificate, examples: Option<&Examples>, page: &mut Page) {
    let failures = &certificate.failures;
    if failures.count == 0 {
        return page.field("Failures", "none");
    }
    page.field(
        "Failures",
        &quantity::of(failures.count, "failure or refusal", "failures and refusals"),
    );
    for tally in &failures.codes {
        page.line(&format!("{} {}", quantity::count(tally.count), tally.code));
    }
    let first = examples.map_or(&[][..], |examples| &examples.failures);
    for failure in first {
        let untold = |path: &&String| !failure.message.contains(path.as_str());
        let path = failure.path.as_ref().filter(untold);
        let path = path.map_or(String::new(), |path| format!("{path}: "));
        page.example(&format!("{path}{} ({})", failure.message, failure.code));
    }
    and_more(failures.count, first.len(), page);
}

/// The document that the examples are from, or would be.
fn named(certificate: &Certificate, examples: Option<&Examples>, page: &mut Page) {
    let Some(file) = &certificate.examples else {
        return;
    };
    if examples.is_none() {
        page.field(
            "Examples",
            "are not here: they are in a file of their own, which was not given",
        );
        attachment(file, page);
    } else {
        page.field("Examples", &described(file));
        page.exact(&file.sha256.to_string());
    }
}

pub(super) fn kept(certificate: &Certificate, page: &mut Page) {
    page.heading("Kept in history");
    let history = &certificate.changes.history;
    let counts = format!(
        "{} replaced, {} removed, {} drifted",
        quantity::count(history.replaced),
        quantity::count(history.removed),
        quantity::count(history.drifted)
    );
    page.field("Entries", &counts);
    if (history.replaced, history.removed, history.drifted) == (0, 0, 0) {
        return;
    }
    let no_end = || "no end is set".to_owned();
    let until = history.kept_until.map_or_else(no_end, |until| until.to_string());
    page.field("Kept until", &until);
    page.note("The item log names the history entry of each; `counterpart undelete` brings it back.");
}

pub(super) fn exceptions(certificate: &Certificate, page: &mut Page) {
    page.heading("Exceptions in force");
    if certificate.exceptions.is_empty() {
        page.note("none");
    }
    for exception in &certificate.exceptions {
        let codes: Vec<_> = exception.codes.iter().map(|code| code.word()).collect();
        let codes = if codes.is_empty() {
            "every code".to_owned()
        } else {
            codes.join(", ")
        };
        page.field(&exception.id, &format!("{} ({codes})", exception.pattern));
        page.line(&exception.reason);
        let matched = quantity::of(exception.matched, "entry", "entries");
        page.line(&format!(
            "{} answers for it; it covered {matched} in this pass",
            exception.owner
        ));
        page.line(&format!("from {} to {}", exception.accepted, exception.expires));
        let began = certificate.times.began;
        page.line(&format!(
            "accepted for {} when the pass began; it ends {} later",
            quantity::age(began.seconds_since(exception.accepted)),
            quantity::age(exception.expires.seconds_since(began))
        ));
    }
}

fn excluded(label: &str, site: Option<&ExcludedAtSite>, page: &mut Page) {
    let Some(site) = site else {
        return page.field(label, "not counted");
    };
    page.field(label, &holds(&site.holds));
    let newest = site
        .newest
        .map_or_else(|| "none".to_owned(), |newest| newest.to_string());
    page.line(&format!("newest {newest}; counted {}", site.counted));
}

fn stubs(certificate: &Certificate) -> String {
    let policy = &certificate.scope.stubs;
    let by_name = if policy.patterns.is_empty() {
        "no name".to_owned()
    } else {
        policy.patterns.join(", ")
    };
    let blocks = if policy.no_blocks {
        " and by a size without blocks"
    } else {
        ""
    };
    let recall = if policy.recall {
        "opened, which recalls them"
    } else {
        "never opened"
    };
    format!("known by {by_name}{blocks}; {recall}")
}

fn groups(groups: &[Group], listings: &[Listing], none: &str, page: &mut Page) {
    if groups.is_empty() {
        page.note(none);
    }
    for group in groups {
        let declared = if group.declared {
            ", declared by the configuration"
        } else {
            ""
        };
        let entries = quantity::of(group.count, "entry", "entries");
        let bytes = quantity::bytes(group.bytes);
        let head = format!(
            "{} at {}: {entries}, {bytes}{declared}",
            group.verdict, group.site
        );
        page.field(group.code.word(), &head);
        page.line(group.code.meaning());
        let listing = listings.iter().find(|listing| listing.is_of(group));
        let first = listing.map_or(&[][..], |listing| &listing.examples);
        let shown = first.iter().take(SHOWN_EXAMPLES);
        shown.for_each(|example| page.example(&format!("{}: {}", example.path, example.message)));
        and_more(group.count, first.len().min(SHOWN_EXAMPLES), page);
    }
}

/// How many are not named, where any is.
fn and_more(count: u64, named: usize, page: &mut Page) {
    if named == 0 {
        return;
    }
    let more = count.saturating_sub(named as u64);
    if more > 0 {
        page.line(&format!("and {} more, in the item log", quantity::count(more)));
    }
}

/// A file that belongs to the certificate, as further values of a field.
pub(super) fn attachment(file: &Attachment, page: &mut Page) {
    page.line(&described(file));
    page.exact(&file.sha256.to_string());
}

fn described(file: &Attachment) -> String {
    format!("{}, {}, SHA-256", file.name, quantity::bytes(file.bytes))
}
