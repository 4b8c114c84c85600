//! A verification: what a run would change is a difference here.

use super::Pass;
use crate::plan::Plan;
use crate::plan::told::differences;
use counterpart_model::{Action, EntryPath, Failure, Step};

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
