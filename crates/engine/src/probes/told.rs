//! Probes in the document of a pass: verdict and difference, line by line.

use super::Probing;
use crate::apply::lock;
use crate::pass::Pass;
use crate::report::{DifferenceLine, ProbeReport};
use counterpart_model::SiteRole;
use counterpart_probe::{DiffLine, Ended, Judged, LineKind};

impl Pass<'_> {
    /// Every probe as the document of a pass tells it.
    pub(crate) fn probe_reports(&self) -> Vec<ProbeReport> {
        let probing = lock(&self.probing);
        let judged = self.settings.probes.iter().zip(&probing.judged).enumerate();
        let report = |(number, (settings, judged)): (usize, (&super::ProbeSettings, &Judged))| ProbeReport {
            name: settings.name.clone(),
            verdict: judged.verdict.word().to_owned(),
            clean: probing.clean(settings, number),
            why: why(judged),
            difference: lines(&probing, number, judged),
            difference_omitted: judged.difference.not_shown,
            difference_not_compared: judged.difference.not_compared,
        };
        judged.map(report).collect()
    }
}

/// `2 lines only at production, 1 only at the standby`.
pub(super) fn difference(judged: &Judged) -> String {
    let lines = |count: u64| {
        if count == 1 {
            "1 line".to_owned()
        } else {
            format!("{count} lines")
        }
    };
    let difference = &judged.difference;
    let mut parts = Vec::new();
    if judged.ends_differ {
        parts.push("it did not end in the same way".to_owned());
    }
    if difference.only_production + difference.only_standby > 0 {
        parts.push(format!(
            "{} only at production",
            lines(difference.only_production)
        ));
        parts.push(format!("{} only at the standby", lines(difference.only_standby)));
    }
    if difference.not_compared > 0 {
        parts.push(format!(
            "{} after them were not compared one by one",
            lines(difference.not_compared)
        ));
    }
    parts.join(", ")
}

fn why(judged: &Judged) -> Option<String> {
    let told = |(role, obstacle): (SiteRole, &Option<counterpart_probe::Obstacle>)| {
        obstacle.as_ref().map(|obstacle| format!("at {role}: {obstacle}"))
    };
    let mut parts: Vec<String> = super::SITES
        .into_iter()
        .zip(&judged.obstacles)
        .filter_map(told)
        .collect();
    if judged.obstacles[0].is_some() && judged.obstacles[0] == judged.obstacles[1] {
        parts = vec![format!("at both sites: {}", judged.obstacles[0].as_ref()?)];
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn lines(probing: &Probing, number: usize, judged: &Judged) -> Vec<DifferenceLine> {
    let mut lines = Vec::new();
    if judged.ends_differ {
        lines.push(line(LineKind::Hunk, "@@ how it ended @@".to_owned()));
        for (role, kind) in super::SITES
            .into_iter()
            .zip([LineKind::Production, LineKind::Standby])
        {
            let came = probing.at(role, number).and_then(|ran| ran.came.as_ref().ok());
            lines.extend(came.map(|came| line(kind, ended(came.output.ended))));
        }
    }
    lines.extend(
        judged
            .difference
            .lines
            .iter()
            .map(|one: &DiffLine| line(one.kind, one.text())),
    );
    lines
}

fn line(kind: LineKind, text: String) -> DifferenceLine {
    DifferenceLine {
        line: kind.word().to_owned(),
        text,
    }
}

fn ended(ended: Ended) -> String {
    match ended {
        Ended::Status { status, .. } => format!("with {status}"),
        Ended::Signalled(signal) => format!("by signal {signal}"),
        Ended::TimedOut => "its time was over".to_owned(),
    }
}
