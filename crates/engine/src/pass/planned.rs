//! The plan as a document: what a run would do, and what it would be refused for.

use super::{Observation, Pass};
use crate::event::StepName;
use crate::guard::Judged;
use crate::plan::Plan;
use crate::report::{ChangeCounts, PassStep, PlanReport, PlannedStep, SideReport};
use counterpart_model::{Action, EntryPath, Failure, Step, itemize};

/// Most steps that a document lists.
const MAX_STEPS: usize = 1_000;

impl Pass<'_> {
    pub(crate) fn planned(
        &self,
        observation: &Observation,
        plan: &Plan,
        judged: Judged,
    ) -> Result<PlanReport, Failure> {
        let totals = plan.totals;
        let sums = self.findings.sums();
        let rate = crate::apply::lock(&self.memory).bytes_per_second;
        let scan_seconds = self.clock.elapsed().as_secs_f64();
        let (steps, steps_omitted) = first_steps(plan)?;
        Ok(PlanReport {
            pair: self.settings.name.clone(),
            as_of: observation.production.began.rfc3339(),
            production: SideReport::new(
                &observation.production_profile.location,
                &observation.production.tally,
            ),
            standby: SideReport::new(&observation.standby_profile.location, &observation.standby.tally),
            changes: counts(plan),
            bytes: totals.bytes,
            rename_candidates: totals.rename_candidates,
            doubtful: totals.doubtful,
            stubs: observation.production.stubs.entries(),
            excluded: observation.production.excluded.entries(),
            excluded_bytes: observation.production.excluded.bytes,
            findings: sums.all_listed(),
            findings_omitted: sums.omitted,
            pass: self.pass_steps(),
            steps,
            steps_omitted,
            refusal: match judged {
                Judged::Allowed => None,
                Judged::Refused(refusal) => Some(refusal),
            },
            bytes_per_second: rate,
            bandwidth: Vec::new(),
            seconds_expected: rate.map(|rate| expected(scan_seconds, totals.bytes, rate)),
            seconds: scan_seconds,
        })
    }
}

impl Pass<'_> {
    fn pass_steps(&self) -> Vec<PassStep> {
        let steps = self.settings.hooks.steps(&self.settings.probes).into_iter();
        let one = |(step, does): (StepName, String)| PassStep {
            step: step.word().to_owned(),
            does,
        };
        steps.map(one).collect()
    }
}

/// The time of a scan like this one, and of moving so many bytes.
#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn expected(scan_seconds: f64, bytes: u64, rate: f64) -> f64 {
    scan_seconds + bytes as f64 / rate.max(1.0)
}

/// What a plan would change, as reports count it.
pub(crate) fn counts(plan: &Plan) -> ChangeCounts {
    let totals = plan.totals;
    ChangeCounts {
        created: totals.created,
        modified: totals.modified,
        deleted: totals.deleted,
        renamed: totals.renamed,
        metadata: totals.metadata,
    }
}

fn first_steps(plan: &Plan) -> Result<(Vec<PlannedStep>, u64), Failure> {
    let mut reader = plan.steps.reader()?;
    let mut step = Step::of(EntryPath::root(), Action::Metadata);
    let mut steps = Vec::new();
    while steps.len() < MAX_STEPS && reader.next_into(&mut step)? {
        steps.push(PlannedStep {
            letters: itemize::letters(&step),
            path: step.path.to_string(),
            from: step.from.as_ref().map(ToString::to_string),
            bytes: step.moved_bytes(),
        });
    }
    let omitted = plan.steps.len().saturating_sub(steps.len() as u64);
    Ok((steps, omitted))
}
