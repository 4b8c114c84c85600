//! The document of a pass.

use super::certify::Judgement;
use super::{Observation, Pass};
use crate::apply::Applied;
use crate::exceptions::InForce;
use crate::report::{ChangeCounts, PassReport, RefusalReport, SideReport};
use crate::request::PassKind;
use counterpart_model::Timestamp;
use counterpart_port::{Closed, Profile};
use std::time::Duration;

impl Pass<'_> {
    pub(super) fn report(
        &self,
        observation: &Observation,
        applied: &Applied,
        judgement: &Judgement,
        closed: [&Closed; 2],
        certificate: String,
    ) -> PassReport {
        let [production, standby] = closed;
        let sums = &judgement.sums;
        let mut report = self.empty_report(observation);
        report.congruent = judgement.congruent;
        report.production = side(&observation.production_profile, production);
        report.standby = side(&observation.standby_profile, standby);
        report.changes = applied.counts;
        report.bytes_read = applied.bytes_read + self.reread_bytes();
        report.bytes_sent = applied.bytes_sent;
        report.clean = judgement.clean;
        report.probes = self.probe_reports();
        let probes = judgement.probes.as_ref();
        report.different = sums.different + probes.map_or(0, |layer| layer.different);
        report.excepted += probes.map_or(0, |layer| layer.excepted);
        report.not_compared += probes.map_or(0, |layer| layer.not_compared);
        let oldest = production
            .oldest_read_seconds
            .into_iter()
            .chain(standby.oldest_read_seconds)
            .min();
        report.oldest_read = oldest.map(|seconds| Timestamp::new(seconds, 0).rfc3339());
        report.certificate = Some(certificate);
        report.clean = self.clean();
        report.steps = self.steps_report();
        report.seconds = self.clock.elapsed().as_secs_f64();
        report
    }

    /// The report of a pass that was refused.
    pub(crate) fn refusal_report(&self, observation: &Observation, refusal: RefusalReport) -> PassReport {
        let mut report = self.empty_report(observation);
        report.refusal = Some(refusal);
        report
    }

    /// A report with what is known before anything was changed.
    pub(crate) fn empty_report(&self, observation: &Observation) -> PassReport {
        let sums = self.findings.sums();
        let scan = &observation.production;
        let state = self.production_state(observation);
        let left_out = scan.stubs.entries() + scan.excluded.entries();
        PassReport {
            pair: self.settings.name.clone(),
            pass: self.name.clone(),
            kind: if self.request.kind == PassKind::Verify {
                "verify"
            } else {
                "run"
            }
            .to_owned(),
            congruent: false,
            clean: None,
            as_of: Some(scan.began.rfc3339()),
            production: SideReport::new(&observation.production_profile.location, &scan.tally),
            standby: SideReport::new(&observation.standby_profile.location, &observation.standby.tally),
            changes: ChangeCounts::default(),
            bytes_read: 0,
            bytes_sent: 0,
            not_compared: sums.not_compared + sums.declared.max(left_out),
            declared: sums.declared.max(left_out),
            unsettled: sums.unsettled,
            excepted: sums.excepted,
            different: sums.different,
            after_cut_off: scan.after_cut_off + scan.settling,
            failures: sums.all_listed(),
            failures_omitted: sums.omitted,
            oldest_read: None,
            seconds: self.clock.elapsed().as_secs_f64(),
            certificate: None,
            refusal: None,
            resumed: observation.recovered,
            steps: self.steps_report(),
            hold: Some(state.hold.word().to_owned()),
            held_seconds: state
                .held
                .map(|held| Duration::from_millis(held.held_ms).as_secs_f64()),
            readiness: self.readiness_report(),
            probes: Vec::new(),
            exceptions: self
                .findings
                .exceptions()
                .map(InForce::reported)
                .unwrap_or_default(),
        }
    }
}

fn side(profile: &Profile, closed: &Closed) -> SideReport {
    SideReport {
        root: Some(closed.root.to_string()),
        ..SideReport::new(&profile.location, &closed.tally)
    }
}
