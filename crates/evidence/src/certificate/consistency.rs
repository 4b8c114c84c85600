//! Rules that a certificate's parts must keep among themselves: a green word needs its grounds.
//!
//! Whether the record is true is not decided here, only that it does not contradict itself.

use super::consistent_probes;
use super::{Certificate, Examples, ExceptionInForce, Format, Group, Layer, LayerVerdict};
use counterpart_model::{Code, Failure, Verdict};

/// Checks every rule.
///
/// # Errors
/// `evidence-broken` that names the rule.
pub fn check(certificate: &Certificate) -> Result<(), Failure> {
    check_identity(certificate)?;
    check_layers(certificate)?;
    check_exceptions(certificate)?;
    if certificate.verdicts.congruent {
        check_congruent(certificate)?;
    }
    check_counts(certificate)?;
    consistent_probes::check(certificate)
}

fn check_identity(certificate: &Certificate) -> Result<(), Failure> {
    let identity = &certificate.identity;
    rule(certificate.format == Format::default(), "it names another format")?;
    rule(identity.sequence > 0, "its number is 0")?;
    let first = identity.previous.is_none();
    rule(
        first == (identity.sequence == 1),
        "only the first certificate has none before it",
    )
}

fn check_layers(certificate: &Certificate) -> Result<(), Failure> {
    let judged = certificate.verdicts.layers.iter().map(|layer| layer.layer);
    let declared = certificate.scope.layers.iter().copied();
    rule(
        judged.eq(declared),
        "it does not have one verdict for each declared layer",
    )?;
    certificate.verdicts.layers.iter().try_for_each(check_layer)
}

/// The verdict of a layer must not be better than that of its worst thing, and zero compared is never equal.
fn check_layer(layer: &LayerVerdict) -> Result<(), Failure> {
    let settled = layer.different == 0 && layer.unsettled == 0;
    match layer.verdict {
        Verdict::Equal => {
            rule(layer.equal > 0, "a layer is EQUAL though nothing was equal")?;
            rule(
                settled,
                "a layer is EQUAL though something is DIFFERENT or UNSETTLED",
            )?;
            rule(
                layer.excepted == 0,
                "a layer is EQUAL though something is EXCEPTED",
            )
        }
        Verdict::Excepted => {
            // Of a probe all lines were compared; of an entry nothing need have been.
            rule(
                layer.equal > 0 || layer.layer == Layer::Probes,
                "a layer is EXCEPTED though nothing was equal",
            )?;
            rule(layer.excepted > 0, "a layer is EXCEPTED though nothing in it is")?;
            rule(settled, "a layer hides something DIFFERENT or UNSETTLED")
        }
        Verdict::NotCompared => rule(layer.different == 0, "a layer hides something DIFFERENT"),
        Verdict::Different | Verdict::Unsettled => Ok(()),
    }
}

/// What is EXCEPTED was accepted: by an exception that the certificate tells of, and that was in force. Rot never is.
fn check_exceptions(certificate: &Certificate) -> Result<(), Failure> {
    let (exceptions, began) = (&certificate.exceptions, certificate.times.began.seconds());
    let mut ids: Vec<&str> = exceptions.iter().map(|one| one.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    rule(ids.len() == exceptions.len(), "it has two exceptions of one name")?;
    let in_force = |one: &ExceptionInForce| one.expires.seconds() > began;
    rule(
        exceptions.iter().all(in_force),
        "an exception had ended when its pass began",
    )?;
    let named = |one: &ExceptionInForce| !one.reason.is_empty() && !one.owner.is_empty();
    rule(
        exceptions.iter().all(named),
        "an exception has no reason, or nobody who answers for it",
    )?;
    let sum = |counts: &mut dyn Iterator<Item = u64>| counts.fold(0_u64, u64::saturating_add);
    let matched = sum(&mut exceptions.iter().map(|one| one.matched));
    let excepted = sum(&mut certificate.verdicts.layers.iter().map(|layer| layer.excepted));
    rule(
        excepted <= matched,
        "more is EXCEPTED than its exceptions covered",
    )?;
    let mut groups = certificate
        .findings
        .iter()
        .filter(|group| group.verdict == Verdict::Excepted);
    let rot = |group: &Group| {
        matches!(
            group.code,
            Code::RotProduction | Code::RotStandby | Code::RotUnknown
        )
    };
    rule(
        groups.clone().all(|group| !rot(group)),
        "rot is EXCEPTED, which it never is",
    )?;
    rule(
        matched > 0 || groups.next().is_none(),
        "a finding is EXCEPTED though no exception covered any",
    )
}

fn check_congruent(certificate: &Certificate) -> Result<(), Failure> {
    let layers = &certificate.verdicts.layers;
    let good = |layer: &LayerVerdict| {
        matches!(layer.verdict, Verdict::Equal | Verdict::Excepted)
            && layer.different == 0
            && layer.unsettled == 0
    };
    rule(!layers.is_empty(), "it is congruent though nothing was compared")?;
    rule(layers.iter().all(good), "it is congruent though a layer is not")?;
    rule(
        certificate.not_compared.iter().all(|group| group.declared),
        "it is congruent though something that the configuration does not declare was not compared",
    )?;
    let left_out = layers.iter().any(|layer| layer.not_compared > 0);
    let told = !left_out || !certificate.not_compared.is_empty();
    rule(
        told,
        "it is congruent though it does not say what was not compared",
    )?;
    let bad = |group: &Group| matches!(group.verdict, Verdict::Different | Verdict::Unsettled);
    rule(
        !certificate.findings.iter().any(bad),
        "it is congruent though a finding is DIFFERENT or UNSETTLED",
    )?;
    let both = certificate.production.is_some() && certificate.standby.is_some();
    rule(both, "it is congruent though a site has no manifest")?;
    let roots =
        [&certificate.production, &certificate.standby].map(|site| site.as_ref().map(|held| held.root));
    let why = layers
        .iter()
        .any(|layer| layer.not_compared > 0 || layer.excepted > 0);
    rule(
        roots[0] == roots[1] || why,
        "it is congruent though the roots differ and nothing says why",
    )
}

/// Examples are named when there are any to name, and the failures of all codes are all failures.
fn check_counts(certificate: &Certificate) -> Result<(), Failure> {
    let failures = &certificate.failures;
    let sum = failures
        .codes
        .iter()
        .try_fold(0_u64, |sum, code| sum.checked_add(code.count));
    rule(
        sum == Some(failures.count),
        "its failures are not the sum of those of each code",
    )?;
    let ordered = failures
        .codes
        .is_sorted_by(|one, next| one.code.word() < next.code.word());
    rule(ordered, "its failures are not in the order of their codes")?;
    let any = !certificate.not_compared.is_empty() || !certificate.findings.is_empty() || failures.count > 0;
    let Some(examples) = &certificate.examples else {
        return Ok(());
    };
    rule(any, "it names examples though it counts nothing")?;
    let own = Examples::file_name(&certificate.identity.pass);
    rule(examples.name == own, "its examples are not named after its pass")
}

pub(super) fn rule(holds: bool, broken: &str) -> Result<(), Failure> {
    if holds {
        return Ok(());
    }
    Err(Failure::new(
        Code::EvidenceBroken,
        "checking a certificate against itself",
        broken,
    ))
}
