//! Rules that the probes of a certificate must keep: a verdict needs its grounds in the outputs that are named.

use super::consistency::rule;
use super::{Certificate, Layer, LayerVerdict, Probe, ProbeOutput, ProbeSite};
use counterpart_model::{Failure, Verdict};

/// Checks every rule.
///
/// # Errors
/// `evidence-broken` that names the rule.
pub(super) fn check(certificate: &Certificate) -> Result<(), Failure> {
    let declared = certificate.scope.layers.contains(&Layer::Probes);
    rule(
        declared || certificate.probes.is_empty(),
        "it has probes though it declares none",
    )?;
    let layers = &certificate.verdicts.layers;
    if let Some(layer) = layers.iter().find(|layer| layer.layer == Layer::Probes) {
        check_counts(&certificate.probes, layer)?;
    }
    certificate.probes.iter().try_for_each(check_probe)?;
    check_clean(certificate)
}

fn check_counts(probes: &[Probe], layer: &LayerVerdict) -> Result<(), Failure> {
    let count = |verdict| probes.iter().filter(|probe| probe.verdict == verdict).count() as u64;
    let counted = [
        (Verdict::Equal, layer.equal),
        (Verdict::Different, layer.different),
        (Verdict::NotCompared, layer.not_compared),
        (Verdict::Unsettled, layer.unsettled),
        (Verdict::Excepted, layer.excepted),
    ];
    rule(
        counted
            .iter()
            .all(|(verdict, counted)| count(*verdict) == *counted),
        "its probes are not those that their layer counts",
    )
}

fn check_probe(probe: &Probe) -> Result<(), Failure> {
    let free = probe.sites().iter().all(|site| site.obstacle.is_none());
    match probe.verdict {
        Verdict::Equal => rule(
            free && same(probe) == Some(true),
            "a probe is EQUAL though its outputs are not",
        ),
        Verdict::Different => rule(
            free && same(probe) == Some(false),
            "a probe is DIFFERENT though its outputs are not",
        ),
        Verdict::NotCompared => rule(!free, "a probe is NOT-COMPARED without an obstacle"),
        Verdict::Excepted => rule(
            free && same(probe) == Some(false),
            "a probe is EXCEPTED though its outputs do not differ",
        ),
        Verdict::Unsettled => Ok(()),
    }?;
    rule(
        probe.difference.is_none() || !matches!(probe.verdict, Verdict::Equal | Verdict::NotCompared),
        "a probe counts lines that differ though none was found",
    )?;
    let asked = probe.clean_rule.is_some();
    let told = |site: &ProbeSite| {
        site.output
            .as_ref()
            .is_none_or(|output| output.clean.is_some() == asked)
    };
    rule(
        probe.clean.is_some() == asked && probe.sites().into_iter().all(told),
        "a probe says of clean what was not asked, or does not say it",
    )?;
    let clean = |site: &ProbeSite| {
        site.output
            .as_ref()
            .is_some_and(|output| output.clean == Some(true))
    };
    rule(
        !asked || probe.clean == Some(probe.sites().into_iter().all(clean)),
        "a probe is not clean as its outputs are",
    )
}

/// Whether both outputs are the same and ended alike; `None` where there are not two of them.
fn same(probe: &Probe) -> Option<bool> {
    let [production, standby] = probe.sites().map(|site| site.output.as_ref());
    let what = |output: &ProbeOutput| {
        let normalised = output.normalised.as_ref()?;
        Some((
            normalised.bytes,
            normalised.sha256,
            output.ended_by.clone(),
            output.status,
        ))
    };
    Some(what(production?)? == what(standby?)?)
}

/// The application is clean where each probe that was asked is, and all that files do not carry is as it should be.
fn check_clean(certificate: &Certificate) -> Result<(), Failure> {
    let asked: Vec<bool> = certificate
        .probes
        .iter()
        .filter_map(|probe| probe.clean)
        .collect();
    let ready = certificate.readiness.iter().map(|check| check.ready);
    let asked: Vec<bool> = asked.into_iter().chain(ready).collect();
    let clean = (!asked.is_empty()).then(|| asked.iter().all(|clean| *clean));
    rule(
        certificate.verdicts.clean == clean,
        "it is not clean as its probes are",
    )
}
