//! The probes of the page: what was asked, what was left out of the answers, and whether they agree. No line of an answer.

use super::model::Page;
use super::rest::attachment;
use crate::certificate::{Certificate, Probe, ProbeOutput, ProbeSite};
use crate::quantity;

pub(super) fn probes(certificate: &Certificate, page: &mut Page) {
    page.heading("Probes");
    if certificate.probes.is_empty() {
        page.note("none");
    }
    for probe in &certificate.probes {
        one(probe, page);
    }
}

fn one(probe: &Probe, page: &mut Page) {
    let clean = match probe.clean {
        Some(true) => "clean",
        Some(false) => "not clean",
        None => "clean not asked",
    };
    page.field(&probe.name, &format!("{}, {clean}", probe.verdict));
    if let Some(difference) = &probe.difference {
        page.line(&format!(
            "{} only at production, {} only at the standby",
            quantity::of(difference.only_production, "line", "lines"),
            quantity::count(difference.only_standby)
        ));
        let rest = quantity::of(difference.not_compared, "line", "lines");
        if difference.not_compared > 0 {
            page.line(&format!(
                "and {rest} after them that were not compared one by one"
            ));
        }
    }
    rules(probe, page);
    site("production", &probe.production, page);
    site("the standby", &probe.standby, page);
}

fn rules(probe: &Probe, page: &mut Page) {
    for rule in &probe.rules {
        let separator = rule.separator.as_ref();
        let separator = separator.map_or(String::new(), |separator| format!(" between {separator:?}"));
        page.line(format!("{} {}{separator}", rule.rule, rule.values.join(", ")).trim_end());
    }
    if let Some(clean) = &probe.clean_rule {
        let exits: Vec<String> = clean.exits.iter().map(ToString::to_string).collect();
        let pattern = clean.pattern.as_ref();
        let parts = [
            pattern.map(|pattern| format!("it says {pattern}")),
            (!exits.is_empty()).then(|| format!("it ends with {}", exits.join(" or "))),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        page.line(&format!("clean where {}", parts.join(" and ")));
    }
}

fn site(name: &str, site: &ProbeSite, page: &mut Page) {
    page.line(&format!("at {name}: {} {}", site.act, site.words.join(" ")));
    let obstacle = site.obstacle.as_ref();
    let obstacle = obstacle.map_or(String::new(), |word| format!("; not compared: {word}"));
    let Some(output) = &site.output else {
        return page.line(&format!("it did not run{obstacle}"));
    };
    let clean = match output.clean {
        Some(true) => ", clean",
        Some(false) => ", not clean",
        None => "",
    };
    let ended = ended(output);
    page.line(&format!(
        "from {} to {}: {ended}{clean}{obstacle}",
        output.began, output.ended
    ));
    if output.omitted_bytes > 0 {
        let omitted = quantity::bytes(output.omitted_bytes);
        page.line(&format!("{omitted} more were not kept"));
    }
    attachment(&output.raw, page);
    output.errors.iter().for_each(|errors| attachment(errors, page));
    output
        .normalised
        .iter()
        .for_each(|normalised| attachment(normalised, page));
}

/// How it came to its end.
fn ended(output: &ProbeOutput) -> String {
    let status = output.status.map_or(String::new(), |status| format!(" {status}"));
    match output.ended_by.as_str() {
        "timeout" => "its time was over, and it was ended".to_owned(),
        "signal" => format!("ended by signal{status}"),
        _ => format!("ended with{status}"),
    }
}
