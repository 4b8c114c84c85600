//! The upper half of the page: the verdict, the two sentences, what was compared and how it was measured.

use super::layout::Page;
use crate::certificate::sentences::holds;
use crate::certificate::{Certificate, LayerVerdict, Moment, SiteManifest, SiteScope, Span};
use crate::quantity;

pub(super) fn title(certificate: &Certificate, page: &mut Page) {
    let identity = &certificate.identity;
    page.both_margins(
        &format!("COUNTERPART CERTIFICATE {}", identity.sequence),
        &identity.pair,
    );
    page.rule();
    let word = if certificate.verdicts.congruent {
        "CONGRUENT"
    } else {
        "NOT CONGRUENT"
    };
    page.plain(&format!(
        "{word} as of {}  {}",
        certificate.times.as_of,
        oldest(certificate)
    ));
    page.plain(match certificate.verdicts.clean {
        Some(true) => "CLEAN: the application's own checks found nothing wrong",
        Some(false) => "NOT CLEAN: the application's own checks found something wrong",
        None => "Clean: not asked, since no check of the application is declared",
    });
}

pub(super) fn sentences(certificate: &Certificate, page: &mut Page) {
    page.heading("IN TWO SENTENCES");
    page.note(&certificate.sentences.compared);
    page.note(&certificate.sentences.not_checked);
}

pub(super) fn compared(certificate: &Certificate, page: &mut Page) {
    page.heading("WHAT WAS COMPARED");
    let scope = &certificate.scope;
    site_place("Production", &scope.production, page);
    site_place("Standby", &scope.standby, page);
    certificate
        .verdicts
        .layers
        .iter()
        .for_each(|layer| verdict(layer, page));
    let classes = scope.metadata.iter();
    let words: Vec<_> = classes
        .map(|scope| format!("{} {}", scope.class.word(), scope.standing.words()))
        .collect();
    page.field("Metadata", &words.join("; "));
}

pub(super) fn measured(certificate: &Certificate, page: &mut Page) {
    page.heading("HOW IT WAS MEASURED");
    let times = &certificate.times;
    manifest(
        "Production",
        Some(times.production_scan),
        certificate.production.as_ref(),
        page,
    );
    manifest("Standby", times.standby_scan, certificate.standby.as_ref(), page);
    page.field("Roots", roots(certificate));
    page.field("Hold", &hold(certificate));
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

/// The age of the oldest read at either site, each by its own clock, which the verdict line shows.
fn oldest(certificate: &Certificate) -> String {
    let times = &certificate.times;
    let sites = [
        (Some(times.as_of), &certificate.production),
        (times.standby_as_of, &certificate.standby),
    ];
    let age = |(now, site): &(Option<Moment>, &Option<SiteManifest>)| {
        Some((*now)?.seconds_since(site.as_ref()?.oldest_read?))
    };
    let oldest = sites.iter().filter_map(age).max();
    oldest.map_or_else(
        || "nothing was read".to_owned(),
        |seconds| format!("oldest read {}", quantity::age(seconds)),
    )
}

fn site_place(label: &str, site: &SiteScope, page: &mut Page) {
    page.field(label, &site.location);
    page.field("", &format!("host {}, {}", site.host, site.system));
}

fn verdict(layer: &LayerVerdict, page: &mut Page) {
    let counts = [
        ("equal", layer.equal),
        ("different", layer.different),
        ("not compared", layer.not_compared),
        ("unsettled", layer.unsettled),
        ("excepted", layer.excepted),
    ];
    let words: Vec<_> = counts
        .iter()
        .map(|(word, count)| format!("{} {word}", quantity::count(*count)))
        .collect();
    let label = format!("Layer {}", layer.layer.word());
    page.field(&label, &format!("{}: {}", layer.verdict, words.join(", ")));
}

fn manifest(label: &str, scan: Option<Span>, manifest: Option<&SiteManifest>, page: &mut Page) {
    match scan {
        Some(scan) => {
            page.field(label, &format!("listed from {}", scan.began));
            page.field("", &format!("         to {}", scan.ended));
        }
        None => page.field(label, "not listed"),
    }
    let Some(manifest) = manifest else {
        return page.field("", "no manifest: the pass ended before");
    };
    page.field("", &holds(&manifest.holds));
    page.field("", &obtained(manifest));
    for mount in &manifest.mounts {
        page.field(
            "",
            &format!("{} on {} {}", mount.path, mount.kind, mount.identity),
        );
    }
    let made = format!(
        "root (SHA-256 over facts; contents by {}):",
        manifest.algorithm.word()
    );
    page.field("", &made);
    page.field("", &manifest.root.to_string());
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

fn hold(certificate: &Certificate) -> String {
    let state = &certificate.production_state;
    let moving = quantity::of(state.moving_seconds, "second", "seconds");
    format!(
        "{}; production could change for {moving} while it was observed",
        state.hold.word()
    )
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
