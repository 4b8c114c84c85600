//! A verification: what a run would change is a difference here.

use super::Pass;
use crate::plan::Plan;
use counterpart_model::{Action, Code, EntryPath, Failure, Finding, SiteRole, Step, Verdict, itemize};

impl Pass<'_> {
    /// Tells every step of the plan as a finding.
    pub(crate) fn report_differences(&self, plan: &Plan) -> Result<(), Failure> {
        let mut reader = plan.steps.reader()?;
        let mut step = Step::of(EntryPath::root(), Action::Metadata);
        while reader.next_into(&mut step)? {
            for finding in differences(&step) {
                self.findings.add(&finding);
            }
        }
        Ok(())
    }
}

fn differences(step: &Step) -> Vec<Finding> {
    let finding = |path: &EntryPath, code, why: String| {
        Finding::new(path, code, SiteRole::Standby, Verdict::Different, why)
    };
    match step.action {
        Action::Create => vec![finding(
            &step.path,
            Code::OnlyProduction,
            "the standby lacks it".into(),
        )],
        Action::Remove | Action::RemovedWithParent => {
            vec![finding(
                &step.path,
                Code::OnlyStandby,
                "production lacks it".into(),
            )]
        }
        Action::Rename => {
            let from = step.from.clone().unwrap_or_default();
            let why = format!("production calls it {} now", step.path);
            vec![
                finding(
                    &step.path,
                    Code::OnlyProduction,
                    format!("the standby calls it {from}"),
                ),
                finding(&from, Code::OnlyStandby, why),
            ]
        }
        Action::Modify | Action::Replace | Action::Metadata => {
            let letters = itemize::letters(step);
            vec![finding(
                &step.path,
                Code::Differs,
                format!("not the same at both sites ({letters})"),
            )]
        }
    }
}
