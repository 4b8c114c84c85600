//! The two sentences that an auditor must be able to read, written from the certificate's other parts.
//!
//! They repeat what the parts say, in words; they add nothing. A certificate whose sentences say something else than
//! its parts is not signed.

use super::{Certificate, ClassStanding, Excluded, Group, Layer, Probe, SiteManifest, Span};
use crate::quantity;
use counterpart_model::{SiteRole, Tally, Verdict};
use serde::{Deserialize, Serialize};

/// The two sentences.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sentences {
    /// At T production was X; at T' the standby was X; here is how each was measured.
    pub compared: String,
    /// This is what was not checked.
    pub not_checked: String,
}

impl Sentences {
    /// The sentences of a certificate.
    pub fn of(certificate: &Certificate) -> Self {
        Self {
            compared: compared(certificate),
            not_checked: not_checked(certificate),
        }
    }
}

fn compared(certificate: &Certificate) -> String {
    let times = &certificate.times;
    let production = at_site(
        SiteRole::Production,
        Some(times.as_of),
        certificate.production.as_ref(),
    );
    let standby = at_site(
        SiteRole::Standby,
        times.standby_as_of,
        certificate.standby.as_ref(),
    );
    let how = [
        measured(
            SiteRole::Production,
            Some(times.production_scan),
            certificate.production.as_ref(),
        ),
        measured(
            SiteRole::Standby,
            times.standby_scan,
            certificate.standby.as_ref(),
        ),
    ];
    format!(
        "{}; {standby}. How each was measured: {}.{}",
        capital(&production),
        how.join("; "),
        probes(&certificate.probes)
    )
}

/// ` Of 3 probes 2 are EQUAL and 1 is DIFFERENT.`; nothing where there are none.
fn probes(probes: &[Probe]) -> String {
    const VERDICTS: [Verdict; 5] = [
        Verdict::Equal,
        Verdict::Different,
        Verdict::NotCompared,
        Verdict::Unsettled,
        Verdict::Excepted,
    ];
    let count = |verdict: &Verdict| probes.iter().filter(|probe| probe.verdict == *verdict).count() as u64;
    let counts = VERDICTS.iter().map(|verdict| (count(verdict), verdict));
    let some: Vec<String> = counts
        .filter(|(count, _)| *count > 0)
        .map(|(count, verdict)| {
            format!(
                "{} {} {verdict}",
                quantity::count(count),
                if count == 1 { "is" } else { "are" }
            )
        })
        .collect();
    if some.is_empty() {
        return String::new();
    }
    let all = quantity::of(probes.len() as u64, "probe", "probes");
    format!(" Of {all} {}.", list(&some))
}

fn at_site(role: SiteRole, at: Option<super::Moment>, manifest: Option<&SiteManifest>) -> String {
    let (Some(at), Some(manifest)) = (at, manifest) else {
        return format!(
            "what {} held is not known, since the pass ended before",
            the_side(role)
        );
    };
    let held = holds(&manifest.holds);
    format!(
        "at {at} {} was {held}, with root {}",
        the_side(role),
        manifest.root
    )
}

fn measured(role: SiteRole, scan: Option<Span>, manifest: Option<&SiteManifest>) -> String {
    let listed = scan.map_or_else(
        || "not listed".to_owned(),
        |scan| format!("listed from {} to {}", scan.began, scan.ended),
    );
    let contents = manifest.map_or_else(|| "no content digest was taken".to_owned(), obtained);
    format!("{} was {listed}; {contents}", the_side(role))
}

/// How the digests were obtained; ways that were not used are not named.
fn obtained(manifest: &SiteManifest) -> String {
    let how = manifest.obtained;
    let ways = [
        (how.read, "read back in this pass"),
        (how.written, "digested on the way to the disk in this pass"),
        (how.carried, "carried from an earlier pass"),
        (how.moved, "carried over a move of storage"),
        (how.unread, "not read"),
    ];
    let used: Vec<String> = ways
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, way)| format!("{} {way}", quantity::count(*count)))
        .collect();
    if used.is_empty() {
        return "it holds no content".to_owned();
    }
    let oldest = manifest.oldest_read.map_or_else(
        || "no content was ever read".to_owned(),
        |oldest| format!("the oldest read is of {oldest}"),
    );
    format!("of its files' contents: {}; {oldest}", list(&used))
}

fn not_checked(certificate: &Certificate) -> String {
    let items: Vec<String> = [
        layers(certificate),
        metadata(certificate),
        excluded(SiteRole::Production, &certificate.scope.excluded),
        excluded(SiteRole::Standby, &certificate.scope.excluded),
        waiting(certificate),
        not_read_again(SiteRole::Production, certificate.production.as_ref()),
        not_read_again(SiteRole::Standby, certificate.standby.as_ref()),
    ]
    .into_iter()
    .flatten()
    .chain(certificate.not_compared.iter().map(group))
    .chain(
        certificate
            .findings
            .iter()
            .filter(|one| one.verdict == Verdict::Excepted)
            .map(group),
    )
    .collect();
    let items = if items.is_empty() {
        "nothing that belongs to this pair".to_owned()
    } else {
        items.join("; ")
    };
    format!("This is what was not checked: {items}.")
}

fn layers(certificate: &Certificate) -> Option<String> {
    let absent = |layer: &Layer| !certificate.scope.layers.contains(layer);
    let names: Vec<String> = Layer::ALL
        .into_iter()
        .filter(absent)
        .map(|layer| layer.word().to_owned())
        .collect();
    (!names.is_empty()).then(|| format!("{}, which the pair does not declare", list(&names)))
}

fn metadata(certificate: &Certificate) -> Option<String> {
    let names: Vec<String> = certificate
        .scope
        .metadata
        .iter()
        .filter(|scope| scope.standing != ClassStanding::Compared)
        .map(|scope| format!("{} ({})", scope.class.word(), scope.standing.words()))
        .collect();
    (!names.is_empty()).then(|| format!("of metadata, {}", list(&names)))
}

fn excluded(role: SiteRole, excluded: &Excluded) -> Option<String> {
    if excluded.patterns.is_empty() {
        return None;
    }
    let at_site = match role {
        SiteRole::Production => &excluded.production,
        SiteRole::Standby => &excluded.standby,
    };
    let rules = quantity::of(excluded.patterns.len() as u64, "rule", "rules");
    let what = at_site
        .as_ref()
        .map_or_else(|| "entries not counted".to_owned(), |site| holds(&site.holds));
    Some(format!("at {}, {what}, excluded by {rules}", the_side(role)))
}

fn waiting(certificate: &Certificate) -> Option<String> {
    let state = &certificate.production_state;
    let sum = state.after_cut_off.saturating_add(state.settling);
    let entries = quantity::of(sum, "entry", "entries");
    (sum > 0).then(|| format!("{entries} too young for this pass, left for the next"))
}

/// Contents that were believed unchanged, because nothing that a stat shows had changed.
fn not_read_again(role: SiteRole, manifest: Option<&SiteManifest>) -> Option<String> {
    let how = manifest?.obtained;
    let files = quantity::of(how.carried.saturating_add(how.moved), "file", "files");
    let any = how.carried > 0 || how.moved > 0;
    any.then(|| {
        format!(
            "at {}, the contents of {files} were not read again in this pass",
            the_side(role)
        )
    })
}

fn group(group: &Group) -> String {
    let entries = quantity::of(group.count, "entry", "entries");
    let declared = if group.declared {
        "declared by the configuration"
    } else if group.verdict == Verdict::Excepted {
        "accepted by an exception"
    } else {
        "not declared"
    };
    let bytes = quantity::bytes(group.bytes);
    format!(
        "at {}, {entries} of {bytes}: {}, {} ({declared})",
        the_side(group.site),
        group.verdict,
        group.code
    )
}

/// `13 files of 1 234 567 bytes (1.2 MB), 4 directories, 0 symbolic links`; specials only where there are any.
pub(crate) fn holds(tally: &Tally) -> String {
    let files = quantity::of(tally.files, "file", "files");
    let directories = quantity::of(tally.directories, "directory", "directories");
    let links = quantity::of(tally.symlinks, "symbolic link", "symbolic links");
    let specials = quantity::of(tally.specials, "special entry", "special entries");
    let rest = if tally.specials == 0 {
        String::new()
    } else {
        format!(", {specials}")
    };
    format!(
        "{files} of {}, {directories}, {links}{rest}",
        quantity::bytes(tally.bytes)
    )
}

const fn the_side(role: SiteRole) -> &'static str {
    match role {
        SiteRole::Production => "production",
        SiteRole::Standby => "the standby",
    }
}

/// `a`, `a and b`, `a, b and c`.
fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

impl ClassStanding {
    /// In words.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Compared => "compared",
            Self::Carried => "carried, not compared",
            Self::NotSupported => "not supported here",
            Self::LeftOut => "left out by the configuration",
        }
    }
}
