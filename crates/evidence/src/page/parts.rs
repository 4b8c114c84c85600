//! The upper half of the page: the verdict, the two sentences, what was compared and how it was measured.

use super::model::{Page, Title, shown};
use crate::certificate::sentences::holds;
use crate::certificate::{Certificate, LayerVerdict, SiteManifest, SiteScope, Span};
use crate::quantity;

const LAYER_HEADERS: [&str; 7] = [
    "Layer",
    "Verdict",
    "Equal",
    "Different",
    "Not compared",
    "Unsettled",
    "Excepted",
];

pub(super) fn title(certificate: &Certificate, sha256: &str) -> Title {
    let congruent = certificate.verdicts.congruent;
    Title {
        number: certificate.identity.sequence,
        pair: shown(&certificate.identity.pair),
        good: congruent,
        verdict: if congruent { "CONGRUENT" } else { "NOT CONGRUENT" },
        as_of: certificate.times.as_of.to_string(),
        oldest: certificate.oldest_read_age().map_or_else(
            || "nothing was read".to_owned(),
            |seconds| format!("oldest read {}", quantity::age(seconds)),
        ),
        clean: match certificate.verdicts.clean {
            Some(true) => "CLEAN: the application's own checks found nothing wrong",
            Some(false) => "NOT CLEAN: the application's own checks found something wrong",
            None => "Clean: not asked, since no check of the application is declared",
        },
        sha256: shown(sha256),
    }
}

pub(super) fn sentences(certificate: &Certificate, page: &mut Page) {
    page.heading("In two sentences");
    page.note(&certificate.sentences.compared);
    page.note(&certificate.sentences.not_checked);
}

pub(super) fn compared(certificate: &Certificate, page: &mut Page) {
    page.heading("What was compared");
    let scope = &certificate.scope;
    site_place("Production", &scope.production, page);
    site_place("Standby", &scope.standby, page);
    let rows: Vec<_> = certificate.verdicts.layers.iter().map(verdict).collect();
    page.table("Verdicts of the layers", &LAYER_HEADERS, &rows);
    let classes = scope.metadata.iter();
    let words: Vec<_> = classes
        .map(|scope| format!("{} {}", scope.class.word(), scope.standing.words()))
        .collect();
    page.field("Metadata", &words.join("; "));
}

pub(super) fn measured(certificate: &Certificate, page: &mut Page) {
    page.heading("How it was measured");
    let times = &certificate.times;
    manifest(
        "Production",
        Some(times.production_scan),
        certificate.production.as_ref(),
        page,
    );
    manifest("Standby", times.standby_scan, certificate.standby.as_ref(), page);
    page.field("Roots", roots(certificate));
    around(certificate, page);
    page.field("Clocks", &clocks(certificate));
    let grains = &times.grains;
    let grain = format!(
        "production {} ns, standby {} ns; compared at {} ns",
        quantity::count(grains.production_ns),
        quantity::count(grains.standby_ns),
        quantity::count(grains.compared_ns)
    );
    page.field("Time grain", &grain);
}

fn site_place(label: &str, site: &SiteScope, page: &mut Page) {
    page.exact_field(label, &site.location);
    page.line(&format!("host {}, {}", site.host, site.system));
}

fn verdict(layer: &LayerVerdict) -> Vec<String> {
    let counts = [
        layer.equal,
        layer.different,
        layer.not_compared,
        layer.unsettled,
        layer.excepted,
    ];
    let name = format!("Layer {}", layer.layer.word());
    let words = [name, layer.verdict.to_string()];
    words.into_iter().chain(counts.map(quantity::count)).collect()
}

fn manifest(label: &str, scan: Option<Span>, manifest: Option<&SiteManifest>, page: &mut Page) {
    match scan {
        Some(scan) => page.field(label, &format!("listed from {} to {}", scan.began, scan.ended)),
        None => page.field(label, "not listed"),
    }
    let Some(manifest) = manifest else {
        return page.line("no manifest: the pass ended before");
    };
    page.line(&holds(&manifest.holds));
    page.line(&obtained(manifest));
    for mount in &manifest.mounts {
        page.line(&format!("{} on {} {}", mount.path, mount.kind, mount.identity));
    }
    let made = format!(
        "root (SHA-256 over facts; contents by {}):",
        manifest.algorithm.word()
    );
    page.line(&made);
    page.exact(&manifest.root.to_string());
}

fn obtained(manifest: &SiteManifest) -> String {
    let how = manifest.obtained;
    let oldest = manifest
        .oldest_read
        .map_or_else(|| "none".to_owned(), |oldest| oldest.to_string());
    format!(
        "contents: {} read, {} written, {} carried, {} moved, {} unread; oldest read {oldest}",
        quantity::count(how.read),
        quantity::count(how.written),
        quantity::count(how.carried),
        quantity::count(how.moved),
        quantity::count(how.unread)
    )
}

fn roots(certificate: &Certificate) -> &'static str {
    match (&certificate.production, &certificate.standby) {
        (Some(production), Some(standby)) if production.root == standby.root => "the same at both sites",
        (Some(_), Some(_)) => "not the same",
        _ => "not known at both sites",
    }
}

/// What was done around the tree.
fn around(certificate: &Certificate, page: &mut Page) {
    let state = &certificate.production_state;
    page.field("Hold", &hold(certificate));
    if let Some(held) = state.held {
        let (from, until) = (held.from.to_string(), held.until.to_string());
        page.line(&format!(
            "held for {} from {from} to {until}",
            millis(held.held_ms)
        ));
    }
    if state.copied_ahead {
        page.line("a first round brought content before it was held");
    }
    if state.snapshot {
        page.line("production was read from a snapshot, which was taken under the hold");
    }
    if !state.standby_hold.is_none() {
        page.line(&format!(
            "the standby was kept still too: {}",
            state.standby_hold.word()
        ));
    }
    for (place, check) in certificate.readiness.iter().enumerate() {
        let label = if place == 0 { "Readiness" } else { "" };
        let since = check.since;
        let why = check
            .why
            .as_deref()
            .map(|why| format!(": {why}"))
            .unwrap_or_default();
        let word = if check.ready { "ready" } else { "NOT READY" };
        page.field(label, &format!("{}: {word} since {since}{why}", check.name));
    }
    let steps = certificate.steps.iter();
    let steps: Vec<String> = steps
        .map(|step| format!("{} {}", step.step, millis(step.took_ms)))
        .collect();
    if !steps.is_empty() {
        page.field("Steps", &steps.join(", "));
    }
}

fn hold(certificate: &Certificate) -> String {
    let state = &certificate.production_state;
    let moving = quantity::of(state.moving_seconds, "second", "seconds");
    format!(
        "{}; production could change for {moving} while it was observed",
        state.hold.word()
    )
}

/// Milliseconds as seconds.
fn millis(time_ms: u64) -> String {
    format!("{}.{:03} s", quantity::count(time_ms / 1_000), time_ms % 1_000)
}

fn clocks(certificate: &Certificate) -> String {
    certificate.times.clock_offset.map_or_else(
        || "one host, one clock".to_owned(),
        |offset| {
            let ahead = offset.standby_ahead_ms;
            format!(
                "the standby's is {ahead:+} ms from production's, give or take {} ms",
                offset.uncertainty_ms
            )
        },
    )
}
